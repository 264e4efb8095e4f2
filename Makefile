# Two commands are the newcomer's whole set-up: `make demo` and `make test`.
UV ?= $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
export UV_PYTHON_DOWNLOADS := never

.PHONY: setup test

setup: .venv/.synced

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install --quiet uv

.venv/.synced: pyproject.toml uv.lock
	@test -x "$(UV)" || $(MAKE) --no-print-directory .uv/bin/uv
	$(UV) sync --frozen --quiet
	@touch $@

test: setup
	.venv/bin/pytest
