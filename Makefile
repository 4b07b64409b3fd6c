PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
CLIENT ?= generated/hubspot_timeline_api
SAMPLE := samples/events.jsonl samples/companies.csv

export PATH := $(BIN):$(PATH)
# The lock holds for the packages and for what builds them (the second word is the newer pip's).
export PIP_CONSTRAINT := $(CURDIR)/requirements.lock
export PIP_BUILD_CONSTRAINT := $(CURDIR)/requirements.lock
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_CACHE_DIR := $(CURDIR)/$(VENV)/pyright
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help demo test test-long mutants mutants-code coverage bench bench-scaling bench-profile bench-rate bench-memory bench-sandbox lint types client diff drift pytest redis-server browser build lock clean

help:  ## Show these verbs.
	@grep -hE '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.run  ## Send the sample files to a sandbox on this machine and show what became of each event (KEEP=1: and its page).
	@rm -rf build/demo && mkdir -p build/demo
	@hubspot-timeline send --sandbox $(if $(KEEP),--keep) --templates samples/templates.json \
		--dead-letters build/demo/dead-letters.jsonl $(SAMPLE) || test $$? -eq 1

test: lint types pytest  ## Set up, lint, check types, check that generated code is current, run all tests.

lint: $(VENV)/.dev  ## Check style and format.
	@ruff check .
	@ruff format --check .

types: $(VENV)/.dev  ## Check types with mypy (strict) and pyright.
	@mypy
	@pyright

pytest: $(VENV)/.dev redis-server browser
	@python -m pytest -n 2

redis-server:
	@command -v redis-server >/dev/null || { \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			echo "Installing redis-server for the tests …"; \
			apt-get install --yes --no-install-recommends redis-server >$(VENV)/redis-server.log 2>&1 || \
			{ apt-get update && apt-get install --yes --no-install-recommends redis-server; } >$(VENV)/redis-server.log 2>&1 || true; \
		fi; \
	}
	@command -v redis-server >/dev/null || \
		echo "redis-server is missing and cannot be installed here: the tests of the Redis rate store are skipped."

browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || { \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			echo "Installing chromium for the tests …"; \
			apt-get install --yes --no-install-recommends chromium chromium-driver >$(VENV)/browser.log 2>&1 || \
			{ apt-get update && apt-get install --yes --no-install-recommends chromium chromium-driver; } >$(VENV)/browser.log 2>&1 || true; \
		fi; \
	}
	@for program in chromium chromedriver; do command -v $$program >/dev/null || \
		echo "$$program is missing and cannot be installed here: the tests of the sandbox's page are skipped."; done

test-long: $(VENV)/.dev redis-server browser  ## Run all tests, the property tests with ten times as many examples.
	@HUBSPOT_TIMELINE_TEST_LONG=1 python -m pytest -n 2

mutants: $(VENV)/.dev  ## Change the document in each single place and see that it is noticed (about 20 min).
	@python -m tests.mutants

# Two files are left out. One counts bytecode instructions, by the same hook of Python that counts lines here. The other
# kills runs that live for a tenth of a second, in which a run that is traced gets nowhere, and what is killed leaves no figures.
coverage: $(VENV)/.mutation redis-server browser  ## Measure which lines and branches the tests run through; fail below 95 % (about 11 min).
	@rm -rf build/coverage && mkdir -p build/coverage
	@python -m coverage run -m pytest -n 2 --deselect tests/events/test_cost.py \
		--deselect tests/journal/test_killed_runs.py
	@python -m coverage combine --quiet
	@python -m coverage html --quiet --fail-under=0
	@python -m coverage report

mutants-code: $(VENV)/.mutation  ## Change the code that decides, place by place; fail if no test notices and no reason is known (about 2 min).
	@python -m tests.mutants_code $(PROCESSES)

bench: $(VENV)/.bench  ## Compare with a bare loop and with other clients, side by side (TURNS=5; about 10 min).
	@python benchmarks/compare.py $(TURNS)

bench-scaling: $(VENV)/.bench  ## Measure from 1,000 to 1,000,000 events, and from 1 to 64 requests in flight.
	@python benchmarks/scaling.py

bench-profile: $(VENV)/.bench  ## Show where the time goes.
	@python benchmarks/where_the_time_goes.py

bench-rate: $(VENV)/.dev redis-server  ## Measure how much of a rate limit is used (60 s).
	@python benchmarks/rate.py

bench-memory: $(VENV)/.dev  ## Measure how memory grows from 10,000 to 1,000,000 events.
	@python benchmarks/memory.py

bench-sandbox: $(VENV)/.dev  ## Measure how many events a second the sandbox takes (200,000 from 50 senders).
	@python benchmarks/sandbox_load.py

# What is there is kept until the new one is whole.
client: $(VENV)/.dev  ## Write the generated client anew from the document (CLIENT=folder for elsewhere).
	@mkdir -p build && fresh=$$(mktemp -d build/client.XXXXXX) && trap 'rm -rf "$$fresh"' EXIT && \
	python spec/as_json.py spec/timeline-v3.yaml > "$$fresh/timeline-v3.json" && \
	openapi-python-client generate --path spec/timeline-v3.yaml --config spec/generator.yaml --meta none \
		--custom-template-path spec/templates --output-path "$$fresh/client" --fail-on-warning && \
	mv "$$fresh/timeline-v3.json" "$$fresh/client" && mkdir -p "$$(dirname "$(CLIENT)")" || { \
		echo "$(CLIENT) stays as it was: mend spec/timeline-v3.yaml, then make client again" >&2; exit 1; }; \
	rm -rf "$(CLIENT)" && mv "$$fresh/client" "$(CLIENT)"

drift: $(VENV)/.dev  ## See whether the generated client is what the document says, byte for byte.
	@python -m pytest -q tests/spec/test_generated_client.py::test_regenerating_changes_nothing

# The words reach the program through the environment, so that no quote in them ends the command.
diff: $(VENV)/.dev  ## Show what a change of the document means for callers (BASE=rev, FORMAT=words|json|markdown|github).
	@PYTHONPATH=spec python -m changes "--format=$${FORMAT:-words}" -- "$${BASE:-HEAD}" || { code=$$?; \
		echo "(make ends with 2 for each of 1 to 4; docs/changes.md tells how CI tells them apart)" >&2; exit $$code; }

build: $(VENV)/.dev  ## Build the wheel and the source archive into dist/.
	@rm -rf dist
	@python -m hatchling build

lock: $(VENV)/.dev  ## Pin the newest allowed version of everything, anew.
	@uv pip compile pyproject.toml --all-extras --group dev --group bench --group mutation --universal --python-version 3.11 --upgrade \
		--no-emit-index-url --custom-compile-command "make lock" --quiet --output-file requirements.lock

clean:  ## Remove the environment, caches and builds.
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=…")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: pyproject.toml requirements.lock | $(VENV)/.venv
	@echo "Setting up $(VENV) …"
	@python -m pip install --quiet --editable '.[cli,sandbox]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@echo "Setting up the benchmarks and the clients to compare with …"
	@python -m pip install --quiet --group bench
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --upgrade pip
	@$(VENV)/peers/bin/python -m pip install --quiet --group peers
	@touch $@

$(VENV)/.mutation: $(VENV)/.dev
	@echo "Setting up what measures the tests …"
	@python -m pip install --quiet --group mutation
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Setting up the tools for development …"
	@python -m pip install --quiet --upgrade pip
	@python -m pip install --quiet --group dev
	@touch $@
