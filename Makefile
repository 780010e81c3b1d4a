# make demo    install what is missing, make and load the sample city, serve it (PORT, GEOPLAN_HOME)
# make test    all tests against a throw-away PostGIS and a real browser
# make check   format, lint, types: under a minute
# make bench   the figures of docs/performance.md
# make clean   remove what was built; the data in GEOPLAN_HOME stay

SHELL := /bin/bash
PYTHON := .venv/bin/python
PAGE := web/dist/.vite/manifest.json
PAGE_SOURCES := $(shell find web/src web/public -type f) web/package.json web/package-lock.json web/vite.config.ts web/vite.alone.config.ts web/scripts/compress.mjs web/scripts/sizes.mjs
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-parts test-whole check bench clean lock format schema screenshots system-demo system-test

demo: system-demo .venv/.ready $(PAGE)
	@exec .venv/bin/geoplan up --sample

test: system-test .venv/.ready $(PAGE)
	@$(PYTHON) web/build.py check test
	@run=$$(mktemp -d) && trap 'rm -rf "$$run"' EXIT && \
	    GEOPLAN_TEST_RUN=$$run $(MAKE) --no-print-directory --jobs=2 test-parts test-whole

# Those of the whole service wait more than they work: the others run beside them.
test-parts:
	@$(PYTHON) -m pytest -m "not whole" -n 2 --dist loadfile --no-loadscope-reorder

test-whole:
	@$(PYTHON) -m pytest -m whole

check: .venv/.ready
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@$(PYTHON) web/build.py check

bench: system-test .venv/.ready $(PAGE)
	@$(PYTHON) -m bench.report

format: .venv/.ready
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

schema: .venv/.ready
	@.venv/bin/geoplan layers schema > layers/schema.json

screenshots: system-test .venv/.ready $(PAGE)
	@$(PYTHON) -m tests.browser.screenshots

clean:
	@rm -rf .venv web/dist web/node_modules web/.node dist test-results .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Pins and hashes without addresses; the floors are those of pyproject.toml.
lock: .venv/.ready
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv==0.13.9
	@.venv/lock/bin/uv pip compile --quiet --all-extras --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

system-demo:
	@.setup/system demo

system-test:
	@.setup/system test

.venv/.ready: requirements.lock pyproject.toml .setup/venv
	@.setup/venv

$(PAGE): $(PAGE_SOURCES) | .venv/.ready
	@$(PYTHON) web/build.py build
	@touch $@
