PYTHON ?= python3

.PHONY: check model clean

check:            ## what CI runs
	$(PYTHON) tools/check.py

model:            ## train the shipped model from data/
	$(PYTHON) -m refusal_nlp train data/messages.jsonl -o models/default --name default

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
