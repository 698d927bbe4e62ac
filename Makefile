# Thin: every target calls one verb of `python -m analysis`, which works alone too.
PYTHON ?= python3
SHELL := /bin/sh
ifeq ($(OS),Windows_NT)
  RUN := .venv/Scripts/python
else
  RUN := .venv/bin/python
endif
READY := .venv/ready
# options for the verb, for example: make reports ARGS="--month 2026-09"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup data client reports caseload lab test check lint types bench clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{printf "%-16s %s\n", $$1, $$2}'

$(READY): requirements.txt pyproject.toml
	@echo "Setting up .venv with $(PYTHON): once, one to two minutes."
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else "Cairn needs Python 3.11, 3.12 or 3.13; this is %d.%d. Name another: make PYTHON=python3.12" % v[:2])'
	@$(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-input --no-build-isolation --no-deps -e .
	@touch $(READY)

setup: $(READY)  ## make the environment in .venv

data: $(READY)  ## read data/raw into data/processed and analyse it
	@$(RUN) -m analysis import $(ARGS)
	@$(RUN) -m analysis analyse

reports: $(READY)  ## make the latest month's PDFs (demo practice when data/raw is empty)
	@$(RUN) -m analysis reports $(ARGS)

client: $(READY)  ## one client: make client ARGS="--client A-1042"
	@$(RUN) -m analysis reports $(ARGS)

caseload: $(READY)  ## the practice lead's report
	@$(RUN) -m analysis caseload $(ARGS)

lab: $(READY)  ## JupyterLab with the notebooks
	@$(RUN) -m jupyter lab notebooks

check: $(READY)  ## look at data, settings and environment, and say what to do
	@$(RUN) -m analysis check $(ARGS)

test: $(READY)  ## run the tests
	@$(RUN) -m pytest -n 2 $(ARGS)

lint: $(READY)  ## ruff: format and rules
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .

types: $(READY)  ## mypy
	@$(RUN) -m mypy

bench: $(READY)  ## measure speed and accuracy
	@$(RUN) -m analysis bench $(ARGS)

clean:  ## remove what can be made again (never data/raw, never reports)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache build dist data/demo
