PYTHON ?= python3

.PHONY: check model gate floors fuzz site clean

check:            ## what CI runs
	$(PYTHON) tools/check.py

gate:             ## fit the cheap test before the pipeline; run it when data/ has grown
	$(PYTHON) tools/gate.py

model:            ## train the shipped model from data/
	$(PYTHON) -m refusal_nlp train data/messages.jsonl --base none --against none --sentences data/sentences.jsonl --pairs data/reasons.jsonl -o models/default --name default --overwrite

floors:           ## set the quality floors from the figures of now; they rise only
	$(PYTHON) tools/floors.py --update

fuzz:             ## a minute of coverage-guided fuzzing of what reads mail
	$(PYTHON) tools/fuzz.py --seconds 60

site:             ## the pages as a site, in build/site
	$(PYTHON) -m sphinx -W --keep-going -c docs . build/site

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
