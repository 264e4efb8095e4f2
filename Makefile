# Two commands are the newcomer's whole set-up: `make demo` and `make test`.
UV ?= $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
export UV_PYTHON_DOWNLOADS := never
BIN := .venv/bin
# What else is installed: EXTRA=spark (460 MB) for the tests of linking on Spark.
EXTRA ?=
SYNCED := .venv/.synced$(EXTRA)
PORT ?= 8000
# A file stays in one process: its server and its city serve all its tests.
ON_ALL_CORES := -n auto --maxprocesses 4 --dist loadfile

.PHONY: setup demo test check nightly bench bench-linkage messages

setup: $(SYNCED)

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install --quiet uv

$(SYNCED): pyproject.toml uv.lock
	@test -x "$(UV)" || $(MAKE) --no-print-directory .uv/bin/uv
	@$(UV) sync --frozen --quiet $(addprefix --extra ,$(EXTRA))
	@touch $@

demo: setup
	@$(BIN)/unionhall demo --port $(PORT)

# SQLite always; what touches the database once more on PostgreSQL when TEST_DATABASE_URL names one.
test: setup check
	@if [ -n "$$TEST_DATABASE_URL" ]; then \
	  DATABASE_URL="$$TEST_DATABASE_URL" $(BIN)/pytest $(ON_ALL_CORES) tests/apps tests/kernel tests/house tests/drills; \
	else echo "TEST_DATABASE_URL is not set: tests on PostgreSQL are left out"; fi
	@env -u DATABASE_URL $(BIN)/pytest $(ON_ALL_CORES) -rs

# The ballot box's 10,000 long stories, and a failing one shrunk to its core.
nightly: setup
	@UNIONHALL_NIGHTLY=1 $(BIN)/pytest tests/drills

check: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > /tmp/lint-imports.$$$$ || { cat /tmp/lint-imports.$$$$; exit 1; }; rm -f /tmp/lint-imports.$$$$
	@$(BIN)/djade --check --target-version 5.2 $$(git ls-files '*.html')
	@$(BIN)/unionhall manage makemigrations --check --dry-run --verbosity 0
	@$(BIN)/python tools/catalogue.py --check
	@$(BIN)/python tools/vendored.py
	@echo "check: all is well"

bench: setup
	@$(BIN)/python -m benchmarks

# OPTIONS='--rows=152000 --seeds=1' for another size; 10 million: --rows=10000000 --seeds=1 --runners=engine.
bench-linkage: setup
	@$(UV) sync --frozen --quiet --group peers
	@$(BIN)/python -m benchmarks linkage $(OPTIONS)

bench-%: setup
	@$(BIN)/python -m benchmarks $*

messages: setup
	@$(BIN)/python tools/catalogue.py
