# Needs make and Python 3.11 or newer. Uses uv when it is installed, pip otherwise.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
UV     ?= $(shell command -v uv)
BIN    := .venv/bin
RUN    := .venv/.run
DEV    := .venv/.dev

.DEFAULT_GOAL := help
.PHONY: help demo test bench chaos lint lock clean pictures .mypy .pyright .contracts

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# .venv/.run holds what a visitor needs; .venv/.dev adds tests and checkers.
$(RUN): requirements.txt
$(DEV): requirements-dev.txt
$(RUN) $(DEV): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Family Pairing needs Python 3.11 or newer; found $$($(PYTHON) --version 2>&1)."; \
	    echo "Try: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "This Python cannot make a virtual environment."; \
	    echo "On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	@test -d .venv || { echo "Setting up .venv (once)..."; $(PYTHON) -m venv .venv; }
ifneq ($(UV),)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(filter requirements%,$^)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(filter requirements%,$^)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
endif
	@$(BIN)/python -m compileall -q shared server tui
	@touch $@

demo: $(RUN) ## Try it: a family, a server and the terminal client
	@$(BIN)/familypair demo

lint: $(DEV) ## Format check, lint, both type checkers, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j 2 .mypy .pyright .contracts # each has one core's work to do

.mypy: $(DEV)
	$(BIN)/mypy
.pyright: $(DEV)
	$(BIN)/pyright
.contracts: $(DEV)
	$(BIN)/lint-imports

test: $(DEV) lint ## Run every check: lint, types, contracts, tests on SQLite and PostgreSQL
	$(BIN)/pytest -q -n 4 # half of it waits: for a screen, a browser, a process

bench: $(DEV) ## Measure, each figure beside its peer and its limit (ONLY=settings for one)
	@$(BIN)/python -m tests.bench $(ONLY)

pictures: $(DEV) ## Draw the picture of this page from the real client (needs Chromium)
	@$(BIN)/python -m tests.docs.pictures

chaos: $(DEV) ## Break it on purpose and count what was lost
	@$(BIN)/python -m tests.chaos $(ONLY)

lock: ## Refresh the hashed requirement files (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --extra server --extra tui pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --all-extras pyproject.toml -o requirements-dev.txt

clean: ## Remove what make created
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
