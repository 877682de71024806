"""``refusal-nlp scan``: a mailbox in, a table of refusals out."""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from refusal_nlp.reader import RefusalReader


def run(
    paths: Annotated[
        list[Path], typer.Argument(help="Mailboxes of any program, single messages, tables, archives and folders of these; see docs/mailboxes.md.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Table to write: .csv, .jsonl, .parquet or .xlsx. Without it a table is shown on screen.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Write a row for every message, not only for refusals.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=-1, help="Processes; -1 takes every core.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted scan of the same mailboxes into the same table.")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Analyse every message in full, also those that a first look takes for everyday mail; slow.")
    ] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Also write a page to look at (.html); --all lets it show how long answers took.")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="A model folder of your own.")] = None,
    templates: Annotated[Path | None, typer.Option("--templates", help="A TOML file with wording of your own for the replies.")] = None,
) -> None:
    """Find the refusals in mailboxes and write a table of them."""
    from refusal_nlp.cascade import LazyReader, Options
    from refusal_nlp.cli.screen import show_rows
    from refusal_nlp.report.page import require_place, write_page
    from refusal_nlp.report.results import read_results
    from refusal_nlp.report.summary import Summary
    from refusal_nlp.resumable import scan_into, wanted
    from refusal_nlp.scanning import scan_parts

    if jobs == 0:
        raise typer.BadParameter("--jobs must be at least 1, or -1 for every core")
    if resume and out is None:
        raise typer.BadParameter("--resume goes on with a table: name it with -o")
    if report is not None:
        require_place(report)
    options = Options(everything=everything, thorough=thorough)
    reader = LazyReader(functools.partial(_load, model, templates))
    if jobs == 1:
        reader()  # nothing else could be done meanwhile, and a fault of the model comes first
    with _progress() as watch:
        if out is not None:
            summary = scan_into(out, paths, reader, n_jobs=jobs, options=options, resume=resume, watch=watch)
        else:
            summary, rows = Summary(), []
            watch(summary)
            for part in scan_parts(paths, reader, n_jobs=jobs, options=options):
                summary.add_part(part.rows, part.read)
                rows += [row for row in part.rows if everything or wanted(row)]
                watch(summary)
    try:
        if out is None:
            show_rows(rows)
        for line in summary.lines():
            typer.echo(line)
        if out is not None:
            typer.echo(f"written to {out}")
        if report is not None:
            write_page(report, rows if out is None else read_results(out), summary=summary)
            typer.echo(f"written to {report}")
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted" if out is None else f"interrupted; {out} is complete") from None


def _load(model: Path | None, templates: Path | None) -> RefusalReader:
    gc.disable()  # what is made now stays: looking through it for garbage, now and later, takes a tenth of the time
    try:
        from refusal_nlp.api import load

        return load(model, templates=templates)
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Any], None]]:
    """Show progress on a terminal and nothing of the kind elsewhere; gives a function that takes the summary as it grows."""
    if not sys.stderr.isatty():
        yield lambda summary: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        before: list[int] = []  # messages of an interrupted scan do not count for the speed of this one

        def watch(summary: Any) -> None:
            before.append(summary.messages) if not before else None
            elapsed = progress.tasks[0].elapsed or 0.001
            speed = f"{(summary.messages - before[0]) / elapsed:.0f} a second"
            progress.update(task, description=f"{summary.messages} messages, {speed}, {summary.refusals} refusals")

        yield watch
