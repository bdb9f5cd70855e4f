# Smooth of the scaled Schoenfeld residuals: the curve and limits that plot.cox.zph draws (survival 3.5-3), by its own steps.
library(survival); library(splines); library(jsonlite)
d <- read.csv("../data/rossi/rossi_numeric.csv")
curve_of <- function(fit, transform, df = 4, nsmo = 40) {
  z <- cox.zph(fit, transform = transform, terms = FALSE)
  pred <- seq(min(z$x), max(z$x), length = nsmo)
  basis <- ns(c(pred, z$x), df = df, intercept = TRUE)
  p <- basis[1:nsmo, ]; q <- qr(basis[-(1:nsmo), ])
  back <- backsolve(q$qr[1:df, 1:df], diag(df))
  factor <- rowSums((p %*% (back %*% t(back))) * p)
  list(x = pred, factor = factor, var = unname(diag(z$var)), value = unname(p %*% qr.coef(q, z$y)),
       event_x = unname(z$x), y = unname(z$y))
}
fit <- coxph(Surv(week, arrest) ~ fin + age + prio, d)
strat <- coxph(Surv(week, arrest) ~ fin + age + strata(race), d)
out <- list(km = curve_of(fit, "km"), rank = curve_of(fit, "rank"), log = curve_of(fit, "log"),
            identity = curve_of(fit, "identity"), strata = curve_of(strat, "km"))
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")))
writeLines(toJSON(out, digits = 12, auto_unbox = TRUE), "../data/survival_smooth/reference.json")
