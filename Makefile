# `make report` runs the main job, `make test` passes all tests. Both need only Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
# uv trusts the system's certificates, as pip does: a company's proxy may sign with its own.
export UV_SYSTEM_CERTS ?= 1
READY := .venv/.ready
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --extra lab --extra dev pyproject.toml

.DEFAULT_GOAL := report
.PHONY: report test lab notebooks samples lint types lock clean

report: $(READY)
	$(BIN)/segkit report larkspur --output reports/larkspur.html

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/python -m pytest -o addopts= -o filterwarnings= -p no:randomly -n 2 --dist loadfile --nbval --nbval-current-env tests/notebooks notebooks

lab: $(READY)
	$(BIN)/segkit lab .

notebooks: $(READY)
	$(BIN)/python -m segkit.workshop

samples: $(READY)
	$(BIN)/python -c "from segkit.samples import make_case; make_case().write('data/samples')"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

lock: $(READY)
	$(COMPILE) --generate-hashes -o requirements.lock
	$(COMPILE) -o constraints.txt

clean:
	rm -rf .venv build reports

# Everything is installed from the hashed lock; segkit itself in place, without resolving anew.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'segkit needs Python 3.11 or newer; name one with: make PYTHON=python3.12')"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@
