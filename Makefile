# One entry for people and CI: every target makes the environment it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
LOCK   := requirements/lock.txt
DOCS_LOCK  := requirements/docs.txt
DOCS_STAMP := $(VENV)/.docs-installed

.PHONY: report test check notebooks reference bench calibrate docs lock clean env wheel-check

report: env            ## run the main job on the demonstration study
	$(BIN)/rjeval demo

test: env              ## run the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: env             ## style, types, import contracts, docstring examples
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --doctest-modules rjeval -q -p no:cacheprovider

notebooks: env         ## execute every notebook on the demonstration study
	$(BIN)/python -m pytest tests/notebooks -q
	$(BIN)/rjeval report --kind all --again --times

reference: env         ## regenerate the R reference files (needs R with survival, MASS, ordinal, cmprsk)
	$(BIN)/python tests/reference/r/wooldridge_data.py
	cd tests/reference/r && Rscript run_all.R

bench: env             ## ratios against named peers, side by side in one run
	$(BIN)/python -m benchmarks

calibrate: env         ## slow simulations: coverage of intervals, size of tests
	$(BIN)/python -m pytest tests/simulation -m slow -n 2

wheel-check: env       ## build the wheel, install it elsewhere, run the demonstration there
	bash tests/packaging/wheel_check.sh $(BIN)/python

docs: $(DOCS_STAMP)    ## build the documentation site into build/docs, warnings as errors, links checked
	$(BIN)/python docs/pages.py build/docs-source
	rm -rf build/docs
	$(BIN)/python -m sphinx -q -b html -d build/docs-cache -c docs --fail-on-warning --keep-going \
	  build/docs-source build/docs
	$(BIN)/python docs/check_site.py build/docs

$(DOCS_STAMP): $(STAMP) $(DOCS_LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(DOCS_LOCK)
	touch $(DOCS_STAMP)

lock:                  ## re-pin every dependency with hashes
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-emit-index-url \
	  --no-emit-find-links --quiet --custom-compile-command "make lock" pyproject.toml -o $(LOCK)
	$(PYTHON) -c 'import pathlib, tomllib; project = tomllib.loads(pathlib.Path("pyproject.toml").read_text()); \
	  print(*project["project"]["optional-dependencies"]["docs"], sep="\n")' | \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --quiet --custom-compile-command "make lock" -c $(LOCK) - -o $(DOCS_LOCK)

env: $(STAMP)
$(STAMP): $(LOCK) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
