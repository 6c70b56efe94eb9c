"""Rules in YAML: an ast-grep rule for the shape, and what the names in it must stand for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Place, Rule
from jupyter_prod.notebook import PythonCell

_TEXTS = (
    "code",
    "slug",
    "severity",
    "step",
    "title",
    "what",
    "why",
    "fix",
    "fix_note",
    "fixed",
    "conversion",
    "conversion_note",
)


class PatternRule(Rule):
    """A rule that a YAML file describes with the keys of `Rule`, and `find`: a list of

    words      texts of which a cell holds one if it can hold the hazard: it is searched only then
    without    texts that make another entry of the list report the hazard instead
    rule       an ast-grep rule for Python
    names      metavariable → qualified names, of which it must stand for one (`{F: [builtins.eval]}`)
    methods    metavariable → last names of calls or attributes, whoever owns them
    unless     metavariable → kinds of syntax that clear it, where nothing is inserted (`{CODE: [string]}`)
    values     metavariable → the constant that it must be, also where a name holds it (`{VALUE: false}`)
    message    what to say; `{F}` is a metavariable's text
    replace    text that takes the whole place as a fix: `{pandas}` is the name under which that module is imported;
               without the import there is no fix

    An entry with `magic` instead of `rule` is a regular expression over magics and shell lines.
    """

    def __init__(self, described: Mapping[str, Any]) -> None:
        for key in _TEXTS:
            if key in described:
                setattr(self, key, described[key])
        for key in ("bad", "good"):
            setattr(self, key, tuple(described[key]))
        self.find: Sequence[Mapping[str, Any]] = described["find"]

    def check(self, facts: Facts) -> Iterator[Hit]:
        for cell in facts.program.cells.values():
            wanted = [
                find
                for find in self.find
                if "rule" in find
                and any(word in cell.source for word in find["words"])
                and not any(word in cell.source for word in find.get("without", ()))
            ]
            root = facts.tree(cell) if wanted else None
            for find in wanted:
                assert root is not None
                for node in root.find_all({"rule": find["rule"]}):
                    if _stands_for(node, find, facts):
                        place = _place(node, cell)
                        yield Hit(place, _message(node, find["message"]), fix=self._fix(node, place, find, facts))
        for find in (f for f in self.find if "magic" in f):
            for magic in facts.magics():
                if re.search(find["magic"], magic.text):
                    yield Hit(facts.line(magic.cell, magic.line), find["message"])

    def _fix(self, node: Any, place: Place, find: Mapping[str, Any], facts: Facts) -> Fix | None:
        text = _filled(node, find["replace"], facts) if "replace" in find and self.fix else None
        if text is None or not self.fix:
            return None
        return Fix(self.fix, f"Write `{text}`", edits=(Edit(place, text),))


def _filled(node: Any, wanted: str, facts: Facts) -> str | None:
    """The text of a fix with the metavariables' and the modules' names put in."""
    parts = wanted.split("{")
    text = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        held = node.get_match(name) if name.isupper() else None
        module = next((n for n, m in facts.naming.imports.items() if m == name), None)
        if held is None and module is None:
            return None
        text += (held.text() if held is not None else str(module)) + rest
    return text


def _stands_for(node: Any, find: Mapping[str, Any], facts: Facts) -> bool:
    for name, allowed in find.get("names", {}).items():
        held = node.get_match(name)
        if held is None or _qualified(held.text(), facts) not in allowed:
            return False
    for name, allowed in find.get("methods", {}).items():
        held = node.get_match(name)
        if held is None or held.text().rsplit(".", 1)[-1] not in allowed:
            return False
    for name, cleared in find.get("unless", {}).items():
        held = node.get_match(name)
        if held is not None and held.kind() in cleared and held.find(kind="interpolation") is None:
            return False
    for name, const in find.get("values", {}).items():
        held = node.get_match(name)
        if held is None or _constant(held.text(), facts) is not const:
            return False
    return True


def _constant(text: str, facts: Facts) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = facts.program.names.get(text)
        return value.const if value is not None and value.known() else None


def _qualified(text: str, facts: Facts) -> str:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    if isinstance(node, ast.Call):
        held = [ast.unparse(a) for a in node.args]
        return f"{facts.qualified(node.func)}({', '.join(held)})"
    return facts.qualified(node)


def _message(node: Any, message: str) -> str:
    parts = message.split("{")
    said = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        held = node.get_match(name)
        said += (" ".join(held.text().split())[:60] if held is not None else "") + rest
    return said


def _place(node: Any, cell: PythonCell) -> Place:
    found = node.range()
    row, end_row = found.start.line + 1, found.end.line + 1
    return Place(
        cell.cell,
        row,
        found.start.column + 1 + cell.shifts.get(row, 0),
        end_row,
        found.end.column + 1 + cell.shifts.get(end_row, 0),
    )
