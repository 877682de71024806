"""Compare ways to classify, by the author whose messages are held out: `python benchmarks/compare_classifiers.py [LABELLED]`.

Every message of `data/messages.jsonl` is judged by a model that has seen no message of its author (one sheet of briefs). With a further labelled
file, each way is also trained on all of `data/` and measured there. Prints a Markdown table; figures are F1 of refusal or not, accuracy of the
kind among refusals, and 95 % bootstrap intervals over groups.
"""

from __future__ import annotations

import argparse
import pathlib
import re
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline

from refusal_nlp.acts import same
from refusal_nlp.classify import LABELS, RefusalClassifier, messages_of
from refusal_nlp.features import Message, message_terms
from refusal_nlp.training import metrics
from refusal_nlp.training.data import Example, act_quotes, read_examples
from refusal_nlp.training.train import weight_of

DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "messages.jsonl"
Judge = Callable[[Sequence[Message]], list[str]]
Way = Callable[[Sequence[Message], Sequence[Example]], Judge]


def words(longest: int) -> Way:
    """Word n-grams of the whole text and logistic regression, one stage."""

    def fit(messages: Sequence[Message], examples: Sequence[Example]) -> Judge:
        model = make_pipeline(TfidfVectorizer(analyzer=same, min_df=2, sublinear_tf=True), LogisticRegression(C=10, max_iter=2000))
        model.fit(
            [message_terms(m, longest) for m in messages], [str(e.label) for e in examples], logisticregression__sample_weight=list(map(weight_of, examples))
        )
        return lambda found: [str(v) for v in model.predict([message_terms(m, longest) for m in found])]

    return fit


def classifier(**parameters: float) -> Way:
    """The project's classifier with other parameters."""

    def fit(messages: Sequence[Message], examples: Sequence[Example]) -> Judge:
        model = RefusalClassifier(**parameters)  # type: ignore[arg-type]
        model.fit_messages(
            messages,
            [str(e.label) for e in examples],
            quotes=act_quotes(examples),
            groups=[e.group for e in examples],
            sample_weight=list(map(weight_of, examples)),
        )
        return lambda found: [str(LABELS[v.probabilities.argmax()]) for v in model.judge(found)]

    return fit


WAYS: dict[str, Way] = {
    "word 1-2-grams, one stage": words(2),
    "sentence acts without words, two stages": classifier(gate_words=0.0, kind_words=0.0),
    "word 1-2-grams, two stages": classifier(act_weight=0.0),
    "sentence acts beside words, two stages (shipped)": classifier(),
}


def author(example: Example) -> str:
    """The author of a message: groups are named after the brief's seed."""
    found = re.match(r"s\d+", example.group)
    return found[0] if found else example.group


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
    truth, groups = [str(e.label) for e in examples], [author(e) for e in examples]
    print("| way | unseen authors: F1 | kind |" + (" other file: F1 | kind |" if other else ""))
    print("|---|---|---|" + ("---|---|" if other else ""))
    for name, way in WAYS.items():
        guess = np.empty(len(examples), dtype=object)
        for train, held in GroupKFold(args.folds).split(messages, groups=groups):
            judge = way([messages[i] for i in train], [examples[i] for i in train])
            guess[held] = judge([messages[i] for i in held])
        cells = row(truth, list(guess), groups)
        if other:
            cells += " | " + row([str(e.label) for e in other], way(messages, examples)(others), [e.group for e in other])
        print(f"| {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
