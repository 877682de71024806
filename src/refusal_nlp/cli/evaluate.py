"""``refusal-nlp evaluate``: how good a model is on labelled messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    data: Annotated[Path, typer.Argument(help="Labelled messages: .jsonl, .csv, .parquet or .xlsx with `body` and `label`.")],
    model: Annotated[Path | None, typer.Option("--model", help="A model folder of your own; default: the shipped model.")] = None,
    errors: Annotated[int, typer.Option("--errors", min=0, help="List so many wrong verdicts by their id.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure a model on labelled messages that it has not seen."""
    from refusal_nlp.api import load
    from refusal_nlp.training.data import read_examples
    from refusal_nlp.training.evaluation import evaluate_reader

    result = evaluate_reader(load(model), read_examples(data))
    if as_json:
        import json

        typer.echo(json.dumps(result.to_dict(), indent=2))
        return
    for line in result.lines():
        typer.echo(line)
    for name, truth, guess, confidence in result.errors[:errors]:
        typer.echo(f"{name}: {truth} taken for {guess} ({confidence:.0%})")
