"""Runs one cell after another as a notebook does: with IPython where the environment has it, else as plain Python."""

from __future__ import annotations

import ast
import io
import re
import sys
import traceback
from importlib import import_module
from typing import Any

LONGEST = 1_000_000
"""Characters of a cell's output that are kept."""

INSTALLING = re.compile(
    r"(?:^|[;&|]\s*)\s*(?:sudo\s+)?(?:\S*python[\d.]*\s+-m\s+)?"
    r"(?:pip[\d.]*|conda|mamba|uv|apt|apt-get|brew)\s+(?:-\S+\s+)*(?:pip\s+)?(?:install|uninstall|update|upgrade)\b"
)
"""Shell lines that would change the environment, which verification leaves as it is."""


class CellText(io.TextIOBase):
    """Standard output of the cells: the text of the current one, bounded."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The process's own standard output, for what writes there by number."""
        return 1

    def write(self, text: str) -> int:
        """Keeps the text as long as there is room."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.size < LONGEST:
            self.parts.append(text[: LONGEST - self.size])
            self.size += len(text)
        return len(text)

    def take(self) -> str:
        """The text since the last call."""
        text = "".join(self.parts)
        self.parts, self.size = [], 0
        return text


class Problem:
    """Why a cell did not run to its end; `line` counts from 1 in the cell."""

    def __init__(self, error: BaseException, line: int) -> None:
        self.what = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1][:500]
        if isinstance(error, SyntaxError):
            self.what = f"{type(error).__name__}: {error.msg}"
        self.line = line


def line_of(error: BaseException, names: Any) -> int:
    """The cell's line on which the error went through its top level; 1 where that is unknown."""
    if isinstance(error, SyntaxError) and not any(
        f.f_globals is names for f, _ in traceback.walk_tb(error.__traceback__)
    ):
        return error.lineno or 1
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals is names and frame.f_code.co_name in ("<module>", "<cell line: 1>", "async-def-wrapper"):
            return line
        if frame.f_globals is names and frame.f_code.co_name.startswith("<cell line"):
            return line
    return 1


class PlainShell:
    """Cells as Python source, for environments without IPython: magics must have been translated before."""

    def __init__(self, out: CellText) -> None:
        import types

        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.names = module.__dict__
        self.out = out
        self.names.update(get_ipython=lambda: self, display=self._display)

    def _display(self, *values: Any, **_: Any) -> None:
        for value in values:
            self.out.write(repr(value) + "\n")

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: None

    def run(self, source: str) -> Problem | None:
        """Runs one cell; answers what went wrong, None where nothing did."""
        try:
            tree = ast.parse(source)
            last = (
                tree.body.pop()
                if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";")
                else None
            )
            exec(compile(tree, "<cell>", "exec"), self.names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), self.names)
                if value is not None:
                    self.out.write(repr(value) + "\n")
        except BaseException as error:
            return Problem(error, line_of(error, self.names))
        return None


def interactive(out: CellText) -> Any:
    """IPython's shell, writing to `out` what a notebook would show as text; PlainShell where there is no IPython."""
    try:
        hooks: Any = import_module("IPython.core.displayhook")
        publishing: Any = import_module("IPython.core.displaypub")
        shells: Any = import_module("IPython.core.interactiveshell")
        traitlets: Any = import_module("traitlets")
    except ImportError:
        return PlainShell(out)

    class Results(hooks.DisplayHook):  # type: ignore[misc]
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            if "text/plain" in format_dict:
                out.write(format_dict["text/plain"] + "\n")

    class Shown(publishing.DisplayPublisher):  # type: ignore[misc]
        def publish(self, data: Any, *args: Any, **named: Any) -> None:
            if "text/plain" in data and not named.get("update"):
                out.write(data["text/plain"] + "\n")

        def clear_output(self, wait: bool = False) -> None:
            out.take()

    class ZMQInteractiveShell(shells.InteractiveShell):  # type: ignore[misc]
        """Libraries ask for this name, for `kernel` and for `IPKernelApp` to know that they are in a notebook."""

        kernel = None

        displayhook_class = traitlets.Type(Results)
        display_pub_class = traitlets.Type(Shown)

        def enable_gui(self, gui: Any = None) -> None:
            pass

        def system(self, cmd: str) -> None:
            if not INSTALLING.search(cmd):
                self.system_piped(cmd)

        def getoutput(self, cmd: str, *args: Any, **named: Any) -> Any:
            return [] if INSTALLING.search(cmd) else super().getoutput(cmd, *args, **named)

        def showtraceback(self, *args: Any, **named: Any) -> None:
            pass

        def showsyntaxerror(self, *args: Any, **named: Any) -> None:
            pass

        def run(self, source: str) -> Problem | None:
            result = self.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
            if error is None:
                return None
            blank = source[: len(source) - len(source.lstrip())].count("\n")  # IPython drops these lines
            return Problem(error, line_of(error, self.user_ns) + blank)

    config = import_module("traitlets.config").Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.quiet = True
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.xmode = "Minimal"
    shell = ZMQInteractiveShell.instance(config=config)
    shell.display_formatter.active_types = ["text/plain"]
    shell.set_hook("show_in_pager", lambda *args, **named: None, 0)
    for name in ("pip", "conda", "mamba", "micromamba", "uv"):
        shell.register_magic_function(lambda line, cell=None: None, "line", name)
    return shell
