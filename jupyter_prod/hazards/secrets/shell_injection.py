"""JPS06 shell-injection."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule

_SHELLS = frozenset(
    {
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "commands.getoutput",
        "commands.getstatusoutput",
        "popen2.popen2",
        "asyncio.create_subprocess_shell",
    }
)
_MAYBE = frozenset(
    {"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen"}
)
_INSERTED = re.compile(r"(?<!\{)\{(?!\{)([^{}\n]+)\}|(?<!\$)\$([A-Za-z_]\w*)")
_HARMLESS = frozenset({"sys.executable"})


class ShellInjection(Rule):
    code = "JPS06"
    slug = "shell-injection"
    severity = "error"
    step = 2
    title = "A shell command assembled from values"
    what = """
    Finds shell lines with Python values in them (`!cmd {name}`, `!cmd $name`), and `os.system`, `os.popen` or
    `shell=True` with a command that is put together from values. A command that is one literal is none, nor is a list
    of arguments without a shell.
    """
    why = """
    The shell reads the value as part of the command: a space, a quote or a semicolon in a file name is enough to run
    something else, with the rights of the service.
    """
    bad = (
        """
        import os
        depot = "KAS"
        os.system("mkdir -p cache/" + depot)  # JPS06
        """,
        """
        import subprocess
        def route(zone):
            subprocess.run(f"osrm-routed --zone {zone}", shell=True)  # JPS06
        """,
        """
        depot = "KAS"
        # %%
        !aws s3 cp s3://fleet/{depot}/pings.parquet cache/  # JPS06
        """,
    )
    good = (
        """
        import subprocess
        zone = "north"
        subprocess.run(["osrm-routed", "--zone", zone], check=True)
        subprocess.run("df -h | head", shell=True)
        """,
        """
        import sys
        !{sys.executable} -m pip list
        !echo $HOME
        """,
    )
    conversion = "yours"
    conversion_note = (
        "A shell line has no Python form: conversion names it as an obstacle; `subprocess.run([...])` lifts it."
    )

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.calls:
            name = facts.qualified(call.func)
            command = next(
                (k.value for k in call.keywords if k.arg in ("args", "cmd", "command")),
                call.args[0] if call.args else None,
            )
            if command is None or not (name in _SHELLS or (name in _MAYBE and _has_shell(call, facts))):
                continue
            if not _is_literal(command, facts):
                place = facts.place(call)
                if place is not None:
                    yield Hit(
                        place,
                        f"`{name}` runs a command that is made from values: give a list of arguments and no shell",
                    )
        for magic in facts.magics():
            if magic.name not in ("!", "sx", "system", "bash", "sh"):
                continue
            if magic.text.startswith("%%"):
                continue  # a shell cell is handed over as it stands
            for found in _INSERTED.finditer(magic.text):
                inserted = (found[1] or found[2]).strip()
                if inserted not in _HARMLESS and _is_python(inserted, found[2] is not None, facts):
                    place = _place(magic.cell, magic.line, facts)
                    yield Hit(
                        place,
                        f"the shell line runs with the value of `{inserted[:40]}` in it: use `subprocess.run([...])`",
                    )
                    break


def _has_shell(call: ast.Call, facts: Facts) -> bool:
    for keyword in call.keywords:
        if keyword.arg == "shell":
            value = facts.value(keyword.value)
            const = (
                keyword.value.value
                if isinstance(keyword.value, ast.Constant)
                else value.const
                if value is not None and value.known()
                else True
            )
            return bool(const)
    return False


def _is_literal(command: ast.expr, facts: Facts) -> bool:
    """Whether the command is one literal, also where a name holds it, or literals put together."""
    if isinstance(command, ast.Constant):
        return True
    if isinstance(command, ast.BinOp):
        return (
            _is_literal(command.left, facts)
            and _is_literal(command.right, facts)
            and not isinstance(command.left, ast.Name)
            and not isinstance(command.right, ast.Name)
        )
    if isinstance(command, ast.JoinedStr):
        return not any(isinstance(v, ast.FormattedValue) for v in command.values)
    if isinstance(command, ast.Name):
        value = facts.value(command)
        return value is not None and isinstance(value.made, ast.Constant) and not value.alike
    return False


def _is_python(inserted: str, dollar: bool, facts: Facts) -> bool:
    """Whether IPython puts a Python value there: `$HOME` is the shell's where the notebook has no such name."""
    name = re.match(r"[A-Za-z_]\w*", inserted)
    if name is None:
        return not dollar and not re.fullmatch(
            r"[\d.,]*", inserted
        )  # awk's {print} and brace lists {a,b} are the shell's
    known = name[0] in facts.program.names or name[0] in facts.naming.bound or name[0] in facts.naming.imports
    return known


def _place(cell: int, line: int, facts: Facts) -> Place:
    source = next(c.source for c in facts.notebook.cells if c.number == cell)
    text = source.split("\n")[line - 1] if line <= source.count("\n") + 1 else ""
    return Place(cell, line, len(text) - len(text.lstrip()) + 1, line, len(text.rstrip()) + 1)
