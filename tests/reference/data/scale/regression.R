# Least squares of a scale score with clustered variances: Rscript regression.R in this folder
# (R with sandwich, clubSandwich, jsonlite). Reads items.csv, writes regression.json.
suppressMessages({library(sandwich); library(clubSandwich); library(jsonlite)})
d <- read.csv("items.csv"); d$q4 <- 6 - d$q4 # asked the other way round
d$q2[seq(5, 220, 20)] <- NA # one of six items missing: five are enough (83 %)
d$q5[seq(5, 220, 40)] <- NA # two of six missing: no score
items <- d[, paste0("q", 1:6)]
d$score <- ifelse(rowSums(!is.na(items)) >= 0.8 * 6, rowMeans(items, na.rm = TRUE), NA)
i <- seq_len(nrow(d))
d$site <- c("A", "B", "C")[i %% 3 + 1]; d$days <- (i * 7) %% 45
d$case <- (i - 1) %/% 4; d$office <- i %% 12
d <- d[!is.na(d$score), ]
fit <- lm(score ~ site + days, d)
out <- function(v, df) list(coef = unname(coef(fit)), se = unname(sqrt(diag(v))), df = df)
few <- vcovCR(fit, cluster = d$office, type = "CR2")
sat <- coef_test(fit, vcov = few, test = "Satterthwaite")
writeLines(toJSON(list(
  n = nrow(d), clusters = length(unique(d$case)),
  many = out(vcovCL(fit, cluster = d$case), length(unique(d$case)) - 1),
  few = out(few, sat$df_Satt),
  `_meta` = list(R = R.version.string, sandwich = as.character(packageVersion("sandwich")),
                 clubSandwich = as.character(packageVersion("clubSandwich")))),
  digits = NA, auto_unbox = TRUE, pretty = TRUE), "regression.json")
