"""``refusal-nlp report``: the result of a scan in, a page to look at out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    results: Annotated[Path, typer.Argument(help="What `refusal-nlp scan` wrote: .jsonl (tells most), .csv, .parquet or .xlsx.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The page to write, one .html file that needs nothing beside it.")],
) -> None:
    """Make a page of refusals to look at, search and answer from."""
    from refusal_nlp.report.page import write_page
    from refusal_nlp.report.results import read_results

    write_page(out, read_results(results))
    typer.echo(f"written to {out}")
