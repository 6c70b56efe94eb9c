# With no target, make lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help demo test check format bench clean

PATH_UV := $(shell command -v uv 2>/dev/null)
UV := $(if $(PATH_UV),$(PATH_UV),.tools/bin/uv)
IN_ENV := .venv/bin/

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-8s %s\n", $$1, $$2 }'

demo: .venv/.made ## convert a pilot notebook, prove the project equal to it, train, serve, predict
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(IN_ENV)python examples/demo.py

test: check ## everything that CI checks: format, lint, types, tests
	$(IN_ENV)pytest -n 2

check: .venv/.made ## format, lint and types only
	$(IN_ENV)ruff check .
	$(IN_ENV)ruff format --check .
	$(IN_ENV)mypy

format: .venv/.made ## put the code into form
	$(IN_ENV)ruff check --fix .
	$(IN_ENV)ruff format .

bench: .venv/.made ## how long conversion and linting take, beside nbconvert
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(IN_ENV)python benchmarks/speed.py

clean: ## remove the environment and everything that was built
	rm -rf .venv .tools .cache build dist

# The environment is made anew whenever pyproject.toml changes, so that it never holds what is no longer asked for.
.venv/.made: pyproject.toml | $(UV)
	rm -rf .venv
	$(UV) venv --quiet --python '>=3.10,<3.14' .venv
	$(UV) pip install --quiet --python .venv/bin/python --editable '.[dev]'
	@touch $@

.tools/bin/uv:
	python3 -m venv .tools || { echo "make: python3 can't make environments; on Debian install python3-venv" >&2; rm -rf .tools; exit 1; }
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv
