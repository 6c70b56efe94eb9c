"""`jupyter-prod graph`: the pipeline that a notebook holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jupyter_prod.errors import DONE


@click.command(epilog="Exit codes: 0 done, 2 unusable input or arguments, 3 internal error.")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "svg"]),
    default="text",
    show_default=True,
    help="How it is drawn.",
)
@click.option("--json", "as_json", is_flag=True, help="Nodes and edges as JSON.")
@click.option("--model", help="The variable of the model to serve.")
@click.pass_context
def graph(context: click.Context, notebook: Path, form: str, as_json: bool, model: str | None) -> None:
    """Show the pipeline that a notebook holds: inputs, stages, model, metrics and files, each with its cells.

    Nothing of the notebook is run. Where no service can be made of it, the slices are shown that its results need.

    \b
    Examples:
      jupyter-prod graph churn.ipynb
      jupyter-prod graph churn.ipynb --format mermaid
      jupyter-prod graph churn.ipynb --format svg > churn.svg
    """
    from jupyter_prod.graph import as_mermaid, as_svg, as_text, build
    from jupyter_prod.notebook import read_notebook
    from jupyter_prod.plan.planning import draft
    from jupyter_prod.program import understand

    program = understand(read_notebook(notebook))
    made = build(program, draft(program, model=model), notebook.name)
    if as_json:
        click.echo(json.dumps(made.as_json(), indent=2, ensure_ascii=False))
    else:
        click.echo({"text": as_text, "mermaid": as_mermaid, "svg": as_svg}[form](made))
    context.exit(DONE)
