# The one door: every target does its own set-up.

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: setup ## Run the whole chain: deploy, break, diagnose, repair, load-test (CI=1: end by itself)
	@.ci/demo

.PHONY: live
live: setup ## Run the service where it really balances and scales, with fakecloud (PROVE=1: prove it, and end)
	@cargo build --quiet --locked --workspace --bins
	@.venv/bin/python loadtest/live/live.py $(if $(PROVE),--prove)

.PHONY: event-day
event-day: ## Run an event day in four minutes on which a task is killed, the database restarted, and both tasks replaced
	@.ci/setup haproxy
	@cargo build --quiet --locked --workspace --bins
	@loadtest/tests/event-day

.PHONY: test
test: setup ## Run every test that CI runs
	@.ci/test

.PHONY: check
check: setup ## Only the quick checks: format, lints, templates
	@.ci/check

.PHONY: setup
setup: ## Install what is missing, and say what
	@.ci/setup

.PHONY: bench-probe
bench-probe: setup ## Measure what probe promises of its speed (release build; 20 minutes the first time)
	@cargo build --release --locked -p probe
	@.venv/bin/python probe/bench/bench.py

.PHONY: bench-service
bench-service: setup ## Measure what the service promises of its speed (BENCH=--markdown; the first time it builds a lot)
	@service/bench/run $(BENCH)

.PHONY: bench-loadtest
bench-loadtest: setup ## Measure what loadtest promises of itself (release build; 30 minutes the first time)
	@cargo bench --locked -p loadtest

.PHONY: sqlx
sqlx: setup ## Renew .sqlx/ from the migrations and queries
	@service/sqlx-prepare .sqlx

.PHONY: screenshots
screenshots: ## Take pictures of every page in both languages, wide and narrow, into screenshots/
	@.ci/setup --browser
	@SCREENSHOTS="$(CURDIR)/screenshots" service/tests/with-postgres \
	  cargo test --quiet --locked -p service --test api -- --ignored browser::screenshots
	@ls screenshots

.PHONY: cost
cost: ## Work out the tables of cloudformation/COST.md from its prices
	@cd cloudformation && python3 -m ops.cost

.PHONY: diagram
diagram: setup ## Draw the stacks into the README of cloudformation/
	@.venv/bin/python cloudformation/tests/diagram.py

.PHONY: mistakes
mistakes: setup ## Ask every checker and rule about 41 known mistakes in the templates (some minutes)
	@.ci/setup --checkers
	@.venv/bin/python cloudformation/tests/test_mutations.py --table

.PHONY: compare-rival
compare-rival: setup ## Break the lab fault by fault, and ask probe and the closest other tool
	@probe/rival/compare

.PHONY: clean
clean: ## Remove what was built and installed in the checkout
	rm -rf target .venv .venv-checkers .venv-rival .axe .data screenshots
