# Two commands do all the set-up: `make demo` and `make test`. Both create .venv by themselves.
.DEFAULT_GOAL := help
.PHONY: help demo test test-browser test-exporters pictures record bench bench-sql bench-fields bench-names bench-graph bench-api bench-engine bench-live crash crash-index crash-live soak fuzz-receivers probe-sql golden clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := examples/clinic

help:
	@echo "make demo    audit the bundled capture; writes out/report.html and out/audit.json"
	@echo "make test    linters, types, import rules and all tests"
	@echo "make test-browser  the report in a real Chromium (needs chromium, node, npm)"
	@echo "make pictures  take the documentation's pictures of the demo's report (needs chromium, node, npm)"
	@echo "make golden  rewrite the golden files, then review them with git diff"
	@echo "make record  run the example system again and record its capture (about 3 minutes)"
	@echo "make bench   time and memory of a scan (INPUT=... SCHEMA=... for another capture)"
	@echo "make bench-sql  our SQL reader beside others, each installed in an environment of its own"
	@echo "make bench-fields  value classification beside Presidio on generated columns"
	@echo "make bench-graph  questions to a generated audit of 1,000 services and 100,000 flows"
	@echo "make bench-api  requests to the API and the pages over an audit of 1,000 services and 100,000 flows"
	@echo "make bench-engine  bytes to system model against merely parsing (CORPUS=folder with pb/ and json/)"
	@echo "make bench-live  the receiver against merely parsing (CORPUS=folder with pb/)"
	@echo "make crash   kill -9 a receiver at random moments, 100 times: is anything acknowledged lost?"
	@echo "make fuzz-receivers  100,000 mutated requests through the doors (REQUESTS=...)"
	@echo "make soak    a receiver under more than it can take (MINUTES=2): memory, refusals, accounts"
	@echo "make test-exporters  OpenTelemetry's exporters for Node against a receiver (needs node, npm)"
	@echo "make crash-live  kill the live service 100 times at random moments: does its index hold all of it, once?"
	@echo "make crash-index  kill a writer of the index 100 times at random moments: is anything lost, or twice?"
	@echo "make bench-names  classification by name: on our broad sheet, on marked schemas, speed"
	@echo "make probe-sql  placeholder styles and truncation over the statements of captures"
	@echo "make clean   remove what was made here"

# With uv: exactly the locked versions. Without: pip, with the same versions from the exported lock.
$(READY): pyproject.toml uv.lock requirements.lock
	@if command -v uv >/dev/null 2>&1; then \
		uv sync --frozen --compile-bytecode --python $(PYTHON); \
	else \
		test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .; \
	fi
	@touch $@

demo: $(READY)
	$(BIN)/auditor scan $(DEMO)/capture/traces.otlp.jsonl.gz --schema $(DEMO)/capture \
		--config $(DEMO)/auditor.toml --lock $(DEMO)/.dataflow/flows.lock.json --out out

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONHASHSEED=random $(BIN)/pytest -q -n auto

# axe-core, print, keyboard, hostile names; pictures and a PDF go to out/browser.
PAGES := out/browser
test-browser: $(READY) tests/browser/node_modules
	$(BIN)/python -m tests.browser.make_pages $(PAGES)
	cd tests/browser && PAGES=$(abspath $(PAGES)) npm test

pictures: demo tests/browser/node_modules
	cd tests/browser && node pictures.mjs $(abspath out/report.html) $(abspath docs)

tests/browser/node_modules: tests/browser/package-lock.json
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

golden: $(READY)
	REFRESH_GOLDEN=1 $(BIN)/pytest -q

record:
	$(MAKE) -C $(DEMO) record

INPUT ?= $(DEMO)/capture/traces.otlp.jsonl.gz
SCHEMA ?= $(DEMO)/capture/schema.sql
bench: $(READY)
	$(BIN)/python -m tests.bench.scan $(INPUT) $(SCHEMA)

TRUTH ?= ../shared/data/captures/django-oscar/sql_columns_truth.jsonl.gz
bench-sql: $(READY)
	$(BIN)/python -m tests.bench.sql $(TRUTH)

# The captures' statements in every placeholder style and cut at 20 points: are the tables right, is nothing invented?
CAPTURES ?= ../shared/data/captures/bank-of-anthos ../shared/data/captures/django-oscar
probe-sql: $(READY)
	$(BIN)/python -m tests.bench.probe_sql $(CAPTURES)

bench-fields: $(READY)
	$(BIN)/python -m tests.bench.fields

bench-graph: $(READY)
	$(BIN)/python -m tests.bench.graph

bench-api: $(READY)
	$(BIN)/python -m tests.bench.api

CORPUS ?= ../corpus
bench-engine: $(READY)
	$(BIN)/python -m tests.bench.engine $(CORPUS)

bench-live: $(READY)
	$(BIN)/python -m tests.bench.live $(firstword $(wildcard $(CORPUS)/pb/*.pb))
	$(BIN)/python -m tests.bench.freshness

RUNS ?= 100
crash: $(READY)
	$(BIN)/python -m tests.bench.crash $(RUNS)

MINUTES ?= 2
soak: $(READY)
	$(BIN)/python -m tests.bench.soak $(MINUTES)

REQUESTS ?= 100000
fuzz-receivers: $(READY)
	$(BIN)/python -m tests.bench.fuzz_receivers $(REQUESTS)

test-exporters: $(READY)
	cd tests/exporters && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/pytest -q -n 0 tests/exporters

crash-live: $(READY)
	$(BIN)/python -m tests.crash.live $(KILLS)

KILLS ?= 100
crash-index: $(READY)
	$(BIN)/python -m tests.crash.index $(KILLS)

# Schemas whose columns people have marked, where they are at hand.
MARKED ?= ../shared/data/fields
bench-names: $(READY)
	$(BIN)/python -m tests.bench.broad
	@if [ -d $(MARKED) ]; then \
		$(BIN)/python -m tests.bench.overlay $(MARKED) && \
		$(BIN)/python -m tests.bench.crossval $(MARKED) && \
		$(BIN)/python -m tests.bench.speed $(MARKED)/*.gz; \
	else \
		echo "no marked schemas in $(MARKED): give MARKED=FOLDER"; \
	fi

clean:
	rm -rf $(VENV) out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
