"""`jupyter-prod score`: how ready notebooks are for production, from evidence only."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jupyter_prod.errors import DONE, UsableError


@click.command(epilog="Exit codes: 0 done, 2 unusable input or arguments, 3 internal error.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Tell all points with their evidence as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Tell each point with what gave or took it, and the 28 tests.")
@click.pass_context
def score(context: click.Context, /, paths: tuple[Path, ...], as_json: bool, verbose: bool) -> None:
    """Score notebooks by the six steps from pilot to production. Nothing of a notebook is run.

    The weakest step decides, as in the ML Test Score (Breck et al. 2017), whose 28 tests are told too.
    `jupyter-prod lint --output-format html` has the same as a page.

    \b
    Examples:
      jupyter-prod score churn.ipynb
      jupyter-prod score pilots/ --json
    """
    from jupyter_prod.notebook import find_notebooks, read_notebook
    from jupyter_prod.readiness.of_file import score_of

    scores = []
    errors: list[UsableError] = []
    for path in find_notebooks(paths):
        try:
            scores.append(score_of(read_notebook(path)))
        except UsableError as e:
            errors.append(e)
    if as_json:
        click.echo(json.dumps([s.as_json() for s in scores], indent=2, ensure_ascii=False))
    else:
        from jupyter_prod.cli.score_table import table

        for one in scores:
            click.echo(table(one, verbose))
    for error in errors[:-1]:
        click.echo(f"jupyter-prod: {error}", err=True)
    if errors:
        raise errors[-1]
    context.exit(DONE)
