"""Fit the gate, the cheap test before the pipeline: `python tools/gate.py` writes `lexicon/gate_weights.toml`.

Refusals are those of data/messages.jsonl. Everyday mail is every second message of the SpamAssassin public corpus (see benchmarks/everyday.py, which
fetches it; the other half is left for measuring). Only words of refusals get a weight, and no words of addresses: the words of somebody's
mailing lists would tell that corpus from the data and nothing else.

A threshold is what all but a small share of the refusals (`MISSED`) reach under weights fitted without their group, and lies at least `MARGIN` under
what any of them reaches under the final weights. So refusals of writers never seen pass as well, except for a few that say next to nothing ("not this
time"). Messages of few words have a threshold of their own: a bare reason ("the desk has to be staffed on Saturdays as well") scores low, and one
threshold for all would let in every tenth of the longer everyday messages because of it.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import pathlib
import sys
import tempfile

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from refusal_nlp.gate import gate, text_of, words_of
from refusal_nlp.mail.read import read_mailbox
from refusal_nlp.training.data import read_examples
from refusal_nlp.types import Label, Mail

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "refusal_nlp" / "lexicon" / "gate_weights.toml"
MISSED, SHORT_MISSED = 0.002, 0.01  # the short ones are few: a smaller share would be that of the oddest one
SHORT_WORDS = 30  # distinct words
MARGIN = 0.3
LIST_THRESHOLD = 0.0  # even odds
LEAST_MESSAGES = 5  # refusals that a word has to stand in
STRENGTH = 10.0
NOT_WORDS = {b"example", b"http", b"https", b"www", b"com", b"org", b"net", b"href", b"html"}
HEAD = """# Written by tools/gate.py: what a word weighs for the gate (gate.py). {refusals} refusals, {others} everyday messages.
bias = {bias}
threshold = {threshold}
short_threshold = {short_threshold}
short_words = {short_words}
list_threshold = {list_threshold}

[weights]
"""


def everyday(folder: pathlib.Path | None) -> list[Mail]:
    """Return everyday mail: that of a folder, or every second message of the public corpus."""
    if folder:
        return list(read_mailbox(folder))
    spec = importlib.util.spec_from_file_location("everyday", ROOT / "benchmarks" / "everyday.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.TemporaryDirectory() as scratch:
        return list(module.corpus(pathlib.Path(scratch)))[::2]


def matrix(bags: list[set[bytes]], vocabulary: dict[bytes, int]) -> sparse.csr_matrix:
    """Return presence of words over the root of the number of distinct words, shape (n_messages, n_words)."""
    known = [sorted(vocabulary[w] for w in bag if w in vocabulary) for bag in bags]
    values = np.repeat([1 / max(4, len(bag)) ** 0.5 for bag in bags], [len(k) for k in known])
    bounds = np.cumsum([0, *map(len, known)])
    return sparse.csr_matrix((values, np.concatenate(known).astype(int), bounds), shape=(len(bags), len(vocabulary)))


def main() -> int:
    """Fit, choose the threshold, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--everyday", type=pathlib.Path, help="a folder of everyday mail instead of the public corpus")
    args = parser.parse_args()
    refusals = [e for e in read_examples(ROOT / "data" / "messages.jsonl") if e.label is not Label.NOT_REFUSAL]
    others = everyday(args.everyday)
    bags = [words_of(text_of(m)[:12_000]) for m in [*(e.mail for e in refusals), *others]]
    counts = collections.Counter(w for bag in bags[: len(refusals)] for w in bag if len(w) > 1 and w not in NOT_WORDS)
    vocabulary = {w: i for i, w in enumerate(sorted(w for w, n in counts.items() if n >= LEAST_MESSAGES))}
    x = matrix(bags, vocabulary)
    y = np.arange(len(bags)) < len(refusals)
    groups = [e.group for e in refusals] + [f"everyday-{i}" for i in range(len(others))]
    held = np.zeros(len(y))

    def fitted(rows: np.ndarray) -> LogisticRegression:
        return LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=3000).fit(x[rows], y[rows])

    for train, test in GroupKFold(5).split(x, y, groups):
        held[test] = fitted(train).decision_function(x[test])
    model = fitted(np.arange(len(y)))
    doubtful = y & ~np.array([gate().is_sure(bag) for bag in bags])
    short = np.array([len(bag) < SHORT_WORDS for bag in bags])
    final = model.decision_function(x)

    def threshold_of(rows: np.ndarray, missed: float) -> float:
        return round(float(min(np.quantile(held[rows], missed), final[rows].min() - MARGIN)), 2)

    threshold, short_threshold = threshold_of(doubtful & ~short, MISSED), threshold_of(doubtful & short, SHORT_MISSED)
    bias = round(float(model.intercept_[0]), 3)
    head = HEAD.format(
        refusals=len(refusals),
        others=len(others),
        bias=bias,
        threshold=threshold,
        short_threshold=short_threshold,
        short_words=SHORT_WORDS,
        list_threshold=LIST_THRESHOLD,
    )
    weights = {w: round(float(model.coef_[0][i]), 2) for w, i in vocabulary.items()}
    OUT.write_text(head + "".join(f"{w.decode()} = {v}\n" for w, v in weights.items() if v), "utf-8")
    passes = held >= np.where(short, short_threshold, threshold)
    missed, passed = int((doubtful & ~passes).sum()), passes[~y].mean()
    print(f"{len(weights)} words, threshold {threshold}, of fewer than {SHORT_WORDS} words {short_threshold}")
    print(f"without its own group in the fit: {missed} of {len(refusals)} refusals missed, {passed:.4f} of the rest passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
