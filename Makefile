# Two commands do it all on a fresh clone: `make try` and `make test`.
# Only Python 3.11+, make and a package index are needed.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help try test check audit audit-dependencies format relevance bench soak picture schemas constraints clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A stamp stands for an environment that fits pyproject.toml and constraints.txt: to run, and to develop.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
$(VENV)/.runs: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Storybot needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@echo "Installing into $(VENV) (a minute or two, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade 'pip>=25.1'
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.develops: $(VENV)/.runs
	@echo "Installing what the tests need ..."
	@$(PIP) --constraint constraints.txt --group dev
	@touch $@

try: $(VENV)/.runs  ## try the bot in a web page, without Slack
	@$(BIN)/python -m playground

# Three for two cores: much of a test is waiting, for a process to start or a moment to come.
WORKERS ?= 3
test: $(VENV)/.develops  ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/.develops  ## style, types, arrows, stories
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/storybot check --strict stories

# Semgrep wants versions of its own.
$(VENV)-audit/.ready: pyproject.toml
	@echo "Installing what the audit needs ..."
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip --disable-pip-version-check install --quiet --upgrade 'pip>=25.1'
	@$(VENV)-audit/bin/python -m pip --disable-pip-version-check install --quiet --group audit
	@touch $@

audit: $(VENV)-audit/.ready  ## secrets, weaknesses, and the project's own laws
	PATH="$(abspath $(VENV)-audit/bin):$$PATH" .ci/audit

audit-dependencies: $(VENV)-audit/.ready  ## known weaknesses of what is installed (asks the network, or fails)
	PATH="$(abspath $(VENV)-audit/bin):$$PATH" .ci/audit dependencies

format: $(VENV)/.develops  ## make the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

relevance: $(VENV)/.develops  ## how well the matching answers judged queries
	$(BIN)/python -m bench.relevance

$(VENV)/.compares: $(VENV)/.develops
	@echo "Installing what the benchmarks compare with ..."
	@$(PIP) --constraint constraints.txt --group bench
	@touch $@

bench: $(VENV)/.compares  ## speed of search, answers and weekly posts, beside peers in the same run
	$(BIN)/python -m bench.speed
	@command -v npm >/dev/null && npm install --silent --prefix bench/peers || echo "Without npm, Bolt for JavaScript is left out."
	$(BIN)/python -m bench.door
	$(BIN)/python -m bench.weekly_load
	$(BIN)/python -m bench.weekly_waves
	$(BIN)/python -m bench.noisy
	$(BIN)/python -m bench.reading_again

soak: $(VENV)/.develops  ## the long proofs: races, faults, kills, replicas, payloads, a day (two hours or three)
	RACES=1000 $(BIN)/python -m pytest tests/submissions/test_races.py -k "one_decides or click"
	ROUNDS=17 $(BIN)/python -m pytest tests/submissions/test_faults.py -k three_in_ten -rP
	STEPS=5000 $(BIN)/python -m pytest tests/apart -k nothing_crosses -rP
	PAYLOADS=10000 $(BIN)/python -m pytest tests/edge/test_fuzz.py -rP
	SLOTS=1000 $(BIN)/python -m pytest tests/weekly/test_replicas.py
	$(BIN)/python -m bench.weekly_kills --runs 1000
	$(BIN)/python -m bench.slots all
	$(BIN)/python -m bench.replicas
	$(BIN)/python -m bench.rolling --restarts 8
	$(BIN)/python -m bench.socket_faults --refreshes 200 --others 8
	$(BIN)/python -m bench.day

picture: $(VENV)/.develops  ## take the README's picture of the page anew
	PICTURE=1 $(BIN)/python -m pytest tests/page/test_storybot.py -k picture

schemas: $(VENV)/.develops  ## write the JSON Schemas of stories/ anew
	$(BIN)/storybot schema story > stories/story.schema.json
	$(BIN)/storybot schema themes > stories/themes.schema.json

constraints: $(VENV)/.develops  ## write the exact versions that are installed
	@echo "# The exact versions that the tests last ran with; \`make constraints\` writes it anew." > constraints.txt
	$(BIN)/python -m pip freeze --exclude-editable >> constraints.txt

clean:  ## remove what was made
	rm -rf $(VENV) $(VENV)-audit .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
