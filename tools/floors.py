"""Retrain on most authors, judge the others, and fail where a figure lies under its floor: `python tools/floors.py`.

Floors belong to one state of the data. After a change of data/ or of the code run `--update`: floors rise with the figures, and
none is lowered unless `--allow-lower` says so; the change then shows in tests/floors.json for whoever reviews it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pathlib
import sys

from refusal_nlp.training.data import author_of, data_hash, read_bank, read_examples
from refusal_nlp.training.evaluation import Evaluation, evaluate_reader
from refusal_nlp.training.reasons import read_pairs
from refusal_nlp.training.train import make_bank, train_examples

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA, SENTENCES, PAIRS = (ROOT / "data" / name for name in ("messages.jsonl", "sentences.jsonl", "reasons.jsonl"))
FLOORS = ROOT / "tests" / "floors.json"
MARGIN = 0.01  # a floor lies so far under the figure it was set from: room for another machine's arithmetic, not for a step back
HELD_OUT, PARTS = 0, 5


def part(name: str) -> int:
    """Which of the fixed parts an author belongs to; new authors never move old ones."""
    return hashlib.sha256(name.encode()).digest()[0] % PARTS


def figures(evaluation: Evaluation) -> dict[str, float]:
    """The figures that have a floor."""
    return {
        "gate_precision": evaluation.gate.precision,
        "gate_recall": evaluation.gate.recall,
        "gate_f1": evaluation.gate.f1,
        "kind_accuracy": evaluation.kind_accuracy,
        "kind_macro_f1": evaluation.kind_macro_f1,
        "calibration": 1 - evaluation.calibration_error,
        "unreviewed_accuracy": evaluation.unreviewed_accuracy,
        "reason_f1": evaluation.reasons["all"].f1,
        "signal_f1": evaluation.signals["all"].f1,
    }


def measured() -> tuple[dict[str, float], list[str]]:
    """Train on the other parts and judge the held-out one; returns the figures and the held-out authors."""
    examples = read_examples(DATA)
    held = [e for e in examples if part(author_of(e)) == HELD_OUT]
    rest = [e for e in examples if part(author_of(e)) != HELD_OUT]
    run = train_examples(rest, name="floors", bank=make_bank(read_bank(SENTENCES)), pairs=read_pairs(PAIRS))
    return {k: round(v, 4) for k, v in figures(evaluate_reader(run.reader, held)).items()}, sorted({author_of(e) for e in held})


def faults(found: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Say which figures lie under their floors, and which have none."""
    under = [f"{k}: {found.get(k, 0.0):.4f} is under its floor {v:.4f}" for k, v in floors.items() if found.get(k, 0.0) < v]
    return under + [f"{k}: has no floor" for k in sorted(set(found) - set(floors))]


def raised(found: dict[str, float], floors: dict[str, float], *, allow_lower: bool) -> dict[str, float]:
    """New floors, `MARGIN` under the figures; an old floor that is higher stays unless lowering is allowed."""
    new = {k: round(v - MARGIN, 4) for k, v in found.items()}
    return new if allow_lower else {k: max(v, floors.get(k, v)) for k, v in new.items()}


def main() -> int:
    """Check, or with --update set, the floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="set the floors from the figures of now")
    parser.add_argument("--allow-lower", action="store_true", help="with --update: let floors fall")
    args = parser.parse_args()
    kept = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {"data_sha256": [], "floors": {}}
    state = [data_hash(DATA), data_hash(SENTENCES), data_hash(PAIRS)]
    if not args.update and kept["data_sha256"] != state:
        print("the floors belong to another state of data/: run python tools/floors.py --update")
        return 1
    found, authors = measured()
    floors = raised(found, kept["floors"], allow_lower=args.allow_lower) if args.update else kept["floors"]
    for name, value in found.items():
        print(f"{name:22}{value:.4f}   floor {floors.get(name, 0.0):.4f}")
    if args.update:
        new = {"data_sha256": state, "held_out_authors": authors, "measured": found, "floors": floors}
        FLOORS.write_text(json.dumps(new, indent=2) + "\n", "utf-8")
    wrong = faults(found, floors)
    print("\n".join(wrong) or "every figure holds its floor")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
