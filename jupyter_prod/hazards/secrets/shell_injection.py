"""JPS06 shell-injection."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.notebook import Magic
from jupyter_prod.patterns import lazy

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
_INSERTED = lazy(r"(?<!\{)\{(?!\{)([^{}\n]+)\}|(?<!\$)\$([A-Za-z_]\w*)")
_INTERPRETERS = frozenset({"sh", "bash", "zsh", "/bin/sh", "/bin/bash", "cmd", "cmd.exe", "powershell", "pwsh"})
_HARMLESS = frozenset({"sys.executable"})


class ShellInjection(Rule):
    code = "JPS06"
    slug = "shell-injection"
    severity = "error"
    step = 2
    title = "A shell command assembled from values"
    what = """
    Finds shell lines with Python values in them (`!cmd {name}`, `!cmd $name`), and `os.system`, `os.popen` or
    `shell=True` with a command that is put together from values. A command that is one literal is none, nor is a
    list of arguments without a shell.
    """
    why = """
    The shell reads the value as part of the command: a space, a quote or a semicolon in a file name is enough to
    run something else, with the rights of the service.
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
    conversion_note = """
    A shell line has no Python form: conversion names it as an obstacle; `subprocess.run([...])` lifts it.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.calls:
            command = _command(call, facts)
            place = facts.place(call)
            if command is not None and place is not None and not _is_literal(command, facts):
                name = ast.unparse(call.func)
                yield Hit(
                    place, f"`{name}` runs a command that is made from values: give a list of arguments and no shell"
                )
        for magic in facts.magics():
            inserted = _inserted(magic, facts)
            if inserted:
                place = facts.line(magic.cell, magic.line)
                yield Hit(
                    place, f"the shell line runs with the value of `{inserted[:40]}` in it: use `subprocess.run([…])`"
                )


def _command(call: ast.Call, facts: Facts) -> ast.expr | None:
    """What a call hands to a shell; None where there is no shell."""
    name = facts.qualified(call.func)
    named = [k.value for k in call.keywords if k.arg in ("args", "cmd", "command")]
    command = next(iter([*named, *call.args]), None)
    if command is None:
        return None
    if name in _SHELLS or (name in _MAYBE and _has_shell(call, facts)):
        return command
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in ("system", "getoutput", "getoutputs")
        and "get_ipython" in ast.unparse(call.func)
    ):
        return command
    if name in _MAYBE and isinstance(command, (ast.List, ast.Tuple)) and len(command.elts) > 2:
        first, option, text = command.elts[:3]
        if _text(first) in _INTERPRETERS and _text(option) in ("-c", "-lc", "/c", "-Command"):
            return text
    return None


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _has_shell(call: ast.Call, facts: Facts) -> bool:
    """Whether `shell` is given and not known to be off."""
    for keyword in call.keywords:
        if keyword.arg == "shell":
            if isinstance(keyword.value, ast.Constant):
                return bool(keyword.value.value)
            value = facts.value(keyword.value)
            return value is None or not value.known() or bool(value.const)
    return False


def _is_literal(command: ast.expr, facts: Facts) -> bool:
    """Whether the command is one literal (a name may hold it), literals put together, or quoted for the shell."""
    if isinstance(command, ast.Constant):
        return True
    if isinstance(command, ast.BinOp):
        return all(
            _is_literal(side, facts) and not isinstance(side, ast.Name) for side in (command.left, command.right)
        )
    if isinstance(command, ast.JoinedStr):
        values = [v.value for v in command.values if isinstance(v, ast.FormattedValue)]
        return all(isinstance(v, ast.Call) and _is_literal(v, facts) for v in values)
    if isinstance(command, ast.Call):
        return facts.qualified(command.func) in ("shlex.quote", "shlex.join", "pipes.quote", "subprocess.list2cmdline")
    if isinstance(command, ast.Name):
        value = facts.value(command)
        return value is not None and isinstance(value.made, ast.Constant) and not value.alike
    return False


def _inserted(magic: Magic, facts: Facts) -> str:
    """The Python expression that IPython puts into a shell line; empty where there is none."""
    if magic.name not in ("!", "sx", "system") or magic.text.startswith("%%"):
        return ""  # a shell cell is handed over as it stands
    for found in _INSERTED.finditer(magic.text):
        text = (found[1] or found[2]).strip()
        if text not in _HARMLESS and _is_python(text, facts):
            return text
    return ""


def _is_python(text: str, facts: Facts) -> bool:
    """Whether all names in it are the notebook's: `$HOME`, awk's `{print}` and brace lists are the shell's own."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
    return bool(names) and all(
        n in facts.naming.bound or n in facts.naming.imports or n in facts.program.names for n in names
    )
