# A handful of verbs, nothing hidden.
PYTHON ?= .venv/bin/python

.venv: pyproject.toml
	python3 -m venv .venv
	.venv/bin/pip install -q -e '.[test]'

test: .venv                ## the README's test command
	$(PYTHON) -m pytest -q

lint: .venv                ## style, types, layers
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

counterexamples: .venv     ## regenerate counterexamples/
	.venv/bin/tdispmodel replay --update

long: .venv                ## what takes hours: all that is marked long, and the laws over many more random models
	TDISPMODEL_LONG=1 .ci/long
	TDISPMODEL_LONG=1 $(PYTHON) -m pytest -q tests/laws

shipped: .venv            ## the manual page and the completions, from the parsers
	$(PYTHON) -m tdispmodel.cli.shells

bench: .venv               ## us and every peer that is installed, on the same models (benchmarks/README.md)
	$(PYTHON) -m benchmarks $(BENCH)

.PHONY: test lint counterexamples long shipped bench
