# One target per task; `make` lists them. Needs make and Python 3.11 or newer, nothing else.
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.built-from-project-files
CORE := $(VENV)/.core-built-from-project-files
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

.PHONY: help env test format lint types layers budget unit wheel demo bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

env: $(STAMP) ## build or refresh .venv

test: lint types layers budget unit wheel ## all checks: format, lint, types, layers, budget, tests, wheel

format: $(STAMP) ## format all files and apply automatic fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(STAMP) ## format and lint rules, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP) ## strict type check of src, tools, benchmarks and tests
	$(BIN)/mypy

layers: $(STAMP) ## allowed imports between packages
	PYTHONPATH=src $(BIN)/lint-imports --no-logo

budget: $(STAMP) ## sizes of files and functions, no machine paths
	$(BIN)/python tools/budget.py

unit: $(STAMP) ## pytest with branch coverage
	$(BIN)/python -m pytest --cov

wheel: $(STAMP) ## build the wheel, install it into a clean environment, assess the example films
	$(BIN)/python tools/wheel.py

demo: $(CORE) ## assess the example films; figures into demo/
	$(BIN)/boneage assess examples/cases.csv --figure demo

bench: $(STAMP) ## measure speed and memory on this machine
	$(BIN)/python -m benchmarks

clean: ## remove .venv, caches and what make demo wrote
	rm -rf $(VENV) demo .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Packages for the checks and for training, mostly torch: 1.5 GB.
$(STAMP): $(CORE)
	$(INSTALL) -e '.[learn,cluster,parquet,serve,postgresql,dev]'
	@touch $@

# The first Python that runs and is new enough: a name on the path may be a shim with no Python behind it.
$(CORE): pyproject.toml constraints.txt
	@set -e; \
	for candidate in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
		if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "OpenBoneAge needs Python 3.11 or newer; none found. Name one: make PYTHON=/path/to/python" >&2; exit 1; fi; \
	echo "Building $(VENV) with $$($$python --version); this takes a minute or two."; \
	$$python -m venv $(VENV)
	$(INSTALL) -e .
	@touch $@
