# Needs only Python 3.11 to 3.13, make, gcc and git; everything else is installed into .venv.
# Certificates come from the system, so that a network which inspects TLS works.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
export NUMBA_CACHE_DIR ?= $(CURDIR)/.numba_cache
# One BLAS and OpenMP thread each: two workers of ours use the two cores.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help setup release-check demo study test test-faults test-slow slow-report test-browser test-postgres screenshots vendor check format lock bench clean

help:
	@echo "make demo       set up, plan the Southend and Rutland samples, write ./wayfare-data"
	@echo "make study      solve the worked study of Southend and write its paper"
	@echo "make test       set up, pass the fast suite (under 10 minutes on 2 cores)"
	@echo "make test-faults  killed processes and damaged files (under 15 minutes)"
	@echo "make test-browser  the pages in a headless Chromium (under 15 minutes)"
	@echo "make test-postgres  the store on a PostgreSQL server (under 5 minutes)"
	@echo "make screenshots  the pictures in docs/guide/images, made again"
	@echo "make check      lint and types"
	@echo "make release-check  hashes, audit and bill of what is built on"
	@echo "make test-slow  the large counts, a share of at most half an hour: SHARD=3/24"
	@echo "make slow-report  what the large counts found, into docs/reliability.md"
	@echo "make bench      the benchmarks of roads and planning"

setup: .make/setup

.make/setup: uv.lock pyproject.toml Makefile
	@mkdir -p .make
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null
	@echo "Setting up $(VENV) (once; about 1 GB) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --system-certs --quiet --frozen --inexact --extra dev --extra report --extra web --extra cluster --python $(BIN)/python
	@touch $@

demo: setup
	@$(BIN)/wayfare demo

# Steps alone: with a limit of time as well a busy machine makes fewer rounds of duties, and its plans and
# the draws' are then not of one kind. Run again after a stop it goes on. The people who sign are made up.
STUDY := --place southend
# The same for runs and draws: draws begin with the runs, and find them by their search.
LIMIT := --steps 60000
study: setup
	@$(BIN)/wayfare scenario run vecteo-review $(STUDY) $(LIMIT) --workers 2
	@$(BIN)/wayfare scenario draws vecteo-review $(STUDY) $(LIMIT) --draws 256 --planned 2 --workers 2
	@$(BIN)/wayfare appraise study vecteo-review $(STUDY)
	@for one in "a.hart planner Anna" "b.lane assurer Ben" "c.moor commissioner Cara"; do set -- $$one; \
		$(BIN)/wayfare people list $(STUDY) | grep -q "^$$1 " || \
		$(BIN)/wayfare people add $$1 --role $$2 --name "$$3 (made up)" $(STUDY); done
	@$(BIN)/wayfare paper vecteo-review --as a.hart $(STUDY)
	@$(BIN)/wayfare paper assure latest --as b.lane $(STUDY)
	@$(BIN)/wayfare paper approve latest --as c.moor $(STUDY)

test: setup
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not faults and not browser and not postgres"

test-faults: .make/webtest
	@$(BIN)/python -m pytest -n 2 --dist load -m "faults and not slow and not postgres"

# The store on a real server of its own, on loopback, as an account that is not root.
test-postgres: .make/postgres
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "postgres and not slow and not faults"

.make/postgres: .make/setup
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get update -qq && $$as apt-get install -qq -y --no-install-recommends postgresql; }
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --system-certs --quiet --frozen --inexact --extra dev --extra report --extra web --extra cluster --extra postgres --python $(BIN)/python
	@touch $@

# Half an hour at most; run again, it goes on where it stopped. All shards: SHARD=1/n to n/n.
SHARD := 1/24
test-slow: setup
	@$(BIN)/python -m pytest -n 2 --dist load --shard $(SHARD)

# The results of all shards into docs/reliability-runs.csv and docs/reliability.md.
slow-report: setup
	@$(BIN)/python -m tests.slow_runs

# What the pages need from npm, copied into the package: only who changes a version runs it.
vendor: setup
	@npm install --silent --no-save --ignore-scripts --prefix .make/npm govuk-frontend@6.3.0 \
		htmx.org@4.0.1 maplibre-gl@6.17.0 pmtiles@4.5.0 axe-core@4.14.1
	@$(BIN)/python -m web.vendor .make/npm/node_modules

# A tool that is not there fails the suite: its tests must not be passed over.
test-browser: .make/browser
	@$(BIN)/python -c "import oidc_provider_mock, playwright"
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "browser and not slow"

# The pictures of the guide to the page, of made-up people.
screenshots: .make/browser
	@$(BIN)/python -m tests.web.browser.screenshots

# Fuzzed requests, a provider to sign in by, a browser to drive: for tests only.
.make/webtest: .make/setup
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --system-certs --quiet --frozen --inexact --extra dev --extra report --extra web --extra cluster --extra webtest --python $(BIN)/python
	@touch $@

# Debian's own Chromium, which no package registry has to be trusted for.
.make/browser: .make/webtest
	@test -x "$${WAYFARE_CHROMIUM:-/usr/bin/chromium}" || { \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get update -qq && $$as apt-get install -qq -y --no-install-recommends chromium; }
	@touch $@

# Pinned with hashes, audited, listed in a bill (dist/wayfare-sbom.json): before a release.
release-check: setup
	@$(BIN)/python -m tests.release_check

check: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: setup
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock:
	@$(BIN)/uv lock

bench: .make/bench
	@$(BIN)/python -m benchmarks

# The rivals are installed for benchmarks only.
.make/bench: .make/setup
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --system-certs --quiet --frozen --inexact --extra dev --extra report --extra web --extra cluster --extra bench --python $(BIN)/python
	@touch $@

clean:
	rm -rf $(VENV) .make build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .numba_cache
