# Frequency with exposure: Andersen-Gill and negative binomial of recurrent infections (survival's cgd), with offset.
suppressMessages({library(survival); library(MASS); library(jsonlite)})
d <- read.csv("../data/bladder/cgd.csv")
tight <- coxph.control(eps = 1e-14, iter.max = 50)
for (name in c("treat", "inherit")) d[[name]] <- factor(d[[name]], levels = sort(unique(d[[name]]), method = "radix"))
d$known <- 0.1 * log(d$age + 1)
show <- function(f) list(coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), naive = unname(sqrt(diag(f$naive.var))),
  loglik = f$loglik[2], n_events = f$nevent)
out <- list()
for (ties in c("efron", "breslow")) out[[paste0("ag_", ties)]] <- show(
  coxph(Surv(tstart, tstop, status) ~ treat + inherit + age + steroids + cluster(id), d, ties = ties, control = tight))
out$ag_offset <- show(coxph(Surv(tstart, tstop, status) ~ treat + age + offset(known) + cluster(id), d, control = tight))
people <- merge(aggregate(status ~ id + treat + age, d, sum), aggregate(cbind(length = tstop - tstart) ~ id, d, sum))
nb <- glm.nb(status ~ treat + age + offset(log(length)), people, control = glm.control(epsilon = 1e-14, maxit = 200))
out$nb <- list(coef = unname(coef(nb)), se = unname(sqrt(diag(vcov(nb)))), theta = nb$theta, loglik = as.numeric(logLik(nb)), n = nrow(people))
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")), MASS = as.character(packageVersion("MASS")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../data/survival_frequency/reference.json")
