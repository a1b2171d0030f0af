# make run · make test · make check · make bench — each sets up what it needs.
# Needed beforehand: Python 3.11 or newer with its venv module, git, make.

PYTHON = $(shell for p in python3.13 python3.12 python3.11 python3 python3.14; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS ?= tests
PYTEST_OPTIONS ?= -n 3
# Counting branches slows the suite, so only `make check` does it.
COVERAGE ?=
check: COVERAGE = --cov --cov-report=term:skip-covered --cov-fail-under=95

.PHONY: run test check bench screenshots lint tests chromium lock clean

run: $(READY)
	@exec $(BIN)/berth up

test: $(READY) chromium tests

check: $(READY) lint chromium tests

bench: $(READY)
	@$(BIN)/python -m bench

# Takes the README's pictures from a fresh demo; needs Chromium.
screenshots: $(READY) chromium
	@$(BIN)/python docs/take_screenshots.py

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/shape -p no:cacheprovider

tests: $(READY)
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) $(COVERAGE) $(TESTS)

# The browser tests drive Debian's Chromium; without it they are skipped, and say so.
chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && echo "Installing Chromium for the browser tests …" && \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  chromium fonts-dejavu-core fonts-lohit-deva >/dev/null; } || \
	printf '\n*** Chromium is missing and cannot be installed here: THE BROWSER TESTS WILL BE SKIPPED.\n*** Run as root: apt-get install chromium\n\n'

$(READY): requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Berth needs Python 3.11 or newer: install python3.11 and python3.11-venv."; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	echo "$(PYTHON) cannot make a virtual environment: install its venv package (apt-get install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing the dependencies of requirements.lock into $(VENV) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

# Only for changing dependencies: compiles what pyproject.toml allows into pinned, hashed files.
lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --group dev --group embedded $(COMPILE) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(COMPILE) -o requirements-prod.lock

COMPILE := --upgrade --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	--custom-compile-command "make lock" --quiet

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage*
