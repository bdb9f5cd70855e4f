# Paired change of made-up ratings (fear.csv). Needs metafor, clubSandwich, jsonlite.
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
d <- read.csv("fear.csv"); d$change <- d$after - d$before; d$group <- relevel(factor(d$group), "comparison")
t <- t.test(d$after, d$before, paired = TRUE)
w <- wilcox.test(d$after, d$before, paired = TRUE, exact = FALSE, correct = TRUE)
s <- escalc("SMCR", m1i = mean(d$after), m2i = mean(d$before), sd1i = sd(d$before), ni = nrow(d), ri = cor(d$before, d$after))
m <- lm(change ~ 1, d); c1 <- coef_test(m, vcov = vcovCR(m, cluster = d$case, type = "CR2"), test = "Satterthwaite")
g <- lm(change ~ group, d); c2 <- coef_test(g, vcov = vcovCR(g, cluster = d$case, type = "CR2"), test = "Satterthwaite")
out <- list(t = list(mean = unname(t$estimate), se = t$stderr, t = unname(t$statistic), p = t$p.value, lo = t$conf.int[1], hi = t$conf.int[2]),
  wilcox = list(V = unname(w$statistic), p = w$p.value), smcr = list(yi = c(s$yi), se = sqrt(c(s$vi))),
  clustered = list(se = c1$SE, df = c1$df, p = c1$p_Satt), difference = list(est = unname(coef(g)[2]), se = c2$SE[2], df = c2$df[2], p = c2$p_Satt[2]))
out$`_meta` <- list(R = R.version.string, metafor = as.character(packageVersion("metafor")), clubSandwich = as.character(packageVersion("clubSandwich")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
