"""Say which hard cases of tests/corpus the shipped model gets wrong: `python tools/corpus.py [--mark]`.

`--mark` writes the known failures into the corpus; the difference shows in review what a new model mends and what it breaks.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from typing import Any

from refusal_nlp.api import load
from refusal_nlp.reader import RefusalReader
from refusal_nlp.spans import overlaps
from refusal_nlp.types import Mail

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "tests" / "corpus" / "verdicts.jsonl"
CARRIERS = {"decision", "hedge", "retention", "future_contact"}


def fault_of(case: dict[str, Any], reader: RefusalReader) -> str:
    """Say what the reader gets wrong about a case; empty where it is right."""
    found = reader.read(Mail(body=case["body"], subject=case["subject"], sender=case["sender"]))
    if found.label != case["label"]:
        return f"called {found.label}"
    if not case["carries"]:
        return ""
    at = case["body"].index(case["carries"])
    place = (at, at + len(case["carries"]))
    return "" if any(overlaps((s.start, s.end), place) for s in found.signals if s.code in CARRIERS) else "quotes another sentence"


def main() -> int:
    """Print the failures; 0 unless the marks in the corpus differ from them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mark", action="store_true", help="write the failures into the corpus")
    mark = parser.parse_args().mark
    cases = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
    reader = load()
    stale = 0
    for case in cases:
        fault = fault_of(case, reader)
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
