# Regenerate every reference file: Rscript run_all.R, in this folder.
# Needs R with survival, MASS, ordinal, cmprsk, carData, jsonlite, sandwich, clubSandwich, mice, brglm2, metafor.
# A script that does not run is named at the end; the others run all the same.
here <- normalizePath(".")
own <- setdiff(list.files(here, pattern = "\\.R$", full.names = TRUE), file.path(here, "run_all.R"))
data <- list.files(file.path(here, "..", "data"), pattern = "\\.R$", recursive = TRUE, full.names = TRUE)
data <- data[basename(data) != "refutil.R"]
failed <- character()
for (script in c(own, normalizePath(data))) {
  message(script)
  setwd(dirname(script))
  status <- system2("Rscript", c("--vanilla", basename(script)), stdout = FALSE)
  setwd(here)
  if (status != 0) failed <- c(failed, script)
}
if (length(failed)) stop("these scripts did not run: ", paste(basename(dirname(failed)), basename(failed), collapse = ", "))
