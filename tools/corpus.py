"""Say which hard cases of tests/corpus the shipped model gets wrong: `python tools/corpus.py [--mark]`.

`--mark` writes the known failures into the corpus; the difference shows in review what a new model mends and what it breaks.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys

from refusal_nlp.api import load
from refusal_nlp.types import Mail

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "corpus" / "verdicts.jsonl"
CARRIERS = {"decision", "hedge", "retention", "future_contact"}


def main() -> int:
    """Print the failures; 0 unless the marks in the corpus differ from them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mark", action="store_true", help="write the failures into the corpus")
    mark = parser.parse_args().mark
    cases = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
    reader = load()
    stale = 0
    for case in cases:
        found = reader.read(Mail(body=case["body"], subject=case["subject"], sender=case["sender"]))
        at = case["body"].index(case["carries"]) if case["carries"] else 0
        carried = not case["carries"] or any(s.start < at + len(case["carries"]) and at < s.end for s in found.signals if s.code in CARRIERS)
        fault = f"called {found.label}" if found.label != case["label"] else "" if carried else "quotes another sentence"
        if fault:
            print(f"{case['id']:20} {case['label']:13} {fault}  ({case['why']})")
        stale += bool(fault) != ("known_failure" in case)
        case.pop("known_failure", None)
        if fault:
            case["known_failure"] = fault
    if mark:
        CORPUS.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
    return 0 if mark else int(stale > 0)


if __name__ == "__main__":
    sys.exit(main())
