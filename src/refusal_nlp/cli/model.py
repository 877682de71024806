"""``refusal-nlp model``: what a model is, what it was trained on, how good it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(folder: Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped model.")] = None) -> None:
    """Show the card of a model."""
    from refusal_nlp.errors import ModelError
    from refusal_nlp.resources import find
    from refusal_nlp.store import read_config

    place = folder or find("models", "default")
    read_config(place)
    try:
        typer.echo((place / "README.md").read_text("utf-8"))
    except OSError as fault:
        raise ModelError(f"{place}: the model has no card") from fault
