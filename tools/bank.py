"""Sentences with what each does, from writers' tables to data/sentences.jsonl.

    python tools/bank.py bare bank.tsv > bare.txt          # number<TAB>sentence, for the second reader
    python tools/bank.py add bank.tsv -r second.tsv --author b1 -o data/sentences.jsonl

A writer's table has a line `acts<TAB>sentence`, a second reading `number<TAB>acts`; acts are codes joined by commas, or `none`. Where the two
readings differ in an act, the sentence is left out.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys

from refusal_nlp.acts import OUTPUTS


def acts_of(text: str) -> frozenset[str]:
    """Return the codes of one field; raises ValueError for an unknown one."""
    acts = frozenset(code.strip() for code in text.split(",")) - {"none"}
    if acts - set(OUTPUTS):
        raise ValueError(f"unknown acts {sorted(acts - set(OUTPUTS))}")
    return acts


def read_table(path: pathlib.Path) -> list[list[str]]:
    """Return the lines of a table with two columns."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]
    faulty = [i for i, row in enumerate(rows, 1) if len(row) != 2]
    if faulty:
        raise SystemExit(f"{path}: lines {faulty[:10]} do not have two fields")
    return rows


def add(path: pathlib.Path, second: pathlib.Path, author: str, out: pathlib.Path) -> None:
    """Append the sentences on which both readings agree; sentences that are there already are left out."""
    read = {int(number): acts_of(acts) for number, acts in read_table(second)}
    known = {json.loads(line)["text"].lower() for line in out.read_text("utf-8").splitlines()} if out.exists() else set()
    added = doubles = 0
    rows = read_table(path)
    with out.open("a", encoding="utf-8") as target:
        for number, (acts, text) in enumerate(rows, 1):
            if read.get(number) != acts_of(acts):
                continue
            if text.lower() in known:
                doubles += 1
                continue
            known.add(text.lower())
            added += 1
            target.write(json.dumps({"text": text, "acts": sorted(acts_of(acts)), "author": author}, ensure_ascii=False) + "\n")
    print(f"{len(rows)} sentences, {added} added, {doubles} doubles, {len(rows) - added - doubles} left out for their acts")


def main() -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("bare", "add"))
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("-r", "--second", type=pathlib.Path)
    parser.add_argument("--author", default="")
    parser.add_argument("-o", "--out", type=pathlib.Path)
    args = parser.parse_args()
    if args.command == "bare":
        print("\n".join(f"{i}\t{text}" for i, (_, text) in enumerate(read_table(args.table), 1)))
    elif args.second and args.out and args.author:
        add(args.table, args.second, args.author, args.out)
    else:
        parser.error("add needs --second, --author and --out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
