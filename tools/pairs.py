"""Pairs of sentences, one that states reasons and a twin that states none, from writers' tables to JSON Lines.

    python tools/pairs.py bare pairs.txt > bare.txt          # number<TAB>sentence, shuffled, for the second reader
    python tools/pairs.py add pairs.txt -r second.tsv --author r1 -o data/reasons.jsonl

A line of a writer's table is `code=quote ;; code=quote @@ sentence @@ twin`, a line of a second reading `number<TAB>codes`, codes joined by commas, or
`none`. A pair stays where the second reader saw the same codes in the sentence and none in the twin.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import random
import sys

from refusal_nlp.training.reasons import Pair
from refusal_nlp.types import ReasonCode


def read_table(path: pathlib.Path, author: str) -> list[Pair]:
    """Return the pairs of a writer's table; raises SystemExit with the number of the first faulty line."""
    pairs = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            codes, text, twin = line.split(" @@ ")
            reasons = tuple((ReasonCode(part.split("=", 1)[0].strip()), part.split("=", 1)[1].strip()) for part in codes.split(" ;; "))
        except (ValueError, IndexError) as fault:
            raise SystemExit(f"{path}: line {number}: {fault}") from fault
        if any(quote not in text for _, quote in reasons):
            raise SystemExit(f"{path}: line {number}: a quote does not stand in its sentence")
        pairs.append(Pair(text=text, twin=twin, reasons=reasons, author=author))
    return pairs


def shuffled(pairs: list[Pair]) -> list[tuple[int, bool]]:
    """Return (index of the pair, whether it is the twin) in the order in which the second reader sees the sentences: fixed, and no pair side by side."""
    order = [(i, twin) for i in range(len(pairs)) for twin in (False, True)]
    random.Random(len(pairs)).shuffle(order)
    return order


def agreed(pairs: list[Pair], second: pathlib.Path) -> list[Pair]:
    """Return the pairs on which the second reader agrees."""
    read = dict(line.split("\t", 1) for line in second.read_text("utf-8").splitlines() if line.strip())
    seen: dict[tuple[int, bool], set[str]] = {}
    for number, place in enumerate(shuffled(pairs), 1):
        seen[place] = {code.strip() for code in read.get(str(number), "?").split(",")} - {"none"}
    return [p for i, p in enumerate(pairs) if seen[i, False] == {str(code) for code, _ in p.reasons} and not seen[i, True]]


def main() -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("bare", "add"))
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("-r", "--second", type=pathlib.Path)
    parser.add_argument("--author", default="")
    parser.add_argument("-o", "--out", type=pathlib.Path)
    args = parser.parse_args()
    pairs = read_table(args.table, args.author)
    if args.command == "bare":
        for number, (i, twin) in enumerate(shuffled(pairs), 1):
            print(f"{number}\t{pairs[i].twin if twin else pairs[i].text}")
        return 0
    if not (args.second and args.out and args.author):
        parser.error("add needs --second, --author and --out")
    kept = agreed(pairs, args.second)
    with args.out.open("a", encoding="utf-8") as target:
        for p in kept:
            row = {"text": p.text, "reasons": [[str(c), q] for c, q in p.reasons], "twin": p.twin, "author": p.author}
            target.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(pairs)} pairs, {len(kept)} kept, {len(pairs) - len(kept)} left out where the second reader differs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
