PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
RELEASE := $(CURDIR)/$(VENV)/release/bin
OUTPUT ?= generated
SAMPLE := samples/events.jsonl samples/companies.csv
APP_SAMPLE := samples/app-events.jsonl samples/companies.csv

export PATH := $(BIN):$(PATH)
# The lock applies to the packages and to their build requirements (the second name is that of newer versions of pip).
export PIP_CONSTRAINT := $(CURDIR)/requirements.lock
export PIP_BUILD_CONSTRAINT := $(CURDIR)/requirements.lock
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes, each of which would compile the same modules again.
unexport PYTHONDONTWRITEBYTECODE
export PYRIGHT_PYTHON_CACHE_DIR := $(CURDIR)/$(VENV)/pyright
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help demo check test test-long lint types mypy pyright verify-types pytest mutants mutants-code coverage bench bench-scaling \
	bench-profile bench-rate bench-accounts bench-memory bench-sandbox client docs pictures drift diff upstream build audit lock clean \
	test-pythons redis-server browser java network

help:  ## List these commands.
	@grep -hE '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.run  ## Send the sample files through v3 and 2026-09 to a sandbox here; show each outcome (KEEP=1: and its page).
	@rm -rf build/demo && mkdir -p build/demo
	@echo "1. Version 3"
	@hubspot-timeline send --sandbox --templates samples/templates.json \
		--dead-letters build/demo/dead-letters.jsonl $(SAMPLE) || test $$? -eq 1
	@printf '\n%s\n' "2. Event types of app events for the templates of version 3"
	@hubspot-timeline migrate samples/templates.json --out build/demo/app-events
	@printf '\n%s\n' "3. App events, and a file of version 3 whose templates become event types by that map"
	@hubspot-timeline send --sandbox $(if $(KEEP),--keep) --api 2026-09 \
		--event-types build/demo/app-events/event-types.json \
		--dead-letters build/demo/dead-letters-2026-09.jsonl $(APP_SAMPLE) || test $$? -eq 1

check:  ## The inner loop: lint, types, and the fast tests.
	@$(MAKE) --no-print-directory -j 2 lint types
	@python -m pytest -q -n 2 -m "not long and not slow"

# The tools and Spark are set up at the same time, and so are the checks made, since each of them keeps one core busy.
test:  ## Set up, lint, check types, check that generated code is current, run all tests.
	@$(MAKE) --no-print-directory -j 2 $(VENV)/.dev $(VENV)/.spark
	@$(MAKE) --no-print-directory -j 2 lint types verify-types
	@$(MAKE) --no-print-directory pytest

lint: $(VENV)/.dev  ## Check style, format and layers.
	@ruff check .
	@ruff format --check .
	@lint-imports --no-logo >$(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

types: mypy pyright  ## Check types with mypy (strict) and pyright.

mypy: $(VENV)/.dev $(VENV)/.spark
	@mypy

pyright: $(VENV)/.dev $(VENV)/.spark
	@pyright

# With --verifytypes pyright takes the first Python of the path, and no other.
verify-types: $(VENV)/.wheel  ## Check that the types of all public names are known, in the built wheel alone.
	@for package in hubspot_timeline hubspot_timeline_testing pyspark_hubspot_timeline $(notdir $(wildcard generated/hubspot_*)); do \
		PATH="$(CURDIR)/$(VENV)/wheel/bin:$$PATH" pyright --ignoreexternal --verifytypes $$package >$(VENV)/verify-types.log || \
			{ cat $(VENV)/verify-types.log; exit 1; }; \
	done

pytest: $(VENV)/.dev $(VENV)/.spark redis-server browser java network
	@python -m pytest -n 2

test-long: audit $(VENV)/.dev $(VENV)/.spark redis-server browser java network  ## Run all tests, the property tests with ten times as many examples, and all mutants.
	@HUBSPOT_TIMELINE_TEST_LONG=1 python -m pytest -n 2 -m ""

PYTHONS ?= python3.11 python3.12 python3.13

# Each environment has the wheel with its extras, the tools and Spark, and nothing of the source but the tests.
test-pythons: build redis-server browser java network  ## Run all tests on the built wheel, with each Python of PYTHONS.
	@set -e; for python in $(PYTHONS); do \
		echo "Testing the wheel with $$python …"; \
		export PATH="$(CURDIR)/$(VENV)/$$python/bin:$$PATH"; \
		$$python -m venv --clear $(VENV)/$$python; \
		python -m pip install --quiet --upgrade pip; \
		python -m pip install --quiet --group dev "$$(echo dist/*.whl)[cli,sandbox,redis,testing,contract]"; \
		python -m pip install --quiet --no-deps --group spark; \
		python -m pytest -n 2; \
	done

redis-server:
	$(call install,redis-server,redis-server,the tests of the Redis rate limit)

browser:
	$(call install,chromium,chromium chromium-driver,the tests of the sandbox's page)

java:
	$(call install,java,openjdk-17-jre-headless,the tests of Spark)

network:
	$(call install,ip,iproute2,the tests of a sandbox that other machines reach)
	$(call install,curl,curl,the tests of HTTPS)

# $(1) is the program, $(2) are the Debian packages that bring it, $(3) are the tests that need it.
define install
	@command -v $(1) >/dev/null || ! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ] || { \
		echo "Installing $(2) for the tests …"; \
		apt-get install --yes --no-install-recommends $(2) >$(VENV)/apt.log 2>&1 || \
		{ apt-get update && apt-get install --yes --no-install-recommends $(2); } >$(VENV)/apt.log 2>&1 || true; \
	}
	@command -v $(1) >/dev/null || echo "$(1) is missing and cannot be installed here: $(3) are skipped."
endef

mutants: $(VENV)/.dev  ## Change each OpenAPI document at each place and check that it is noticed (about 30 min).
	@python -m pytest -n 2 -m long tests/mutants

# Two groups of tests are left out: those that kill processes, which leave no figures, and the document mutants.
coverage: $(VENV)/.mutation $(VENV)/.spark redis-server browser java network  ## Measure which lines and branches the tests reach; fail below 95 %.
	@rm -rf build/coverage && mkdir -p build/coverage
	@python -m coverage run -m pytest -n 2 --deselect tests/journal/test_sigkill.py
	@python -m coverage combine --quiet
	@python -m coverage html --quiet --fail-under=0
	@python -m coverage report

mutants-code: $(VENV)/.mutation  ## Change the code that decides, place by place; fail if no test notices (about 2 min).
	@python -m tests.mutants_code $(PROCESSES)

bench: $(VENV)/.bench  ## Compare with a bare loop and with other clients, side by side (TURNS=5; about 10 min).
	@python benchmarks/compare.py $(TURNS)

bench-scaling: $(VENV)/.bench  ## Measure from 1,000 to 1,000,000 events, and from 1 to 64 requests in flight.
	@python benchmarks/scaling.py

bench-profile: $(VENV)/.bench  ## Show where the time goes.
	@python benchmarks/where_the_time_goes.py

bench-rate: $(VENV)/.dev redis-server  ## Measure how much of a rate limit is used (60 s).
	@python benchmarks/rate.py

bench-accounts: $(VENV)/.bench  ## Measure how many accounts one process serves at their full rate (about 5 min).
	@python benchmarks/accounts.py

bench-memory: $(VENV)/.dev  ## Measure how memory grows from 10,000 to 1,000,000 events.
	@python benchmarks/memory.py

bench-sandbox: $(VENV)/.dev  ## Measure how many events a second the sandbox takes (200,000 from 50 senders).
	@python benchmarks/sandbox_load.py

client: $(VENV)/.dev  ## Regenerate the clients from the OpenAPI documents (OUTPUT=folder for another place).
	@python spec/generate.py "$(OUTPUT)"

docs: $(VENV)/.dev  ## Build the site of the documentation into build/docs; warnings and dead links are errors.
	@python -m sphinx -E -W --keep-going -n -q docs build/docs
	@echo "The site is in build/docs: open build/docs/index.html"

pictures: $(VENV)/.dev browser  ## Make the pictures of the README again.
	@python -m pytest -q tests/docs/test_pictures.py || true
	@cp build/pictures/* docs/images/

drift: $(VENV)/.dev  ## Check that the generated clients are what the documents say, byte for byte.
	@python -m pytest -q tests/spec/test_generated_client.py::test_regenerating_changes_nothing

# The options reach the program through the environment, so that no quote in them ends the command.
diff: $(VENV)/.dev  ## Show what changes of the documents mean for callers (BASE=rev, FORMAT=text|json|github, DOCUMENT=name).
	@PYTHONPATH=spec python -m changes "--format=$${FORMAT:-text}" $${DOCUMENT:+"--document=$$DOCUMENT"} -- \
		"$${BASE:-HEAD}" || $(explain)

upstream: $(VENV)/.dev  ## Compare a document that the vendor publishes with ours (FILE=path or URL=address, DOCUMENT=name).
	@PYTHONPATH=spec python -m changes "--format=$${FORMAT:-text}" $${DOCUMENT:+"--document=$$DOCUMENT"} \
		"--upstream=$${URL:-$$FILE}" || $(explain)

explain = { code=$$?; echo "(make ends with 2 for each of 1 to 4; see docs/changes.md)" >&2; exit $$code; }

build: $(VENV)/.release  ## Build the wheel and the source archive into dist/, and check both.
	@rm -rf dist
	@$(RELEASE)/validate-pyproject pyproject.toml
	@$(RELEASE)/python -m hatchling build
	@$(RELEASE)/twine check --strict dist/*
	@$(RELEASE)/check-wheel-contents dist/*.whl

audit: $(VENV)/.release  ## Check the workflows, and the locked packages for known vulnerabilities.
	@$(RELEASE)/zizmor --offline --quiet .
	@$(call no-vulnerabilities,requirements.lock)
	@$(call no-vulnerabilities,requirements-release.lock)

# pip-audit exits with 0 for packages that its service did not find, and not every network reaches the service.
no-vulnerabilities = log=$(VENV)/audit.log; \
	$(RELEASE)/pip-audit --requirement $(1) --no-deps --disable-pip --progress-spinner off >$$log 2>&1; \
	if grep -q "^Found .* vulnerabilit" $$log; then cat $$log; exit 1; \
	elif grep -q "^No known" $$log && ! grep -q "Skip Reason" $$log; then echo "$(1): no known vulnerabilities"; \
	else echo "$(1): vulnerabilities could not be checked from here; see $$log"; test "$$CI" != true; fi

lock: $(VENV)/.dev  ## Pin the newest allowed version of every package.
	@uv pip compile pyproject.toml --all-extras --group dev --group bench --group docs --group mutation --group spark \
		--universal --python-version 3.11 --upgrade --no-emit-index-url --custom-compile-command "make lock" \
		--quiet --output-file requirements.lock
	@uv pip compile --group release --generate-hashes \
		--universal --python-version 3.11 --upgrade --no-emit-index-url --custom-compile-command "make lock" \
		--quiet --output-file requirements-release.lock

clean:  ## Remove the environment, caches and builds.
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; choose one with make PYTHON=…")'
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
	@echo "Setting up the tools that measure the tests …"
	@python -m pip install --quiet --group mutation
	@touch $@

$(VENV)/.pip: $(VENV)/.run
	@python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/.dev: $(VENV)/.pip
	@echo "Setting up the tools for development …"
	@python -m pip install --quiet --group dev
	@touch $@

# What builds and checks a release is installed by hash, apart from all else. The other lock has none: as soon as one
# constraint has a hash, pip demands one of each requirement, and a source tree cannot have one.
$(VENV)/.release: requirements-release.lock | $(VENV)/.venv
	@echo "Setting up the tools for releases …"
	@$(PYTHON) -m venv --clear $(VENV)/release
	@env -u PIP_CONSTRAINT -u PIP_BUILD_CONSTRAINT $(RELEASE)/python -m pip install --quiet --require-hashes \
		--only-binary :all: --requirement requirements-release.lock
	@touch $@

# Without dependencies, which the tools have. In the archive that is removed no process would find modules compiled.
$(VENV)/.spark: $(VENV)/.pip
	@echo "Setting up Spark for the tests …"
	@python -m pip install --quiet --no-deps --group spark
	@rm -f $(VENV)/lib/python*/site-packages/pyspark/python/lib/pyspark.zip
	@touch $@

# An environment with the wheel, the packages of the tools, and nothing of the source tree: a folder that a .pth file
# names is not searched for further ones, such as that of the editable installation.
$(VENV)/.wheel: $(VENV)/.dev $(shell find generated wrapper harness -name '*.py' 2>/dev/null)
	@$(PYTHON) -m venv --clear --without-pip $(VENV)/wheel
	@python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >$$(echo $(VENV)/wheel/lib/python*/site-packages)/tools.pth
	@rm -rf build/wheel && python -m hatchling build --target wheel --directory build/wheel >/dev/null
	@python -m pip --python $(VENV)/wheel/bin/python install --quiet --no-deps build/wheel/*.whl
	@touch $@
