"""Does retraining on 150 messages of one inbox help on the rest of it: `python benchmarks/own_labels.py LABELLED [--set NAME] [--cache DIR]`.

LABELLED is a table as `refusal-nlp train` takes it. `--by FIELD --set A,B` picks the rows whose FIELD is one of the names.
Whole groups (sender, thread, near-duplicates) are dealt to the part that is labelled and to the rest; the shipped messages are
added as `train --base default` does. Prints both models on the rest, which neither has seen, and on the shipped messages: the
held-out files, and the cross-validation where the shipped model keeps its verdicts.
With `--rotate` every message is in the rest once: for a set too small for one split.
"""

from __future__ import annotations

import argparse
import pathlib
import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from refusal_nlp.mail import table
from refusal_nlp.resources import find
from refusal_nlp.store import load, read_verdicts
from refusal_nlp.training.compare import Judged, compare
from refusal_nlp.training.data import Example
from refusal_nlp.training.own import read_own
from refusal_nlp.training.prepare import prepare
from refusal_nlp.training.retrain import retrain, shipped_tests


def splits(examples: Sequence[Example], size: int, *, rotate: bool, seed: int) -> list[tuple[list[int], list[int]]]:
    """Positions of the labelled part, about `size` messages in whole groups, and of the rest; one split, or so many that each message is in the rest once."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, example in enumerate(examples):
        groups[example.group].append(i)
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    if not rotate:
        labelled: list[int] = []
        for name in names:
            if len(labelled) < size:
                labelled += groups[name]
        return [(sorted(labelled), sorted(set(range(len(examples))) - set(labelled)))]
    parts: list[list[int]] = [[] for _ in range(max(2, round(len(examples) / max(1, len(examples) - size))))]
    for name in names:
        min(parts, key=len).extend(groups[name])
    return [(sorted(set(range(len(examples))) - set(part)), sorted(part)) for part in parts]


def frame_of(examples: Sequence[Example]) -> pd.DataFrame:
    """The examples as a user would hand them over: labels, no passages."""
    fields = [(e.mail.id, e.mail.subject, e.mail.sender, e.mail.body, str(e.label), e.group) for e in examples]
    return pd.DataFrame(fields, columns=["id", "subject", "sender", "body", "label", "group"])


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=str)
    parser.add_argument("--by", help="field that names the set of a row")
    parser.add_argument("--set", help="names of the sets to take, with commas")
    parser.add_argument("--size", type=int, default=150)
    parser.add_argument("--rotate", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache")
    args = parser.parse_args()
    rows = pd.DataFrame([r for r in table.records(pathlib.Path(args.data)) if not args.by or r.get(args.by) in args.set.split(",")])
    rows = rows.drop(columns=["signals", "reasons", "kind"], errors="ignore")
    tests = shipped_tests()
    labelled = read_own([rows], reserved=tests)
    print(f"{len(labelled.examples)} messages in {len({e.group for e in labelled.examples})} groups, {len(labelled.set_aside)} rows set aside")
    place = find("models", "default")
    old, verdicts = load(place), read_verdicts(place)
    rest: list[Example] = []
    judged = []
    shipped = []
    for chosen, others in splits(labelled.examples, args.size, rotate=args.rotate, seed=args.seed):
        run = retrain([frame_of([labelled.examples[i] for i in chosen])], cache=args.cache)
        held = [labelled.examples[i] for i in others]
        messages = prepare([e.mail for e in held])
        judged.append((held, messages, np.array([v.probabilities for v in run.classifier.judge(messages)])))
        print(f"\ntrained with {len(chosen)} of them; as `train` reports it:")
        if run.comparison:
            shipped.append(run.comparison)
            print("\n".join(line for line in run.comparison.lines() if not line.startswith("    ")), flush=True)
    rest = [e for held, _, _ in judged for e in held]
    whole = Judged(examples=rest, messages=[m for _, ms, _ in judged for m in ms], after=np.concatenate([a for _, _, a in judged]))
    result = compare(old.classifier, verdicts, {"rest of the inbox": whole}, names=(old.name, "retrained"))
    print("\n".join(result.lines()[:5]))
    print(
        "\nshipped groups, gain of each training: "
        + ", ".join(f"{p.gain:+.4f} of {p.messages}" for c in shipped for p in c.parts if p.name.startswith("shipped"))
    )


if __name__ == "__main__":
    main()
