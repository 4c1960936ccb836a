# Weaver's everyday commands. The first use of any of them makes .venv and installs what it needs from the locks;
# nothing but python3 (3.11 or newer, with venv) and a package index is required.

PYTHON ?= python3
QUICK  ?=
N      ?= 200
SEEDS  ?= 10000
NOISE  ?= 1000
CYCLES ?= 200
RUNS   ?= 50
SEED   ?= 1
SOAK_DAYS ?= 28
PY     := .venv/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check -qq
SHELL  := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: help install demo up ui report test screenshots report-screenshots check fmt coverage bench bench-live bench-web kill kill-trading cycles soak siege simulate overfitting dist docs docs-api lock clean

help: ## list the targets
	@echo "Weaver: make TARGET"
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1	/p' Makefile | expand -t 16

install: .venv/runtime.stamp ## set up .venv with Weaver in it
	@echo "Ready: .venv/bin/weaver --help"

demo: .venv/runtime.stamp ## backtest a strategy on real prices, and write its report
	@.venv/bin/weaver demo

up: src/weaver/web/index.html ## start Weaver on this machine, with its web app (and with sample data, where there is none)
	@.venv/bin/weaver up --demo

ui: src/weaver/web/index.html ## build the web app

report: haro/node_modules/.stamp ## build the script and styles that reports carry, which are kept in the repository
	@cd haro && $(NODE_PATH) npm run --silent build-report

test: .venv/dev.stamp src/weaver/web/index.html ## run all tests, the web app's too (in a Chromium that is found, or on Debian installed)
	@echo "vitest" && cd haro && $(NODE_PATH) npm run --silent test
	@echo "pytest" && $(PY) -m pytest -q -n auto --dist worksteal

screenshots: .venv/dev.stamp src/weaver/web/index.html ## take a picture of every page of the web app, into build/screenshots
	@$(PY) -m tests.browser.pages

report-screenshots: .venv/dev.stamp haro/node_modules/.stamp ## take pictures of six runs' reports, into build/report-screenshots, and have axe look at them
	@$(PY) -m tests.browser.reports

check: .venv/dev.stamp haro/node_modules/.stamp ## format, lint, types, imports, dead code; and that the web app speaks as the server does
	@echo "ruff format" && $(PY) -m ruff format --check --quiet . || { echo "Not formatted: run make fmt"; exit 1; }
	@echo "ruff check" && $(PY) -m ruff check --quiet .
	@echo "mypy" && $(PY) -m mypy --no-error-summary
	@echo "import-linter" && PYTHONPATH=src .venv/bin/lint-imports --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	@echo "vulture" && $(PY) -m vulture
	@echo "strategy api" && $(PY) -m tests.strategy_api --check || { \
	  echo "docs/strategy-api.md is not what the docstrings say: run make docs-api, and commit it"; exit 1; }
	@echo "openapi" && $(PY) scripts/write_openapi.py .venv/openapi.json && cmp -s .venv/openapi.json haro/openapi.json || { \
	  echo "haro/openapi.json is not what the server says of itself: run make ui, and commit what it wrote"; exit 1; }
	@echo "openapi-typescript" && cd haro && $(NODE_PATH) npm run --silent types -- --check > ../.venv/types.log 2>&1 || { \
	  cat .venv/types.log; echo "haro/src/api/schema.d.ts is not made of haro/openapi.json: run make ui, and commit what it wrote"; exit 1; }
	@echo "report" && cd haro && REPORT_TO=../.venv/report $(NODE_PATH) npm run --silent build-report && cd .. && \
	  diff -rq .venv/report src/weaver/greta/report/assets/built || { \
	  echo "What reports carry is not made of haro/src: run make report, and commit what it wrote"; exit 1; }
	@echo "tsc, eslint, prettier" && cd haro && $(NODE_PATH) npm run --silent check
	@echo "All checks passed"

fmt: .venv/dev.stamp haro/node_modules/.stamp ## format the code and mend what lint can mend
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .
	@cd haro && $(NODE_PATH) npm run --silent fmt

coverage: .venv/dev.stamp src/weaver/web/index.html ## run all tests, and hold coverage: model, marvin, greta 95 % of branches; events, walle, glados, veda 90 %; rehearsal, haro 85 %
	@cd haro && $(NODE_PATH) npm run --silent coverage
	@$(PY) -m pytest -q -n auto --dist worksteal --cov --cov-report=
	@for package in model:95 marvin:95 greta:95 events:90 walle:90 glados:90 veda:90 rehearsal:85; do \
	  echo "weaver.$${package%:*}" && $(PY) -m coverage report --fail-under="$${package#*:}" \
	    --include="src/weaver/$${package%:*}/*" || exit 1; done

bench: .venv/dev.stamp src/weaver/web/index.html .bench/peers.stamp .bench/nautilus.stamp ## measure against the bare loop and the peers (QUICK=1: fewer samples)
	@$(PY) -m tests.benchmarks $(if $(QUICK),--quick)

bench-live: .venv/dev.stamp ## measure what trading takes: commits, live bars, the order path, many runs, resumption (11 minutes)
	@$(PY) -m tests.benchmarks --only commit --only live --only order-path --only many-runs --only resumption

bench-web: .venv/dev.stamp src/weaver/web/index.html ## measure the web app in a browser: first load, a long run, a busy minute (7 minutes)
	@$(PY) -m tests.benchmarks --only web

kill: .venv/dev.stamp ## kill the server at random moments N times (N=200), on both storages
	@$(PY) -m tests.kill --rounds $(N)

kill-trading: .venv/dev.stamp ## the same N times (N=200) while it trades at a local exchange
	@$(PY) -m tests.kill_trading --rounds $(N)

simulate: .venv/dev.stamp ## run Veda from SEEDS seeds (10000), with all that can go wrong, in simulated time
	@$(PY) -m tests.simulation --seeds $(SEEDS)

overfitting: .venv/dev.stamp ## see what the figures of overfitting say of noise and of a planted edge, from NOISE seeds (1000) each
	@OPENBLAS_NUM_THREADS=1 $(PY) -m tests.overfitting --seeds $(NOISE)

cycles: .venv/dev.stamp ## start, trade and end CYCLES live runs (200), and see what they leave behind
	@$(PY) -m tests.cycles --cycles $(CYCLES)

soak: .venv/dev.stamp ## run RUNS paper runs (50) for SOAK_DAYS simulated days (28), with faults and restarts by a SEED (1), and watch memory
	@$(PY) -m tests.soak --runs $(RUNS) --days $(SOAK_DAYS) --seed $(SEED)

siege: .venv/dev.stamp ## attack a server with what is too heavy for the tests (ATTACKS="candles ...": some only)
	@$(PY) -m tests.siege $(ATTACKS)

dist: .venv/dev.stamp src/weaver/web/index.html ## build wheel and sdist into dist/, and try them in empty environments of each Python here
	@$(PY) -m tests.packages

docs: .docs/docs.stamp ## build the documentation as a site into build/docs, every link and anchor checked
	@NO_MKDOCS_2_WARNING=1 .docs/bin/mkdocs build --strict >.docs/build.log 2>&1 || { grep -v "^INFO" .docs/build.log >&2; exit 1; }
	@echo "build/docs/index.html (to search in it: python3 -m http.server -d build/docs)"

docs-api: .venv/dev.stamp ## write docs/strategy-api.md from the docstrings and their examples
	@$(PY) -m tests.strategy_api

lock: .venv/dev.stamp ## resolve the locks anew (hashes, no addresses)
	@$(LOCK) --upgrade pyproject.toml --extra pandas --extra alpaca --extra notify --extra notebook --group build --output-file locks/runtime.lock
	@$(LOCK) --upgrade pyproject.toml --group dev --constraints locks/runtime.lock --output-file locks/dev.lock
	@$(LOCK) --upgrade --group pyproject.toml:web --output-file locks/node.lock
	@$(LOCK) --upgrade --group pyproject.toml:docs --output-file locks/docs.lock
	@$(LOCK) --upgrade tests/benchmarks/peers.in --output-file tests/benchmarks/peers.lock
	@$(LOCK) --upgrade tests/benchmarks/nautilus.in --output-file tests/benchmarks/nautilus.lock
	@$(PY) scripts/lock_requirements.py
	@git --no-pager diff --stat -- locks tests/benchmarks 2>/dev/null || true

clean: ## remove the environments and everything that was made
	@rm -rf .venv .bench .docs .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov dist build \
	  haro/node_modules haro/coverage src/weaver/web
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments ---------------------------------------------------------------------------------------------------

# $(call venv,FOLDER): make an environment with the first Python that is new enough, or say what is missing.
define venv
	@found=; for python in $(PYTHON) python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "Weaver needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | head -1)." >&2; \
	  echo "Install one, then: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "This $$found has no venv module (on Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; fi; \
	echo "Making $(1) with $$("$$found" --version)"; \
	rm -rf $(1) && mkdir -p $(dir $(1)) && "$$found" -m venv $(1) || { rm -rf $(1); exit 1; }
endef

# $(call locked,PYTHON,LOCK): install exactly what a lock names. A lock is complete (a test holds it to that), so nothing is
# resolved: pip would take an extra that something locked asks for (coverage[toml]) for an unpinned requirement as soon as
# the index has a newer release than the locked one.
define locked
	@$(1) -m pip --disable-pip-version-check -qq install --no-deps --require-hashes -r $(2) || { \
	  echo "Could not install $(2). Is the package index reachable? Run the same command again to go on." >&2; exit 1; }
endef

.venv/bin/python:
	$(call venv,.venv)

.venv/runtime.stamp: locks/runtime.lock pyproject.toml | .venv/bin/python
	@echo "Installing Weaver (about 15 seconds)"
	$(call locked,$(PY),locks/runtime.lock)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: locks/dev.lock .venv/runtime.stamp
	@echo "Installing what the tests need (about a minute)"
	$(call locked,$(PY),locks/dev.lock)
	@touch $@

# The web app. A Node that is too old for its tools counts as none; then one comes from the package index, into .venv.
NODE_PATH := PATH="$(CURDIR)/.venv/bin:$$PATH"
HARO_SOURCES := $(shell find haro/src haro/public -type f 2>/dev/null) haro/index.html haro/vite.config.ts haro/tsconfig.json

.venv/node.stamp: locks/node.lock | .venv/bin/python
	@if ! $(NODE_PATH) node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null \
	  || ! $(NODE_PATH) npm --version >/dev/null 2>&1; then \
	  echo "No Node 20.19 or newer is here: bringing one into .venv (about half a minute)"; \
	  $(PIP) install --no-deps --require-hashes -r locks/node.lock || { \
	    echo "Could not install Node. Is the package index reachable? Run the same command again to go on." >&2; exit 1; }; fi
	@touch $@

haro/node_modules/.stamp: haro/package-lock.json haro/.npmrc .venv/node.stamp
	@echo "Installing what the web app is built with (about a minute)"
	@cd haro && $(NODE_PATH) npm ci --silent --no-progress || { \
	  echo "Could not install the web app's tools. Is the npm registry reachable? Run the same command again to go on." >&2; exit 1; }
	@touch $@

# Whatever changes in the package may change what the server says of itself; what does not leaves the app as it is.
.venv/openapi.stamp: $(shell find src/weaver -name '*.py') scripts/write_openapi.py .venv/runtime.stamp
	@$(PY) scripts/write_openapi.py .venv/openapi.json
	@cmp -s .venv/openapi.json haro/openapi.json || cp .venv/openapi.json haro/openapi.json
	@touch $@

haro/openapi.json: .venv/openapi.stamp
	@:

haro/src/api/schema.d.ts: haro/openapi.json haro/node_modules/.stamp
	@cd haro && $(NODE_PATH) npm run --silent types >/dev/null

src/weaver/web/index.html: $(HARO_SOURCES) haro/src/api/schema.d.ts
	@echo "Building the web app"
	@cd haro && $(NODE_PATH) npm run --silent build >../.venv/ui.log 2>&1 || { cat ../.venv/ui.log >&2; exit 1; }
	@touch $@

.docs/docs.stamp: locks/docs.lock
	$(call venv,.docs)
	@echo "Installing what the documentation's site is built with"
	$(call locked,.docs/bin/python,locks/docs.lock)
	@touch $@

.bench/peers.stamp: tests/benchmarks/peers.lock
	$(call venv,.bench/peers)
	@echo "Installing backtesting.py, backtrader and vectorbt (about a minute)"
	$(call locked,.bench/peers/bin/python,tests/benchmarks/peers.lock)
	@touch $@

.bench/nautilus.stamp: tests/benchmarks/nautilus.lock
	$(call venv,.bench/nautilus)
	@echo "Installing nautilus_trader (about half a minute)"
	$(call locked,.bench/nautilus/bin/python,tests/benchmarks/nautilus.lock)
	@touch $@
