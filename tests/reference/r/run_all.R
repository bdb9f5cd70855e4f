# Regenerate every reference file of this folder: Rscript run_all.R (R with survival, MASS, cmprsk, jsonlite).
for (script in setdiff(list.files(pattern = "\\.R$"), "run_all.R")) {
  message(script)
  sys.source(script, envir = new.env())
}
