"""`jupyter-prod lint`: what stands between notebooks and production."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from jupyter_prod.errors import DONE, FOUND

FORMATS = ["full", "concise", "grouped", "json", "json-lines", "sarif", "github", "gitlab", "junit", "markdown", "html"]


class _Names(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Names parted by commas."""

    name = "rules"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


@click.command(epilog="Exit codes: 0 nothing found, 1 findings, 2 unusable input or arguments, 3 internal error.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--select", multiple=True, type=_Names(), metavar="RULES", help="Rules to apply.  [default: ALL]")
@click.option("--ignore", multiple=True, type=_Names(), metavar="RULES", help="Rules to leave out.")
@click.option("--extend-select", multiple=True, type=_Names(), metavar="RULES", help="Rules beside those selected.")
@click.option(
    "--severity", multiple=True, metavar="RULE=LEVEL", help="Give a rule another severity: error, warning, info."
)
@click.option("--fix", is_flag=True, default=None, help="Make the safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, default=None, help="With --fix or --diff, also those that need consent.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; change nothing.")
@click.option(
    "--output-format",
    type=click.Choice([*FORMATS, "text"]),
    help="How findings are told (text is concise).  [default: full]",
)
@click.option("--json", "as_json_too", is_flag=True, help="The same as --output-format json.")
@click.option("-o", "--output-file", type=click.Path(path_type=Path), help="Write the report there.")
@click.option("--statistics", is_flag=True, help="Tell how often each rule was found.")
@click.option("--config", type=click.Path(path_type=Path), help="Take the settings from this TOML file.")
@click.option("--isolated", is_flag=True, help="Look for no settings file.")
@click.option("--show-settings", is_flag=True, help="Show the settings that hold, and where they come from.")
@click.option("--show-files", is_flag=True, help="Show which files would be checked.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Findings in this file don't count.")
@click.option("--write-baseline", type=click.Path(path_type=Path), help="Write what is found to a baseline.")
@click.option(
    "--add-suppressions", is_flag=False, flag_value="", metavar="[REASON]", help="Suppress what is found, where it is."
)
@click.option("--since", metavar="REV", help="Only notebooks that changed since this git revision.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option("--stdin-filename", type=click.Path(path_type=Path), help="The name of what comes from standard input.")
@click.option("--respect-gitignore/--no-respect-gitignore", default=None, help="Leave out what git ignores.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    help="The least severity that makes the exit code 1.  [default: info]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also where something was found.")
@click.option("-n", "--no-cache", is_flag=True, help="Neither use nor keep what earlier runs found.")
@click.option("-j", "--jobs", type=click.IntRange(0), default=0, help="Processes; 0 takes as many as there are cores.")
@click.pass_context
def lint(context: click.Context, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Find what stands between notebooks and production. Nothing of a notebook is run.

    PATHS are notebooks, or folders whose notebooks are meant; - is standard input. RULES are codes, slugs, groups (JPD,
    data), steps of the playbook (step-2) or ALL, parted by commas. A finding that is meant to be is suppressed by a
    comment on its line: `# prod: ignore[JPD01] reason`. `jupyter-prod rule JPD01` explains a rule.

    \b
    Examples:
      jupyter-prod lint churn.ipynb
      jupyter-prod lint pilots/ --select JPM,JPS --output-format concise
      jupyter-prod lint churn.ipynb --diff --unsafe-fixes
      jupyter-prod lint . --since origin/main --output-format github
    """
    from jupyter_prod.cli.linting import Linting

    if not paths and options["stdin_filename"] is None and not options["show_settings"]:
        raise click.UsageError("Name a notebook or a folder.")
    work = Linting(paths, said(options), options, wants_colour())
    found = work.watch() if options["watch"] else work.once()
    context.exit(FOUND if found and not options["exit_zero"] else DONE)


def said(options: dict[str, Any]) -> dict[str, Any]:
    """What the command line says about settings, in their terms."""
    from jupyter_prod.errors import UsableError

    told: dict[str, Any] = {
        name: tuple(part for names in options[name] for part in names) for name in ("select", "ignore", "extend_select")
    }
    severity: dict[str, str] = {}
    for pair in options["severity"]:
        name, equals, level = pair.partition("=")
        if not equals or level not in ("error", "warning", "info"):
            raise UsableError(f"{pair!r} names no severity", do="write it as RULE=error, =warning or =info")
        severity[name] = level
    if severity:
        told["severity"] = severity
    for name in ("fix", "unsafe_fixes", "respect_gitignore", "fail_on"):
        told[name] = options[name]
    told["output_format"] = "json" if options["as_json_too"] else options["output_format"]
    if options["baseline"] is not None:
        told["baseline"] = str(options["baseline"].absolute())
    return told


def wants_colour() -> bool:
    """Whether the output is a terminal that wants colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
