"""Compare ways to classify, by the author whose messages are held out: `python benchmarks/compare_classifiers.py [LABELLED]`.

Every message of `data/messages.jsonl` is judged by models that have seen no message of its author (one sheet of briefs). With a further labelled
file, each way is also trained on all of `data/` and measured there. Prints a Markdown table; figures are F1 of refusal or not, accuracy of the
kind among refusals, and 95 % bootstrap intervals over groups. The rows with static vectors need `pip install wordllama`, whose weights come with
the package, and are left out without it.
"""

from __future__ import annotations

import argparse
import importlib.util
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from refusal_nlp.acts import pool_all, same, sentences_of
from refusal_nlp.classify import RefusalClassifier, messages_of
from refusal_nlp.features import CUE_CODES, Message, cue_profile, message_terms
from refusal_nlp.training import metrics
from refusal_nlp.training.data import Example, author_of, read_bank, read_examples
from refusal_nlp.training.train import fit_classifier, make_bank, weight_of
from refusal_nlp.types import Label

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA, SENTENCES = ROOT / "data" / "messages.jsonl", ROOT / "data" / "sentences.jsonl"
CUES = ("decision", "hedge", "retention", "future_contact", "reapply", "interviewed", "feedback_declined", *CUE_CODES)
# name: parts that stand side by side, and whether refusal or not is decided before the kind
WAYS = {
    "word 1-2-grams, one stage": (("words",), False),
    "word 1-2-grams, two stages": (("words",), True),
    "words and cues of the pipeline, two stages": (("words", "cues"), True),
    "sentence acts alone, two stages": (("acts",), True),
    "sentence acts beside words, one stage": (("words", "acts"), False),
    "sentence acts beside words, two stages (shipped)": (("words", "acts"), True),
    "static vectors alone, two stages": (("vectors",), True),
    "static vectors beside words and acts, two stages": (("words", "acts", "vectors"), True),
}
Parts = dict[str, Any]
Embed = Callable[[Sequence[Message]], Any] | None


def cue_row(message: Message) -> list[float]:
    """Whether each kind of cue stands in the message, the share of its sentences that hold it, and what the message is about."""
    share = [sum(any(c.code == code for c in s.cues) for s in message.sentences) / max(1, len(message.sentences)) for code in CUES]
    return [*(float(v > 0) for v in share), *share, *cue_profile(message)]


def pooled(classifier: RefusalClassifier, messages: Sequence[Message], scores: Any) -> Any:
    """The pooled acts of the messages, weighted as in the classifier."""
    return pool_all(messages, scores, sentences_of(messages)[1]) * classifier.act_weight


def parts(train: Sequence[Message], examples: Sequence[Example], found: Sequence[Message], embed: Embed) -> tuple[Parts, Parts]:
    """The blocks of features of training and of found messages; the acts of the training messages are cross-fitted."""
    classifier: RefusalClassifier = fit_classifier(train, examples, make_bank(read_bank(SENTENCES)))
    words = TfidfVectorizer(analyzer=same, min_df=3, max_df=0.6, sublinear_tf=True)
    own: Parts = {"words": words.fit_transform(map(message_terms, train)), "cues": np.array(list(map(cue_row, train)))}
    other: Parts = {"words": words.transform(map(message_terms, found)), "cues": np.array(list(map(cue_row, found)))}
    own["acts"] = pooled(classifier, train, classifier.held_out_scores_)
    other["acts"] = pooled(classifier, found, classifier.acts_.scores(sentences_of(found)[0]))
    if embed:
        own["vectors"], other["vectors"] = embed(train), embed(found)
    return own, other


def judge(own: Parts, labels: Sequence[str], weight: Sequence[float], other: Parts, names: Sequence[str], two_stages: bool) -> list[str]:
    """Train on some of the blocks and label the found messages."""
    x, z = (sparse.hstack([sparse.csr_matrix(block[n]) for n in names], format="csr") for block in (own, other))
    y, w = np.array(labels), np.array(weight)
    if not two_stages:
        return [str(v) for v in LogisticRegression(C=3, max_iter=3000).fit(x, y, w).predict(z)]
    refusal = y != Label.NOT_REFUSAL
    gate = LogisticRegression(C=3, max_iter=3000).fit(x, refusal, w).predict(z)
    kind = LogisticRegression(C=3, max_iter=3000).fit(x[refusal], y[refusal], w[refusal]).predict(z)
    return [str(k) if g else str(Label.NOT_REFUSAL) for g, k in zip(gate, kind, strict=True)]


def embedder() -> Embed:
    """Mean static word vectors of a message (wordllama, 256 dimensions), or None where the package is missing."""
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        return None
    from wordllama import WordLlama

    vectors = WordLlama.load(cache_dir=pathlib.Path(spec.origin).parent, disable_download=True)
    return lambda messages: vectors.embed([" ".join(m.tokens) or "." for m in messages], norm=True)


def row(truth: list[str], guess: list[str], groups: list[str]) -> str:
    """Figures with intervals as cells of a table."""
    gate = metrics.interval(lambda t, g: metrics.gate_score(t, g).f1, truth, guess, groups)
    kind = metrics.interval(metrics.kind_accuracy, truth, guess, groups)
    f1, accuracy = metrics.gate_score(truth, guess).f1, metrics.kind_accuracy(truth, guess)
    return f"{f1:.3f} ({gate[0]:.3f} to {gate[1]:.3f}) | {accuracy:.3f} ({kind[0]:.3f} to {kind[1]:.3f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", nargs="?", help="labelled messages that are not part of the data")
    parser.add_argument("--folds", type=int, default=5)
    args = parser.parse_args()
    examples = read_examples(DATA)
    messages = messages_of([e.mail for e in examples])
    other = read_examples(args.labelled) if args.labelled else []
    others = messages_of([e.mail for e in other])
    embed = embedder()
    ways = {name: way for name, way in WAYS.items() if embed or "vectors" not in way[0]}
    truth, groups, weight = [str(e.label) for e in examples], [author_of(e) for e in examples], list(map(weight_of, examples))
    guesses = {name: np.empty(len(examples), dtype=object) for name in ways}
    for train, held in GroupKFold(args.folds).split(messages, groups=groups):
        own, found = parts([messages[i] for i in train], [examples[i] for i in train], [messages[i] for i in held], embed)
        for name, (names, two) in ways.items():
            guesses[name][held] = judge(own, [truth[i] for i in train], [weight[i] for i in train], found, names, two)
    own, found = parts(messages, examples, others, embed) if other else ({}, {})
    print("| way | unseen authors: F1 | kind |" + (" other file: F1 | kind |" if other else ""))
    print("|---|---|---|" + ("---|---|" if other else ""))
    for name, (names, two) in ways.items():
        cells = row(truth, list(guesses[name]), groups)
        if other:
            cells += " | " + row([str(e.label) for e in other], judge(own, truth, weight, found, names, two), [e.group for e in other])
        print(f"| {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
