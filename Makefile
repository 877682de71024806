PYTHON ?= python3

.PHONY: check model floors clean

check:            ## what CI runs
	$(PYTHON) tools/check.py

model:            ## train the shipped model from data/
	$(PYTHON) -m refusal_nlp train data/messages.jsonl --base none --against none --sentences data/sentences.jsonl -o models/default --name default --overwrite

floors:           ## set the quality floors from the figures of now; they rise only
	$(PYTHON) tools/floors.py --update

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
