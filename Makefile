# make install | demo | test | lint | docs | clean. Everything goes to .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DOCS_STAMP := $(VENV)/.installed-docs
DEMO := $(BIN)/autoclue tune --task xnli --strategy discriminative --model builtin --data builtin \
	--builtin-size 1600 --set learning_rate=1e-4..3e-3:log --set batch_size=8,16 --trials 10

FUZZ_SECONDS ?= 3600
TESTS ?=
PADDLE26 := build/paddle26
PADDLE26_TESTS := tests/paddle26 tests/integration/test_trial.py tests/integration/test_search.py \
	tests/training/heads tests/training/test_memory_probe.py tests/training/platform/devices
HEAVY := slow or ray or paddle
QUIET := $(if $(CI),--quiet)     # where nobody looks, pip's progress is only noise

.DEFAULT_GOAL := help
.PHONY: help install demo test fuzz test-recorded test-clusters test-paddle26 lint docs clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

install: $(STAMP) ## Install autoclue and its dependencies into .venv

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 12) else \
		f"autoclue needs Python 3.10 to 3.12, and $(PYTHON) is {v[0]}.{v[1]}; run: make PYTHON=python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)
	@rm -rf autoclue.egg-info     # of an older install: its entry points would win over the new ones
	@echo "Installing autoclue and what it needs into $(VENV): about 2.4 GB, some minutes."
	$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check -c constraints.txt -e '.[cpu,dev]'
	@touch $(STAMP)

demo: install ## Tune XNLI on the text and the model that ship with the package
	$(DEMO)

test: install ## Run the whole test suite, in two halves side by side that take about as long
	@mkdir -p build
	@$(BIN)/python -m pytest $(TESTS) -m "($(HEAVY)) and not minutes" >build/heavy-tests.txt 2>&1 & heavy=$$!; \
	$(BIN)/python -m pytest $(TESTS) -m "minutes or not ($(HEAVY))"; light=$$?; \
	echo "The heavy half goes on (build/heavy-tests.txt)."; \
	wait $$heavy; code=$$?; cat build/heavy-tests.txt; \
	exit $$(((light != 0 && light != 5) || (code != 0 && code != 5)))   # 5: TESTS has none for a half

fuzz: install ## Give what reads from outside an hour of other inputs (FUZZ_SECONDS=600 for less)
	AUTOCLUE_FUZZ_SECONDS=$(FUZZ_SECONDS) AUTOCLUE_FUZZ_SEED=$$(date +%s) \
		AUTOCLUE_FUZZ_FIGURES=build/fuzz.jsonl $(BIN)/python -m pytest tests/fuzz

test-recorded: install ## Repeat every recorded run of the published reading scripts (20 minutes)
	AUTOCLUE_EVERY_RECORDED_RUN=1 $(BIN)/python -m pytest tests/training/heads/test_runs.py

test-clusters: install ## Several Ray nodes on this machine, each with a disk of its own (needs root)
	AUTOCLUE_CLUSTER_TESTS=1 $(BIN)/python -m pytest tests/integration/test_clusters.py

test-paddle26: $(PADDLE26)/.installed ## Try Paddle 2.6.2, which the extra gpu brings, by its build for CPUs
	$(PADDLE26)/bin/python -m pytest $(PADDLE26_TESTS) -m "not minutes"

$(PADDLE26)/.installed: pyproject.toml tests/paddle26/constraints.txt
	$(PYTHON) -m venv $(PADDLE26)
	$(PADDLE26)/bin/python -m pip install $(QUIET) --disable-pip-version-check -c tests/paddle26/constraints.txt \
		-e . paddlepaddle==2.6.2 'numpy<2' 'pyarrow<21' 'protobuf<6' pytest hypothesis moto flask-cors py-partiql-parser openpyxl psycopg
	@touch $@

lint: install ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: install $(DOCS_STAMP) ## Build these pages and the API reference into build/site
	$(BIN)/python -m docs.make_site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --config-file docs/mkdocs.yml

$(DOCS_STAMP): pyproject.toml constraints.txt
	$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $(DOCS_STAMP)

clean: ## Remove .venv and caches
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
