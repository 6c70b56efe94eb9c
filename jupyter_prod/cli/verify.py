"""`jupyter-prod verify`: holds a project against its notebook once more."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jupyter_prod.errors import DONE, FOUND


@click.command(
    epilog="Exit codes: 0 equal, or within the spread of a notebook that differs from itself; 1 it differs, or could "
    "not be compared; 2 unusable input; 3 internal error."
)
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "--notebook", type=click.Path(path_type=Path), help="The notebook, in its folder.  [default: the project's copy]"
)
@click.option(
    "--python", type=click.Path(path_type=Path), help="The Python in which both run.  [default: the project's .venv]"
)
@click.option("--timeout", type=click.IntRange(1), default=600, show_default=True, help="Seconds for one run.")
@click.option("--json", "as_json", is_flag=True, help="Tell the verdict as JSON.")
@click.pass_context
def verify(
    context: click.Context, project: Path, notebook: Path | None, python: Path | None, timeout: int, as_json: bool
) -> None:
    """Run a project and the notebook that it came from side by side, and compare what they say.

    Runs the notebook's code, in a child process with a time limit and in a copy of its folder.

    \b
    Examples:
      jupyter-prod verify churn
      jupyter-prod verify churn --notebook pilots/churn.ipynb --python ~/envs/pilot/bin/python
    """
    from jupyter_prod.cli.ending import ending_cleanly
    from jupyter_prod.cli.progress import bar
    from jupyter_prod.road import verify_project

    with ending_cleanly(), bar(quiet=as_json) as say:
        verdict = verify_project(project, notebook, python, timeout, say)
    if as_json:
        click.echo(json.dumps(verdict.as_json(), indent=1, ensure_ascii=False))
    else:
        from jupyter_prod.cli.show import checks_table

        checks_table(f"{project}  {verdict.status}", verdict.as_json()["checks"], verdict.failure)
    context.exit(DONE if verdict.status in ("equal", "not-reproducible") else FOUND)
