"""IPython syntax to Python: as many lines, ordinary code at its own columns."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field

from jupyter_prod.notebook.logical_lines import statement_end
from jupyter_prod.notebook.magics import (
    AUTOMAGIC,
    KEEPERS,
    LISTINGS,
    TIMERS,
    Meaning,
    cell_meaning,
    line_meaning,
    shell_meaning,
)
from jupyter_prod.notebook.nouns import Cell, Magic, PythonCell, SyntaxProblem
from jupyter_prod.patterns import lazy

_NAMES = "|".join(sorted(AUTOMAGIC))
_SUSPECT = lazy(
    rf"""
      \A\s*[ \t]\S                     # an indented first line, which IPython dedents
    | ^[ \t]*[%!?/,;]                  # an escaped line
    | ^\s*(?:>>>|In\ \[)              # a pasted prompt
    | =[ \t]*[%!](?!=)                 # a captured command
    | \?[ \t]*;?[ \t]*(?:\#.*)?$       # a question
    | ^[ \t]*(?:{_NAMES})(?:[ \t]|$)   # a magic without its sign
    """,
    re.VERBOSE | re.MULTILINE,
)
_ASSIGNED = lazy(
    r"^(?P<left>[ \t]*[^\W\d](?:[^#'\"=!<>%]|\[(?:\"[^\"]*\"|'[^']*')\])*=)[ \t]*(?P<text>!.*|%[a-zA-Z_].*)$"
)
_AUTOMAGIC = lazy(rf"^(?P<name>{_NAMES})(?:[ \t]+(?P<rest>\S.*)|[ \t]*)$")
_NO_ARGUMENT = lazy(r"[!=()<>,+*/%^&|:\[]|-(?![\w-])|(?:in|is|if|else|and|or|not|for|as|import)\b")
_PROMPT = lazy(r"^(?:>>> ?|\.\.\. ?|In \[\d+\]: |\s*\.{3,}: ?)")
_OPTION = lazy(r"^(?:--[a-z][\w-]*(?:=\S+)?|-(?P<flag>[a-zA-Z])(?P<attached>[\w.]*))(?:\s+|$)")
_VALUED = {"prun": "lsTD", "lprun": "fmDTuo", "mprun": "fmT", "memit": "rti", "snakeviz": "f", "time": ""}
_PYLAB = "import numpy as np; import matplotlib.pyplot as plt"
_PYLAB_STARS = "; from matplotlib.pylab import *; from numpy import *"


@dataclass
class _Draft:
    """A cell under translation: `lines` are rewritten in place and never grow or shrink in number."""

    number: int
    lines: list[str]
    magics: list[Magic] = field(default_factory=list)
    shifts: dict[int, int] = field(default_factory=dict)

    def note(self, line: int, name: str, text: str, meaning: Meaning) -> None:
        self.magics.append(Magic(self.number, line + 1, name, text, meaning.disposition, meaning.why, meaning.packages))

    def cut(self, line: int, characters: int) -> None:
        if characters:
            self.shifts[line + 1] = self.shifts.get(line + 1, 0) + characters


def python_source(cell: Cell) -> PythonCell:
    """The Python of a code cell (other kinds are blank): see PythonCell for what holds of lines and columns.

    Never fails: text that is no Python even then is said in `error`.
    """
    text = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    if cell.kind != "code":
        return PythonCell(cell.number, "\n" * text.count("\n"), tree=ast.Module([], []))
    if _SUSPECT.search(text) is None:
        return _parsed(_Draft(cell.number, [text]))
    draft = _Draft(cell.number, text.split("\n"))
    _drop_prompts(draft)
    _dedent(draft)
    start = _take_cell_magics(draft)
    while start < len(draft.lines):
        start = _take_statement(draft, start)
    return _parsed(draft)


def _parsed(draft: _Draft) -> PythonCell:
    source = "\n".join(draft.lines)
    tree: ast.Module | None = None
    error: SyntaxProblem | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is no business of the terminal
            tree = ast.parse(source)
    except SyntaxError as e:
        error = _problem(e, source.split("\n"), draft)
    except (ValueError, RecursionError, MemoryError) as e:
        message = "is nested too deeply" if not isinstance(e, ValueError) else f"holds what no source may hold ({e})"
        error = SyntaxProblem(1, 1, message)
    return PythonCell(draft.number, source, tuple(draft.magics), error, draft.shifts, tree)


def _problem(error: SyntaxError, lines: list[str], draft: _Draft) -> SyntaxProblem:
    line = min(max(error.lineno or 1, 1), len(lines))
    column = max(error.offset or 1, 1) + draft.shifts.get(line, 0)
    text = lines[line - 1]
    message = error.msg
    if re.match(r"\s*print\s+[^\s(=]", text) or (message.startswith("Missing parentheses") and "print" in text):
        message = "Python 2: print is a statement there; Python 3 needs print(…)"
    elif message.startswith("Missing parentheses") or re.match(r"\s*exec\s+['\"\w]", text):
        message = "Python 2: exec is a statement there; Python 3 needs exec(…)"
    elif re.match(r"\s*except\s+[\w.()\s,]+,\s*\w+\s*:", text):
        message = "Python 2: Python 3 writes `except X as e`"
    elif "<>" in text:
        message = "Python 2: Python 3 writes != for <>"
    return SyntaxProblem(line, column, message)


def _drop_prompts(draft: _Draft) -> None:
    """Pasted sessions: IPython takes `>>>` and `In [1]:` off every line when the first line has one."""
    first = next((line for line in draft.lines if line.strip()), "")
    if not re.match(r"(?:>>>(?: |$)|In \[\d+\]: )", first):
        return
    for number, line in enumerate(draft.lines):
        prompt = _PROMPT.match(line)
        if prompt:
            draft.lines[number] = line[prompt.end() :]
            draft.cut(number, prompt.end())


def _dedent(draft: _Draft) -> None:
    """IPython takes the first line's indentation off every line that starts with it."""
    first = next((line for line in draft.lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return
    for number, line in enumerate(draft.lines):
        if line.startswith(indent):
            draft.lines[number] = line[len(indent) :]
            draft.cut(number, len(indent))


def _take_cell_magics(draft: _Draft) -> int:
    """Takes the cell magics off the top; says at which line the cell's own Python starts."""
    start = 0
    while True:
        first = next((n for n in range(start, len(draft.lines)) if draft.lines[n].strip()), len(draft.lines))
        if first == len(draft.lines) or not re.match(r"%%[^\s%]", draft.lines[first]):
            return start
        line = draft.lines[first]
        name, _, arguments = line[2:].strip().partition(" ")
        draft.lines[first] = ""
        start = first + 1
        if name in KEEPERS:
            why = f"%%{name} acts on the cell's Python, which is kept"
            draft.note(first, name, line.strip(), Meaning("kept", why))
            continue
        body = "\n".join(draft.lines[start:])
        if name == "script" and arguments.split()[:1] in (["false"], ["true"], ["echo"], [":"]):
            meaning = Meaning("dropped", "switches its cell off")
        else:
            meaning = cell_meaning(name, arguments, body)
        draft.note(first, name, line.strip(), meaning)
        draft.lines[start:] = [""] * (len(draft.lines) - start)
        return len(draft.lines)


def _take_statement(draft: _Draft, start: int) -> int:
    """Translates the statement at a line where it is IPython's; says where the next one starts."""
    line = draft.lines[start]
    stripped = line.strip()
    if not stripped or stripped[0] == "#":
        return start + 1
    if stripped[0] in "%!?" or re.match(r"[/,;][^\W\d]", stripped):
        return _take_escaped(draft, start)
    assigned = _ASSIGNED.match(line)
    if assigned and _is_target(assigned["left"]):
        return _take_assigned(draft, start, assigned)
    automagic = _AUTOMAGIC.match(stripped)
    if automagic and _is_automagic(automagic, draft):
        indent = line[: len(line) - len(line.lstrip())]
        return _take_magic(draft, start, start, indent, "%" + stripped, stripped)
    end, code = statement_end(draft.lines, start)
    if end == start and code.rstrip().rstrip(";").rstrip().endswith("?"):
        draft.note(start, "?", stripped, Meaning("dropped", "asks for help"))
        draft.lines[start] = line[: len(line) - len(line.lstrip())] + "pass"
    return end + 1


def _take_escaped(draft: _Draft, start: int) -> int:
    line = draft.lines[start]
    indent = line[: len(line) - len(line.lstrip())]
    end, text = _joined(draft.lines, start)
    if text[0] == "%" and not text.startswith("%%"):
        return _take_magic(draft, start, end, indent, text, text)
    if text[0] == "!":
        draft.note(start, "!", text, shell_meaning(text.lstrip("!")))
    elif text[0] == "?":
        draft.note(start, "?", text, Meaning("dropped", "asks for help"))
    elif text[0] == "%":
        why = "is a cell magic below the cell's first line, where IPython refuses it"
        draft.note(start, text[2:].split(" ")[0], text, Meaning("obstacle", why))
    else:
        draft.note(start, "/", text, Meaning("obstacle", "calls a function in IPython's short form"))
    return _replace(draft, start, end, indent + "pass")


def _take_magic(draft: _Draft, start: int, end: int, indent: str, text: str, shown: str) -> int:
    name, _, arguments = text.lstrip("%").strip().partition(" ")
    name, arguments = name.rstrip(";"), arguments.strip()
    if text.rstrip().endswith("?"):
        draft.note(start, "?", shown, Meaning("dropped", "asks for help"))
        return _replace(draft, start, end, indent + "pass")
    if name in TIMERS:
        statement = _timed(name, arguments)
        if statement:
            draft.note(start, name, shown, Meaning("kept", f"%{name} runs its statement, which is kept"))
            draft.cut(start, len(draft.lines[start].rstrip()) - len(indent) - len(statement) if end == start else 0)
            _replace(draft, start, end, indent + statement)
            return start  # it may be a shell line, or go on below
        draft.note(start, name, shown, Meaning("dropped", "times nothing"))
        return _replace(draft, start, end, indent + "pass")
    python = _as_python(name, arguments)
    if python:
        draft.note(start, name, shown, Meaning("kept", python[1]))
        return _replace(draft, start, end, indent + python[0])
    draft.note(start, name, shown, line_meaning(name, arguments))
    return _replace(draft, start, end, indent + "pass")


def _take_assigned(draft: _Draft, start: int, assigned: re.Match[str]) -> int:
    end, text = _joined(draft.lines, start)
    command = text[text.index(assigned["text"][0], len(assigned["left"].lstrip())) :]
    line = draft.lines[start]
    shown = line.strip() if end == start else text
    if command[0] == "!":
        packages = shell_meaning(command.lstrip("!")).packages
        draft.note(start, "!", shown, Meaning("obstacle", "takes a shell command's output as a value", packages))
        return _replace(
            draft, start, end, f"{assigned['left']} get_ipython().getoutput({command.lstrip('!').strip()!r})"
        )
    name, _, arguments = command[1:].partition(" ")
    timed = _timed(name, arguments) if name in TIMERS and end == start else ""
    if timed and line.rstrip().endswith(timed):
        draft.note(start, name, shown, Meaning("kept", f"%{name} runs its statement, which is kept"))
        position = line.rfind(timed)
        draft.lines[start] = assigned["left"] + " " * (position - len(assigned["left"])) + line[position:]
        return statement_end(draft.lines, start)[0] + 1
    draft.note(start, name, shown, Meaning("obstacle", f"takes what %{name} answers as a value"))
    return _replace(
        draft, start, end, f"{assigned['left']} get_ipython().run_line_magic({name!r}, {arguments.strip()!r})"
    )


def _replace(draft: _Draft, start: int, end: int, text: str) -> int:
    draft.lines[start : end + 1] = [text] + [""] * (end - start)
    return end + 1


def _joined(lines: list[str], start: int) -> tuple[int, str]:
    """An escaped line with the lines that a trailing backslash adds to it."""
    end, text = start, lines[start].strip()
    while text.endswith("\\") and end + 1 < len(lines):
        end += 1
        text = text[:-1].rstrip() + " " + lines[end].strip()
    return end, text


def _timed(name: str, arguments: str) -> str:
    """The statement that a timing magic runs: its arguments without the magic's own options."""
    rest = arguments.strip()
    valued = _VALUED.get(name, "")
    while option := _OPTION.match(rest):
        rest = rest[option.end() :]
        if option["flag"] and option["flag"] in valued and not option["attached"]:
            rest = rest.partition(" ")[2].lstrip()
    return rest


def _as_python(name: str, arguments: str) -> tuple[str, str] | None:
    """Python that does what the magic does, and a sentence; None where there is none."""
    fixed = not re.search(r"[{$]", arguments)
    if name == "pylab":
        stars = "" if "--no-import-all" in arguments else _PYLAB_STARS
        return _PYLAB + stars, "imports numpy and matplotlib as %pylab does"
    if name == "cd" and fixed and arguments and arguments != "-":
        folder = arguments.removeprefix("-q").strip().rstrip(";").strip("\"'")
        path = f"os.path.expanduser({folder!r})" if folder.startswith("~") else repr(folder)
        return f"import os; os.chdir({path})", "changes the working folder"
    if name in ("env", "set_env") and fixed:
        variable = re.fullmatch(r"(\w+)(?:\s*=\s*|\s+)(.+)", arguments)
        if variable:
            return f"import os; os.environ[{variable[1]!r}] = {variable[2].strip()!r}", "sets an environment variable"
    if name == "xdel" and re.fullmatch(r"[^\W\d]\w*", arguments.removeprefix("-n").strip()):
        return f"del {arguments.removeprefix('-n').strip()}", "deletes a name"
    return None


def _is_target(left: str) -> bool:
    """Whether what stands left of `=` is what a value is assigned to, and not half of an operator or of a call."""
    target = left[:-1].rstrip()
    balanced = all(target.count(a) == target.count(b) for a, b in ("()", "[]", "{}"))
    return (
        balanced
        and (target[-1:].isalnum() or target[-1:] in "_])")
        and not re.match(r"\s*(?:if|while|assert|return)\b", left)
    )


def _is_automagic(found: re.Match[str], draft: _Draft) -> bool:
    """Whether a line that starts with a magic's name is the magic: not where the cell binds the name."""
    name, rest = found["name"], found["rest"]
    if (rest is not None and _NO_ARGUMENT.match(rest)) or (name not in LISTINGS and _is_python(found[0])):
        return False
    bound = re.compile(rf"\b{name}\s*(?:=(?!=)|,.*=)|\b(?:as|import|def|class|for|global)\s+(?:[\w, ]*\b)?{name}\b")
    return not any(bound.search(line) for line in draft.lines)


def _is_python(line: str) -> bool:
    try:
        ast.parse(line)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
