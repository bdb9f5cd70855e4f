# Survival references beyond those of the data folders; writes ../data/survival_extra/reference.json.
suppressMessages({library(survival); library(MASS); library(jsonlite)})
d <- read.csv("../data/rossi/rossi_numeric.csv")
long <- read.csv("../data/rossi/rossi_long_tv.csv")
b <- read.csv("../data/bladder/bladder2.csv")
m <- read.csv("../data/mgus2/mgus2.csv")
out <- list()
full <- Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio
tight <- coxph.control(eps = 1e-14, iter.max = 50)
show_cox <- function(f) list(
  coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), loglik = f$loglik[2],
  naive_se = if (is.null(f$naive.var)) NULL else unname(sqrt(diag(f$naive.var))),
  concordance = unname(summary(f)$concordance))

# Case weights that are no whole numbers.
d$w <- 0.5 + (d$age %% 3) / 2
weighted <- survfit(Surv(week, arrest) ~ fin, d, weights = w, conf.type = "log-log", robust = TRUE)
s <- summary(weighted, times = c(13, 26, 52))
out$weighted_km <- list(stratum = as.character(s$strata), time = s$time, surv = s$surv, se = s$std.err,
  low = s$lower, high = s$upper)
for (ties in c("efron", "breslow")) out[[paste0("weighted_cox_", ties)]] <- show_cox(
  coxph(full, d, weights = w, robust = TRUE, ties = ties, control = tight))
out$strata_cluster_cox <- show_cox(coxph(Surv(week, arrest) ~ fin + age + prio + strata(race),
  d, weights = w, cluster = educ, control = tight))
out$offset_cox <- show_cox(coxph(Surv(week, arrest) ~ fin + age + offset(prio * 0.09), d, control = tight))

# Pairs of groups.
d$school <- pmin(d$educ, 5)
pairs <- combn(sort(unique(d$school)), 2)
p <- apply(pairs, 2, function(two) {
  t <- survdiff(Surv(week, arrest) ~ school, d[d$school %in% two, ]); c(t$chisq, pchisq(t$chisq, 1, lower.tail = FALSE)) })
out$pairwise <- list(first = pairs[1, ], second = pairs[2, ], chisq = p[1, ], p = p[2, ], holm = p.adjust(p[2, ], "holm"))
z <- cox.zph(coxph(Surv(week, arrest) ~ fin + age + prio + strata(race), d), transform = "km")
out$zph_strata <- unname(z$table[, "chisq"])

# Incidence with delayed entry: people come under observation at 12 months.
m$etime <- ifelse(m$pstat == 1, m$ptime, m$futime)
m$state <- factor(ifelse(m$pstat == 1, 1, 2 * m$death), 0:2, c("censor", "pcm", "death"))
m$entry <- ifelse(m$id %% 2 == 0, 12, 0)
late <- m[m$etime > m$entry, ]
s <- summary(survfit(Surv(entry, etime, state) ~ sex, late, id = id), times = c(60, 120, 240))
out$late_incidence <- list(stratum = as.character(s$strata), time = s$time, pstate = s$pstate, se = s$std.err)

# Residuals, baseline hazard, prediction.
f <- coxph(full, d, control = tight)
out$residuals <- list(martingale = unname(residuals(f, "martingale")), deviance = unname(residuals(f, "deviance")),
  score = unname(residuals(f, "score")), dfbeta = unname(residuals(f, "dfbeta")),
  schoenfeld = unname(residuals(f, "schoenfeld")), scaled_schoenfeld = unname(residuals(f, "scaledsch")))
for (ties in c("efron", "breslow")) {
  g <- coxph(full, d, ties = ties, control = tight)
  h <- basehaz(g, centered = FALSE)
  new <- data.frame(fin = c(0, 1), age = 25, race = 1, wexp = 0, mar = 0, paro = 1, prio = 3)
  s <- summary(survfit(g, newdata = new, conf.type = "log-log"), times = c(13, 26, 52))
  out[[paste0("prediction_", ties)]] <- list(base_time = h$time, base_hazard = h$hazard, time = s$time,
    surv = s$surv, se = s$std.err, low = s$lower, high = s$upper)
}
# g-formula: everybody's curve under each value of fin, averaged.
average <- function(value) { n <- d; n$fin <- value; rowMeans(summary(survfit(f, newdata = n), times = c(13, 26, 52))$surv) }
out$standardised <- list(time = c(13, 26, 52), fin0 = average(0), fin1 = average(1))

# Frequency: mean cumulative function with people as clusters, negative binomial with exposure.
s <- summary(survfit(Surv(start, stop, event) ~ rx, b, id = id, cluster = id), times = c(6, 12, 24))
out$mean_cumulative <- list(stratum = as.character(s$strata), time = s$time, cumhaz = s$cumhaz, se = s$std.chaz)
a <- do.call(rbind, lapply(split(b, b$id), function(g) data.frame(id = g$id[1], rx = g$rx[1], size = g$size[1],
  number = g$number[1], count = sum(g$event), months = max(g$stop))))
write.csv(a, "../data/survival_extra/bladder_counts.csv", row.names = FALSE)
nb <- glm.nb(count ~ rx + size + number + offset(log(months)), a, control = glm.control(epsilon = 1e-12, maxit = 100))
out$negative_binomial <- list(coef = unname(coef(nb)), se = unname(sqrt(diag(vcov(nb)))), theta = nb$theta,
  theta_se = nb$SE.theta, loglik = as.numeric(logLik(nb)), n = nrow(a))
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")),
  MASS = as.character(packageVersion("MASS")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, null = "null", na = "null"), "../data/survival_extra/reference.json")
