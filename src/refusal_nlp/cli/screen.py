"""What people see on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refusal_nlp.report.rows import not_judged
from refusal_nlp.report.safe import on_screen
from refusal_nlp.types import Analysis, Mail, Sensitive

_ADVICE = {
    "ask": "ask",
    "ask_general": "ask in general",
    "thank_only": "only say thanks",
    "do_not_write": "better not write",
}


def plain(text: object) -> str:
    """Return text that is safe to show."""
    return escape(on_screen(text))


def show_rows(rows: list[dict[str, Any]], console: Console | None = None) -> None:
    """Show rows as a table that fits the width of the terminal."""
    console = console or Console()
    if not rows:
        console.print("No refusals found.")
        return
    table = Table(pad_edge=False, expand=True, show_lines=True)
    table.add_column("date", no_wrap=True)
    table.add_column("from, subject", ratio=3)
    table.add_column("label, answer", ratio=2)
    table.add_column("stated reason", ratio=4)
    for row in rows:
        table.add_row((row["date"] or "")[:10], _who(row), _verdict(row), _reasons(row))
    console.print(table)


def _who(row: dict[str, Any]) -> str:
    sender = row["company"] or row["contact"] or row["sender"] or ""
    return f"{plain(sender)}\n[dim]{plain(row['subject'])}[/]"


def _verdict(row: dict[str, Any]) -> str:
    if row["label"] is None:
        return "not read"
    if not_judged(row):
        return f"not judged\n[dim]language: {plain(row['language'])}[/]"
    sure = f"{row['confidence']:.0%}" + (" [yellow]?[/]" if row["needs_review"] else "")
    return f"[bold]{row['label'].replace('_', ' ')}[/] {sure}\n[dim]{_ADVICE.get(row['advice'] or '', '')}[/]"


def _reasons(row: dict[str, Any]) -> str:
    if row["label"] is None:
        return plain(row["error"])
    if not_judged(row):
        return ""
    return "\n".join(_quotations((r["code"], r["quote"]) for r in row["reasons"])) or "none stated"


def _quotations(found: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each code with its quote; a message that says the same words twice shows them once."""
    return list(dict.fromkeys(f"{code.replace('_', ' ')}: “{plain(' '.join(quote.split()))}”" for code, quote in found))


def show_analysis(mail: Mail, analysis: Analysis) -> None:
    """Explain one message: label, deciding sentences, reasons, suggested reply."""
    console = Console(highlight=False)
    if analysis.in_other_language:
        look = "it may be job mail: better read it yourself" if analysis.needs_review else "it does not look like job mail"
        console.print(f"[bold]not judged[/]  written in another language ({plain(analysis.language)}); {look}")
        return
    label = str(analysis.label).replace("_", " ")
    review = "  [yellow](better have a look yourself)[/]" if analysis.needs_review else ""
    console.print(f"[bold]{label}[/]  {analysis.confidence:.0%}{review}")
    others = ", ".join(f"{k.replace('_', ' ')} {v:.0%}" for k, v in analysis.probabilities.items() if k != analysis.label)
    console.print(f"[dim]{others}[/]")
    if not analysis.is_refusal:
        return
    _section(console, "What decided it", _quotations((s.code, s.quote) for s in analysis.signals))
    _section(console, "Stated reasons", _quotations((r.code, r.quote) for r in analysis.reasons) or ["no reason stated"])
    if analysis.sensitive:
        _section(console, "Sensitive wording", [_sensitive(s) for s in analysis.sensitive])
    if follow_up := analysis.follow_up:
        _section(console, "Answer", [f"{_ADVICE[follow_up.advice]}: {plain(follow_up.why)}"])
        if follow_up.body:
            console.print()
            to = [f"To: {follow_up.send_to}"] if follow_up.send_to else []
            lines = [*to, f"Subject: {follow_up.subject}", "", *follow_up.body.split("\n")]
            # No padding and no wrapping of ours: what is copied from the screen is the reply itself.
            console.print(Text("\n".join(map(on_screen, lines))), soft_wrap=True)

    if analysis.legal_notes:
        notes = [f"{n.region}: {plain(n.text)} [dim]({plain(n.source)}; seen {n.seen})[/]" for n in analysis.legal_notes]
        _section(console, "The law on stated grounds (information, not advice)", notes)


def _sensitive(found: Sensitive) -> str:
    words = f"“{plain(' '.join(found.quote.split()))}”"
    return f"names {found.ground}: {words}" if found.kind == "stated" else f"{words} sometimes stands for {found.ground}; it may mean just what it says"


def _section(console: Console, title: str, lines: list[str]) -> None:
    console.print(f"\n[bold]{title}[/]")
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 2)))
