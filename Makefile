# Everything starts here: `make run` and `make test` set up what they need.
#
#   PYTHON    the Python to make the environment with (3.11 or newer)
#   PIP_ARGS  options for pip, such as an extra index that serves a CPU build of torch
#   ARGS      options for the briefing command, such as --config my.toml
#   REPORTS   a folder of real reports that `make bench` reads
#   PEERS     1: `make bench` compares with other libraries, too, in .venv-bench
#   MILLION   1: `make bench` asks a million passages, too

PYTHON ?= python3
PIP_ARGS ?=
ARGS ?=
REPORTS ?= $(or $(BRIEFING_SHARED_DATA),../shared/data)
PEERS ?=
MILLION ?=

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help venv dev run test lint format bench soak clean

help:
	@echo 'make run     start the bot, or a chat in this terminal where TELEGRAM_BOT_TOKEN is not set'
	@echo 'make test    run the tests'
	@echo 'make lint    run the linters and the type checker'
	@echo 'make format  format the code'
	@echo 'make bench   measure everything, and write docs/performance.md'
	@echo 'make soak    deliver digests through many random schedules of faults'
	@echo 'make clean   remove the environment and caches; stored data stays'

# The stamps keep pip away until what is to be installed changes.
.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
	  "Python 3.11 or newer is needed, and this is %d.%d: make PYTHON=/path/to/python3.11 run" % sys.version_info[:2])'
	@echo 'Making .venv'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: .venv/python pyproject.toml constraints.txt
	@echo 'Installing the bot and the libraries it needs; the first time this takes a few minutes'
	@$(INSTALL) -e .
	@touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt
	@echo 'Installing the bot with what its tests and checks need; the first time this takes a few minutes'
	@$(INSTALL) -e '.[dev]'
	@touch $@ .venv/runtime

venv: .venv/runtime
dev: .venv/dev

run: venv
	@$(BIN)/briefing samples $(ARGS)
	@if [ -n "$$TELEGRAM_BOT_TOKEN" ]; then exec $(BIN)/briefing run $(ARGS); \
	elif [ -t 0 ]; then exec $(BIN)/briefing chat $(ARGS); \
	else exec $(BIN)/briefing demo $(ARGS); fi

test: dev
	$(BIN)/pytest --numprocesses auto --dist loadfile

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Other libraries, to compare with; torch is the very one that the bot uses.
.venv-bench/peers: pyproject.toml .venv/python
	@$(PYTHON) -m venv .venv-bench
	@$(BIN)/python -c 'from importlib.metadata import version; \
	  print("torch=="+version("torch"))' > .venv-bench/torch.txt
	@.venv-bench/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	@.venv-bench/bin/python -m pip install $(PIP_ARGS) --group bench -c .venv-bench/torch.txt
	@touch $@

bench: dev $(if $(PEERS),.venv-bench/peers)
	$(BIN)/python -m benchmarks.suite --reports '$(REPORTS)' \
	  $(if $(PEERS),--peers .venv-bench/bin/python) $(if $(MILLION),--million)

soak: dev
	$(BIN)/python -m benchmarks.soak

clean:
	rm -rf .venv .venv-bench build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
