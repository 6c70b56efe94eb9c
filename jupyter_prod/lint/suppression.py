"""What is meant to be: comments, cell tags and notebook metadata that suppress findings, and those that suppress none.

A comment `# prod: ignore[JPD01] reason` covers its own line and the statement on it; alone on its line, also the line
below. What is found in a cell's outputs stands on the cell's first line. In Markdown the comment is
`<!-- prod: ignore[JPS01] -->`. A cell's tag `prod:ignore=JPD01` covers the cell, the notebook's metadata
`"jupyter-prod": {"ignore": ["JPD01"]}` the notebook. Without codes all rules are meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jupyter_prod.hazards import Edit, Fix, Hit, Place, Rule, find_rule
from jupyter_prod.notebook import Cell, Notebook
from jupyter_prod.patterns import lazy

COMMENT = lazy(r"#\s*prod:\s*ignore(?:\[(?P<names>[^\]\n]*)\])?(?=\s|$|#)")
_HIDDEN = lazy(r"<!--\s*prod:\s*ignore(?:\[(?P<names>[^\]\n]*)\])?\s*-->")
_TAG = lazy(r"prod:ignore(?:=(?P<names>.*))?")

METADATA = "jupyter-prod"
"""The key of ours in a notebook's metadata."""


@dataclass(eq=False)
class Suppression:
    """One comment, tag or entry: `codes` None means all; `used` holds the codes that it suppressed."""

    place: Place
    codes: frozenset[str] | None
    written: str = "comment"
    unknown: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)

    def means(self, rule: Rule) -> bool:
        """Whether the rule is among those meant."""
        return self.codes is None or rule.code in self.codes


class Suppressions:
    """The suppressions of one notebook."""

    def __init__(self, notebook: Notebook, rules: Sequence[Rule] = ()) -> None:
        self._rules = {name: rule for rule in rules for name in (rule.code, rule.slug)}
        self.all: list[Suppression] = []
        self._notebook = notebook
        self._lines: dict[tuple[int, int], list[Suppression]] = {}
        self._cells: dict[int | None, list[Suppression]] = {}
        held = notebook.metadata.get(METADATA)
        names = held.get("ignore") if isinstance(held, dict) else None
        if isinstance(names, list) and names:
            texts = [name for name in names if isinstance(name, str)]
            everything = any(name.upper() == "ALL" for name in texts)
            self._add(Place(None), None if everything else ",".join(texts), "metadata")
        for cell in notebook.cells:
            self._of_cell(cell)

    def _of_cell(self, cell: Cell) -> None:
        for tag in cell.tags:
            found = _TAG.fullmatch(tag.strip())
            if found is not None:
                self._cells.setdefault(cell.number, []).append(
                    self._new(Place(cell.number), found["names"], f"tag {tag!r}")
                )
        if "ignore" not in cell.source:
            return
        pattern = COMMENT if cell.kind == "code" else _HIDDEN
        for row, line in enumerate(cell.source.split("\n"), 1):
            comment = pattern.search(line)
            if comment is None:
                continue
            place = Place(cell.number, row, comment.start() + 1, row, comment.end() + 1)
            suppression = self._new(place, comment["names"], "comment")
            for covered in (row, row + 1) if not line[: comment.start()].strip() else (row,):
                self._lines.setdefault((cell.number, covered), []).append(suppression)

    def _add(self, place: Place, names: str | None, written: str) -> None:
        self._cells.setdefault(place.cell, []).append(self._new(place, names, written))

    def _new(self, place: Place, names: str | None, written: str) -> Suppression:
        if names is None:
            made = Suppression(place, None, written)
        else:
            parts = [name.strip() for name in names.split(",") if name.strip()]
            rules = {name: self._rule(name) for name in parts}
            codes = frozenset(rule.code for rule in rules.values() if rule is not None)
            made = Suppression(place, codes, written, tuple(n for n, rule in rules.items() if rule is None))
        self.all.append(made)
        return made

    def _rule(self, name: str) -> Rule | None:
        """A rule by code or slug, an own one too."""
        found = find_rule(name)
        return found or self._rules.get(name.strip().upper()) or self._rules.get(name.strip().lower())

    def covers(self, rule: Rule, place: Place) -> bool:
        """Whether something at the place, on any of its lines, its cell or the notebook, names the rule."""
        if not self.all:
            return False
        around = [*self._cells.get(None, ()), *(self._cells.get(place.cell, ()) if place.cell is not None else ())]
        if place.cell is not None:
            for row in range(place.row, min(place.end_row, place.row + 200) + 1):
                around += self._lines.get((place.cell, row), ())
        covering = [s for s in around if s.means(rule)]
        for suppression in covering:
            suppression.used.add(rule.code)
        return bool(covering)

    def unused(self, applied: set[str], everything: bool) -> Iterator[Hit]:
        """The suppressions of applied rules (their codes) that suppressed nothing, and those of no known rule.

        One without codes is judged where the applied rules are `everything` there is.
        """
        for suppression in self.all:
            idle = sorted((suppression.codes or frozenset()) & applied - suppression.used)
            idle += suppression.unknown
            if suppression.codes is None:
                if everything and not suppression.used:
                    said = f"the {suppression.written} suppresses nothing"
                    yield Hit(suppression.place, said, fix=self._removal(suppression))
            elif idle:
                unknown = " (no such rule)" if suppression.unknown and len(idle) == len(suppression.unknown) else ""
                whole = len(idle) == len(suppression.codes) + len(suppression.unknown)
                fix = self._removal(suppression) if whole else self._without(suppression, set(idle))
                said = f"the {suppression.written} suppresses nothing of {', '.join(idle)}{unknown}"
                yield Hit(suppression.place, said, fix=fix)

    def _line(self, place: Place) -> str:
        cell = next(c for c in self._notebook.cells if c.number == place.cell)
        return cell.source.split("\n")[place.row - 1]

    def _removal(self, suppression: Suppression) -> Fix | None:
        """Takes the comment away, with the space before it; with what is said after it, for that explains it."""
        if suppression.written != "comment":
            return None
        place = suppression.place
        line = self._line(place)
        before = line[: place.column - 1]
        another = line.find("#", place.end_column - 1)
        if not before.strip() and another < 0:
            end = Place(place.cell, place.row, 1, place.row + 1, 1)
            return Fix("safe", "Remove the suppression", (Edit(end, ""),))
        stop = another + 1 if another >= 0 else len(line) + 1
        start = place.column if another >= 0 else len(before.rstrip()) + 1
        return Fix("safe", "Remove the suppression", (Edit(Place(place.cell, place.row, start, place.row, stop), ""),))

    def _without(self, suppression: Suppression, idle: set[str]) -> Fix | None:
        if suppression.written != "comment":
            return None
        place = suppression.place
        text = self._line(place)[place.column - 1 : place.end_column - 1]
        names = text[text.index("[") + 1 : text.index("]")].split(",")
        kept = [n.strip() for n in names if (rule := self._rule(n)) is not None and rule.code not in idle]
        text = text[: text.index("[") + 1] + ", ".join(kept) + text[text.index("]") :]
        return Fix("safe", "Remove what it doesn't suppress", (Edit(place, text),))
