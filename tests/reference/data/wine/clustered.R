# Cluster-robust variances by judge. Needs ordinal, MASS, sandwich, clubSandwich, jsonlite.
suppressMessages({library(ordinal); library(MASS); library(sandwich); library(clubSandwich); library(jsonlite)})
d <- read.csv("wine.csv", colClasses = c(rating = "character", judge = "character"))
d$rating <- factor(d$rating, levels = 1:5, ordered = TRUE); d$y <- as.integer(d$rating)
d$high <- as.integer(d$y >= 4); d$contact <- factor(d$contact); d$temp <- factor(d$temp)
se <- function(v) as.list(sqrt(diag(v)))
# CV3: fits without each judge about the full fit, times (G - 1) / G.
jackknife <- function(f) { b <- coef(f); G <- unique(d$judge)
  s <- sapply(G, function(g) coef(update(f, data = d[d$judge != g, ])) - b)
  as.list(sqrt(rowSums(s^2) * (length(G) - 1) / length(G))) }
c1 <- clm(rating ~ temp + contact, data = d)
p1 <- polr(rating ~ temp + contact, data = d, Hess = TRUE, control = list(reltol = 1e-15, maxit = 5000))
g1 <- glm(high ~ temp + contact, binomial, d, control = glm.control(epsilon = 1e-14))
l1 <- lm(y ~ temp + contact, d)
cr2 <- coef_test(l1, vcov = vcovCR(l1, cluster = d$judge, type = "CR2"), test = "Satterthwaite")
u <- d[-(1:13), ]; l2 <- lm(y ~ temp + contact, u) # judges of unequal size
cr2u <- coef_test(l2, vcov = vcovCR(l2, cluster = u$judge, type = "CR2"), test = "Satterthwaite")
w <- 0.5 + (seq_len(72) %% 7) / 3 # sampling weights, not whole numbers
cw <- clm(rating ~ temp + contact, data = d, weights = w)
gw <- suppressWarnings(glm(high ~ temp + contact, binomial, d, weights = w, control = glm.control(epsilon = 1e-14)))
out <- list(
  weighted_clm = list(coef = as.list(coef(cw)), se = se(sandwich(cw))), weighted_glm = list(coef = as.list(coef(gw)), se = se(sandwich(gw))),
  weighted_clm_clustered = se(vcovCL(cw, cluster = d$judge)),
  vcovCL_clm = se(vcovCL(c1, cluster = d$judge)), vcovCL_polr = se(vcovCL(p1, cluster = d$judge)),
  vcovCL_glm = se(vcovCL(g1, cluster = d$judge)), vcovCL_lm = se(vcovCL(l1, cluster = d$judge)),
  vcovHC1_lm = se(vcovHC(l1, type = "HC1")), sandwich_clm = se(sandwich(c1)),
  jackknife_glm = jackknife(g1), jackknife_clm = jackknife(c1),
  cr2_lm = list(term = rownames(cr2), se = cr2$SE, df = cr2$df, p = cr2$p_Satt),
  cr2_lm_without_first_13_rows = list(term = rownames(cr2u), se = cr2u$SE, df = cr2u$df, p = cr2u$p_Satt))
out$`_meta` <- list(R = R.version.string, ordinal = as.character(packageVersion("ordinal")), sandwich = as.character(packageVersion("sandwich")), clubSandwich = as.character(packageVersion("clubSandwich")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "clustered.json")
