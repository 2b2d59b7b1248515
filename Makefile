# `make run` and `make test` are all one needs: both set everything up first. See README.md.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
BIN := .venv/bin
NPM := tools/npm --prefix pwa

.PHONY: setup run test lint lint-python lint-browser format bench screenshots wheel messages locks

setup:
	tools/set-up test

run:
	tools/set-up run
	$(BIN)/sojourn serve --practice

test:
	tools/set-up test
	$(MAKE) --no-print-directory lint
	$(NPM) run --silent test
	$(BIN)/pytest -n auto --dist worksteal

lint: lint-python lint-browser

lint-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PATH="$$(tools/node-path):$$PATH" pwa/node_modules/.bin/pyright

lint-browser:
	$(NPM) run --silent check
	$(NPM) run --silent lint

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --silent format

# Speed and size, as ratios against limits measured in the same run; docs/measurements.md holds the figures.
bench:
	tools/set-up test
	$(BIN)/python -m tests.bench

screenshots:
	tools/set-up test
	$(BIN)/python -m tests.browser.screenshots

# With content, translations and the built browser side in it, so that installing it needs neither Node nor a checkout.
wheel:
	tools/set-up run
	$(BIN)/python -m hatchling build -t wheel

# For translators: the templates and catalogs brought up to date with what the source says now.
messages:
	tools/set-up run
	$(NPM) run --silent messages
	$(BIN)/sojourn messages extract
	$(BIN)/sojourn messages update

# New pins. Names no registry: pip and npm ask whichever this machine is set up with.
PIP_COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
locks:
	$(PIP_COMPILE) --output-file requirements-build.lock requirements-build.in
	$(PIP_COMPILE) --output-file requirements.lock pyproject.toml
	$(PIP_COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
