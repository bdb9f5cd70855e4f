# Rows that are parts of people's follow-up (with gaps, late entry, weights that change), several incidents of a person,
# a stratum without events, a group that leaves before the first event, a band that is not monotone.
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})
d <- read.csv("../data/survival_hostile/intervals.csv")
tight <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = 1e-12)
ab <- d[d$arm != "c", ]
broken <- unique(d$id[-1][d$id[-1] == d$id[-nrow(d)] & d$start[-1] != d$stop[-nrow(d)]])
curve <- function(f) { y <- summary(f, censored = TRUE); list(time = y$time, surv = y$surv, se = y$std.err) }
out <- list()
out$km <- lapply(split(ab, ab$arm), function(one) curve(survfit(Surv(start, stop, kind == 1) ~ 1, one, weights = w, cluster = id, robust = TRUE)))
whole <- ab[!ab$id %in% broken, ] # survfit takes no gaps where there are several states
out$broken <- broken
out$aj <- lapply(split(whole, whole$arm), function(one) {
  one$state <- factor(one$kind, 0:2, c("censored", "event", "competing"))
  f <- survfit(Surv(start, stop, state) ~ 1, one, id = id)
  j <- which(f$states == "event")
  list(time = f$time, incidence = f$pstate[, j], se = f$std.err[, j])
})
show <- function(f) list(coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), naive = unname(sqrt(diag(f$naive.var))),
  concordance = unname(f$concordance[c("concordance", "std")]))
out$weighted <- show(coxph(Surv(start, stop, kind == 1) ~ x + z, d, weights = w, cluster = id, control = tight))
out$incidents <- show(coxph(Surv(start, stop, incident) ~ x + z, d, id = id, control = tight))
last <- d[!duplicated(d$id, fromLast = TRUE), ]
g <- cuminc(last$stop, last$kind, last$arm, last$site)$Tests
out$gray <- list(statistic = g["1", "stat"], df = g["1", "df"])
first <- transform(last, arm = ifelse(id == 1, "a0", arm), stop = ifelse(id == 1, 1, stop), kind = ifelse(id == 1, 0, kind))
lr <- survdiff(Surv(stop, kind == 1) ~ arm, first)
out$left_early <- list(statistic = lr$chisq, df = sum(lr$exp > 0) - 1)
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")), cmprsk = as.character(packageVersion("cmprsk")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../data/survival_hostile/reference.json")
