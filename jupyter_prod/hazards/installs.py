"""Packages that a notebook installs: by magics, shell lines and calls."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.requirement import Requirement, requirement
from jupyter_prod.hazards.rule import Edit, Place
from jupyter_prod.notebook import Magic
from jupyter_prod.patterns import lazy

_TOOLS = frozenset({"pip", "setuptools", "wheel", "conda", "mamba", "uv"})
"""What installs, and renews itself: no dependency."""

_COMMAND = lazy(r"(?:^|[\s!%/;&|\"'])(pip[\d.]*|conda|mamba|micromamba|uv)\s[^;&|]*?\b(?:install|add|update|upgrade)\b")
_CONSTRAINED = lazy(r"\s(?:-c|--constraint)[ =]")
_VALUED = frozenset(
    "-i --index-url --extra-index-url -f --find-links -t --target -c --constraint --prefix --root --proxy --timeout "
    "--retries --trusted-host --progress-bar --cache-dir --channel -n --name -r --requirement".split()
)
_SHELLS = (
    "os.system",
    "os.popen",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
)
_PIPS = ("pip.main", "pip._internal.main", "pip.internal.main", "pip._internal.cli.main.main")
_BROWSERS = ("micropip.install", "piplite.install")
_MOST = 200


@dataclass(frozen=True)
class Install:
    """One command: its place, what it names, and the edits that would pin each of it (None: no exact place).

    `unseen`: it brings what has no name here: a requirements file, a local folder, an address.
    """

    place: Place
    installer: str
    requirements: tuple[Requirement, ...]
    spots: tuple[Place | None, ...]
    unseen: bool
    constrained: bool

    @property
    def open(self) -> list[tuple[Requirement, Place | None]]:
        """The requirements that leave the version open, with the place of each."""
        return [(r, s) for r, s in zip(self.requirements, self.spots, strict=True) if r.open]


def installs(facts: Facts) -> list[Install]:
    """The installs of a notebook, in order."""
    kept = facts.kept.get("installs")
    if isinstance(kept, list):
        return kept
    found = [one for magic in facts.magics() for one in _of_magic(facts, magic)]
    found += [one for call in _calls(facts) if (one := _of_call(facts, call)) is not None]
    found.sort(key=lambda i: (i.place.cell or 0, i.place.row))
    facts.kept["installs"] = found
    return found


def pinned(one: Requirement, spot: Place, version: str) -> Edit:
    """The edit that pins a requirement whose text stands at a place."""
    return Edit(spot, f"{one.text[: one.start]}=={version}{one.text[one.end :]}")


def _of_magic(facts: Facts, magic: Magic) -> Iterator[Install]:
    if not magic.packages and not magic.why.startswith("installs packages whose"):
        return
    lines = next((c.source.split("\n") for c in facts.notebook.cells if c.number == magic.cell), [])
    last = len(lines) if magic.text.startswith("%%") else _last_row(lines, magic.line)
    rows = [r for r in range(magic.line, last + 1) if _COMMAND.search(lines[r - 1])] or [magic.line]
    left = list(magic.packages)
    for number, row in enumerate(rows[:_MOST]):
        until = _last_row(lines, row)
        text = "\n".join(lines[row - 1 : until])
        mine = left if number == len(rows) - 1 else [p for p in left if p in text]
        left = [p for p in left if p not in mine]
        if not mine and magic.packages:
            continue
        command = _COMMAND.search(lines[row - 1])
        installer = command[1].rstrip("0123456789.") if command else magic.name
        yield _install(facts.line(magic.cell, row), installer, mine, lines, (magic.cell, row, until), text)


def _install(
    place: Place, installer: str, packages: list[str], lines: list[str], where: tuple[int, int, int], text: str
) -> Install:
    read = [(p, requirement(p)) for p in packages]
    named = [r for _, r in read if r is not None and r.name not in _TOOLS]
    unseen = any(r is None or r.remote for _, r in read)
    spots = tuple(_spot(r, lines, *where) for r in named)
    return Install(place, installer, tuple(named), spots, unseen, _CONSTRAINED.search(text) is not None)


def _last_row(lines: list[str], row: int) -> int:
    while row < len(lines) and lines[row - 1].rstrip().endswith("\\"):
        row += 1
    return row


def _spot(one: Requirement, lines: list[str], cell: int, row: int, until: int) -> Place | None:
    """Where a requirement is written, if it is at one place only."""
    found: list[Place] = []
    exact = re.compile(rf"(?<![\w.\-/=\[]){re.escape(one.text)}(?![\w.\-\[=<>!~/])")
    for number in range(row, min(until, len(lines)) + 1):
        code = lines[number - 1]
        found += [Place(cell, number, m.start() + 1, number, m.end() + 1) for m in exact.finditer(code)]
    first = found[:1] if len(found) == 1 else []
    return first[0] if first else None


def _calls(facts: Facts) -> Iterator[ast.Call]:
    yield from facts.calls_of(*_SHELLS, *_PIPS, *_BROWSERS)
    for call in facts.methods("system", "run_line_magic", "run_cell_magic", "getoutput"):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(owner, ast.Call) and "get_ipython" in ast.unparse(owner.func):
            yield call


def _of_call(facts: Facts, call: ast.Call) -> Install | None:
    """`subprocess.run([sys.executable, "-m", "pip", "install", "x"])`, `os.system("pip install x")`."""
    place = facts.place(call)
    name = facts.qualified(call.func)
    words = list(_words(call, name in _BROWSERS))[:_MOST]
    texts = [w for w, _ in words]
    if name in _BROWSERS or name.endswith("run_line_magic"):
        begin = 0
    elif name in _PIPS or {"pip", "pip3", "conda", "mamba", "uv"} & set(texts):
        begin = next((n + 1 for n, w in enumerate(texts) if w in ("install", "add")), -1)
    else:
        return None
    if name.endswith("run_line_magic"):
        if "pip" not in texts or "install" not in texts:
            return None
        begin = texts.index("install") + 1
    if place is None or begin < 0:
        return None
    named: list[tuple[Requirement, Place | None]] = []
    unseen, skip = False, False
    for text, node in words[begin:]:
        if skip or text.startswith("-"):
            skip = not skip and text in _VALUED
            unseen = unseen or text in ("-r", "-e")
            continue
        read = requirement(text)
        unseen = unseen or read is None or read.remote
        if read is not None and read.name not in _TOOLS:
            named.append((read, _literal_spot(facts, node, text)))
    opaque = any(not isinstance(a, (ast.Constant, ast.List, ast.Tuple)) for a in call.args[:1])
    return Install(
        place,
        next((w for w in texts if w in ("conda", "mamba", "uv")), "pip"),
        tuple(r for r, _ in named),
        tuple(s for _, s in named),
        unseen or opaque,
        any(w in ("-c", "--constraint") for w in texts) and "conda" not in texts,
    )


def _words(call: ast.Call, whole: bool) -> Iterator[tuple[str, ast.expr]]:
    """The words of a command, each with the literal that holds it."""
    for argument in call.args[:2]:
        nodes = argument.elts if isinstance(argument, (ast.List, ast.Tuple)) else [argument]
        for node in nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if whole or isinstance(argument, (ast.List, ast.Tuple)):
                yield node.value, node
                continue
            try:
                words = shlex.split(re.split(r"[;&|\n]", node.value)[0])
            except ValueError:
                words = node.value.split()
            for word in words:
                yield word.rsplit("/", 1)[-1] if word.endswith(("/pip", "/pip3")) else word, node


def _literal_spot(facts: Facts, node: ast.expr, text: str) -> Place | None:
    """Where a word is in a literal that is written on one line without escapes."""
    place = facts.place(node)
    if place is None or place.row != place.end_row or place.cell is None:
        return None
    lines = next((c.source.split("\n") for c in facts.notebook.cells if c.number == place.cell), [])
    written = lines[place.row - 1][place.column - 1 : place.end_column - 1] if place.row <= len(lines) else ""
    found = list(re.finditer(rf"(?<![\w.\-/=]){re.escape(text)}(?![\w.\-\[=<>!~/])", written))
    if len(found) != 1:
        return None
    first = place.column + found[0].start()
    return Place(place.cell, place.row, first, place.row, first + len(text))
