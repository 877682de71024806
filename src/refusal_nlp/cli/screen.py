"""What people see on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from refusal_nlp.report.rows import not_judged
from refusal_nlp.report.safe import on_screen
from refusal_nlp.types import Analysis, Mail

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
    lines = [f"{r['code'].replace('_', ' ')}: “{plain(' '.join(r['quote'].split()))}”" for r in row["reasons"]]
    return "\n".join(lines) or "none stated"


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
    _section(console, "What decided it", [f"{s.code.replace('_', ' ')}: “{plain(' '.join(s.quote.split()))}”" for s in analysis.signals])
    reasons = [f"{r.code.replace('_', ' ')}: “{plain(' '.join(r.quote.split()))}”" for r in analysis.reasons]
    _section(console, "Stated reasons", reasons or ["no reason stated"])
    if follow_up := analysis.follow_up:
        _section(console, "Answer", [f"{_ADVICE[follow_up.advice]}: {plain(follow_up.why)}"])
        if follow_up.body:
            console.print()
            console.print(Padding(Text(on_screen(f"Subject: {follow_up.subject}\n\n{follow_up.body}")), (0, 0, 0, 4)))


def _section(console: Console, title: str, lines: list[str]) -> None:
    console.print(f"\n[bold]{title}[/]")
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 2)))
