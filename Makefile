# `make help` lists what there is. Everything sets itself up: only Python 3.11 or newer is needed.
SHELL := /bin/bash
PYTHON ?= $(shell bash scripts/python.sh)
BIN := .venv/bin
# Every process that starts would compile the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test fast lint types bench fuzz reset lock hooks

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/ready: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=python3.12 make run)."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing the pinned dependencies..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/ready ## Start the whole product (PORT=9000 make run for another port)
	@exec $(BIN)/python -m kamino.local.run

reset: .venv/ready ## Wipe the data of this folder
	@$(BIN)/python -m kamino.local.run reset

test: .venv/ready ## All tests, lint, types, import directions and Django's checks
	@BIN=$(BIN) bash scripts/test.sh

fast: .venv/ready ## Lint, types and the quick tests: no browser, no killed processes (APP=payments for one folder of tests/)
	@BIN=$(BIN) APP=$(APP) bash scripts/fast.sh

lint: .venv/ready ## Ruff, djlint and the import directions
	@BIN=$(BIN) bash scripts/lint.sh

types: .venv/ready ## Types
	@$(BIN)/python scripts/with_production_settings.py -m mypy .

bench: .venv/ready ## Measure the speed; writes benchmarks/results.json
	@$(BIN)/python -m benchmarks

fuzz: .venv/ready ## Spoil statement files and read them (FUZZ_SECONDS=120 a reader, OFX five times that)
	@$(BIN)/python -m tests.banking.files.fuzz $(or $(FUZZ_SECONDS),120)

hooks: .venv/ready ## Check every commit as it is made
	@$(BIN)/pre-commit install

lock: .venv/ready ## Pin the dependencies of pyproject.toml anew
	@$(BIN)/pip install --quiet uv
	@for name in requirements requirements-dev; do \
		extras=$$([ $$name = requirements-dev ] && echo "--extra local --extra test"); \
		$(BIN)/uv pip compile --quiet pyproject.toml $$extras --universal --generate-hashes \
			--no-emit-index-url --no-header --upgrade -o $$name.lock; \
	done
