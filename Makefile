# Two commands set everything up: `make build` runs the main job, `make test` passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: build test long lint types clean

build: $(VENV)/installed
	$(BIN)/r2b-hw build --board pynq-z2

test: $(VENV)/test-installed
	$(BIN)/python -m pytest -q -n 2

long: $(VENV)/test-installed
	$(BIN)/python -m pytest -q -n 2 -m long

lint: $(VENV)/develop-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/develop-installed
	$(BIN)/pyright --pythonpath $(BIN)/python

# finn-base is a reference for tests alone. Its build needs an old setuptools, which reaches it through PIP_CONSTRAINT, and the
# pip that comes with the environment.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install -q -c constraints.txt -e '.[rtl]'
	touch $@

$(VENV)/test-installed: pyproject.toml constraints.txt | $(BIN)/python
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install -q -c constraints.txt -e '.[test,finn]'
	touch $@

$(VENV)/develop-installed: pyproject.toml constraints.txt | $(BIN)/python
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install -q -c constraints.txt -e '.[test,finn,develop]'
	touch $@

clean:
	rm -rf build $(VENV)
