"""`jupyter-prod convert`: notebooks to projects."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jupyter_prod.errors import DONE, FOUND, UNUSABLE


@click.command(
    epilog="Exit codes: 0 done, also at a lower level or where the notebook could not be run, with the reason; 1 the "
    "verdict differs; 2 unusable input or arguments; 3 internal error; 130 interrupted, and nothing is left behind."
)
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(path_type=Path),
    help="The project's folder; for several notebooks, the folder of their projects.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Notebooks converted at once."
)
@click.option(
    "--python", type=click.Path(path_type=Path), help="The Python of the environment in which the notebook runs."
)
@click.option("--kernel", help="The kernel in which the notebook runs.")
@click.option("--name", help="The project's name.  [default: the notebook's]")
@click.option("--model", help="The variable of the model to serve.")
@click.option("--target", help="The raw column that is predicted.")
@click.option(
    "--kind",
    type=click.Choice(["auto", "service", "batch", "notebook-job"]),
    default="auto",
    show_default=True,
    help="The level to reach.",
)
@click.option("--template", help="A cookiecutter template in place of the built-in one.")
@click.option("--no-data", is_flag=True, help="Leave the files that the notebook read where they are.")
@click.option("--no-verify", is_flag=True, help="Write the project without running anything.")
@click.option("--dry-run", is_flag=True, help="Show the plan and the file tree; write nothing.")
@click.option("--force", is_flag=True, help="Update an existing project; what people changed is kept.")
@click.option(
    "--timeout",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    help="Seconds for one run of the notebook or of the project.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell the outcome as JSON.")
@click.pass_context
def convert(
    context: click.Context,
    notebooks: tuple[Path, ...],
    out: Path | None,
    jobs: int,
    python: Path | None,
    kernel: str | None,
    name: str | None,
    model: str | None,
    target: str | None,
    kind: str,
    template: str | None,
    no_data: bool,
    no_verify: bool,
    dry_run: bool,
    force: bool,
    timeout: int,
    as_json: bool,
) -> None:
    """Turn notebooks into projects, and prove that they give the notebook's own numbers.

    Verification runs the notebook's code, in child processes with a time limit and in a copy of its folder; with
    --no-verify nothing of the notebook is run.

    \b
    Examples:
      jupyter-prod convert churn.ipynb -o churn
      jupyter-prod convert churn.ipynb -o churn --python ~/envs/pilot/bin/python
      jupyter-prod convert pilots/ -o projects -j 2
      jupyter-prod convert churn.ipynb --dry-run
    """
    from jupyter_prod.cli.batch import convert_all, found_notebooks
    from jupyter_prod.cli.ending import ending_cleanly
    from jupyter_prod.road import Options

    options = Options(
        python=python,
        kernel=kernel,
        name=name,
        model=model,
        target=target,
        kind=kind,
        template=template,
        data=not no_data,
        verify=not no_verify,
        force=force,
        seconds=timeout,
    )
    places = found_notebooks(notebooks, out)
    if dry_run:
        from jupyter_prod.cli.dry import show_plans

        context.exit(UNUSABLE if show_plans(places, options, as_json) else DONE)
    with ending_cleanly():
        outcomes = convert_all(places, options, jobs, quiet=as_json)
    if as_json:
        click.echo(json.dumps([o.as_json() for o in outcomes], indent=1, ensure_ascii=False))
    if any(o.unusable for o in outcomes):
        context.exit(max(o.code for o in outcomes))
    context.exit(FOUND if any(o.code == FOUND for o in outcomes) else DONE)
