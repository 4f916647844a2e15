# Two commands do all the set-up: `make demo` and `make test`. Both create .venv by themselves.
.DEFAULT_GOAL := help
.PHONY: help demo test test-browser test-exporters golden pictures record clean \
	bench bench-growth bench-engine bench-readers bench-jobs bench-spark bench-live bench-freshness \
	bench-api bench-graph \
	bench-sql probe-sql bench-fields bench-names \
	fuzz-readers fuzz-receivers fuzz-api crash crash-index crash-live soak

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := examples/clinic

# A corpus is a folder with pb/, json/, jaeger/, zipkin/; python -m tests.bench.corpus makes one with pb/.
CORPUS ?= ../corpus
COUNT ?= 100000
SEED ?= 1
REQUESTS ?= 100000
FUZZ_EXAMPLES ?= 1000
RUNS ?= 100
KILLS ?= 100
MINUTES ?= 2
SPANS ?= 1000000
INPUT ?= $(DEMO)/capture/traces.otlp.jsonl.gz
SCHEMA ?= $(DEMO)/capture/schema.sql
# What people have marked, where it is at hand.
TRUTH ?= ../shared/data/captures/django-oscar/sql_columns_truth.jsonl.gz
CAPTURES ?= ../shared/data/captures/bank-of-anthos ../shared/data/captures/django-oscar
MARKED ?= ../shared/data/fields

help:
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

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

##@ To begin with
demo: $(READY) ## audit the bundled capture; writes out/report.html and out/audit.json
	$(BIN)/auditor scan $(DEMO)/capture/traces.otlp.jsonl.gz --schema $(DEMO)/capture \
		--config $(DEMO)/auditor.toml --lock $(DEMO)/.dataflow/flows.lock.json --out out

test: $(READY) ## linters, types, import rules and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONHASHSEED=random $(BIN)/pytest -q -n auto --dist loadgroup

##@ Tests that need more
# axe-core, print, keyboard, hostile names; pictures and a PDF go to out/browser.
PAGES := out/browser
test-browser: $(READY) tests/browser/node_modules ## the report and the live pages in a real Chromium (needs chromium, node, npm)
	$(BIN)/python -m tests.browser.make_pages $(PAGES)
	cd tests/browser && PAGES=$(abspath $(PAGES)) PYTHON=$(abspath $(BIN)/python) npm test

tests/browser/node_modules: tests/browser/package-lock.json
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

test-exporters: $(READY) ## OpenTelemetry's exporters for Node against a receiver (needs node, npm)
	cd tests/exporters && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/pytest -q -n 0 tests/exporters

##@ Mutations, kills and overload
fuzz-readers: $(READY) ## every reader on 100,000 mutated inputs (COUNT=... SEED=...)
	$(BIN)/python -m tests.fuzz.readers $(COUNT) $(SEED)

fuzz-receivers: $(READY) ## 100,000 mutated requests through the doors (REQUESTS=...)
	$(BIN)/python -m tests.bench.fuzz_receivers $(REQUESTS)

fuzz-api: $(READY) ## 1,000 made-up requests to each operation of the API, against its description (FUZZ_EXAMPLES=...)
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest -q tests/api/test_openapi.py

crash: $(READY) ## kill a receiver at random moments, 100 times: is anything acknowledged lost? (RUNS=...)
	$(BIN)/python -m tests.bench.crash $(RUNS)

crash-live: $(READY) ## kill the live service at random moments, 100 times: does its index hold all, once? (KILLS=...)
	$(BIN)/python -m tests.crash.live $(KILLS)

crash-index: $(READY) ## kill a writer of the index at random moments, 100 times: is anything lost, or twice? (KILLS=...)
	$(BIN)/python -m tests.crash.index $(KILLS)

soak: $(READY) ## a receiver under more than it can take: memory, refusals, accounts (MINUTES=2)
	$(BIN)/python -m tests.bench.soak $(MINUTES)

##@ Speed and memory (CORPUS=folder with pb/, json/, jaeger/, zipkin/)
bench: $(READY) ## a scan of the bundled capture (INPUT=... SCHEMA=...)
	$(BIN)/python -m tests.bench.scan $(INPUT) $(SCHEMA)

bench-growth: $(READY) ## scans of made-up systems of growing size, against a plain loop (SPANS=1000000 at most)
	$(BIN)/python -m tests.bench.growth $(SPANS)

bench-engine: $(READY) ## bytes to system model against merely parsing (CORPUS)
	$(BIN)/python -m tests.bench.engine $(CORPUS)

bench-readers: $(READY) ## every format to span batches against merely parsing (CORPUS)
	$(BIN)/python -m tests.bench.readers $(CORPUS)

bench-jobs: $(READY) ## one process against several: wall time, CPU time and memory of all (CORPUS)
	$(BIN)/python -m tests.bench.jobs $(CORPUS)

bench-spark: $(READY) ## the engine inside Spark beside the local one (INPUT=files; needs the extra spark, Java 17)
	$(BIN)/python -m tests.bench.spark $(INPUT)

bench-live: $(READY) ## the receiver against merely parsing (CORPUS)
	$(BIN)/python -m tests.bench.live $(firstword $(wildcard $(CORPUS)/pb/*.pb))

bench-freshness: $(READY) ## the live service under load: how long until a new exposure is listed
	$(BIN)/python -m tests.bench.freshness

bench-api: $(READY) ## requests to the API and the pages over an audit of 1,000 services and 100,000 flows
	$(BIN)/python -m tests.bench.api

bench-graph: $(READY) ## questions to such an audit
	$(BIN)/python -m tests.bench.graph

##@ How often it is right
bench-sql: $(READY) ## our SQL reader beside others, each installed in an environment of its own
	$(BIN)/python -m tests.bench.sql $(TRUTH)

# The captures' statements in every placeholder style and cut at 20 points: are the tables right, is nothing invented?
probe-sql: $(READY) ## placeholder styles and truncation over the statements of captures
	$(BIN)/python -m tests.bench.probe_sql $(CAPTURES)

bench-fields: $(READY) ## value classification beside Presidio on generated columns
	$(BIN)/python -m tests.bench.fields

bench-names: $(READY) ## classification by name: on our broad sheet, on marked schemas, speed (MARKED=folder)
	$(BIN)/python -m tests.bench.broad
	@if [ -d $(MARKED) ]; then \
		$(BIN)/python -m tests.bench.overlay $(MARKED) && \
		$(BIN)/python -m tests.bench.crossval $(MARKED) && \
		$(BIN)/python -m tests.bench.speed $(MARKED)/*.gz; \
	else \
		echo "no marked schemas in $(MARKED): give MARKED=FOLDER"; \
	fi

##@ What is kept in the repository
golden: $(READY) ## rewrite the golden files, then review them with git diff
	REFRESH_GOLDEN=1 $(BIN)/pytest -q

pictures: demo tests/browser/node_modules ## take the documentation's pictures of the demo's report (needs chromium, node, npm)
	cd tests/browser && node pictures.mjs $(abspath out/report.html) $(abspath docs)

record: ## run the example system again and record its capture (about 3 minutes; needs rabbitmq-server)
	$(MAKE) -C $(DEMO) record

clean: ## remove what was made here
	rm -rf $(VENV) out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
