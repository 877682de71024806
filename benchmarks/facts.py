"""How often company, role and contact are right: `python benchmarks/facts.py FOLDER [--marks tests/facts_marks.jsonl] [--misses]`.

FOLDER holds `messages.jsonl`, the real messages that the marks are for. They are nobody's to publish, so the marks are ids and offsets alone: for each
fact the spans that would be right, `[field, start, end]`, half-open, in characters; none where the message does not tell.
A finding is right where it equals one of them but for case, white space and punctuation. Prints precision and recall for each fact.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from collections import Counter

from refusal_nlp.facts import find_facts
from refusal_nlp.features import describe
from refusal_nlp.pipeline.build import build_pipeline, make_docs
from refusal_nlp.types import Mail

MARKS = pathlib.Path(__file__).parent.parent / "tests" / "facts_marks.jsonl"
KINDS = ("company", "role", "contact")


def bare(text: str) -> str:
    """Return letters and digits alone, in lower case."""
    return "".join(c for c in text.casefold() if c.isalnum())


def main() -> None:
    """Print a line for each fact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--marks", type=pathlib.Path, default=MARKS)
    parser.add_argument("--misses", action="store_true", help="name the messages that went wrong, and what was found")
    args = parser.parse_args()
    with (args.folder / "messages.jsonl").open(encoding="utf-8") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    marks = [json.loads(line) for line in args.marks.read_text("utf-8").splitlines()]
    nlp = build_pipeline()
    counts: Counter[tuple[str, str]] = Counter()
    for number, mark in enumerate(marks):
        row = rows[mark["id"]]
        mail = Mail(id=row["id"], body=row["body"], subject=row["subject"], sender=row["sender"])
        facts = find_facts(describe(next(iter(make_docs(nlp, [mail]))), mail), mail)
        for kind in KINDS:
            right = {bare(row[field][start:end]) for field, start, end in mark.get(kind, ())}
            found = getattr(facts, kind)
            verdict = ("right" if bare(found) in right else "wrong") if found else ("missed" if right else "rightly empty")
            counts[kind, verdict] += kind in mark
            counts[kind, "to find"] += bool(right)
            if args.misses and kind in mark and verdict in {"wrong", "missed"}:
                print(f"{number:3} {mark['id']} {kind} {verdict}: {found!r}")
    for kind in KINDS:
        right, wrong, there = (counts[kind, name] for name in ("right", "wrong", "to find"))
        precision, recall = right / max(1, right + wrong), right / max(1, there)
        print(f"{kind:8} precision {precision:.3f} ({right} of {right + wrong}), recall {recall:.3f} ({right} of {there})")


if __name__ == "__main__":
    main()
