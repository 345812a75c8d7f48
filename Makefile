# Luna's commands. `make` alone lists them.

PORT ?= 8000
DATA ?= var
PYTHON_BIN := .venv/bin/python
# Bytecode is kept, in .bytecode/, whatever the shell says: each of Luna's processes would compile all of it anew.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.bytecode
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types contracts bench faults rules shots fix lock

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv/ from requirements.lock (nothing to do when the lock is unchanged)
	@sh tools/setup.sh

run: setup ## start Luna with its sample company on http://127.0.0.1:PORT (PORT=8000 DATA=var)
	@exec $(PYTHON_BIN) manage.py up --demo --port "$(PORT)" --data "$(DATA)"

test: setup ## run every test on SQLite and on PostgreSQL with Valkey (ARGS="tests/ui -k moon" for a part)
	@sh tools/chromium.sh
	@$(PYTHON_BIN) -m tools.test $(ARGS)

check: setup ## what CI runs: lint, types, contracts, all tests; nothing may be skipped
	@$(MAKE) --no-print-directory -j2 types lint contracts
	@sh tools/chromium.sh
	@$(PYTHON_BIN) -m tools.test --nothing-skipped

lint: setup ## ruff and djlint
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/djlint --lint --quiet templates

types: setup ## mypy in strict mode, with Django's plug-in
	@$(PYTHON_BIN) -m mypy

contracts: setup ## import contracts, missing migrations, Django's own checks for production
	@.venv/bin/lint-imports
	@$(PYTHON_BIN) -m tools.django_checks

bench: setup ## measure the main paths; each ratio beside its limit
	@$(PYTHON_BIN) -m benchmarks

faults: setup ## measure what faults do; each figure beside its limit (ARGS="F13" for one)
	@$(PYTHON_BIN) -m benchmarks.faults $(ARGS)

rules: setup ## switch each rule of the sync engine off and see its tests go red (ARGS="overlap" for one)
	@$(PYTHON_BIN) -m tools.rules $(ARGS)

shots: setup ## make the screenshots of README and docs
	@sh tools/chromium.sh
	@$(PYTHON_BIN) -m tools.shots

fix: setup ## format, and repair what ruff can repair
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

lock: setup ## write requirements.lock anew from pyproject.toml
	@sh tools/lock.sh
