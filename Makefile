PYTHON ?= python3
DEVICE ?= cpu
CUDA ?= 13
ARGS ?=
VENV := .venv

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check smoke parity bench test-cuda format clean
.DELETE_ON_ERROR:

RUN := $(VENV)/bin/python
PYTEST := $(RUN) -m pytest
PIP := $(RUN) -m pip --disable-pip-version-check
ON_DEVICE := $(if $(filter cuda%,$(DEVICE)),-cuda$(CUDA))
TORCH := $(shell sed -n 's/^parity = \["\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)
comma := ,

help: ## this list
	@echo "make TARGET [DEVICE=cuda] [CUDA=12] [PYTHON=python3.12] [ARGS=...]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1@\2/p' $(MAKEFILE_LIST) | awk -F@ '{ printf "%-12s %s\n", $$1, $$2 }'

demo: $(VENV)/.installed-demo$(ON_DEVICE) ## the lesson, then a network that learns to read handwriting (DEVICE=cuda: on the GPU)
	$(RUN) -m demo --device $(DEVICE) $(ARGS)

test: $(VENV)/.installed-dev ## all tests that need no PyTorch, notebooks included
	$(PYTEST) -n 2 --dist worksteal --ignore=tests/parity $(ARGS)

check: $(VENV)/.installed-dev ## ruff, the architecture, a smoke test
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(PYTEST) -q tests/test_architecture.py tests/test_smoke.py

smoke: $(VENV)/.installed-dev ## the smoke test alone, in seconds
	$(PYTEST) -q tests/test_smoke.py

parity: $(VENV)/.installed-parity ## live against PyTorch, whose CPU build is installed beside the tests
	$(PYTEST) -n 2 --dist worksteal tests/parity $(ARGS)

bench: $(VENV)/.installed-demo$(ON_DEVICE) ## side by side with NumPy or CuPy, and PyTorch where it is installed (ARGS="--only GLOB")
	$(RUN) -m benchmarks --device $(DEVICE) $(ARGS)

test-cuda: $(VENV)/.installed-dev ## the same tests on a GPU; skipped, with the reason, without one
	TINYTORCH_TEST_DEVICE=cuda $(PYTEST) -m cuda -rs --ignore=tests/parity $(ARGS)

format: $(VENV)/.installed-dev ## ruff's repairs and its formatter
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

clean: ## removes the environment and every cache
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp per set of extras: pip runs again only after pyproject.toml has changed.
$(VENV)/.installed-parity: $(VENV)/.installed-dev
	@# A CPU build that pip is set up to find, or else one from PyTorch's own index: PyPI's own for Linux brings gigabytes of CUDA.
	$(PIP) install --quiet '$(TORCH)+cpu' 2>/dev/null || \
		$(PIP) install '$(TORCH)' --extra-index-url https://download.pytorch.org/whl/cpu
	$(PIP) install --quiet --editable '.[parity]'
	@touch $@

$(VENV)/.installed-%: pyproject.toml $(VENV)/.made
	$(PIP) install --editable '.[$(subst -,$(comma),$*)]'
	@touch $@

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
		echo "tinytorch needs Python 3.11 or newer, and there is no '$(PYTHON)'. Another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "tinytorch needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Another one: make PYTHON=python3.12" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
