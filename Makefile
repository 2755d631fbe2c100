# Commonweal needs Python 3.13 and nothing else: every tool, Node included, comes into .venv.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV := 0.13.9
CDK := 2.1148.1
STAGES := local dev prod

# The CDK finds its Node on the path, and a uv of another Python must not be found first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

.PHONY: help setup assets run docs emit watch walk test check types walls templates bench synth deploy clean $(STAGES:%=synth-%) $(STAGES:%=lint-%)

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.synced ## Install everything into .venv, as uv.lock pins it
	@:

.venv/bin/uv:
	@for python in python3.13 python3 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then break; fi; python=; \
	done; \
	if [ -z "$$python" ]; then echo "Commonweal needs Python 3.13 (https://www.python.org/downloads/): python3.13 is not on the path." >&2; exit 1; fi; \
	echo "Making .venv with $$("$$python" --version)"; \
	"$$python" -m venv .venv
	@.venv/bin/python -m pip install --disable-pip-version-check "uv==$(UV)"

.venv/.synced: pyproject.toml uv.lock | .venv/bin/uv
	@.venv/bin/uv sync --frozen --group dev
	@touch $@

assets: setup ## Build the style sheet of the pages, when its sources changed
	@.venv/bin/python -m infra.frontend

run: setup assets ## Start the whole platform on this machine (PORT=8000)
	@exec .venv/bin/commonweal run

docs: setup assets ## Write the documentation of every event and API into build/docs
	@.venv/bin/python -m infra.catalogue

emit: setup ## Send the demonstration event to the running platform and follow it
	@exec .venv/bin/commonweal emit

watch: setup ## Show the events on the bus of the running platform
	@exec .venv/bin/commonweal watch

# By files: what the tests of one file stand on is made once.
test: setup assets ## Run every test, those on the whole platform with IAM enforced wherever it has a part in them
	@CHROMIUM=$$(.venv/bin/python -m tests.browser.ensure_chromium); export CHROMIUM; \
	echo "What stands alone, side by side"; .venv/bin/pytest -n auto --dist loadfile tests/unit tests/contracts tests/infra; \
	echo "The platform under faults, and beside it another with IAM enforced"; \
	{ COMMONWEAL_ENFORCE_IAM=1 .venv/bin/pytest tests/integration -m "not without_iam and not deployed" && .venv/bin/pytest tests/browser; } \
	  >build/beside.log 2>&1 & beside=$$!; \
	passed=0; .venv/bin/pytest tests/integration -m "without_iam and not deployed" || passed=$$?; \
	echo "With IAM enforced, and then the pages in a browser"; wait $$beside || passed=$$?; cat build/beside.log; exit $$passed

check: setup assets ## Lint, check types and walls, synthesise every stage and lint its templates
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	@$(MAKE) -j2 types walls templates

types: setup
	.venv/bin/mypy --strict functions infra schemas packages tests app.py verify.py
	cd docs/examples/department-app && MYPYPATH=handlers $(CURDIR)/.venv/bin/mypy --strict --config-file $(CURDIR)/pyproject.toml app.py handlers

walls: setup
	.venv/bin/lint-imports

templates: $(STAGES:%=lint-%)

$(STAGES:%=lint-%): lint-%: synth-%
	@echo "Linting the $$(ls cdk.out/$*/*.template.json | wc -l) templates of $*"
	@.venv/bin/cfn-lint cdk.out/$*/*.template.json

walk: setup assets ## Bring in a department in a clone, up to its first page, message and record, timed
	@exec .venv/bin/python -m infra.local.walk

bench: setup assets ## Measure, beside floors and rivals; writes docs/benchmarks.md
	@exec .venv/bin/python -m tests.benchmarks

synth: $(STAGES:%=synth-%) ## Synthesise every stage into cdk.out/<stage>

$(STAGES:%=synth-%): synth-%: setup assets
	@echo "Synthesising $*"
	@.venv/bin/python -m infra.local.synth $*

deploy: setup assets ## Deploy a stage into the AWS account of your credentials: make deploy STAGE=dev
	@case "$(STAGE)" in dev | prod) ;; *) echo "Say which stage: make deploy STAGE=dev, or STAGE=prod." >&2; exit 2 ;; esac
	@COMMONWEAL_STAGE=$(STAGE) .venv/bin/npx --yes "aws-cdk@$(CDK)" deploy --all \
	  --app ".venv/bin/python app.py" --output cdk.out/$(STAGE) --require-approval any-change
	@.venv/bin/python -m infra.left_behind $(STAGE)

clean: ## Forget the local platform's state, everything built, and the caches
	@rm -rf .local build cdk.out schemas/declarations.json schemas/declared.json validation-report.json
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find functions infra schemas packages tests -name __pycache__ -type d -prune -exec rm -rf {} +
