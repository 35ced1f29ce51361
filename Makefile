# The project's tasks; `make help` lists them.  Needs GNU make 3.81 or newer and Python 3.11 or newer.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
DIST ?= dist
SITE ?= site
PRESET ?= demo
WORKERS ?= 3
SIDE_BY_SIDE := tests/doctor tests/packaging tests/snippets tests/engines
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
ifndef TOGETHER
.NOTPARALLEL:
endif
.PHONY: help run test check lint types contracts fast parallel slow format bench wheel docs pictures schemas clean

help: ## list the tasks
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

run: $(VENV)/.installed ## open the app on the demo preset; without a terminal, run it and print the ranking
	@$(BIN)/httptui --preset $(PRESET)

test: lint ## install the test dependencies and run every test
	@$(MAKE) --no-print-directory -j 3 TOGETHER=yes types contracts parallel
	@$(MAKE) --no-print-directory slow

check: lint ## style, types, import contracts and the quick tests
	@$(MAKE) --no-print-directory -j 3 TOGETHER=yes types contracts fast

lint: $(VENV)/.installed-dev ## style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## strict typing
	$(BIN)/mypy
	$(BIN)/mypy benchmarks docs

contracts: $(VENV)/.installed-dev ## import contracts
	$(BIN)/lint-imports

fast: $(VENV)/.installed-dev ## the quick tests: no processes, no screens
	$(BIN)/python -m pytest -q -m "not slow and not pilot and not long" --hypothesis-profile=quick -n logical --maxprocesses=4

parallel: $(VENV)/.installed-dev ## all tests without processes, in parallel
	$(BIN)/python -m pytest -q -m "not slow" -n $(WORKERS)

slow: $(VENV)/.installed-dev ## the tests that start lanes, targets and terminals, one by one if timing matters
	$(BIN)/python -m pytest -q -m slow -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(SIDE_BY_SIDE)
	$(BIN)/python -m pytest -q -m slow $(SIDE_BY_SIDE:%=--ignore=%)

format: $(VENV)/.installed-dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## measure the cost of the lane and of the screen
	$(BIN)/python -m benchmarks.overhead
	$(BIN)/python -m benchmarks.ui

wheel: $(VENV)/.installed-dev ## build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir $(DIST) .

docs: $(VENV)/.installed-docs ## build the site into site/; broken links fail
	@DISABLE_MKDOCS_2_WARNING=true NO_MKDOCS_2_WARNING=true \
	  $(BIN)/mkdocs build --quiet --strict --site-dir $(abspath $(SITE))

pictures: $(VENV)/.installed-dev ## make the README's pictures and film from a real run
	$(BIN)/python -m docs.pictures
	$(BIN)/python -m docs.recording

schemas: $(VENV)/.installed-dev ## write the JSON Schemas, the reference of plan fields and figures, and the table of formats
	$(BIN)/python -m docs.schemas
	$(BIN)/python -m docs.plan
	$(BIN)/python -m docs.figures
	$(BIN)/python -m docs.exports

clean: ## remove everything that the tasks created
	rm -rf $(VENV) $(DIST) $(SITE) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.made:
	@found=; \
	for name in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13 python3.14 python3 python); do \
	  if "$$name" -c '$(ENOUGH)' >/dev/null 2>&1; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "httptui needs Python 3.11 or newer$(if $(PYTHON),; PYTHON=$(PYTHON) is not,: install it or say where it is with make PYTHON=/path/to/python3)" >&2; \
	  exit 1; \
	fi; \
	"$$found" -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	@echo "installing httptui into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml
	@echo "installing httptui and what its tests need into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-docs: $(VENV)/.made pyproject.toml
	@echo "installing what the site needs into $(VENV) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@
