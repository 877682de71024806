"""Draw briefs for writers of labelled messages.

    python tools/briefs.py --seed 12 --messages 60 > brief.md

A brief fixes who writes, where, when, through which channel, what the message does and how long it is. It never gives wording: that is the
writer's. Messages of one writer share a `group`, so that no split ever puts one hand on both sides.
"""

from __future__ import annotations

import argparse
import itertools
import pathlib
import random
import tomllib
from typing import Any

PROFILES = {
    "wide": (),
    "ordinary": ("ordinary",),
    "core": ("ordinary", "core"),
    "natural": ("ordinary", "core", "natural"),
    "contrast": ("ordinary", "core", "contrast"),
    "others": ("ordinary", "others"),
    "long": ("ordinary", "long"),
    "short": ("ordinary", "core", "short"),
    "lists": ("ordinary", "lists"),
    "explained": ("ordinary", "explained"),
}
HERE = pathlib.Path(__file__).resolve().parent


def draw_words(marks: list[list[int]], rng: random.Random) -> int:
    """Draw a word count by linear interpolation between (percentile, words) marks."""
    u = rng.uniform(0, 100)
    for (p0, w0), (p1, w1) in itertools.pairwise(marks):
        if u <= p1:
            return round(w0 + (w1 - w0) * (u - p0) / (p1 - p0))
    return marks[-1][1]


def draw_reasons(table: dict[str, Any], rng: random.Random) -> list[str]:
    """Draw none to three distinct reason codes."""
    if rng.random() > table["share"]:
        return []
    count = 1 + (rng.random() < table["second"]) + (rng.random() < table["third"])
    codes, weights = zip(*table["weights"].items(), strict=True)
    return list(dict.fromkeys(rng.choices(codes, weights, k=count)))


def draw(table: dict[str, Any], seed: int, messages: int, only: set[str] | None = None) -> str:
    """Return the briefs as Markdown, `messages` of them, grouped by writer."""
    rng = random.Random(seed)
    kinds = [k for k in table["kind"] if k["name"] in (only or table.get("kinds") or {k["name"] for k in table["kind"]})]
    weights = [table.get("weights", {}).get(k["name"], k["weight"]) for k in kinds]
    everyday = {"everyday", "list_mail", "other_refusal", "about_refusals"}
    out, number, writer = [], 0, 0
    while number < messages:
        writer += 1
        group = f"s{seed}w{writer}"
        first = rng.choices(kinds, weights)[0]
        job_kinds = [k for k in kinds if k["name"] not in everyday]
        alone = first["name"] in everyday or not job_kinds
        size = 1 if alone else rng.choice([1, 2, 2, 3, 4])
        chosen = [first] + ([] if alone else rng.choices(job_kinds, [weights[kinds.index(k)] for k in job_kinds], k=size - 1))
        who = f"{rng.choice(table['sectors'])} / {rng.choice(table['countries'])} / {rng.choice(table['years'])} / {rng.choice(table['writers'])}"
        out.append(
            f"\n## group {group}\norigin: {who}" + ("" if first["name"] not in everyday else "  (use country, year and temper; the sector only where it fits)")
        )
        for kind in chosen[: messages - number]:
            number += 1
            refusal = kind["label"] != "not_refusal"
            words = draw_words(table["words"]["refusal" if refusal else "other"]["marks"], rng)
            reasons = draw_reasons(table["reasons"], rng) if refusal else []
            plain = kind["name"] in table.get("without_hint", ())
            out.append(
                f"{number}. kind {kind['name']}, label {kind['label']}, about {words} words. {'Nothing special' if plain else rng.choice(kind['hints'])}. "
                f"Channel: {rng.choice(table['channels'])}. Subject: {rng.choice(table['subjects'])}. Sender: {rng.choice(table['senders'])}."
                + (f" Stated reasons: {', '.join(reasons)}." if reasons else " States no reason." if refusal else "")
            )
    return "\n".join(out) + "\n"


def main() -> None:
    """Print briefs for one writer's session."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True, help="also the prefix of the group names")
    parser.add_argument("--messages", type=int, default=60)
    parser.add_argument("--kinds", help="comma-separated kinds, default all")
    parser.add_argument("--profile", choices=PROFILES, default="wide", help="which mail, see briefs.toml")
    args = parser.parse_args()
    table = tomllib.loads((HERE / "briefs.toml").read_text("utf-8"))
    for profile in PROFILES[args.profile]:
        words = table["words"] | table[profile].get("words", {})
        table |= table[profile] | {"words": words}
    print(draw(table, args.seed, args.messages, set(args.kinds.split(",")) if args.kinds else None))


if __name__ == "__main__":
    main()
