# Two commands are all it takes: `make book` to build what you read, `make test` to check everything in it.

PYTHON ?= python3
BIN    := .venv/bin
FILE   ?=
# How many processes run the tests: one more than there are processors, since tests also wait (at most four). JOBS=0 runs all in one.
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(min(4, os.cpu_count() + 1))')

# Small matrices gain nothing from several BLAS threads, and lose much on a busy machine.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: help book live serve test bench dist pdf epub zip chapter coursework grade marks tidy lint links pins clean

help:
	@echo "make book      build the site from a fresh run of every chapter, into _build/html"
	@echo "make live      build it, serve it, and build again whatever is saved"
	@echo "make serve     build it, and open it in the browser (on this machine only)"
	@echo "make test      build it, and test everything: package, documentation, notebooks, site"
	@echo "make bench     measure the package against PyTorch, scikit-learn, JAX and Keras, and save the tables (leave the machine alone)"
	@echo "make dist      build the package, as a wheel and as a source archive, into dist/"
	@echo "make pdf       make one PDF of the whole book, in dist/; make epub: the same for e-readers"
	@echo "make zip       pack site, notebooks, package and data for a machine without a network, into dist/"
	@echo "make chapter FILE=book/01-neuron.ipynb    run one notebook and keep its text outputs"
	@echo "make coursework   make the students' notebooks, book/exercises, out of coursework/src"
	@echo "make grade SUBMISSIONS=folder     grade what students handed in (the page for instructors tells more)"
	@echo "make marks GRADED=folder          write grades.csv and feedback again, after marking free text by hand"
	@echo "make tidy      strip notebooks of what is not committed, and write the repository's address and the links to the glossary into them"
	@echo "make lint      look for mistakes in style, and for files that are not laid out as ruff does it"
	@echo "make links     ask every address outside the site whether it is still there (needs the network; fails nothing)"
	@echo "make pins      compile requirements/*.in to exact versions (needs uv)"
	@echo "make clean     remove everything that was built, except the environment in .venv"

book: .venv/book.stamp
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }

live: .venv/test.stamp
	$(BIN)/python -m tools.live

serve: book
	$(BIN)/python -m tools.serve

test: .venv/test.stamp book
	$(BIN)/python -m pytest -n $(JOBS) $(if $(CI),,--compare-with-book)

bench: .venv-bench/bench.stamp
	.venv-bench/bin/python -m benchmarks

dist: .venv/book.stamp
	$(BIN)/python -m tools.release.dist

pdf epub: .venv/test.stamp book
	$(BIN)/python -m tools.release.paper $@

# Pages are laid out anew (their code does not run again), for a build on top of another writes some of them in other words.
zip: .venv/book.stamp
	rm -rf _build/html _build/.doctrees
	$(MAKE) book
	$(BIN)/python -m tools.release.offline

chapter: .venv/test.stamp
	$(BIN)/jupyter execute --inplace $(FILE)
	$(BIN)/python -m tools.notebooks.setup_cells
	$(BIN)/python -m tools.notebooks.link_terms
	$(BIN)/python -m tools.notebooks.tidy $(FILE)

coursework: .venv/test.stamp
	$(BIN)/python -m coursework.build

# Everything else is an option of its own: see python -m coursework.grading --help
grade: .venv/test.stamp
	$(BIN)/python -m coursework.grading $(SUBMISSIONS) $(OPTIONS)

marks: .venv/test.stamp
	$(BIN)/python -m coursework.grading.report $(GRADED)

tidy: .venv/book.stamp
	$(BIN)/python -m tools.notebooks.setup_cells
	$(BIN)/python -m tools.notebooks.link_terms
	$(BIN)/python -m tools.notebooks.tidy

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Other people's servers may be down, or refuse programs: a list to look at, not a test. Links inside the site are tests.
links: .venv/book.stamp
	-$(BIN)/jupyter-book build . --builder linkcheck
	mv _build/html/output.txt _build/links.txt && rm -f _build/html/output.json
	@echo "the addresses that do not answer, or have moved: _build/links.txt"

PIN := uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11
pins:
	$(PIN) --universal --fork-strategy fewest requirements/book.in -o requirements/book.txt
	grep -v '^-e' requirements/book.txt > requirements/constraints.tmp
	$(PIN) --universal --fork-strategy fewest -c requirements/constraints.tmp requirements/reader.in -o requirements.txt
	$(PIN) --universal --fork-strategy fewest requirements/test.in -o requirements/test.txt
	$(PIN) --universal --fork-strategy fewest requirements/colab.in -o requirements/colab.txt
	grep -v '^-e' requirements/test.txt > requirements/constraints.tmp
	MACOSX_DEPLOYMENT_TARGET=14.0 $(PIN) --python-platform macos -c requirements/constraints.tmp requirements/parity.in -o requirements/parity.txt
	MACOSX_DEPLOYMENT_TARGET=14.0 $(PIN) --python-platform macos requirements/bench.in -o requirements/bench.txt
	grep -v '^-e' requirements/bench.txt > requirements/constraints.tmp
	MACOSX_DEPLOYMENT_TARGET=14.0 $(PIN) --python-platform macos -c requirements/constraints.tmp requirements/bench-jax.in -o requirements/bench-jax.txt
	rm requirements/constraints.tmp

clean:
	rm -rf _build build dist *.egg-info .pytest_cache .hypothesis .ruff_cache

# One environment. Its stamps are newer than the pins that it holds, so that a second call installs nothing.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; $(PYTHON) is " \
	  + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/book.stamp: requirements/book.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/book.txt
	touch $@

# The site's tests drive a browser: the system's Chromium or Chrome, else Playwright's own. Without one they are skipped, and say so.
.venv/test.stamp: requirements/test.txt .venv/book.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/test.txt
	command -v chromium || command -v google-chrome || $(BIN)/playwright install chromium || true
	touch $@

# The benchmark's libraries are large and nothing else needs them. JAX and Keras are not to be had everywhere; the tables do without.
.venv-bench/bench.stamp: requirements/bench.txt requirements/bench-jax.txt pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/bench.txt
	-.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/bench-jax.txt
	touch $@
