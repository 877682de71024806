"""``refusal-nlp scan``: a mailbox in, a table of refusals out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer


def run(
    paths: Annotated[
        list[Path], typer.Argument(help="Mailboxes of any program, single messages, tables, archives and folders of these; see docs/mailboxes.md.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Table to write: .csv, .jsonl, .parquet or .xlsx. Without it a table is shown on screen.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Write a row for every message, not only for refusals.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=-1, help="Processes; -1 takes every core.")] = 1,
    model: Annotated[Path | None, typer.Option("--model", help="A model folder of your own.")] = None,
    templates: Annotated[Path | None, typer.Option("--templates", help="A TOML file with wording of your own for the replies.")] = None,
) -> None:
    """Find the refusals in mailboxes and write a table of them."""
    from refusal_nlp.api import load
    from refusal_nlp.cli.screen import show_rows
    from refusal_nlp.report.summary import Summary
    from refusal_nlp.report.tables import TableWriter
    from refusal_nlp.scanning import scan_rows

    if jobs == 0:
        raise typer.BadParameter("--jobs must be at least 1, or -1 for every core")
    reader = load(model, templates=templates)
    summary = Summary()
    if out is not None:
        with TableWriter(out) as table:
            for row in _counted(scan_rows(paths, reader, n_jobs=jobs), summary):
                if _wanted(row, everything):
                    table.write(row)
    else:
        rows = _counted(scan_rows(paths, reader, n_jobs=jobs), summary)
        show_rows([row for row in rows if _wanted(row, everything)])
    for line in summary.lines():
        typer.echo(line)
    if out is not None:
        typer.echo(f"written to {out}")


def _wanted(row: dict[str, Any], everything: bool) -> bool:
    """Refusals, and what could not be judged: a message must not vanish because it was broken or written in another language."""
    from refusal_nlp.report.rows import not_judged

    return everything or row["label"] != "not_refusal" or (row["needs_review"] and not_judged(row))


def _counted(rows: Iterable[dict[str, Any]], summary: Any) -> Iterator[dict[str, Any]]:
    """Count rows on their way; show progress on a terminal and nothing of the kind elsewhere."""
    if not sys.stderr.isatty():
        for row in rows:
            summary.add(row)
            yield row
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        for row in rows:
            summary.add(row)
            elapsed = progress.tasks[0].elapsed or 0.001
            progress.update(task, description=f"{summary.messages} messages, {summary.messages / elapsed:.0f} a second, {summary.refusals} refusals")
            yield row
