# Everything a person does with this project; `make help` lists it.
PYTHON ?= python3
# Four fill two cores, because the tests in terminals mostly wait.
WORKERS ?= 4
PYTEST := .venv/bin/pytest -n $(WORKERS) --dist worksteal
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help setup run demo eval-demo test test-long snapshot lint types contracts check samples picture bench clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/run.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "tailllm needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(VENV)/dev.stamp ## make the virtual environment with everything for development

run: $(VENV)/run.stamp ## follow logs: make run ARGS=/var/log/assist
	@$(BIN)/tailllm $(ARGS)

demo: $(VENV)/run.stamp ## the two-minute tour over simulated traffic
	@$(BIN)/tailllm demo

eval-demo: $(VENV)/run.stamp ## what an edit of the sample's prompt broke, by name, in a minute
	@$(BIN)/python examples/support/demo.py

test: $(VENV)/dev.stamp ## the whole suite
	$(PYTEST) -m 'not long'

test-long: $(VENV)/dev.stamp ## the suite and the long fault tests
	$(PYTEST)

snapshot: $(VENV)/dev.stamp ## accept the screens as they are now; look at each before you commit it
	$(PYTEST) tests/tui --snapshot-update

lint: $(VENV)/dev.stamp ## style and common mistakes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp ## strict types
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp ## which area may know which
	$(BIN)/lint-imports

check: lint types contracts test ## all of the above: what every commit passes

samples: $(VENV)/run.stamp ## write sample_logs/ again from its seed
	$(BIN)/python sample_logs/make.py

picture: $(VENV)/dev.stamp ## draw the README's picture from the running app
	$(BIN)/python docs/picture.py

bench: $(VENV)/dev.stamp ## measure, side by side, on this machine
	$(BIN)/python -m bench

clean: ## remove everything these commands made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache snapshot_report.html
