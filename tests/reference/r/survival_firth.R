# Firth's penalised partial likelihood, maximised and profiled in R from coxph's own log-likelihood
# and information (the package coxphf, which has Breslow ties only, is not needed).
suppressMessages({library(survival); library(jsonlite)})
d <- read.csv("../data/rossi/rossi_numeric.csv")
d$older <- as.integer(d$age >= 38)  # 21 men, few events
small <- d[seq(1, nrow(d), by = 4), ]
small$never <- as.integer(small$arrest == 0 & small$prio == 0)  # separates: nobody with it has the event
penalised <- function(b, f, data, ties) {
  g <- suppressWarnings(coxph(f, data, init = b, ties = ties, control = coxph.control(iter.max = 0)))
  g$loglik[2] - determinant(as.matrix(g$var), logarithm = TRUE)$modulus[1] / 2
}
fit <- function(f, data, ties) {
  k <- length(attr(terms(f), "term.labels"))
  scale <- apply(data[attr(terms(f), "term.labels")], 2, sd)
  at <- function(z) penalised(z / scale, f, data, ties)
  climb <- function(start, free, fixed) {
    go <- function(z) { full <- fixed; full[free] <- z; v <- -at(full); if (is.finite(v)) v else 1e10 }
    z <- start
    for (i in 1:2) z <- optim(z, go, method = "BFGS", control = list(reltol = 1e-15, maxit = 500, ndeps = rep(1e-4, length(z))))$par
    list(par = z, value = -go(z))
  }
  all <- climb(rep(0, k), 1:k, rep(0, k))
  profile <- function(j, value) { fixed <- all$par; fixed[j] <- value
    if (k == 1) return(at(value)); climb(all$par[-j], (1:k)[-j], fixed)$value }
  limits <- t(sapply(1:k, function(j) {
    off <- function(v) 2 * (all$value - profile(j, v)) - qchisq(0.95, 1)
    span <- 5
    c(uniroot(off, c(all$par[j] - span, all$par[j]), tol = 1e-9)$root, uniroot(off, c(all$par[j], all$par[j] + span), tol = 1e-9)$root)
  })) / scale
  lr <- sapply(1:k, function(j) 2 * (all$value - profile(j, 0)))
  list(coef = unname(all$par / scale), loglik = all$value, loglik_null = at(rep(0, k)), low = unname(limits[, 1]), high = unname(limits[, 2]), lr = unname(lr))
}
out <- list()
for (ties in c("efron", "breslow")) {
  out[[paste0("full_", ties)]] <- fit(Surv(week, arrest) ~ fin + age + prio, d, ties)
  out[[paste0("separated_", ties)]] <- fit(Surv(week, arrest) ~ fin + never, small, ties)
}
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../data/survival_extra/firth.json")
