# Thin: every target calls one verb of `python -m analysis`, which works alone too.
PYTHON ?= python3
SHELL := /bin/sh
# another folder, for example to try another Python: make VENV=.venv-3.13 PYTHON=python3.13
VENV ?= .venv
ifeq ($(OS),Windows_NT)
  RUN := $(VENV)/Scripts/python
else
  RUN := $(VENV)/bin/python
endif
PIP := -m pip install --quiet --disable-pip-version-check --no-input
READY := $(VENV)/ready
# extras to add for good, for example: make setup EXTRAS="db spss"
EXTRAS ?=
# what tests, lint and types need: every extra that has a lock
DEV_READY := $(patsubst requirements/%.txt,$(VENV)/ready-%,$(wildcard requirements/*.txt))
# options for the verb, for example: make reports ARGS="--month 2026-09"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup data client reports caseload app lab test check lint types lock bench clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{printf "%-16s %s\n", $$1, $$2}'

# One after the other also under `make -j`: they write into the same folder.
.NOTPARALLEL:

$(READY): requirements.txt pyproject.toml
	@echo "Setting up $(VENV) with $(PYTHON): once, one to two minutes."
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else "Cairn needs Python 3.11, 3.12 or 3.13; this is %d.%d. Name another: make PYTHON=python3.12" % v[:2])'
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) $(PIP) --only-binary :all: --require-hashes -r requirements.txt
	@$(RUN) $(PIP) --no-build-isolation --no-deps -e .
	@touch $(READY)

$(VENV)/ready-%: requirements/%.txt $(READY)
	@echo "Adding what $* needs to $(VENV): once."
	@$(RUN) $(PIP) --only-binary :all: --require-hashes -r $<
	@touch $@

setup: $(READY) $(EXTRAS:%=$(VENV)/ready-%)  ## make the environment in .venv (EXTRAS="db spss" adds to it)

data: $(READY)  ## read data/raw into data/processed and analyse it
	@$(RUN) -m analysis import $(ARGS)
	@$(RUN) -m analysis analyse

reports: $(READY)  ## make the latest month's PDFs (demo practice when data/raw is empty)
	@$(RUN) -m analysis reports $(ARGS)

client: $(READY)  ## one client: make client ARGS="--client A-1042"
	@$(RUN) -m analysis reports $(ARGS)

caseload: $(READY)  ## the practice lead's report
	@$(RUN) -m analysis caseload $(ARGS)

app: $(READY) $(VENV)/ready-app  ## the desk in the browser: reports without a terminal
	@$(RUN) -m analysis app $(ARGS)

lab: $(READY) $(VENV)/ready-lab  ## JupyterLab with the notebooks
	@$(RUN) -m analysis lab $(ARGS)

check: $(READY)  ## look at data, settings and environment, and say what to do
	@$(RUN) -m analysis check $(ARGS)

test: $(DEV_READY)  ## run the tests
	@$(RUN) -m pytest -n 2 $(ARGS)

lint: $(DEV_READY)  ## ruff: format and rules
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .

types: $(DEV_READY)  ## mypy
	@$(RUN) -m mypy

lock:  ## solve the locks again from pyproject.toml (needs uv)
	@$(PYTHON) requirements/lock.py $(ARGS)

bench: $(DEV_READY)  ## measure speed and accuracy
	@$(RUN) -m analysis bench $(ARGS)

clean:  ## remove what can be made again (never data/raw, never reports)
	rm -rf .venv .venv-* .pytest_cache .mypy_cache .ruff_cache build dist data/demo data/demo-desk
