# Every target that a person may call has a `##` line; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

# What the whole test suite needs from Debian: a browser, a font with Chinese glyphs,
# and the check of docker-compose.yml that needs no engine. The reverse proxy comes
# with a service that starts by itself, so only CI installs it.
SYSTEM_PACKAGES := chromium fonts-noto-cjk docker-compose $(if $(CI),caddy)

.PHONY: help
help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	tools/make-venv.sh "$(PYTHON)" $(VENV)

# To run it: the pinned packages of the service alone.
$(VENV)/.run: requirements-run.lock pyproject.toml | $(BIN)/python
	tools/install.sh $(VENV) requirements-run.lock
	@touch $@

# To work on it: the same packages and the tools.
$(VENV)/.dev: requirements.lock pyproject.toml | $(BIN)/python
	tools/install.sh $(VENV) requirements.lock
	@touch $@

# To judge the pages: axe-core, html-validate and Lighthouse, pinned.
WEB_CHECKS := tools/web_checks/node_modules/.package-lock.json
$(WEB_CHECKS): tools/web_checks/package-lock.json $(VENV)/.dev
	tools/install-web-checks.sh $(VENV)
	@touch $@

.PHONY: web-checks
web-checks: $(WEB_CHECKS)  ## Install axe-core, html-validate and Lighthouse

.PHONY: demo
demo: $(VENV)/.run  ## Set up, fill ./demo-data with a simulated district, and serve it
	$(BIN)/battery-registry demo

.PHONY: test
test: $(VENV)/.dev $(WEB_CHECKS)  ## Set up, then pass every check and every test
	tools/install-packages.sh $(SYSTEM_PACKAGES)
	$(MAKE) --no-print-directory check
	rm -f .coverage .coverage.*
	$(BIN)/pytest -n $(JOBS) --cov --cov-branch --cov-report=term
	$(BIN)/coverage report --fail-under=100 \
	  --include='battery_registry/scoring/*,battery_registry/domain/*'

.PHONY: check
check: $(VENV)/.dev  ## Format, lint, types, layers, dependencies, spelling, pure tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	git ls-files -z | xargs -0 $(BIN)/codespell
	$(BIN)/pytest -q -n $(JOBS) tests/scoring tests/domain tests/instruments \
	  --ignore-glob='*/test_drivers_*' --ignore-glob='*/test_station_*' \
	  --ignore-glob='*_hostile.py' --ignore-glob='*_fuzz.py' --ignore-glob='*_benchmark.py'

.PHONY: screenshots
screenshots: $(VENV)/.dev  ## Take pictures of every page into var/screenshots, to be looked at
	tools/install-packages.sh $(filter chromium fonts-noto-cjk,$(SYSTEM_PACKAGES))
	$(BIN)/python -m tests.browser.screenshots var/screenshots $(PAGES)

.PHONY: soak
soak: $(VENV)/.dev  ## Run the tests that take minutes: faults, crashes, long loads
	$(BIN)/pytest -m soak tests

.PHONY: bench
bench: $(VENV)/.dev  ## Measure ours and its limit in one run
	$(BIN)/python -m benchmarks

.PHONY: model-card
model-card: $(VENV)/.run  ## Validate the score on ../shared/data/ageing and write its card
	$(BIN)/battery-registry scoring validate --data ../shared/data/ageing \
	  --json docs/scoring-validation.json
	$(BIN)/battery-registry scoring model-card --json docs/scoring-validation.json \
	  -o docs/scoring-model-card.md

.PHONY: conformance
conformance: $(VENV)/.dev  ## Run the outside vectors and write docs/conformance.md
	$(BIN)/battery-registry conformance

.PHONY: db
db: $(VENV)/.run  ## Bring the local database to the newest schema
	$(BIN)/battery-registry db upgrade

.PHONY: lock
lock: $(VENV)/.dev  ## Resolve the dependencies anew and pin them with hashes
	tools/lock.sh $(BIN)/uv

.PHONY: format
format: $(VENV)/.dev  ## Let ruff lay out the code and mend what it can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: clean
clean:  ## Remove what tools have left; keep the environment and the data
	rm -rf build dist *.egg-info .coverage .coverage.* .mypy_cache .pytest_cache \
	  .ruff_cache .hypothesis .import_linter_cache
	find battery_registry instruments benchmarks tests -name __pycache__ -prune \
	  -exec rm -rf {} +
