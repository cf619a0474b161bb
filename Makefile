# One command each; CONTRIBUTING.md says when to use which. `make run` needs Python 3.11 or
# newer and nothing else: it installs the rest into this directory.

PYTHON ?= python3
PY := .venv/bin/python
WORKERS ?= 2
MESSAGES := $(wildcard locale/*/LC_MESSAGES/django.po)
ASSETS := $(shell find static -type f 2>/dev/null)

# The mirror that pip is told to use is uv's, too; none is named in this repository.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
export UV_PYTHON_DOWNLOADS := never

.PHONY: run install test lint types bench trust shots migrations catalogue clean

run: install
	@exec $(PY) manage.py up

install: .venv/.installed $(MESSAGES:.po=.mo) staticfiles/.collected

test: install .venv/.installed-dev
	@sh .ci/chromium
	MIGRATE=1 $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: .venv/.installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: .venv/.installed-dev
	$(PY) -m mypy .

bench: install .venv/.installed-dev
	$(PY) -m bench

trust: install .venv/.installed-dev
	$(PY) -m tests.trust

shots: install .venv/.installed-dev
	@sh .ci/chromium
	$(PY) -m bench.shots

migrations: .venv/.installed
	$(PY) manage.py makemigrations --check --dry-run

catalogue: .venv/.installed
	$(PY) .ci/catalogue.py

clean:
	rm -rf .venv .tools staticfiles

.tools/bin/uv:
	@sh .ci/platform $(PYTHON)
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet "uv>=0.8"

.venv/bin/python: | .tools/bin/uv
	.tools/bin/uv venv --quiet --python $(PYTHON) .venv

.venv/.installed: requirements.lock | .venv/bin/python .tools/bin/uv
	.tools/bin/uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	.tools/bin/uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements-dev.lock
	@touch $@

%.mo: %.po .venv/.installed
	$(PY) manage.py compilemessages

staticfiles/.collected: .venv/.installed $(ASSETS)
	$(PY) manage.py collectstatic --noinput --verbosity 0
	@touch $@
