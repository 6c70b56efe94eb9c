"""The frame of the command line: finds the command, and turns what goes wrong into one line and an exit code."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import click

from jupyter_prod import __version__
from jupyter_prod.errors import DONE, INTERNAL, UNUSABLE, UsableError

INTERRUPTED = 130
PIPE_CLOSED = 141
DEBUG = "JUPYTER_PROD_DEBUG"


class Entry(NamedTuple):
    """Where a command lives (`module:attribute`), and its line in the overview, which so imports nothing."""

    target: str
    summary: str


COMMANDS = {
    "convert": Entry(
        "jupyter_prod.cli.convert:convert", "Turn notebooks into projects and prove that they do the same."
    ),
    "lint": Entry("jupyter_prod.cli.lint:lint", "Find what stands between a notebook and production."),
    "verify": Entry("jupyter_prod.cli.verify:verify", "Run a notebook and its project side by side and compare."),
    "graph": Entry("jupyter_prod.cli.graph:graph", "Show the pipeline that a notebook holds."),
    "score": Entry("jupyter_prod.cli.score:score", "Tell how ready notebooks are for production, and why."),
    "rule": Entry("jupyter_prod.cli.rule:rule", "Explain a rule."),
    "rules": Entry("jupyter_prod.cli.rule:rules", "List the rules."),
    "init": Entry("jupyter_prod.cli.init:init", "Write the CI parts into a repository."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if importlib.util.find_spec(entry.target.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name].target} is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, COMMANDS[name].summary) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="jupyter-prod", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """From a pilot notebook to a service that is proven to do what the notebook did.

    \b
    Examples:
      jupyter-prod lint pilot.ipynb                 what stands in the way
      jupyter-prod convert pilot.ipynb -o churn     a project in churn/, proven equal
      jupyter-prod graph pilot.ipynb                the pipeline inside

    \b
    Exit codes: 0 done, 1 findings or a verdict that differs, 2 input or arguments that can't be used, 3 a fault of
    jupyter-prod itself.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and answers its exit code. Never raises but SystemExit.

    With JUPYTER_PROD_DEBUG=1 in the environment, unexpected errors show their traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")  # a terminal that can't show a sign is no reason to fail
    try:
        answer = cli.main(list(sys.argv[1:] if arguments is None else arguments), "jupyter-prod", standalone_mode=False)
        sys.stdout.flush()
        return answer if isinstance(answer, int) else DONE
    except UsableError as e:
        return _failed(str(e), UNUSABLE)
    except click.UsageError as e:
        hint = f" (see {e.ctx.command_path} --help)" if e.ctx is not None else ""
        return _failed(f"{e.format_message().rstrip('.')}{hint}", UNUSABLE)
    except click.ClickException as e:
        return _failed(e.format_message(), UNUSABLE)
    except (KeyboardInterrupt, click.Abort):
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as e:
        if os.environ.get(DEBUG) == "1":
            raise
        what = f"internal error: {type(e).__name__}: {e}"
        return _failed(f"{what}; please report it, with what {DEBUG}=1 shows", INTERNAL)


def _failed(message: str, code: int) -> int:
    print(f"jupyter-prod: {one_line(message)}", file=sys.stderr)
    return code


def one_line(message: str) -> str:
    """The message on one line, whatever a file name or a library's words bring along."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in message)


if __name__ == "__main__":
    sys.exit(main())
