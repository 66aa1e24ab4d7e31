# Two commands on a fresh machine with Python 3.11-3.13 and make: `make demo`, `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)

.PHONY: demo test soak deep check format bench bench-check bench-pipeline chaos reference test-engines clean

demo: $(VENV)/installed
	$(BIN)/earwitness demo

# A file's tests stay together, in the order of their folders: the longest ones begin first, and
# many small ones fill the end. `make test JOBS=4` where there are more cores.
JOBS ?= 2
SPREAD := -n $(JOBS) --dist loadfile --no-loadscope-reorder

test: check
	$(BIN)/pytest $(SPREAD) --cov --cov-report=term --cov-report=xml --durations=15

check: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Workers killed by the dozen, on both databases; takes many minutes.
soak: $(VENV)/installed-test
	$(BIN)/pytest -m soak

# Every property on twenty times as many examples, new ones each time.
deep: export EARWITNESS_DEEP := yes
deep: $(VENV)/installed-test
	$(BIN)/pytest $(SPREAD) tests/unit tests/contract

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# How fast each stage is on this machine, kept as its baseline; `make bench MINUTES=10` is shorter.
# bench-check measures again, and fails when a stage is more than SHARE worse than the baseline.
MINUTES ?=
SHARE ?= 0.2

bench: $(VENV)/installed-test
	$(BIN)/python benchmarks/regression.py store $(if $(MINUTES),--minutes $(MINUTES))

bench-check: $(VENV)/installed-test
	$(BIN)/python benchmarks/regression.py check $(if $(MINUTES),--minutes $(MINUTES)) --share $(SHARE)

bench-pipeline: $(VENV)/installed-test
	$(BIN)/python benchmarks/pipeline.py $(if $(MINUTES),--minutes $(MINUTES))

chaos: $(VENV)/installed-test
	$(BIN)/python benchmarks/chaos.py

# Pages under docs/reference that are drawn from the code; tests say when they are stale.
reference: $(VENV)/installed-test
	$(BIN)/python tools/make_reference.py

# Optional engines with their real libraries, each in an environment of its own; the report is
# build/engines/report.md. One alone: `make test-engines ENGINES=sherpa`.
ENGINES ?= onnx-asr sherpa pyannote mlx

test-engines:
	$(PYTHON) tools/test_engines.py $(ENGINES)

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	$(PYTHON) -c "open('$@', 'w').close()"

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --group test
	$(PYTHON) -c "open('$@', 'w').close()"

clean:
	rm -rf $(VENV) .venv-engines build dist .coverage* coverage.xml .mypy_cache .ruff_cache .pytest_cache .hypothesis
