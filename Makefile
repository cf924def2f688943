# coopreport: `make` alone prints the targets. Each ensures the environment that it needs.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help report check claims register test lint format lock clean clean-env

CYCLE ?= 2023-2024
CELL_LIMIT ?= 300
BUILD_LIMIT ?= 900
TESTS ?= tests

# What the user typed goes to the command as it is, through the environment: neither make nor the
# shell expands it.
export COOPREPORT_CYCLE := $(value CYCLE)
export COOPREPORT_CELL_LIMIT := $(value CELL_LIMIT)
export COOPREPORT_BUILD_LIMIT := $(value BUILD_LIMIT)
export COOPREPORT_URL := $(value URL)
export COOPREPORT_FILE := $(value FILE)
export COOPREPORT_SHA256 := $(value SHA256)
unexport CYCLE CELL_LIMIT BUILD_LIMIT URL FILE SHA256

python := sh requirements/python.sh

help: ## montrer les cibles
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  Options : CYCLE=2023-2024  CELL_LIMIT=300  BUILD_LIMIT=900 (secondes)"

report: ## produire le rapport du cycle (CYCLE=2023-2024)
	@$(python) report -m coopreport report --cycle="$$COOPREPORT_CYCLE" \
		--cell-limit="$$COOPREPORT_CELL_LIMIT" --build-limit="$$COOPREPORT_BUILD_LIMIT"

check: ## vérifier les tables et le cycle, sans rien produire
	@$(python) report -m coopreport check --cycle="$$COOPREPORT_CYCLE"

claims: ## comparer les énoncés publiés aux nombres calculés
	@$(python) report -m coopreport claims --cycle="$$COOPREPORT_CYCLE"

register: ## prendre un registre dans registers/ (URL=https://… ou FILE=…, SHA256=… au besoin)
	@$(python) report -m coopreport register --url="$$COOPREPORT_URL" \
		--file="$$COOPREPORT_FILE" --sha256="$$COOPREPORT_SHA256"

test: lint ## installer ce que les essais demandent (navigateur, R), puis essayer tout
	@sh requirements/programs.sh
	@$(python) test -m pytest $(TESTS)

lint: ## vérifier le style, les types et les notebooks
	@$(python) test -m ruff check --quiet .
	@$(python) test -m ruff format --check --quiet .
	@$(python) test -m mypy --no-error-summary
	@$(python) test -m coopreport lint --cycle="$$COOPREPORT_CYCLE"

format: ## mettre en forme le code et les notebooks
	@$(python) test -m ruff check --quiet --fix .
	@$(python) test -m ruff format --quiet .

lock: ## renouveler les verrous de requirements/ (demande uv)
	@sh requirements/lock.sh

clean: ## enlever les productions de build/
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache

clean-env: ## enlever l’environnement .venv/
	@rm -rf .venv
