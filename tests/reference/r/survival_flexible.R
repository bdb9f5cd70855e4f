# Royston-Parmar splines on Rossi's data and a mixture-cure model, maximised here from their likelihoods.
# flexsurv is not needed: log cumulative hazard = g0 + g1 x + sum g_j v_j(x) + covariates, x = log(time).
library(jsonlite)
d <- read.csv("../data/rossi/rossi_numeric.csv")
X <- as.matrix(d[, c("fin", "age", "prio")])
x <- log(d$week); e <- d$arrest == 1
spline_of <- function(x, k) {
  lo <- k[1]; hi <- k[length(k)]
  inner <- k[-c(1, length(k))]
  pos <- function(v, p) pmax(v, 0)^p
  value <- sapply(inner, function(one) { l <- (hi - one) / (hi - lo)
    pos(x - one, 3) - l * pos(x - lo, 3) - (1 - l) * pos(x - hi, 3) })
  slope <- sapply(inner, function(one) { l <- (hi - one) / (hi - lo)
    3 * pos(x - one, 2) - 3 * l * pos(x - lo, 2) - 3 * (1 - l) * pos(x - hi, 2) })
  list(value = cbind(1, x, value), slope = cbind(0, 1, slope))
}
royston_parmar <- function(n_inner) {
  knots <- unname(log(quantile(d$week[e], seq(0.05, 0.95, length.out = n_inner + 2), type = 7)))
  b <- spline_of(x, knots)
  W <- cbind(b$value, X); S <- cbind(b$slope, 0 * X)
  beta <- c(-5, 1.5, rep(0, n_inner), 0, 0, 0)
  for (step in 1:200) {
    H <- exp(drop(W %*% beta)); s <- drop(S %*% beta)
    loglik <- sum((log(H) + log(s) - log(d$week))[e]) - sum(H)
    gradient <- colSums(W[e, ]) + colSums(S[e, ] / s[e]) - colSums(W * H)
    information <- t(W) %*% (W * H) + t(S[e, ]) %*% (S[e, ] / s[e]^2)
    move <- solve(information, gradient)
    while (any((drop(S %*% (beta + move)))[e] <= 0)) move <- move / 2
    beta <- beta + move
    if (max(abs(move)) < 1e-12) break
  }
  k <- length(beta)
  list(knots = exp(knots), coef = unname(beta[(k - 2):k]), se = unname(sqrt(diag(solve(information))))[(k - 2):k],
       loglik = loglik)
}
out <- list(one = royston_parmar(1), two = royston_parmar(2))

# Mixture cure: two arms, Weibull times of those who will reoffend, records of five years.
set.seed(20240517)
n <- 600
arm <- rep(c("a", "b"), each = n / 2)
cured <- runif(n) < ifelse(arm == "a", 0.55, 0.70)
day <- ceiling(ifelse(cured, Inf, rweibull(n, 1.2, 250)))
event <- as.integer(day <= 1825)
time <- pmin(day, 1825)
write.csv(data.frame(day = time, new = event, arm = arm), "../data/survival_flexible/cure.csv", row.names = FALSE, quote = FALSE)
cure_of <- function(time, event) {
  value <- function(p) { c <- plogis(p[1]); shape <- exp(p[2]); scale <- exp(p[3])
    -sum(ifelse(event == 1, log(1 - c) + dweibull(time, shape, scale, log = TRUE),
                log(c + (1 - c) * pweibull(time, shape, scale, lower.tail = FALSE)))) }
  f <- optim(c(0, 0, 5), value, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000))
  f <- optim(f$par, value, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 5000))
  H <- optimHess(f$par, value, control = list(ndeps = rep(1e-4, 3)))
  c <- plogis(f$par[1])
  list(cured = c, se = sqrt(solve(H)[1, 1]) * c * (1 - c), loglik = -f$value)
}
for (one in c("a", "b")) out[[paste0("cure_", one)]] <- cure_of(time[arm == one], event[arm == one])

# With covariates: logit of never reoffending, Weibull scale of the others, one shape. Age is made from the row.
age <- 15 + (seq_len(n) * 7) %% 23
B <- cbind(1, arm == "b", age)
value <- function(p) { c <- plogis(drop(B %*% p[1:3])); scale <- exp(drop(B %*% p[4:6])); shape <- exp(p[7])
  -sum(ifelse(event == 1, log(1 - c) + dweibull(time, shape, scale, log = TRUE),
              log(c + (1 - c) * pweibull(time, shape, scale, lower.tail = FALSE)))) }
f <- list(par = c(0, 0, 0, 5, 0, 0, 0))
for (i in 1:6) { f <- optim(f$par, value, method = "BFGS", control = list(reltol = 1e-16, maxit = 2000, parscale = c(1, 1, .05, 1, 1, .05, 1)))
  f <- optim(f$par, value, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 8000, parscale = c(1, 1, .05, 1, 1, .05, 1))) }
H <- optimHess(f$par, value, control = list(ndeps = rep(1e-4, 7), parscale = c(1, 1, .05, 1, 1, .05, 1)))
out$cure_covariates <- list(coef = f$par, se = sqrt(diag(solve(H))), loglik = -f$value)

out$`_meta` <- list(R = R.version.string)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../data/survival_flexible/reference.json")
