.DEFAULT_GOAL := help
.PHONY: help run demo demo-remove setup setup-test test test-all lint bench assets watch-assets lock

help:
	@echo 'make run           install what is missing, then start the whole site (Ctrl-C stops it)'
	@echo 'make demo          fill the site with narrated screencasts that it makes itself, beside it or before it runs'
	@echo 'make demo-remove   take all of that away again'
	@echo 'make test          install what is missing, then every check that decides whether a change is good'
	@echo 'make test-all      the long tests as well'
	@echo 'make lint          format, types, import rules'
	@echo 'make bench         measure, and print the tables of docs/performance.md'
	@echo 'make assets        build scripts, styles, icons and fonts if their sources changed'
	@echo 'make watch-assets  build them again at each change'
	@echo 'make lock          write the lock files anew after a change of pyproject.toml or package.json'

# The parent-death signal ends the site even when this make is killed outright.
run: setup
	@exec setpriv --pdeathsig TERM .venv/bin/kb run

demo: setup
	@exec .venv/bin/kb demo

demo-remove: setup
	@exec .venv/bin/kb demo --remove

setup:
	@deploy/setup

setup-test:
	@deploy/setup --test

# What asks a database runs on both: what asks most of it each time, the rest in the long run alone.
on_postgresql = --database=postgresql $(addprefix tests/,accounts categories curation pages screencasts search solves \
	transcripts test_db.py test_seed.py)
quick_on_postgresql = --database=postgresql $(addprefix tests/,categories curation pages solves screencasts/pipeline \
	transcripts/editing transcripts/screen transcripts/chapters test_db.py \
	$(addprefix search/test_,draining.py log.py saved.py several_machines.py suggestions.py))

# The hundreds of processes that tests start would each compile all of kb anew where Python is told to keep nothing.
test test-all: export PYTHONDONTWRITEBYTECODE =

# Four at once for two processors: half of the time a test waits for a browser, a worker or the network. Each begins with
# a stretch of its own, so that few start the same site or server, and who is done takes over what others have left.
test: lint
	.venv/bin/pytest -n 4 --dist worksteal -m 'not slow'
	.venv/bin/pytest -n 4 --dist worksteal -m 'not slow' $(quick_on_postgresql)

test-all: lint
	.venv/bin/pytest -n 2
	.venv/bin/pytest -n 2 $(on_postgresql) tests/web

lint: setup-test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup-test
	.venv/bin/python bench/spine.py
	.venv/bin/python bench/ingest.py
	.venv/bin/python bench/library.py
	.venv/bin/python bench/pages.py
	.venv/bin/python bench/streams.py

assets: setup

watch-assets: setup
	@exec .venv/bin/node deploy/assets.mjs --watch

compile = .venv/bin/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'

# The test lock holds all of the first: a checkout that was set up for tests still runs the site. The third holds the
# programs for machines without root, in the same version for each Python; what their wheels ask for besides is for
# Python programs that import them.
lock:
	$(compile) pyproject.toml --extra semantic --group build --output-file requirements.lock
	$(compile) pyproject.toml --extra semantic --group build --group test --constraint requirements.lock --output-file requirements-test.lock
	$(compile) --group wheels --no-deps --fork-strategy fewest --output-file requirements-wheels.lock
	.venv/bin/npm install --package-lock-only
