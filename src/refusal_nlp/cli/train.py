"""``refusal-nlp train``: labelled messages in, a model folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    data: Annotated[list[Path], typer.Argument(help="Labelled messages: .jsonl, .csv, .parquet or .xlsx with `body` and `label`.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Model folder to write.")],
    name: Annotated[str, typer.Option(help="Name of the model.")] = "own",
    sentences: Annotated[Path | None, typer.Option(help="Single sentences with what each does: .jsonl with `text` and `acts`.")] = None,
    pairs: Annotated[Path | None, typer.Option(help="Sentences that state reasons beside twins that do not: .jsonl with `text`, `twin`, `reasons`.")] = None,
) -> None:
    """Train a model and print the figures of its cross-validation."""
    from refusal_nlp.training.train import train_model

    training = train_model(data, name=name, sentences=sentences, pairs=pairs)
    training.save(out)
    for key, value in training.metrics.items():
        typer.echo(f"{key:24} {value}")
    typer.echo(f"written to {out}")
