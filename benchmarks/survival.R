# Timings of R on the rows that benchmarks/survival.py wrote; one line per job: name, milliseconds.
suppressMessages({library(survival); library(cmprsk)})
args <- commandArgs(TRUE); d <- read.csv(args[1]); n <- nrow(d); repeats <- as.integer(args[2])
wanted <- strsplit(args[3], ",")[[1]]
x <- paste(paste0("x", 0:7), collapse = "+")
f <- function() as.formula(paste("s ~", x))
# As with us, what a table of follow-up holds is made before the clock starts: arms as categories,
# days and events as one object.
d$arm <- factor(d$arm); s <- Surv(d$day, d$event)
d$state <- factor(d$cause, 0:2, c("censored", "new", "gone"))
jobs <- list(
  kaplan_meier = function() survfit(s ~ arm, d, conf.type = "log-log"),
  log_rank = function() survdiff(s ~ arm, d),
  log_rank_stratified = function() survdiff(s ~ arm + strata(site), d),
  cox = function() coxph(f(), d),
  cox_with_diagnostics = function() {
    m <- coxph(f(), d)
    for (transform in c("km", "rank", "identity", "log")) cox.zph(m, transform = transform)
  },
  cox_discrete = function() {
    coxph(as.formula(paste("s ~", paste(paste0("z", 0:7), collapse = "+"))), d)
  },
  cox_cluster = function() coxph(f(), d, cluster = family),
  aalen_johansen = function() cuminc(d$day, d$cause, d$arm),
  fine_gray = function() {
    g <- finegray(Surv(day, state) ~ ., data = d[c("day", "state", paste0("x", 0:7))], etype = "new")
    coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", x)), g, weights = fgwt)
  },
  rmst_bootstrap = function() {
    a <- split(d, d$arm)
    for (i in 1:20) {
      m <- sapply(a, function(g) {
        s <- survfit(Surv(day, event) ~ 1, g[sample(nrow(g), replace = TRUE), ])
        summary(s, rmean = 730)$table[["rmean"]]
      })
    }
  }
)
scale <- c(rmst_bootstrap = 50)
for (name in intersect(names(jobs), wanted)) {
  job <- jobs[[name]]
  k <- if (is.na(scale[name])) 1 else scale[[name]]
  cpu <- function(runs) {
    spent <- system.time(for (i in seq_len(runs)) job())
    (spent[["user.self"]] + spent[["sys.self"]]) / runs
  }
  first <- cpu(1)
  # Quick jobs run ten times in a row: R counts thousandths of a second.
  times <- if (first > 5) first else replicate(repeats, cpu(if (first < 0.1) 10 else 1))
  cat(name, 1000 * k * median(times), "\n")
}
cat("versions", R.version.string, "survival", as.character(packageVersion("survival")), "\n")
