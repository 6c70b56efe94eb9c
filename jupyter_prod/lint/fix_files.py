"""Fixing files: rounds of checking and fixing, and writing whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_prod.errors import UsableError
from jupyter_prod.lint.fixing import edited_text, plan_fixes
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.notebook import Notebook, parse_notebook
from jupyter_prod.notebook.rewriting import Changes, rewritten

MOST_ROUNDS = 20
"""A fix may make room for another; more rounds than this mean that two rules undo each other."""

MOST_ALONE = 30
"""How many fixes are tried one by one where they don't go together."""

Check = Callable[[Notebook], list[Finding]]


@dataclass(frozen=True)
class Fixed:
    """A file after fixing: its bytes, the findings that are left, and those that were fixed."""

    data: bytes
    left: list[Finding]
    fixed: list[Finding]


def fix_bytes(data: bytes, path: Path, check: Check, unsafe: bool) -> Fixed:
    """The notebook's bytes with all its fixes made, safe ones only where `unsafe` is false.

    Only what is fixed differs, to the byte. Raises UsableError for bytes that are no notebook.
    """
    state = _State(data, parse_notebook(data, path))
    state.findings = check(state.notebook)
    fixed: list[Finding] = []
    for _ in range(MOST_ROUNDS):
        wanted = [f for f in state.findings if f.fix is not None]
        done = _round(state, wanted, path, check, unsafe)
        if not done:  # one of them undoes what the others do: each for itself
            done = next((d for f in wanted[:MOST_ALONE] if (d := _round(state, [f], path, check, unsafe))), [])
        if not done:
            break
        fixed += done
    return Fixed(state.data, state.findings, fixed)


@dataclass
class _State:
    data: bytes
    notebook: Notebook
    findings: list[Finding] = field(default_factory=list)


def _round(state: _State, wanted: list[Finding], path: Path, check: Check, unsafe: bool) -> list[Finding]:
    """Makes the fixes that go together, and says which; none where the notebook wouldn't be better for it."""
    changes, done = plan_fixes(state.notebook, wanted, unsafe)
    if not done or not (changes.sources or changes.cleared or changes.removed or changes.inserted):
        return []
    changed = rewritten(state.data, path, changes)
    if changed == state.data or not _kept(changed, path, state.notebook, changes):
        return []
    notebook = parse_notebook(changed, path)
    after = check(notebook)
    if len(after) >= len(state.findings):  # a fix that brings as many hazards as it takes is none
        return []
    state.data, state.notebook, state.findings = changed, notebook, after
    return done


def _kept(data: bytes, path: Path, before: Notebook, changes: Changes) -> bool:
    """Whether the bytes hold a notebook whose cells are those of before, but for the changes."""
    try:
        after = parse_notebook(data, path)
    except UsableError:
        return False
    expected = [
        (cell.kind, changes.sources.get(cell.number, cell.source))
        for cell in before.cells
        if cell.number not in changes.removed
    ]
    for new in sorted(changes.inserted, key=lambda n: n.before, reverse=True):
        place = sum(1 for c in before.cells if c.number < new.before and c.number not in changes.removed)
        expected.insert(place, ("code", new.source))
    return [(cell.kind, cell.source.rstrip("\n")) for cell in after.cells] == [
        (kind, source.rstrip("\n")) for kind, source in expected
    ]


def fix_other_files(findings: Iterable[Finding], unsafe: bool) -> dict[Path, tuple[str, str]]:
    """Other files than notebooks that findings have fixes for: path → (text before, text after)."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        fix = finding.fix
        if fix is not None and fix.file is not None and (unsafe or fix.applicability == "safe"):
            by_file.setdefault(fix.file, []).append(finding)
    found: dict[Path, tuple[str, str]] = {}
    for name, held in by_file.items():
        edits = {edit: None for finding in held if finding.fix is not None for edit in finding.fix.edits}
        with contextlib.suppress(OSError, UnicodeDecodeError):
            before = Path(name).read_bytes().decode("utf-8")
            unified = before.replace("\r\n", "\n")
            after = edited_text(unified, list(edits))
            found[Path(name)] = (before, after.replace("\n", "\r\n") if "\r\n" in before else after)
    return found


def write_whole(path: Path, data: bytes) -> None:
    """Replaces a file's content at once, its mode kept; a link's target is replaced, not the link.

    Raises UsableError where that can't be done; the file is then as it was.
    """
    target = Path(os.path.realpath(path))
    made = ""
    try:
        handle, made = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(target, made)
        os.replace(made, target)
    except OSError as e:
        with contextlib.suppress(OSError):
            os.unlink(made)
        raise UsableError(f"can't be written ({e.strerror})", str(path)) from None


def notebook_diff(before: bytes, after: bytes, path: Path) -> str:
    """A unified diff of a notebook's cells, each named as a file of its own."""
    old, new = parse_notebook(before, path), parse_notebook(after, path)
    lines: list[str] = []
    by_place = difflib.SequenceMatcher(None, [c.source for c in old.cells], [c.source for c in new.cells], False)
    for tag, a, b, c, d in by_place.get_opcodes():
        if tag == "equal":
            for one, two in zip(old.cells[a:b], new.cells[c:d], strict=True):
                if one.outputs != two.outputs:
                    lines.append(f"--- {path}:cell {one.number} (outputs cleared)\n")
            continue
        for place in range(max(b - a, d - c)):
            first = old.cells[a + place] if a + place < b else None
            second = new.cells[c + place] if c + place < d else None
            before_name, after_name = (
                f"{path}:cell {cell.number}" if cell is not None else "/dev/null" for cell in (first, second)
            )
            texts = [_lines(cell.source) if cell is not None else [] for cell in (first, second)]
            lines += difflib.unified_diff(texts[0], texts[1], before_name, after_name)
    return "".join(lines)


def text_diff(before: str, after: str, path: Path) -> str:
    """A unified diff of a text file."""
    return "".join(difflib.unified_diff(_lines(before), _lines(after), str(path), str(path)))


def _lines(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")] if text else []
