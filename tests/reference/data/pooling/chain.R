# The whole way from imputed data sets to pooled results: Rscript chain.R in this folder
# (R with mice, MASS, survival, jsonlite). Writes filled.csv and chain.json.
suppressMessages({library(mice); library(MASS); library(survival); library(jsonlite)})
set.seed(7)
d <- survival::rotterdam[seq(1, 2982, 6), ]
d <- data.frame(time = d$dtime, event = d$death, age = d$age, nodes = pmin(d$nodes, 10),
                grade = factor(d$grade), size = factor(as.integer(d$size), ordered = TRUE))
d$age[runif(nrow(d)) < plogis(-1.5 + 0.6 * d$event)] <- NA
filled <- complete(mice(d, m = 5, maxit = 5, printFlag = FALSE), "long")
write.csv(data.frame(imputation = filled$.imp, filled[, names(d)]), "filled.csv", row.names = FALSE, quote = FALSE)
each <- split(filled, filled$.imp)
rows <- function(fits) {
  s <- summary(pool(as.mira(fits)))
  data.frame(term = as.character(s$term), estimate = s$estimate, se = s$std.error, df = s$df, p = s$p.value)
}
exact <- coxph.control(eps = 1e-13, iter.max = 50, toler.chol = 1e-14)
out <- list(
  cox = rows(lapply(each, function(x) coxph(Surv(time, event) ~ age + nodes, x, control = exact))),
  linear = rows(lapply(each, function(x) lm(as.integer(size) ~ age + nodes, x))),
  logistic = rows(lapply(each, function(x) glm(as.integer(size == "3") ~ age + nodes, binomial, x, control = glm.control(epsilon = 1e-14)))),
  ordinal = rows(lapply(each, function(x) polr(size ~ scale_age + nodes, transform(x, scale_age = age / 10), Hess = TRUE, control = list(reltol = 1e-15)))),
  `_meta` = list(R = R.version.string, mice = as.character(packageVersion("mice")), survival = as.character(packageVersion("survival"))))
writeLines(toJSON(out, digits = NA, pretty = TRUE), "chain.json")
