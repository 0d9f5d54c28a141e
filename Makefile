# Two commands do everything on a fresh machine with Python 3.11+ and make: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
SCENARIO ?= visa_tightening
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The tests start hundreds of processes: modules are compiled once for all of them, also where the environment forbids it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run dashboard docs test test-all test-matrix release-check quick lint recalibrate browser clean
.DELETE_ON_ERROR:

run: $(STAMP)
	$(BIN)/python -m talentsim scenario=$(SCENARIO)

# A page with every lever as a slider, on this machine alone; Ctrl-C ends it.
dashboard: $(STAMP)
	$(BIN)/python -m talentsim dashboard

# The site of the documents, whose tutorial is run: open build/site/index.html.
docs: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,docs]"
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/site

# A file goes to one worker, which shares its worlds; in the order of folders, for most of the long files come before the many short ones.
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

test: lint
	$(PYTEST) -m "not slow"

# What runs no ensembles: the configuration, the figures, the words, single rules; about a minute.
quick: lint
	$(PYTEST) -m "not slow and not whole" tests/test_architecture.py tests/unit tests/config

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/python -m mypy

# Everything: also what is slow, large, or installs the package from scratch.
test-all: lint browser
	$(BIN)/python -m pytest -n auto
	$(MAKE) test-matrix

# What the tests of the report in a browser need: Debian's Chromium, and a reader of PDF.
browser: $(STAMP)
	command -v chromium >/dev/null || { apt-get update && apt-get install --yes chromium; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,browser]"

# The tests on every supported Python found here; one that is missing is named.
test-matrix:
	./tests/matrix.sh

# What a release must stand: wheel and source archive from a clean clone, installed on every Python found here, README's commands run.
release-check:
	./tests/release_check.sh

# The posterior anew, after figures, rules or targets have changed: an hour or two on two cores; it goes on where it stopped.
# From runs.parquet of the calibration before (calibration.earlier=FILE calibration.first=100 calibration.waves=[100,100,100]) it took 22 minutes on one.
recalibrate: $(STAMP)
	$(BIN)/python -m talentsim calibrate world=ai
	found=$$(ls -td outputs/*/*-calibrate | head -1) && cp "$$found"/ai.csv "$$found"/ai.json "$$found"/ai_2019.csv "$$found"/ai_2019.json \
		"$$found"/ai_prior.csv "$$found"/ai_prior.json src/talentsim/data/draws/
	$(BIN)/python -m talentsim validate history world=ai
	cp "$$(ls -td outputs/*/*-validate | head -1)/VALIDATION.md" docs/VALIDATION.md

# pip compiles module by module; this does so on all cores. A file that some library ships for another Python does not compile.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "talentsim needs Python 3.11 or later, found " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable ".[test]"
	$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib src || true
	touch $@

clean:
	rm -rf $(VENV) .venv-* build dist
