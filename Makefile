# `make check` takes half a minute; `make book` builds the book; `make test` checks everything.

PYTHON ?= python3
BIN    := .venv/bin
# Processes of `make test`: one more than there are processors, because tests also wait (at most four). JOBS=0 uses one process.
JOBS   ?= $(shell "$(PYTHON)" -c 'import os; print(min(4, os.cpu_count() + 1))')

# Small matrices gain nothing from several BLAS threads and lose a lot on a busy machine.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
# Recipes read these from the environment ("$$FILE"), so that paths can contain spaces.
export PYTHON FILE SUBMISSIONS GRADED CLASS DECISIONS
# If the home folder is not writable, IPython and matplotlib would print warnings onto the pages.
ifeq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo yes),)
export HOME := $(CURDIR)/_build/home
$(shell mkdir -p _build/home)
endif
JS     := nnfromscratch/widgets book/_ext/course book/_laboratory
# Prettier's style; settings are in .oxfmtrc.json. The figures' style sheets are formatted by hand.
OXFMT  := $(BIN)/oxfmt $(JS:%='%/**/*.js')

.PHONY: help check format hooks test book live serve links chapter coursework tidy grade grades questions manuals slides dist pdf epub zip bench pins clean

help:
	@echo "Every day"
	@echo "  make check     run the linters, the type checker, and the core tests (half a minute)"
	@echo "  make format    fix what ruff can fix, and format Python and JavaScript"
	@echo "  make hooks     check every commit automatically (run this once)"
	@echo "  make test      build the book and run all tests"
	@echo ""
	@echo "The book"
	@echo "  make book      build the site from a fresh run of every chapter, into _build/html"
	@echo "  make live      build it, open it in the browser, and rebuild whenever you save a file"
	@echo "  make serve     build it and open it in the browser (only this machine can reach it)"
	@echo "  make links     check all external links (needs the network)"
	@echo "  make chapter FILE=book/01-neuron.ipynb    run one notebook and keep its text outputs"
	@echo "  make tidy      clean the notebooks for a commit: outputs, setup cells, links to the glossary"
	@echo ""
	@echo "Assignments"
	@echo "  make coursework                   generate the students' and the solved notebooks from coursework/src"
	@echo "  make grade SUBMISSIONS=folder CLASS=export.csv    grade submissions; CLASS is what the learning platform exports"
	@echo "  make grades GRADED=folder         write tables and feedback again after a change of points, rules, or decisions"
	@echo "  make questions                    write the question bank for Moodle, Canvas, and others, and exam papers with keys"
	@echo "  make manuals                      write the solution manual and the guide for teaching assistants as PDFs (for staff only)"
	@echo "  make slides                       make slides with notes and handouts, and a zip archive of all figures, in dist/ (needs npm)"
	@echo ""
	@echo "Releases"
	@echo "  make dist      build the package as a wheel and a source archive, in dist/"
	@echo "  make pdf       make a PDF of the whole book, in dist/"
	@echo "  make epub      make an EPUB of the whole book, in dist/"
	@echo "  make zip       pack site, notebooks, package, and data for a machine without a network, in dist/"
	@echo "  make bench     measure the package and other libraries (slow; don't use the machine in the meantime)"
	@echo "  make pins      compile requirements/*.in to exact versions (needs uv)"
	@echo "  make clean     remove everything that was built, except the environments (.venv and the like)"

check: .venv/test.stamp
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/codespell
	$(BIN)/oxlint --quiet --deny-warnings $(JS)
	$(OXFMT) --check > .venv/oxfmt.txt || { cat .venv/oxfmt.txt; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache > .venv/imports.txt || { cat .venv/imports.txt; exit 1; }
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet --no-progress .github/workflows
	$(BIN)/python -m tools.notebooks.words
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 -m "not slow and not browser" --hypothesis-profile=quick \
	  tests/core nnfromscratch --ignore=nnfromscratch/widgets

format: .venv/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(OXFMT) --write

hooks: .venv/test.stamp
	$(BIN)/pre-commit install

test: .venv/test.stamp book
	$(BIN)/python -m pytest -n $(JOBS) $(if $(CI),,--compare-with-book) $(SELECT)

book: .venv/book.stamp
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }
	@PYTHONPATH=book/_ext $(BIN)/python -m course.laboratory _build/html

# A separate build: sphinx-autobuild adds a script to each page, which the Content-Security-Policy would block (hence the tag "live").
live: .venv/test.stamp
	$(BIN)/jupyter-book config sphinx .
	PYTHONPATH="$$PWD/book/_ext" $(BIN)/sphinx-autobuild . _build/live -d _build/live/.doctrees -n -t live \
	  --watch nnfromscratch --ignore _build --ignore .venv --ignore .git --re-ignore '__pycache__|_checkpoints|/conf\.py$$' --open-browser

serve: book
	$(BIN)/python -m tools.serve

# Other servers may be down, or reject programs, so this makes a list to read and tests nothing. Links inside the site are tested.
links: .venv/book.stamp
	-$(BIN)/jupyter-book build . --builder linkcheck
	mv _build/html/output.txt _build/links.txt && rm -f _build/html/output.json
	@echo "Addresses that do not answer or have moved: _build/links.txt"

chapter: .venv/test.stamp
	$(BIN)/jupyter execute --inplace -- "$$FILE"
	$(BIN)/python -m tools.notebooks.setup_cells
	$(BIN)/python -m tools.notebooks.link_terms
	$(BIN)/python -m tools.notebooks.tidy -- "$$FILE"
	$(BIN)/python -m tools.notebooks.words "$$FILE"

tidy: .venv/book.stamp
	$(BIN)/python -m tools.notebooks.setup_cells
	$(BIN)/python -m tools.notebooks.link_terms
	$(BIN)/python -m tools.notebooks.tidy

coursework: .venv/test.stamp
	$(BIN)/python -m coursework.build
	$(BIN)/python -m coursework.solved

# OPTIONS adds options, such as OPTIONS='--students "my class.csv"'. To see all of them: python -m coursework.grading grade --help
grade: .venv/grading.stamp
	$(BIN)/python -m coursework.grading grade $(if $(CLASS),"--students=$$CLASS") $(OPTIONS) -- "$$SUBMISSIONS"

grades: .venv/grading.stamp
	$(BIN)/python -m coursework.grading table -- "$$GRADED" $(if $(DECISIONS),"$$DECISIONS")

questions: .venv/test.stamp
	$(BIN)/python -m coursework.questions $(OPTIONS)

manuals: .venv/test.stamp
	$(BIN)/python -m coursework.manuals

# The slides are taken from the built pages, with their figures.
slides: .venv/test.stamp .venv-npm/stamp book
	$(BIN)/python -m coursework.slides $(OPTIONS)

dist: .venv/book.stamp
	$(BIN)/python -m tools.release.dist

pdf epub: .venv/test.stamp book
	$(BIN)/python -m tools.release.paper $@

# Render all pages again, because a build on top of an earlier one renders some of them differently. Their code does not run again.
zip: .venv/book.stamp
	rm -rf _build/html _build/.doctrees
	$(MAKE) book
	$(BIN)/python -m tools.release.offline

bench: .venv-bench/bench.stamp
	.venv-bench/bin/python -m benchmarks

PIN  := uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11
ALL  := --universal --fork-strategy fewest
# PyTorch's wheel for Linux depends on NVIDIA's libraries, which nothing here uses; the one for macOS does not.
MAC  := MACOSX_DEPLOYMENT_TARGET=14.0 $(PIN) --python-platform macos
SAME := requirements/constraints.tmp
pins:
	$(PIN) $(ALL) requirements/test.in -o requirements/test.txt
	grep -v '^-e' requirements/test.txt > $(SAME)
	$(PIN) $(ALL) -c $(SAME) requirements/course.in -o requirements.txt
	$(PIN) $(ALL) requirements/colab.in -o requirements/colab.txt
	$(PIN) $(ALL) -c $(SAME) requirements/grading.in -o requirements/grading.txt
	$(PIN) $(ALL) --generate-hashes requirements/wasi.in -o requirements/wasi.txt
	$(MAC) -c $(SAME) requirements/parity.in -o requirements/parity.txt
	$(MAC) requirements/bench.in -o requirements/bench.txt
	grep -v '^-e' requirements/bench.txt > $(SAME)
	$(MAC) -c $(SAME) requirements/bench-jax.in -o requirements/bench-jax.txt
	rm $(SAME)

clean:
	rm -rf _build build dist *.egg-info .pytest_cache .hypothesis .ruff_cache .mypy_cache

# One environment for everything. A stamp is newer than the pins that were installed, so a second call installs nothing.
$(BIN)/python:
	@"$$PYTHON" -c 'import os, sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; " + os.environ["PYTHON"] + \
	  " is " + sys.version.split()[0] + ". Name a different one: make PYTHON=python3.12 ...")'
	"$$PYTHON" -m venv .venv || { rm -rf .venv; exit 1; }

.venv/book.stamp: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

# The site's tests drive a browser: the system's Chromium or Chrome, or else Playwright's own. Without one, they are skipped with a message.
.venv/test.stamp: requirements/test.txt .venv/book.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/test.txt
	command -v chromium || command -v google-chrome || $(BIN)/playwright install chromium || true
	touch $@

# Grading needs only a few of these packages, at the same versions.
.venv/grading.stamp: requirements/grading.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/grading.txt
	touch $@

# reveal.js, pinned by hash. No package's own scripts run.
.venv-npm/stamp: $(wildcard coursework/slides/package*.json)
	mkdir -p $(@D)
	cp $^ $(@D)/
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent
	touch $@

# The benchmark's libraries are large, so they have an environment of their own. JAX and Keras are not available everywhere; without them, their rows are missing.
.venv-bench/bench.stamp: requirements/bench.txt requirements/bench-jax.txt pyproject.toml
	"$$PYTHON" -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/bench.txt
	-.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/bench-jax.txt
	touch $@
