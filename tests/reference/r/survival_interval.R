# Turnbull's estimator of events known only between two checks; fits of parametric models are in
# the reference files of rossi and recid.
suppressMessages({library(survival); library(jsonlite)})
d <- read.csv("../data/rossi/rossi_numeric.csv")
# Checks every 13 weeks, men with odd school records every 8: an event lies after the last clear check.
every <- ifelse(d$educ %% 2 == 1, 8, 13)
d$found <- ceiling(d$week / every) * every
d$clear <- d$found - every
d$right <- ifelse(d$arrest == 1, d$found, NA)
d$left <- ifelse(d$arrest == 1, d$clear, floor(d$week / every) * every)
f <- survfit(Surv(ifelse(left == 0 & is.na(right), 0.001, left), right, type = "interval2") ~ 1, d)
s <- summary(f, times = c(13, 26, 39, 52))
out <- list(time = s$time, surv = s$surv, all_time = f$time, all_surv = f$surv, n = nrow(d))
# survfit stops when a step is below 5e-5; the likelihood itself, maximised to the last digit:
l <- ifelse(d$left == 0 & is.na(d$right), 0.001, d$left); r <- ifelse(is.na(d$right), Inf, d$right)
ends <- sort(unique(r)); inside <- outer(seq_along(l), ends, function(i, e) l[i] < e & e <= r[i])
p <- rep(1 / length(ends), length(ends))
for (i in 1:200000) { q <- colMeans(t(t(inside) * p) / as.vector(inside %*% p)); if (max(abs(q - p)) < 1e-15) break; p <- q }
out$exact_time <- ends[is.finite(ends)]; out$exact_surv <- (1 - cumsum(q))[is.finite(ends)]
out$`_meta` <- list(R = R.version.string, survival = as.character(packageVersion("survival")))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../data/survival_extra/turnbull.json")
