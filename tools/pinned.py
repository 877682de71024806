"""Retrain on a small sample and compare with pinned figures: `python tools/pinned.py [--update]`, so that retraining can never rot.

The sample is picked by the digest of the ids, so that new messages do not move old ones. After a change of data/ or of the classifier run `--update`; the
change then shows in tests/pinned.json for whoever reviews it. tests/test_retraining.py runs the comparison.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pathlib
import sys
import tempfile

from refusal_nlp.training.retrain import retrain

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "data" / "messages.jsonl"
PINNED = ROOT / "tests" / "pinned.json"
SHARE = 18  # one message in so many
TOLERANCE = 0.015  # what another machine's arithmetic may turn: some three messages
FIGURES = ("gate_precision", "gate_recall", "gate_f1", "kind_accuracy", "kind_macro_f1", "calibration_error")


def sample(folder: pathlib.Path) -> pathlib.Path:
    """Write the sample as a user's own table would look; returns its path."""
    path = folder / "sample.jsonl"
    lines = DATA.read_text("utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if hashlib.sha256(json.loads(line)["id"].encode()).digest()[0] % SHARE == 0) + "\n", "utf-8")
    return path


def measured(path: pathlib.Path) -> dict[str, float]:
    """Figures of a training on the sample alone."""
    run = retrain([path], base="none", against=None)
    return {"messages": run.config["trained_on"]["messages"], **{name: run.metrics[name] for name in FIGURES}}


def faults(found: dict[str, float], pinned: dict[str, float]) -> list[str]:
    """Say which figures differ from the pinned ones."""
    wrong = [f"{k}: {found.get(k)} instead of {v}" for k, v in pinned.items() if k not in found or abs(found[k] - v) > (0 if k == "messages" else TOLERANCE)]
    return wrong + [f"{k}: is not pinned" for k in sorted(set(found) - set(pinned))]


def main() -> int:
    """Compare, or with --update pin, the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="pin the figures of now")
    update = parser.parse_args().update
    with tempfile.TemporaryDirectory() as folder:
        found = measured(sample(pathlib.Path(folder)))
    if update:
        PINNED.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    wrong = faults(found, json.loads(PINNED.read_text("utf-8")))
    print(json.dumps(found, indent=2), *(wrong or ["every figure is as pinned"]), sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
