# Estimates per imputation and mice's pooled result. Needs mice (GPL), jsonlite. Data: mice::nhanes2.
suppressMessages({library(mice); library(jsonlite)})
imp <- mice(nhanes2, m = 5, seed = 7, printFlag = FALSE)
fits <- with(imp, lm(chl ~ age + bmi)); p <- pool(fits); s <- summary(p, conf.int = TRUE)
small <- summary(pool(fits, dfcom = 8), conf.int = TRUE); large <- summary(pool(fits, dfcom = 1e6), conf.int = TRUE)
out <- list(n = 25, terms = names(coef(fits$analyses[[1]])), dfcom = df.residual(fits$analyses[[1]]),
  coef = lapply(fits$analyses, function(f) unname(coef(f))), vcov = lapply(fits$analyses, function(f) unname(vcov(f))),
  pooled = list(estimate = s$estimate, se = s$std.error, df = s$df, p = s$p.value, lo = s[, 7], hi = s[, 8], fmi = p$pooled$fmi, riv = p$pooled$riv),
  df_at_dfcom_8 = small$df, df_at_dfcom_million = large$df,
  `_meta` = list(R = R.version.string, mice = as.character(packageVersion("mice"))))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
