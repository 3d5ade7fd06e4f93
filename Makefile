# `make` alone says what there is. Needed: make, and Python 3.11 or newer; the rest goes into .venv.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000

BIN    := $(VENV)/bin
READY  := $(VENV)/ready
PAGE   := _build/html/index.html
# What runs in the reader's browser, fetched and made once, as the environment is: the parts
# of Python, and JupyterLite without the chapters.
PARTS  := $(VENV)/pyodide
LITE   := $(VENV)/lite
# What is in the environment; `make grading` sets up another one, for instructors.
PINS   ?= requirements.txt
GRADING := .venv-grading
UV     := $(shell sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements.txt)

# What every page depends on, and what single pages do.
LOOK   := _config.yml references.bib $(READY) $(shell find book -type f -not -path '*/__pycache__/*')
PAGES  := _toc.yml $(wildcard chapters/*.ipynb reference/*.md lib/*.py lib/check/*.py lib/*.mplstyle lib/data/*)

# A file after the other, as tests/conftest.py puts them in order, by two processes.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder

# Each cell is run again, and gives the committed output to the letter.
COMPARE := --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg $(PARALLEL)

# Two processes share two cores; threads of the linear algebra under them would only get in the way.
export OPENBLAS_NUM_THREADS = 1

.PHONY: help book lite serve test test-portable test-lite test-binder test-colab test-bounds benchmark benchmark-training benchmark-activations verdict benchmark-grading grading cost choosing lint chapters requirements clean

help:
	@echo "make book           build the book and name the page to open"
	@echo "make lite           the same, and name the address of its notebooks, which run in the browser"
	@echo "make serve          build it, serve it on port $(PORT), build again on every change"
	@echo "make test           prove everything: code, chapters, book, pages in a browser"
	@echo "make chapters       run the chapters whose outputs are older than the code they come from"
	@echo "make clean          remove what was built; 'rm -rf $(VENV)' removes the environment too"
	@echo
	@echo "make lint           check the style of the code"
	@echo "make grading        set up what an instructor needs to assign exercises and grade them"
	@echo "make test-portable  run the chapters as another processor computes, and compare"
	@echo "make test-lite      run every chapter in JupyterLite"
	@echo "make test-binder    make the environment that Binder would make, and run a chapter in it"
	@echo "make test-colab     run every chapter beside what Colab brings along"
	@echo "make test-bounds    test with the oldest versions that pyproject.toml allows"
	@echo "make benchmark      measure how soon each figure answers a key"
	@echo "make verdict        measure how soon a page answers who runs code on it"
	@echo "make benchmark-training     measure lib against torch: the same networks, trained"
	@echo "make benchmark-activations  measure lib against torch: each activation and slope"
	@echo "make cost           measure what each activation costs, and keep it in lib/data"
	@echo "make benchmark-grading      measure how long a class takes to grade, and what it tries"
	@echo "make choosing       train with every activation, and keep the runs in lib/data (half an hour; AGAIN=1: anew)"
	@echo "make requirements   renew the pinned versions (KEEP=1: only where pyproject.toml asks for others)"
	@echo
	@echo "Python 3.11 or newer by another name: make book PYTHON=python3.12"

book: _build/built
	@echo "The book is ready. Open $(PAGE), or paste into your browser:"
	@echo "  file://$(CURDIR)/$(PAGE)"

# The chapters as notebooks in JupyterLite are a part of the book; a browser wants them from a server.
lite: _build/built
	@echo "The notebooks are in _build/html/lite. After make serve, paste into your browser:"
	@echo "  http://127.0.0.1:$(PORT)/lite/notebooks/index.html?path=chapters/welcome.ipynb"

serve: $(READY)
	@$(BIN)/python tools/serve.py $(PORT)

test: _build/built $(GRADING)/bin/grading
	@$(BIN)/python tools/browser.py
	@$(BIN)/python -m pytest tests chapters $(COMPARE)

# The arithmetic of a processor of 2004, without the wide instructions of today's: an output
# that changes with it would change on a reader's machine too.
test-portable: $(READY)
	@OPENBLAS_CORETYPE=Prescott NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4" $(BIN)/python -m pytest chapters $(COMPARE)

# Every chapter from top to bottom in JupyterLite, one after another: this takes a while.
test-lite: _build/built
	@$(BIN)/python tools/browser.py
	@EVERY_CHAPTER=1 $(BIN)/python -m pytest tests/test_lite.py

# The environment that Binder makes of this checkout, and a chapter in its JupyterLab.
test-binder: $(READY)
	@$(BIN)/python tools/browser.py
	@$(BIN)/python tools/binder.py $(VENV)-binder
	@BINDER=$(VENV)-binder $(BIN)/python -m pytest tests/test_binder.py

# Every chapter, as Colab opens it, beside what Colab brings along. What is not committed is not tested.
test-colab: $(READY)
	@$(BIN)/uv venv --quiet --clear --seed --python 3.12 $(VENV)-colab
	@$(BIN)/uv pip install --quiet --python $(VENV)-colab/bin/python --requirements tests/colab.txt
	@COLAB=$(VENV)-colab $(BIN)/python -m pytest tests/test_colab_run.py

# The oldest (or newest: RESOLUTION=highest) versions that pyproject.toml allows, in an
# environment of their own. Figures may differ there, so cells are run but not compared.
RESOLUTION ?= lowest-direct
OTHER      := .venv-$(RESOLUTION)
test-bounds: $(READY)
	@$(BIN)/uv venv --quiet --clear --seed --python $(BIN)/python $(OTHER)
	@$(BIN)/uv pip compile --quiet --resolution $(RESOLUTION) --all-extras pyproject.toml --output-file $(OTHER)/pins.txt
	@$(BIN)/uv pip install --quiet --python $(OTHER)/bin/python --requirements $(OTHER)/pins.txt --editable .
	@touch $(OTHER)/ready
	@$(MAKE) --no-print-directory book VENV=$(OTHER)
	@$(OTHER)/bin/python tools/browser.py
	@$(OTHER)/bin/python -m pytest tests chapters --nbval-lax $(PARALLEL)

benchmark: _build/built
	@$(BIN)/python tools/browser.py
	@$(BIN)/python -m tools.benchmark

verdict: _build/built
	@$(BIN)/python tools/browser.py
	@$(BIN)/python -m tools.verdict

# Memory that was given back and asked for again would be timed too, with glibc: it is kept.
KEEPING := MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=1073741824
cost: $(READY)
	@$(KEEPING) $(BIN)/python -m tools.cost

# Against torch, in an environment of its own: the book's, and torch as it is built for processors alone. (What
# the usual index has for Linux brings gigabytes for graphics cards along.)
TORCH      := 2.13.0
TORCH_PAGE := https://download.pytorch.org/whl/cpu
BESIDE     := .venv-torch
benchmark-training benchmark-activations: $(BESIDE)/torch-$(TORCH)
	@$(KEEPING) $(BESIDE)/bin/python -m tools.torch_$(@:benchmark-%=%)

$(BESIDE)/torch-$(TORCH): requirements.txt pyproject.toml
	@$(MAKE) --no-print-directory VENV=$(BESIDE) $(BESIDE)/ready >&2  # what is printed is the report
	@$(BESIDE)/bin/python -m pip install -qq --disable-pip-version-check --extra-index-url $(TORCH_PAGE) torch==$(TORCH)
	@touch $@

benchmark-grading: $(READY)
	@$(BIN)/python -m tools.grading

# An instructor's environment: nbgrader and the course, without what builds the book. Its one command runs in any folder.
grading: $(GRADING)/bin/grading
	@echo "Ready. Make a folder for your class, and in it:"
	@echo "  $(CURDIR)/$(GRADING)/bin/grading begin"

$(GRADING)/bin/grading: grading/requirements.txt pyproject.toml
	@$(MAKE) --no-print-directory VENV=$(GRADING) PINS=grading/requirements.txt $(GRADING)/ready
	@printf '#!/bin/sh\nhere="%s/bin"\nPATH="$$here:$$PATH" exec "$$here/python" -P -m grading "$$@"\n' "$(CURDIR)/$(GRADING)" > $@
	@chmod +x $@

choosing: $(READY)
	@$(BIN)/python -m tools.choose $(if $(AGAIN),--again)

lint: $(READY)
	@$(BIN)/ruff check --quiet

chapters: $(READY)
	@$(BIN)/python tools/chapters.py run

clean:
	rm -rf _build .pytest_cache .ruff_cache .hypothesis

# --- the book ------------------------------------------------------------------------

# A build that failed must say so again the next time: without its memory of the pages
# that it has read, Sphinx reads them all, and warns again.
_build/built: _build/look $(PAGES) $(PARTS)/ready $(LITE)/ready $(wildcard pyodide/wheels/*)
	@$(BIN)/python tools/chapters.py check
	@$(BIN)/jupyter-book build -W -n --keep-going -q . >/dev/null || { rm -rf _build/.doctrees; exit 1; }
	@$(BIN)/python tools/pyodide.py build $(PARTS) _build/html/pyodide
	@$(BIN)/python -m tools.lite build $(LITE) _build/html/lite
	@touch $@

_build/look: $(LOOK)
	@rm -rf _build && mkdir _build && touch $@

# --- the environment -----------------------------------------------------------------

$(READY): $(PINS) pyproject.toml
	@test -x $(BIN)/python || { \
	    $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	        echo "The course needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	        echo "If you have one by another name: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }; \
	    echo "Setting up $(VENV), once; this takes a minute or two."; \
	    $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	        echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python $(PINS)
	@touch $@

$(PARTS)/ready: $(READY) tools/pyodide.py pyodide/requirements.txt
	@$(BIN)/python tools/pyodide.py fetch $(PARTS)

$(LITE)/ready: $(READY) tools/lite.py $(wildcard lite/*)
	@$(BIN)/python -m tools.lite shell $(LITE)

# --- the pinned versions -------------------------------------------------------------

requirements: $(READY)
	@$(BIN)/python tools/requirements.py $(if $(KEEP),,--upgrade)
	@echo "Now: make chapters test"
