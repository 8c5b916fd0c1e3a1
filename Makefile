# Each target works alone on a fresh clone; all that is needed is Python >= 3.10, pip and the package registries.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test plugin plugin-offline release-tree bench

demo: $(READY)
	$(BIN)/racelink demo

plugin: $(READY)
	$(BIN)/racelink plugin build

plugin-offline: $(READY)
	$(BIN)/racelink plugin wheels
	$(BIN)/racelink plugin build --wheels dist/wheels

release-tree: $(READY)
	$(BIN)/racelink plugin release-tree

bench: $(READY)
	$(BIN)/python -m benchmarks

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	sh .ci/chromium
	$(BIN)/python .ci/tests.py

$(READY): pyproject.toml .ci/venv
	sh .ci/venv $(VENV)
	touch $@
