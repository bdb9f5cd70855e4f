# Effects that change over time (survSplit, tt) and effects within subgroups, on Rossi's data.
library(survival); library(jsonlite)
d <- read.csv("../data/rossi/rossi_numeric.csv")
tight <- coxph.control(eps = 1e-12, iter.max = 50, toler.inf = 1e-12)
show <- function(f) list(coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), loglik = f$loglik[2])
s <- survSplit(Surv(week, arrest) ~ ., d, cut = c(20, 36), episode = "period")
out <- list(rows = nrow(s), events = as.integer(tapply(s$arrest, s$period, sum)))
out$step <- show(coxph(Surv(tstart, week, arrest) ~ fin + prio + age + age:I(period == 2) + age:I(period == 3), s, control = tight)
)
keep <- !is.na(out$step$coef); out$step$coef <- out$step$coef[keep]
out$log_time <- show(coxph(Surv(week, arrest) ~ fin + prio + age + tt(age), d, tt = function(x, t, ...) x * log(t), control = tight))
f <- coxph(Surv(week, arrest) ~ fin * wexp + age, d, control = tight)
b <- coef(f); V <- vcov(f); i <- "fin:wexp"
out$subgroups <- list(none = b[["fin"]], none_se = sqrt(V["fin", "fin"]), some = b[["fin"]] + b[[i]],
  some_se = sqrt(V["fin", "fin"] + V[i, i] + 2 * V["fin", i]), wald = b[[i]]^2 / V[i, i],
  p = pchisq(b[[i]]^2 / V[i, i], 1, lower.tail = FALSE))
g <- coxph(Surv(week, arrest) ~ fin * wexp + age, d, cluster = educ, control = tight)
b <- coef(g); V <- vcov(g)
out$clustered <- list(some = b[["fin"]] + b[[i]], some_se = sqrt(V["fin", "fin"] + V[i, i] + 2 * V["fin", i]))
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../data/survival_time_varying/reference.json")
