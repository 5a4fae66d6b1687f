# The only menu. Every target sets up what it needs; `make` alone tells what there is.
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
# Every program of a site that tests start would compile its modules anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench peers soak docs lock fresh clean

PORT ?= 8321
BIND ?= 127.0.0.1
RESET ?=
ONLY ?=
PYTEST ?=

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## make or renew .venv for development
	@tools/setup dev

# Standard output belongs to the program (its first line is the address), so setup speaks on
# standard error; exec lets signals reach the program itself.
demo: ## start the demo city: make demo [PORT=8321] [BIND=127.0.0.1] [RESET=1]
	@tools/setup run >&2 && exec .venv/bin/anlan demo --port '$(PORT)' --bind '$(BIND)' $(if $(RESET),--reset)

check: ## style, types and import directions
	@tools/setup dev && tools/check

# What starts whole sites waits for half of its time, so the rest runs beside it, and gives way. The
# kernels are compiled before: nobody compiles them twice.
test: ## everything that must hold: check, and all tests but the soak
	@tools/setup dev && tools/system-packages
	@.venv/bin/python -c 'import tests.conftest; from anlan.live.warming import warm; warm()'
	@tools/side-by-side \
	    ".venv/bin/pytest -m 'not soak' tests/browser $(PYTEST)" \
	    ".venv/bin/pytest -m 'not soak' tests/flow $(PYTEST)" \
	    "tools/check \
	    && .venv/bin/pytest -n 2 --dist worksteal tests/apps $(PYTEST) \
	    && tools/with-postgresql .venv/bin/pytest -n 2 --dist worksteal tests/apps $(PYTEST) \
	    && .venv/bin/pytest -n 2 --dist worksteal -m 'not soak' --ignore tests/apps \
	        --ignore tests/browser --ignore tests/flow $(PYTEST)"

bench: ## measured speed: make bench [ONLY=name], beside what make peers got
	@tools/setup dev && exec .venv/bin/python -m bench $(ONLY)

peers: ## get Node-RED, Prometheus and Bytewax into build/peers, for the benches
	@tools/setup dev && tools/peers

soak: ## the long run, at most 30 minutes
	@tools/setup dev && tools/system-packages
	@timeout --kill-after=10 1800 .venv/bin/pytest -m soak --timeout 1700 $(PYTEST)

docs: ## the documentation as static pages in build/docs
	@tools/setup dev && .venv/bin/mkdocs build --quiet --strict

lock: ## pin the newest allowed versions in requirements/
	@tools/setup dev && tools/lock

fresh: ## prove the README on a bare Debian 12 (root)
	@tools/fresh

clean: ## remove what can be made again
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
