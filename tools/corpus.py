"""Say which hard cases of tests/corpus the shipped model gets wrong: `python tools/corpus.py [--mark]`.

`verdicts.jsonl` holds messages, each with the clause that makes it hard; `reasons.jsonl` holds single sentences in pairs, one that states reasons and
a twin that states none. `--mark` writes the known failures into the corpus; the difference shows in review what a new model mends and what it breaks.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from collections.abc import Callable
from typing import Any

from refusal_nlp.api import load
from refusal_nlp.classify import messages_of
from refusal_nlp.reader import RefusalReader
from refusal_nlp.reasons import find_reasons
from refusal_nlp.spans import overlaps
from refusal_nlp.types import Mail

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "corpus"
CARRIERS = {"decision", "hedge", "retention", "future_contact"}


def fault_of(case: dict[str, Any], reader: RefusalReader) -> str:
    """Say what the reader gets wrong about a message; empty where it is right."""
    found = reader.read(Mail(body=case["body"], subject=case["subject"], sender=case["sender"]))
    if found.label != case["label"]:
        return f"called {found.label}"
    if not case["carries"]:
        return ""
    at = case["body"].index(case["carries"])
    place = (at, at + len(case["carries"]))
    return "" if any(overlaps((s.start, s.end), place) for s in found.signals if s.code in CARRIERS) else "quotes another sentence"


def reason_fault_of(case: dict[str, Any], reader: RefusalReader) -> str:
    """Say what is wrong with the reasons quoted from a sentence, read as part of a refusal; empty where code and place are right.

    Further codes beside the expected ones are no fault in a sentence that states a reason; in one that states none, every code is.
    """
    mail = Mail(body=case["body"])
    (found,) = find_reasons(messages_of([mail]), [mail], reader.reasons)
    if not case["reasons"]:
        return "invents " + ", ".join(sorted({str(r.code) for r in found})) if found else ""
    missed = []
    for code, quote in case["reasons"]:
        at = case["body"].index(quote)
        if not any(r.code == code and overlaps((r.start, r.end), (at, at + len(quote))) for r in found):
            missed.append(code)
    return "misses " + ", ".join(missed) if missed else ""


CORPORA: dict[str, Callable[[dict[str, Any], RefusalReader], str]] = {"verdicts": fault_of, "reasons": reason_fault_of}


def cases_of(name: str) -> list[dict[str, Any]]:
    """Return the cases of one corpus."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


def main() -> int:
    """Print the failures; 0 unless the marks in the corpora differ from them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mark", action="store_true", help="write the failures into the corpora")
    mark = parser.parse_args().mark
    reader = load()
    stale = 0
    for name, judge in CORPORA.items():
        cases = cases_of(name)
        for case in cases:
            fault = judge(case, reader)
            if fault:
                print(f"{case['id']:20} {fault}  ({case.get('why', case['body'])})")
            stale += bool(fault) != ("known_failure" in case)
            case.pop("known_failure", None)
            if fault:
                case["known_failure"] = fault
        print(f"{name}: {sum('known_failure' in case for case in cases)} of {len(cases)} are known failures")
        if mark:
            (FOLDER / f"{name}.jsonl").write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
    return 0 if mark else int(stale > 0)


if __name__ == "__main__":
    sys.exit(main())
