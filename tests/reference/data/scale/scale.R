# Alpha, Feldt interval, one-factor omega with numerical delta-method error. Base R and jsonlite.
suppressMessages(library(jsonlite)); set.seed(20)
n <- 220; f <- rnorm(n); load <- c(.9, .7, .8, .5, .6, .75)
x <- sapply(load, function(l) findInterval(l * f + rnorm(n, sd = .7), c(-1.4, -.5, .3, 1.1)) + 1)
colnames(x) <- paste0("q", 1:6); d <- as.data.frame(x); d$q4 <- 6 - d$q4 # q4 asked the other way round
write.csv(cbind(id = sprintf("p%03d", 1:n), d), "items.csv", row.names = FALSE, quote = FALSE)
y <- x; S <- cov(y); k <- 6
alpha <- k / (k - 1) * (1 - sum(diag(S)) / sum(S))
feldt <- 1 - (1 - alpha) * qf(c(.975, .025), n - 1, (n - 1) * (k - 1))
fa <- factanal(covmat = S, factors = 1, n.obs = n, control = list(lower = 1e-6, opt = list(factr = 10, pgtol = 0)))
s <- sqrt(diag(S)); l <- fa$loadings[, 1] * s; u <- fa$uniquenesses * s^2
om <- function(p) { a <- sum(p[1:k])^2; b <- sum(exp(p[(k + 1):(2 * k)])); a / (a + b) }
nll <- function(p) { M <- tcrossprod(p[1:k]) + diag(exp(p[(k + 1):(2 * k)])); n / 2 * (c(determinant(M)$modulus) + sum(diag(solve(M, S)))) }
p <- c(l, log(u)); p <- optim(p, nll, method = "BFGS", control = list(reltol = 1e-16, maxit = 1e4))$par
g <- sapply(seq_along(p), function(i) { e <- replace(numeric(2 * k), i, 1e-5); (om(p + e) - om(p - e)) / 2e-5 })
se <- sqrt(c(g %*% solve(optimHess(p, nll, control = list(ndeps = rep(1e-4, 12)))) %*% g))
drop1 <- sapply(1:k, function(i) { T <- S[-i, -i]; (k - 1) / (k - 2) * (1 - sum(diag(T)) / sum(T)) })
out <- list(n = n, alpha = alpha, feldt = feldt, omega = om(c(l, log(u))), omega_se_observed_information = se, loadings = unname(l), unique = unname(u),
  item_rest = sapply(1:k, function(i) cor(y[, i], rowSums(y[, -i]))), alpha_without = drop1, `_meta` = list(R = R.version.string))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "reference.json")
