# Brant's test (1990) by its formula, with one glm per cut: Rscript brant.R (R with MASS, jsonlite).
# Run it in this folder: writes answers.csv and reference.json.
library(jsonlite)

brant_test <- function(y, X, groups, w) {
  # y: 1..J; X: matrix without intercept, named columns; groups: term of each column; w: people.
  J <- max(y); k <- ncol(X); D <- cbind(1, X)
  fits <- lapply(seq_len(J - 1), function(m)
    glm.fit(D, as.numeric(y > m), weights = w, family = binomial(),
            control = glm.control(epsilon = 1e-14, maxit = 100)))
  p <- lapply(fits, fitted)
  beta <- unlist(lapply(fits, function(f) coef(f)[-1]))
  V <- matrix(0, (J - 1) * k, (J - 1) * k)
  bread <- lapply(p, function(q) solve(crossprod(D, D * (w * q * (1 - q)))))
  for (m in seq_len(J - 1)) for (l in m:(J - 1)) {
    # Cov(y > m, y > l) = P(y > l) - P(y > m) P(y > l) for m <= l
    cross <- crossprod(D, D * (w * (p[[l]] - p[[m]] * p[[l]])))
    block <- (bread[[m]] %*% cross %*% bread[[l]])[-1, -1]
    rows <- (m - 1) * k + seq_len(k); cols <- (l - 1) * k + seq_len(k)
    V[rows, cols] <- block; V[cols, rows] <- t(block)
  }
  one <- function(columns) {
    contrasts <- do.call(rbind, lapply(columns, function(j)
      do.call(rbind, lapply(2:(J - 1), function(m) {
        row <- numeric((J - 1) * k); row[j] <- 1; row[(m - 1) * k + j] <- -1; row
      }))))
    gap <- contrasts %*% beta
    stat <- drop(t(gap) %*% solve(contrasts %*% V %*% t(contrasts), gap))
    list(statistic = stat, df = nrow(contrasts), p = pchisq(stat, nrow(contrasts), lower.tail = FALSE))
  }
  terms <- unique(groups)
  rows <- lapply(terms, function(g) c(term = g, one(which(groups == g))))
  c(rows, list(c(term = "GLOBAL", one(seq_len(k)))))
}

h <- MASS::housing
h$Sat <- factor(h$Sat, levels = c("Low", "Medium", "High"), ordered = TRUE)
M <- model.matrix(~ Infl + Type + Cont, h)
terms <- c("Infl", "Type", "Cont")[attr(M, "assign")[-1]]
housing <- brant_test(as.integer(h$Sat), M[, -1], terms, h$Freq)

set.seed(20); n <- 400
x <- round(rnorm(n), 3); g <- rbinom(n, 1, 0.5)
y <- 1 + (x + 0.8 * g + rlogis(n) > -1) + (0.4 * x + rlogis(n) > 1)
d <- data.frame(rating = y, x = x, g = g)
write.csv(d, "answers.csv", row.names = FALSE)
made <- brant_test(d$rating, as.matrix(d[, c("x", "g")]), c("x", "g"), rep(1, n))

write_json(list(R = R.version.string, MASS = as.character(packageVersion("MASS")),
                housing = housing, answers = made),
           "reference.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
