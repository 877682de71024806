"""``refusal-nlp train``: labelled messages in, a model folder and a comparison out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from refusal_nlp.training.train import TrainingRun

_DOUBTS = 20  # so many are shown


def run(
    data: Annotated[list[Path], typer.Argument(help="Labelled messages: .jsonl, .csv, .parquet or .xlsx with `body` (or `text`) and `label`.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Model folder to write.")],
    name: Annotated[str, typer.Option(help="Name of the model.")] = "own",
    base: Annotated[str, typer.Option(help="`default` adds your messages to the shipped ones; `none` trains on yours alone.")] = "default",
    mapping: Annotated[Path | None, typer.Option(help="TOML or JSON file that renames other people's labels and columns.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at faulty rows instead of setting them aside.")] = False,
    against: Annotated[
        str | None, typer.Option(help="Model folder to compare with, `default` or `none`. Without it: the model in OUT, or the shipped one.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the model in OUT even where it is better.")] = False,
    sentences: Annotated[Path | None, typer.Option(help="Single sentences with what each does: .jsonl with `text` and `acts`.")] = None,
    pairs: Annotated[Path | None, typer.Option(help="Sentences that state reasons beside twins that do not: .jsonl with `text`, `twin`, `reasons`.")] = None,
    doubts: Annotated[Path | None, typer.Option(help="Table of the labels that somebody should look at again, to write: .csv.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=-1, help="Processes for reading messages; -1 takes every core.")] = 1,
    cache: Annotated[Path | None, typer.Option(help="Folder of your own in which read messages are kept for the next run.")] = None,
) -> None:
    """Train a model on your labels and show what it does better and worse than the one before."""
    from refusal_nlp.training.doubts import write_doubts
    from refusal_nlp.training.retrain import retrain

    if base not in {"default", "none"}:
        raise typer.BadParameter("--base must be `default` or `none`")
    if jobs == 0:
        raise typer.BadParameter("--jobs must be at least 1, or -1 for every core")
    opponent = (str(out) if (out / "config.json").exists() else "default") if against is None else against
    with _progress() as say:
        training = retrain(
            data,
            base="none" if base == "none" else "default",
            name=name,
            sentences=sentences,
            pairs=pairs,
            mapping=mapping,
            strict=strict,
            against=None if opponent == "none" else opponent,
            n_jobs=jobs,
            cache=cache,
            say=say,
        )
    _show(training)
    if doubts is not None:
        write_doubts(training.doubts, doubts)
    training.save(out, overwrite=overwrite)
    typer.echo(f"written to {out}")


def _show(training: TrainingRun) -> None:
    from refusal_nlp.training.own import listing

    if training.set_aside:
        typer.echo(listing(training.set_aside, "rows set aside"), err=True)
    if training.doubts:
        typer.echo(f"{len(training.doubts)} doubtful labels:", err=True)
        for doubt in training.doubts[:_DOUBTS]:
            typer.echo(f"  {doubt}", err=True)
        if len(training.doubts) > _DOUBTS:
            typer.echo("  ... --doubts FILE.csv writes all of them", err=True)
    for note in training.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(training.metrics["what"])
    for key, value in training.metrics.items():
        if key not in {"what", "by_profile"}:
            typer.echo(f"{key:24} {value}")
    if training.comparison is None:
        return
    for line in training.comparison.lines():
        typer.echo(line)
    typer.echo("")
    worse = training.comparison.worse()
    typer.echo(f"worse than before on {'; '.join(worse)}" if worse else "at least as good as before on every set")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Show progress on a terminal and nothing of the kind elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("reading", total=None)
        yield lambda what, done, total: shown.update(task, description=what, completed=done, total=total or None)
