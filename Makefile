# Everything a newcomer needs: each target sets up .venv by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PAGE_READY := $(VENV)/.page-ready
CATALOGUES := $(wildcard bot/ui/locales/*/LC_MESSAGES/egret.po)
COMPILED := $(CATALOGUES:.po=.mo)
# What the bot is measured with: what it needs and nothing else, for some packages load whatever they find beside them.
BARE := .venv-bare
BARE_READY := $(BARE)/.ready
# What runs the bot or looks at it needs its languages, too.
MADE := $(READY) $(COMPILED)

# What the coverage floor is about, and what tries it; the rest runs without a tracer, which is quicker.
MEASURED := tests/contract tests/integration/backup tests/integration/cogs tests/integration/jobs \
  tests/integration/piapi tests/integration/storage tests/unit/jobs tests/unit/piapi tests/unit/storage

# Programs are started by the hundred: without its bytecode each would be compiled anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo tour run test lint types format mutation chaos chaos-short image-test page-test bench lock docs translations pictures clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Egret needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(PAGE_READY): $(READY) requirements-page.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-page.lock
	@touch $@

$(BARE_READY): requirements.lock
	$(PYTHON) -m venv --clear $(BARE)
	$(BARE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(COMPILED): %.mo: %.po | $(READY)
	@$(BIN)/python -m translations compile $<

setup: $(MADE) ## make .venv from the lock, and compile the languages

demo: $(MADE) ## try the whole bot here, without any account
	@$(BIN)/python -m bot demo

tour: $(MADE) ## run the scripted demo once; leaves tour/transcript.md and the clips
	@$(BIN)/python -m bot tour

run: $(MADE) ## start the bot on real accounts, with the settings in .env
	@$(BIN)/python -m bot run

test: $(MADE) ## run the tests, with the coverage floor
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --cov --cov-report= $(MEASURED)
	$(BIN)/python -m coverage report --fail-under=95
	$(BIN)/python -m pytest -q -n 2 --dist loadfile $(addprefix --ignore=,$(MEASURED))

lint: $(READY) ## check style, layers and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(READY) ## check types, strictly
	$(BIN)/mypy

format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

mutation: $(MADE) ## check that removing any guard of the state machine fails a test
	$(BIN)/python -m tests.mutation

chaos: $(MADE) ## do every fault to whole bots; RUNS, SEED, ENGINE and ONLY choose; writes docs/reliability.md
	@$(BIN)/python -m tests.chaos

chaos-short: $(MADE) ## do a sample of every fault, in under three minutes
	@$(BIN)/python -m tests.chaos --short

image-test: $(MADE) ## perform the Dockerfile without an engine, as root, and try the result
	$(BIN)/python -m tests.image

page-test: $(PAGE_READY) $(COMPILED) ## try the sandbox's page in a real browser; needs Chromium
	@command -v chromium > /dev/null || { echo "Chromium is missing: apt-get install chromium" >&2; exit 1; }
	$(BIN)/python -m pytest -q tests/page

bench: $(MADE) $(BARE_READY) ## measure, as ratios against stated baselines
	@BOT_PYTHON=$(CURDIR)/$(BARE)/bin/python $(BIN)/python -m bench $(OPTIONS)

lock: $(READY) ## resolve requirements*.lock anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra sentry --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra sentry --group dev --group sandbox --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock
	$(BIN)/uv pip compile --group translations --constraint requirements-dev.lock --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements-build.lock
	$(BIN)/uv pip compile --group page --constraint requirements-dev.lock --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o requirements-page.lock

docs: $(READY) ## write .env.example and the generated tables in docs/ anew from the code
	$(BIN)/python -m bot.docs

translations: $(READY) ## bring the catalogues in bot/ui/locales up to date with the sentences in the code
	$(BIN)/python -m translations update

pictures: $(PAGE_READY) $(COMPILED) ## play a scene on the sandbox's page and take the README's pictures of it; needs Chromium
	@command -v chromium > /dev/null || { echo "Chromium is missing: apt-get install chromium" >&2; exit 1; }
	$(BIN)/python -m tests.page.pictures docs/pictures

clean: ## delete what the other targets made
	rm -rf $(VENV) $(BARE) tour demo .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis $(COMPILED)
