"""Check writers' sheets and turn them into `data/messages.jsonl`.

    python tools/sheets.py check sheet.txt             faults of one sheet, and what it says too often
    python tools/sheets.py bare sheet.txt              the texts alone, for a second reader
    python tools/sheets.py add sheet.txt -r second.tsv --profile natural -o data/messages.jsonl

A sheet holds messages of this form (`subject`, `sender` may be `none`; `signal` and `reason` lines may be repeated or missing):

    ### s12w3-1
    kind: categorical
    label: categorical
    group: s12w3
    origin: bakery / Ireland / 2009 / owner at midnight
    subject: Your letter
    sender: Aoife Byrne <aoife@byrnesbread.example>
    signal: decision | we gave the job to a neighbour
    reason: other_candidate | gave the job to a neighbour
    ---
    The body, exactly as received, until the next line that begins with ###.

The second reader's file has a line a message: `id <tab> label <tab> signals and reasons as code|quote, joined by <tab>`. Messages on whose
label the two do not agree are left out and listed. Of signals and reasons the first reader's stand; a code that only one of the two saw is
kept in `doubtful`, which leaves it out of training and of scores.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import pathlib
import re
import sys
from typing import Any

from refusal_nlp.types import Label, ReasonCode, SignalCode

LABELS = {str(label) for label in Label}
SIGNALS = {str(code) for code in SignalCode}
REASONS = {str(code) for code in ReasonCode}
FIELDS = {"kind", "label", "group", "origin", "subject", "sender"}


def parse(text: str) -> list[dict[str, Any]]:
    """Read the messages of a sheet; faults are kept under `faults` of each message."""
    out = []
    for chunk in re.split(r"(?m)^### *", text)[1:]:
        head, _, body = chunk.partition("\n---\n")
        lines = head.split("\n")
        row: dict[str, Any] = {"id": lines[0].strip(), "lang": "en", "signals": [], "reasons": [], "faults": []}
        row["body"] = body.strip("\n")
        for line in lines[1:]:
            key, _, value = line.partition(":")
            key, value = key.strip(), value.strip()
            if key in {"signal", "reason"}:
                code, _, quote = (part.strip() for part in value.partition("|"))
                row[key + "s"].append([code, quote])
            elif key in FIELDS:
                row[key] = None if value.lower() == "none" else value
            elif line.strip():
                row["faults"].append(f"line not understood: {line!r}")
        check(row)
        out.append(row)
    return out


def locate(quote: str, body: str) -> str | None:
    """Return the words of `body` that `quote` names, letting white space differ."""
    if not quote.strip():
        return None
    found = re.search(r"\s+".join(map(re.escape, quote.split())), body)
    return found.group() if found else None


def check(row: dict[str, Any]) -> None:
    """Append to `row["faults"]` whatever breaks LABELS.md or the format; put exact quotes in place."""
    faults = row["faults"]
    faults += [f"no {f}" for f in sorted(FIELDS - set(row))]
    if row.get("label") not in LABELS:
        faults.append(f"unknown label {row.get('label')!r}")
    if len(row["body"]) < 5:
        faults.append("no body")
    for field, codes in (("signals", SIGNALS), ("reasons", REASONS)):
        for item in row[field]:
            if item[0] not in codes:
                faults.append(f"unknown code in {field}: {item[0]!r}")
            places = [row["body"], row.get("subject") or "", row.get("sender") or ""]
            exact = next((hit for place in places if (hit := locate(item[1], place))), None)
            if exact is None:
                faults.append(f"{field} {item[0]}: quote not in the message: {item[1]!r}")
            else:
                item[1] = exact
    if row.get("label") == "not_refusal" and row["reasons"]:
        faults.append("a message that is not a refusal states no reason")
    kinds = {s[0] for s in row["signals"]}
    if row.get("label") == "kept_on_file" and not kinds & {"retention", "future_contact"}:
        faults.append("kept_on_file without a retention or future_contact signal")
    if row.get("label") == "evasive" and "decision" in kinds:
        faults.append("evasive with a decision signal")
    if row.get("label") == "categorical" and ("decision" not in kinds or kinds & {"retention", "future_contact"}):
        faults.append("categorical needs a decision signal and neither retention nor future_contact")


def words(text: str) -> list[str]:
    """Lower-case words."""
    return re.findall(r"[a-z']+", text.lower())


def often(rows: list[dict[str, Any]], n: int = 6, at_least: int = 3) -> list[tuple[int, str]]:
    """Runs of `n` words that stand in `at_least` messages or more."""
    seen: collections.Counter[str] = collections.Counter()
    for row in rows:
        w = words(row["body"])
        seen.update({" ".join(w[i : i + n]) for i in range(len(w) - n + 1)})
    return [(count, run) for run, count in seen.most_common(25) if count >= at_least]


def read_second(path: str) -> dict[str, tuple[str, list[list[str]]]]:
    """Read the second reader's labels: id -> (label, [[code, quote], ...])."""
    out = {}
    for line in pathlib.Path(path).read_text("utf-8").splitlines():
        parts = [p.strip() for p in line.split("\t")]
        if len(parts) >= 2:
            out[parts[0]] = (parts[1], [list(map(str.strip, p.partition("|")[::2])) for p in parts[2:] if p])
    return out


def add(rows: list[dict[str, Any]], second: dict[str, tuple[str, list[list[str]]]], out: pathlib.Path, profile: str) -> None:
    """Append the messages on whose label both readers agree."""
    agreed = differ = 0
    codes = [0, 0]
    with out.open("a", encoding="utf-8") as sink:
        for row in rows:
            if row["faults"] or row["id"] not in second:
                print(f"{row['id']}: left out: {row['faults'] or 'no second reading'}")
                continue
            label, items = second[row["id"]]
            if label != row["label"]:
                differ += 1
                print(f"{row['id']}: first {row['label']}, second {label}: left out")
                continue
            agreed += 1
            mine = {c for c, _ in row["signals"] + row["reasons"]}
            theirs = {c for c, _ in items}
            if label != "not_refusal":
                codes[0] += len(mine & theirs)
                codes[1] += len(mine) + len(theirs)
            doubtful = sorted(mine ^ theirs) if label != "not_refusal" else []
            record = {k: row[k] for k in ("lang", "subject", "sender", "body", "label", "kind", "signals", "reasons", "group", "origin")}
            record = {"id": hashlib.sha256(row["body"].encode()).hexdigest()[:12], **record, "profile": profile, "doubtful": doubtful}
            sink.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{agreed} added, {differ} left out for their label; F1 between the two readers over codes {2 * codes[0] / max(1, codes[1]):.3f}")


def main() -> int:
    """Run one of the three commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "bare", "add"])
    parser.add_argument("sheet", nargs="+")
    parser.add_argument("-r", "--second")
    parser.add_argument("-o", "--out", type=pathlib.Path)
    parser.add_argument("--profile", default="", help="profile of the brief, see tools/briefs.toml")
    args = parser.parse_args()
    rows = [row for sheet in args.sheet for row in parse(pathlib.Path(sheet).read_text("utf-8"))]
    if args.command == "bare":
        for row in rows:
            print(f"### {row['id']}\nsubject: {row.get('subject')}\nsender: {row.get('sender')}\n---\n{row['body']}\n")
    elif args.command == "add":
        add(rows, read_second(args.second), args.out, args.profile)
    else:
        for row in rows:
            for fault in row["faults"]:
                print(f"{row['id']}: {fault}")
        print(f"{len(rows)} messages, {sum(bool(r['faults']) for r in rows)} with faults; labels {dict(collections.Counter(r.get('label') for r in rows))}")
        lengths = sorted(len(r["body"].split()) for r in rows)
        print(f"words at 5/25/50/75/95 %: {[lengths[int(len(lengths) * q)] for q in (0.05, 0.25, 0.5, 0.75, 0.95)] if rows else []}")
        for count, run in often(rows):
            print(f"said {count} times: {run}")
        return int(any(r["faults"] for r in rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
