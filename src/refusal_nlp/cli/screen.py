"""What people see on a terminal."""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refusal_nlp.types import Analysis, Mail

# Characters that steer a terminal, and those that turn the direction of writing: mail must not draw on the screen.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ADVICE = {
    "ask": "ask",
    "ask_general": "ask in general",
    "thank_only": "only say thanks",
    "do_not_write": "better not write",
}


def plain(text: object) -> str:
    """Return text that is safe to show."""
    return escape(_STEERING.sub("", "" if text is None else str(text)))


def show_rows(rows: list[dict[str, Any]]) -> None:
    """Show rows as a table that fits the width of the terminal."""
    console = Console()
    if not rows:
        console.print("No refusals found.")
        return
    table = Table(show_lines=False, pad_edge=False)
    for heading, options in (
        ("date", {"no_wrap": True}),
        ("from", {"ratio": 3}),
        ("subject", {"ratio": 3}),
        ("label", {"no_wrap": True}),
        ("sure", {"justify": "right", "no_wrap": True}),
        ("reason, quoted", {"ratio": 5}),
        ("answer", {"ratio": 2}),
    ):
        table.add_column(heading, **options)
    table.expand = True
    for row in rows:
        sure = "" if row["confidence"] is None else f"{row['confidence']:.0%}" + ("?" if row["needs_review"] else "")
        quotes = "; ".join(f'{r["code"]}: "{" ".join(r["quote"].split())}"' for r in row["reasons"]) or "none stated"
        table.add_row(
            plain((row["date"] or "")[:10]),
            plain(row["company"] or row["sender"]),
            plain(row["subject"]),
            plain((row["label"] or "not read").replace("_", " ")),
            sure,
            plain(row["error"] if row["label"] is None else quotes),
            plain(_ADVICE.get(row["advice"] or "", "")),
        )
    console.print(table)


def show_analysis(mail: Mail, analysis: Analysis) -> None:
    """Explain one message: label, deciding sentences, reasons, suggested reply."""
    console = Console(highlight=False)
    label = str(analysis.label).replace("_", " ")
    review = "  [yellow](better have a look yourself)[/]" if analysis.needs_review else ""
    console.print(f"[bold]{label}[/]  {analysis.confidence:.0%}{review}")
    others = ", ".join(f"{k.replace('_', ' ')} {v:.0%}" for k, v in analysis.probabilities.items() if k != analysis.label)
    console.print(f"[dim]{others}[/]")
    if not analysis.is_refusal:
        return
    _section(console, "What decided it", [f"{s.code.replace('_', ' ')}: “{plain(' '.join(s.quote.split()))}”" for s in analysis.signals])
    reasons = [f"{r.code.replace('_', ' ')}: “{plain(' '.join(r.quote.split()))}”" for r in analysis.reasons]
    _section(console, "Stated reasons", reasons or ["no reason stated"])
    if follow_up := analysis.follow_up:
        _section(console, "Answer", [f"{_ADVICE[follow_up.advice]}: {plain(follow_up.why)}"])
        if follow_up.body:
            console.print()
            console.print(Padding(Text(f"Subject: {follow_up.subject}\n\n{follow_up.body}"), (0, 0, 0, 4)))


def _section(console: Console, title: str, lines: list[str]) -> None:
    console.print(f"\n[bold]{title}[/]")
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 2)))
