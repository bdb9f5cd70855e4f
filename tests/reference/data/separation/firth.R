# Bias-reduced (Firth) logistic regression of separated, made-up data. Needs brglm2, jsonlite.
suppressMessages({library(brglm2); library(jsonlite)})
d <- data.frame(good = c(1,1,1,1,1,1,0,1,0,1,0,0,1,0,1,1,0,0,1,0,1,1,0,1), mode = rep(c("video", "in_person"), c(6, 18)),
  age = c(23,31,28,44,35,39,52,27,30,41,36,25,48,33,29,38,26,43,37,50,34,24,45,32))
write.csv(d, "separated.csv", row.names = FALSE, quote = FALSE)
d$mode <- factor(d$mode)
f <- glm(good ~ mode + age, binomial, d, method = "brglmFit", type = "AS_mean", control = list(epsilon = 1e-12, maxit = 1000))
out <- list(term = names(coef(f)), coef = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), `_meta` = list(R = R.version.string, brglm2 = as.character(packageVersion("brglm2"))))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
