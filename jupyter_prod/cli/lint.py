"""`jupyter-prod lint`: what stands between notebooks and production."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from jupyter_prod.errors import DONE, FOUND, UsableError


@click.command(epilog="Exit codes: 0 nothing found, 1 findings, 2 unusable input or arguments, 3 internal error.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Rules to apply: codes, slugs, groups (JPD), ALL; commas part them.  [default: ALL]",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Rules to leave out, named likewise.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How findings are told.",
)
@click.option("--json", "as_json_too", is_flag=True, help="The same as --output-format json.")
@click.pass_context
def lint(
    context: click.Context,
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    output_format: str,
    as_json_too: bool,
) -> None:
    """Find what stands between notebooks and production. Nothing of a notebook is run.

    PATHS are notebooks, or folders whose notebooks are meant. A finding that is meant to be is suppressed by a comment
    on its line: `# prod: ignore[JPD01]`. `jupyter-prod rule JPD01` explains a rule.

    \b
    Examples:
      jupyter-prod lint churn.ipynb
      jupyter-prod lint pilots/ --select JPM,JPS
      jupyter-prod lint churn.ipynb --ignore notebook-magic --output-format json
    """
    from jupyter_prod.lint import Settings, check_notebook
    from jupyter_prod.lint.choosing import chosen_rules
    from jupyter_prod.lint.reporting import as_json, as_text
    from jupyter_prod.notebook import find_notebooks, read_notebook

    if not paths:
        raise click.UsageError("Name a notebook or a folder.")
    rules = chosen_rules(Settings(_parted(select) or ("ALL",), _parted(ignore)))
    findings = []
    unreadable: list[UsableError] = []
    notebooks = find_notebooks(paths)
    for path in notebooks:
        try:
            findings += check_notebook(read_notebook(path), rules)
        except UsableError as e:
            unreadable.append(e)
    if as_json_too or output_format == "json":
        click.echo(as_json(findings))
    elif findings or not unreadable:
        click.echo(as_text(findings, len(notebooks) - len(unreadable), colour=_wants_colour()))
    if unreadable:
        for error in unreadable[:-1]:
            click.echo(f"jupyter-prod: {error}", err=True)
        raise unreadable[-1]
    context.exit(FOUND if findings else DONE)


def _parted(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for name in names for part in name.split(",") if part.strip())


def _wants_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
