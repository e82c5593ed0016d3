# `make help` lists the targets. Needs make and Python 3.11 or newer; all packages are installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MITMPROXY := .mitmproxy
UV ?= $(or $(shell command -v uv),$(VENV)/tools/bin/uv)

INSTALL := -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
PIP_INSTALL := $(BIN)/python $(INSTALL)
# The lock files hold versions and hashes, and no index address.
LOCK := UV_NO_CONFIG=1 $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header
TEMPLATES = $(shell find templates -name '*.html')

.PHONY: help run replay strip libraries mitmproxy firefox check pure test lint bench profile lock

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*  ## /  make \1\t/p' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/run.stamp  ## serve on HOST:PORT (127.0.0.1:8000); DATA_DIR is the data folder (.data)
	@exec $(BIN)/python manage.py serve

replay: $(VENV)/run.stamp  ## install rrweb, the library of session replay; needs npm
	@$(BIN)/python manage.py fetch_rrweb

strip: replay  # the target's earlier name

mitmproxy: $(MITMPROXY)/stamp  ## install mitmproxy into .mitmproxy, for the tests of the script that copies an app's requests

libraries:  ## install the front-end libraries of tests/pages, which are skipped without them; needs npm
	@npm ci --prefix tests/pages/libraries --ignore-scripts --no-audit --no-fund --loglevel=error

firefox:  ## install the library that drives Firefox into tests/firefox, for the tests in Firefox; needs npm
	@npm ci --prefix tests/firefox --ignore-scripts --no-audit --no-fund --loglevel=error

check: $(VENV)/test.stamp  ## lint, and run the tests that need no server, browser or database: under a minute
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint pure

pure: $(VENV)/test.stamp  ## run the tests that need no server, browser or database; ARGS goes to pytest
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 2 -m pure --hypothesis-profile=quick $(ARGS)

# Three workers on two cores, too: much of a test's time is waiting for servers and browsers.
test: $(VENV)/test.stamp  ## run all tests; REQUIRE=browser,curl,firefox,killable,libraries,mitmproxy,nginx,postgres,redis,strip turns their absence into a failure
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/test.stamp  ## check style, types, imports, templates, scripts and migrations
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@report=$$($(BIN)/lint-imports --no-cache) || { echo "$$report"; exit 1; }
	@$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	@$(BIN)/oxlint --quiet --deny-warnings static
	@$(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/test.stamp  ## measure; ONLY=name runs one measurement, EVENTS=1000000 searches that many events (100000)
	@$(BIN)/python -m tests.bench

profile: $(VENV)/test.stamp  ## profile a server under load: shares of its time by function
	@$(BIN)/python -m tests.bench.profile

lock: | $(UV)  ## update the lock files to the newest versions that pyproject.toml allows
	@$(LOCK) pyproject.toml --output-file requirements.lock
	@$(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file tests/requirements.lock
	@$(LOCK) --group mitmproxy --output-file tests/mitmproxy.lock

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Cact Inspector needs Python 3.11 or newer: make PYTHON=/path/to/python …")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock | $(BIN)/python
	@echo "Installing what the server needs into $(VENV), once."
	@$(PIP_INSTALL) --requirement requirements.lock
	@touch $@

# The tests' lock file contains the server's packages in the same versions.
$(VENV)/test.stamp: tests/requirements.lock | $(BIN)/python
	@echo "Installing what the tests need into $(VENV), once."
	@$(PIP_INSTALL) --requirement tests/requirements.lock
	@touch $@

# mitmproxy pins packages that the server needs in newer versions, so it has an environment of its own.
$(MITMPROXY)/stamp: tests/mitmproxy.lock | $(BIN)/python
	@echo "Installing mitmproxy into $(MITMPROXY), once."
	@$(BIN)/python -m venv --clear $(MITMPROXY)
	@$(MITMPROXY)/bin/python $(INSTALL) --requirement tests/mitmproxy.lock
	@touch $@

$(VENV)/tools/bin/uv:
	@$(PYTHON) -m venv $(VENV)/tools
	@$(VENV)/tools/bin/pip install --quiet --disable-pip-version-check uv
