"""``refusal-nlp review``: the messages most worth labelling, asked about one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    results: Annotated[Path, typer.Argument(help="What `scan --all` wrote (.jsonl, .csv, .parquet, .xlsx), or any table with `body`.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Table of labels to write or continue: .csv or .jsonl, ready for `train`.")],
    mail: Annotated[list[Path] | None, typer.Option("--mail", help="Where the messages lie, if not where RESULTS says; may be repeated.")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="The model that is to learn; default: the shipped one.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Ask about so many messages.")] = 50,
    web: Annotated[bool, typer.Option("--web", help="Open a page on this machine instead of asking in the terminal.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 0,
) -> None:
    """Label the messages from which the model learns most; quit whenever you like and go on later."""
    from refusal_nlp.api import load
    from refusal_nlp.resources import find
    from refusal_nlp.review.candidates import read_candidates
    from refusal_nlp.review.labels import LabelFile, Session
    from refusal_nlp.review.pick import pick
    from refusal_nlp.training.data import read_examples

    labels = LabelFile(out)
    candidates, faults = read_candidates(results, mail or [])
    for fault in faults:
        typer.echo(f"refusal-nlp: {fault}", err=True)
    known = [e.mail.body for e in read_examples(find("data", "messages.jsonl"))] + labels.bodies
    done = {c.key for c in candidates if labels.holds(c.key)}
    session = Session(picks=pick(candidates, load(model), known, count, done=done), labels=labels)
    if web:
        from refusal_nlp.review.web import run_web

        run_web(session, port, lambda address: typer.echo(f"open {address}\n(only on this machine; Ctrl-C or the page's Quit ends it)"))
    else:
        from rich.console import Console

        from refusal_nlp.review.terminal import run_terminal

        run_terminal(session, Console(highlight=False))
    left = len(candidates) - sum(labels.holds(c.key) for c in candidates)
    typer.echo(f"{len(labels)} answers in {out}; {left} messages have none. Next: refusal-nlp train {out} -o model/")
