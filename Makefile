# coopreport: `make` alone prints the targets. Each ensures the environment that it needs.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help report reports cycle chapter regions translation watch lab import remarks serve why check claims register release verify bundle reproduce diff docs pictures test lint format lock doctor clean clean-env

CYCLE ?= 2023-2024
CELL_LIMIT ?= 300
BUILD_LIMIT ?= 900
ENGINE ?=
TESTS ?= tests

# What the user typed goes to the command as it is, through the environment: neither make nor the
# shell expands it.
export COOPREPORT_CYCLE := $(value CYCLE)
export COOPREPORT_CELL_LIMIT := $(value CELL_LIMIT)
export COOPREPORT_BUILD_LIMIT := $(value BUILD_LIMIT)
export COOPREPORT_ENGINE := $(value ENGINE)
export COOPREPORT_URL := $(value URL)
export COOPREPORT_FILE := $(value FILE)
export COOPREPORT_SHA256 := $(value SHA256)
unexport CYCLE CELL_LIMIT BUILD_LIMIT ENGINE URL FILE SHA256

# What says a release comes from the command line only: the surroundings may have a VERSION of theirs.
typed = $(if $(filter command,$(origin $1)),$(value $1))
export COOPREPORT_VERSION := $(call typed,VERSION)
export COOPREPORT_KIND := $(call typed,KIND)
export COOPREPORT_REASON := $(call typed,REASON)
export COOPREPORT_DATE := $(call typed,DATE)
export COOPREPORT_KEY := $(call typed,KEY)
export COOPREPORT_FROM := $(call typed,FROM)
export COOPREPORT_TO := $(call typed,TO)
export COOPREPORT_STATIC := $(call typed,STATIC)
export COOPREPORT_PDF := $(or $(call typed,PDF),$(value COOPREPORT_PDF))
export COOPREPORT_LANGUAGE := $(call typed,LANGUAGE)
export COOPREPORT_CONFIRM := $(call typed,CONFIRM)
export COOPREPORT_SCENARIO := $(call typed,SCENARIO)
export COOPREPORT_REGION := $(call typed,REGION)
export COOPREPORT_JOBS := $(call typed,JOBS)
export COOPREPORT_NAME := $(call typed,NAME)
export COOPREPORT_TITLE := $(call typed,TITLE)
export COOPREPORT_ID := $(call typed,ID)
export COOPREPORT_ANSWER := $(call typed,ANSWER)
export COOPREPORT_CLOSE := $(call typed,CLOSE)
export COOPREPORT_AUTHOR := $(call typed,AUTHOR)
export COOPREPORT_ALL := $(call typed,ALL)
export COOPREPORT_PORT := $(call typed,PORT)
export COOPREPORT_TABLE := $(call typed,TABLE)
export COOPREPORT_WRITE := $(call typed,WRITE)
export COOPREPORT_ROOT := $(call typed,ROOT)
unexport VERSION KIND REASON DATE KEY FROM TO STATIC PDF LANGUAGE CONFIRM SCENARIO REGION JOBS
unexport NAME TITLE ID ANSWER CLOSE AUTHOR ALL PORT TABLE WRITE ROOT

python := sh requirements/python.sh

# Before the targets of those who edit: git strips the notebooks from then on (requirements/git.sh).
report watch lab chapter test format: git
.PHONY: git
git:
	@sh requirements/git.sh

help: ## montrer les cibles
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo "  Options : CYCLE=2023-2024  CELL_LIMIT=300  BUILD_LIMIT=900 (secondes)  ENGINE=souche|noyaux"
	@echo "            PDF=non  STATIC=oui  LANGUAGE=en  SCENARIO=entente-moitie  JOBS=2"

report: ## produire le rapport du cycle (CYCLE=2023-2024)
	@$(python) report -m coopreport report --cycle="$$COOPREPORT_CYCLE" \
		--cell-limit="$$COOPREPORT_CELL_LIMIT" --build-limit="$$COOPREPORT_BUILD_LIMIT" \
		--engine="$$COOPREPORT_ENGINE" --pdf="$$COOPREPORT_PDF" --static="$$COOPREPORT_STATIC" \
		--language="$$COOPREPORT_LANGUAGE" --scenario="$$COOPREPORT_SCENARIO"

reports: ## produire le rapport de chaque cycle, côte à côte (JOBS=2)
	@$(python) report -m coopreport reports --jobs="$$COOPREPORT_JOBS" \
		--cell-limit="$$COOPREPORT_CELL_LIMIT" --build-limit="$$COOPREPORT_BUILD_LIMIT" \
		--engine="$$COOPREPORT_ENGINE" --pdf="$$COOPREPORT_PDF" --static="$$COOPREPORT_STATIC" \
		--language="$$COOPREPORT_LANGUAGE"

regions: ## produire les fiches des 17 régions (REGION=06 pour une, JOBS=4, ENGINE=dask://hôte:port)
	@$(python) $(if $(findstring dask:,$(value ENGINE)),dask,report) -m coopreport regions \
		--cycle="$$COOPREPORT_CYCLE" --region="$$COOPREPORT_REGION" --jobs="$$COOPREPORT_JOBS" \
		--engine="$$COOPREPORT_ENGINE" \
		--cell-limit="$$COOPREPORT_CELL_LIMIT" --build-limit="$$COOPREPORT_BUILD_LIMIT"

cycle: ## préparer un nouveau cycle d’après un autre (CYCLE=2026-2027 FROM=2023-2024)
	@$(python) report -m coopreport cycle --cycle="$$COOPREPORT_CYCLE" --from="$$COOPREPORT_FROM"

chapter: ## préparer un nouveau chapitre (NAME=habitation-rurale TITLE="…")
	@$(python) report -m coopreport chapter --cycle="$$COOPREPORT_CYCLE" \
		--name="$$COOPREPORT_NAME" --title="$$COOPREPORT_TITLE"

translation: ## dire ce qui manque à l’édition anglaise (CONFIRM=survie-03 : sa traduction est à jour)
	@$(python) report -m coopreport translation --cycle="$$COOPREPORT_CYCLE" \
		--confirm="$$COOPREPORT_CONFIRM"

watch: ## refaire à chaque enregistrement, la page ouverte se recharge (Ctrl-C pour finir)
	@$(python) report -m coopreport watch --cycle="$$COOPREPORT_CYCLE"

lab: ## ouvrir JupyterLab sur les chapitres (PORT=8888, ROOT=oui; Ctrl-C pour finir)
	@$(python) lab -m coopreport lab --cycle="$$COOPREPORT_CYCLE" \
		--port="$$COOPREPORT_PORT" --root="$$COOPREPORT_ROOT"

import: ## reprendre une table modifiée dans un tableur (FILE=aides.csv TABLE=grants)
	@$(python) report -m coopreport import --file="$$COOPREPORT_FILE" \
		--table="$$COOPREPORT_TABLE" --write="$$COOPREPORT_WRITE"

remarks: ## lister les remarques des lecteurs; FILE=… en prend, ID=… ANSWER="…" CLOSE=oui y répond
	@$(python) report -m coopreport remarks --cycle="$$COOPREPORT_CYCLE" \
		--file="$$COOPREPORT_FILE" --id="$$COOPREPORT_ID" --answer="$$COOPREPORT_ANSWER" \
		--close="$$COOPREPORT_CLOSE" --author="$$COOPREPORT_AUTHOR" --all="$$COOPREPORT_ALL"

serve: ## servir les rapports et leur index à cet ordinateur seulement (PORT=8000; Ctrl-C pour finir)
	@$(python) report -m coopreport serve --cycle="$$COOPREPORT_CYCLE" --port="$$COOPREPORT_PORT"

why: ## dire, pour chaque chapitre et la page, ce qui a changé depuis la dernière production
	@$(python) report -m coopreport why --cycle="$$COOPREPORT_CYCLE"

check: ## vérifier les tables et le cycle, sans rien produire
	@$(python) report -m coopreport check --cycle="$$COOPREPORT_CYCLE"

claims: ## comparer les énoncés publiés aux nombres calculés
	@$(python) report -m coopreport claims --cycle="$$COOPREPORT_CYCLE"

register: ## prendre un registre dans registers/ (URL=https://… ou FILE=…, SHA256=… au besoin)
	@$(python) report -m coopreport register --url="$$COOPREPORT_URL" \
		--file="$$COOPREPORT_FILE" --sha256="$$COOPREPORT_SHA256"

release: ## publier la dernière production : v1, v2… (KIND=révision|correction REASON="…" KEY=…)
	@$(python) report -m coopreport release --cycle="$$COOPREPORT_CYCLE" \
		--kind="$$COOPREPORT_KIND" --reason="$$COOPREPORT_REASON" \
		--date="$$COOPREPORT_DATE" --key="$$COOPREPORT_KEY" --pdf="$$COOPREPORT_PDF"

verify: ## vérifier l’empreinte de chaque fichier publié (VERSION=v1)
	@$(python) report -m coopreport verify --cycle="$$COOPREPORT_CYCLE" --version="$$COOPREPORT_VERSION"

bundle: ## emballer une version dans un ZIP (VERSION=v1)
	@$(python) report -m coopreport bundle --cycle="$$COOPREPORT_CYCLE" --version="$$COOPREPORT_VERSION"

reproduce: ## refaire deux fois et comparer, ou refaire une version (VERSION=v1)
	@$(python) report -m coopreport reproduce --cycle="$$COOPREPORT_CYCLE" --version="$$COOPREPORT_VERSION"

diff: ## comparer deux versions (FROM=v1 TO=v2, ou FROM=2022-2023/v1)
	@$(python) report -m coopreport diff --cycle="$$COOPREPORT_CYCLE" \
		--from="$$COOPREPORT_FROM" --to="$$COOPREPORT_TO"

docs: ## récrire docs/commande.md et docs/messages.md d’après le programme
	@$(python) test -m docs.reference
	@$(python) test -m docs.messages

pictures: ## refaire les images de docs/pictures/ (navigateur, JupyterLab)
	@sh requirements/programs.sh
	@$(python) test -m docs.pictures

test: lint ## installer ce que les essais demandent (navigateur, R), puis essayer tout
	@sh requirements/programs.sh
	@$(python) test -m pytest $(TESTS)

# What ruff refuses (1) is mended by make format; another failure has said its own remedy.
to_format = code=$$?; [ $$code != 1 ] || echo "Remède : make format, puis corrigez à la main ce qui reste." >&2; exit $$code

lint: ## vérifier le style, les types et les notebooks
	@$(python) test -m ruff check --quiet . || { $(to_format); }
	@$(python) test -m ruff format --check --quiet . || { $(to_format); }
	@$(python) test -m mypy --no-error-summary
	@$(python) test -m coopreport lint --cycle="$$COOPREPORT_CYCLE"

format: ## mettre en forme le code et les notebooks, dont les sorties sont enlevées
	@$(python) test -m ruff check --quiet --fix .
	@$(python) test -m ruff format --quiet .
	@$(python) test -m coopreport.hygiene.strip notebooks

lock: ## renouveler les verrous de requirements/ (demande uv)
	@sh requirements/lock.sh

doctor: ## dire ce qui manque à la machine, et la commande qui l’ajoute
	@sh requirements/doctor.sh

clean: ## enlever les productions et les réserves de build/, jamais une version publiée
	@[ ! -d build ] || $(python) report -m coopreport clean
	@rm -rf .pytest_cache .mypy_cache .ruff_cache

clean-env: ## enlever l’environnement .venv/
	@rm -rf .venv
