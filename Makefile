# Needs Python >= 3.11 with pip, Node >= 20, git and GNU make; everything else goes into .venv and node_modules.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test test-newest bench bench-timers bench-modeler bench-desk bench-campaign bench-sops rolling chaos lint messages constructs audit lock clean FORCE

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.done
PACKAGES := bpmn engine tasks web
FRONTEND := web/frontend
CATALOGUES := $(wildcard web/translations/*/LC_MESSAGES/*.po)
FRONTEND_SOURCES := $(shell find $(FRONTEND) -name node_modules -prune -o -type f -print 2>/dev/null)

# pip warns about root although it only ever writes into .venv here.
export PIP_ROOT_USER_ACTION := ignore
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is compiled is kept, whatever the environment says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

setup: $(DONE)/project $(DONE)/translations $(DONE)/frontend ## Make .venv and build everything; quick when nothing changed

run: setup ## Serve a sample office at 127.0.0.1:8000 (ALUR_PORT, ALUR_HOME)
	@ALUR_HOME="$${ALUR_HOME:-$(CURDIR)/.alur}" exec $(BIN)/alur demo

test: setup ## Run all tests, browser and PostgreSQL included (ARGS="-k name")
	@sh .ci/chromium
	@sh .ci/brokers
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

test-newest: setup ## Compare Alur with the newest SpiffWorkflow; reports, never fails
	@sh .ci/newest $(VENV)

bench: setup ## Measure how fast Alur is (ARGS="part ..."); twenty minutes, on a machine at rest
	$(BIN)/python -m benchmarks.speed $(ARGS)

bench-timers: setup ## Measure a million armed timers; some minutes, on a machine at rest
	$(BIN)/python -m benchmarks.timers

bench-modeler: setup ## Measure a procedure of 500 nodes in the modeler, on a machine at rest
	@sh .ci/chromium
	$(BIN)/python -m benchmarks.modeler

bench-desk: setup ## Measure the supervisors' desk with a million cases; an hour, on a machine at rest
	$(BIN)/python -m benchmarks.desk

bench-campaign: setup ## Measure a campaign for 10,000 people, killed five times; some minutes, on a machine at rest
	$(BIN)/python -m benchmarks.campaign $(ARGS)

bench-sops: setup ## Measure a hundred SOPs from tables to paper
	$(BIN)/python -m benchmarks.sops

rolling: setup ## Upgrade a release node by node under load (ARGS=git-ref); four minutes
	$(BIN)/python -m benchmarks.rolling $(ARGS)

chaos: setup ## Run web and worker processes under faults, and check all answers (ARGS="--minutes 30")
	$(BIN)/python -m tests.chaos $(ARGS)

lint: setup ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports

# Sorted, without headers, dates or places in the source: only changed texts show in a diff.
messages: $(DONE)/requirements ## Bring the texts of the source into the translations
	$(BIN)/pybabel --quiet extract --mapping-file=pyproject.toml --keyword=message --omit-header \
		--no-location --sort-output --no-wrap --output-file=$(DONE)/messages.pot $(PACKAGES)
	$(BIN)/pybabel --quiet update --input-file=$(DONE)/messages.pot --output-dir=web/translations \
		--omit-header --ignore-obsolete --no-fuzzy-matching --no-wrap

constructs: $(DONE)/project ## Write docs/constructs.md from the tests
	$(BIN)/python tests/oracle/construct_page.py

# Needs the network, and its answer changes from day to day: no part of CI.
audit: setup ## Ask whether a library of the locks has a known fault
	UV_SYSTEM_CERTS=1 $(BIN)/uv tool run pip-audit --disable-pip --require-hashes -r requirements/runtime.txt
	cd $(FRONTEND) && npm audit --omit=dev

# uv finds the certificates of a network behind a proxy only when told to use the system's.
LOCK := UV_SYSTEM_CERTS=1 $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

lock: $(DONE)/requirements ## Lock the dependencies again (ARGS=--upgrade for newer versions)
	$(LOCK) $(ARGS) --output-file requirements/runtime.txt > /dev/null
	$(LOCK) $(ARGS) --all-extras --constraint requirements/runtime.txt --output-file requirements/brokers.txt > /dev/null
	$(LOCK) $(ARGS) --all-extras --group dev --constraint requirements/brokers.txt --output-file requirements/dev.txt > /dev/null
	cd $(FRONTEND) && npm install --package-lock-only --ignore-scripts

clean: ## Remove all that was built; data in .alur stays
	rm -rf $(VENV) $(FRONTEND)/node_modules web/static/dist build dist
	rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find $(PACKAGES) tests -name __pycache__ -prune -exec rm -rf {} +
	find web -name '*.mo' -delete

# Each step leaves a stamp, newer than what it was made of.

$(DONE)/venv:
	@sh .ci/venv $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/requirements: requirements/dev.txt $(DONE)/venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(DONE)/project: pyproject.toml $(DONE)/requirements
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Without a header a catalogue counts as fuzzy as a whole; none of its texts may be (a test).
$(DONE)/translations: $(CATALOGUES) $(DONE)/requirements
	$(if $(CATALOGUES),$(BIN)/pybabel --quiet compile --use-fuzzy -d web/translations)
	@touch $@

$(DONE)/node_modules: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json $(DONE)/venv $(if $(wildcard $(FRONTEND)/node_modules),,FORCE)
	cd $(FRONTEND) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(DONE)/frontend: $(FRONTEND_SOURCES) $(DONE)/node_modules $(if $(wildcard web/static/dist),,FORCE)
	cd $(FRONTEND) && node build.mjs
	@touch $@
