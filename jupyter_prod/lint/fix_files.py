"""Fixing files: rounds of checking and fixing, and writing whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from jupyter_prod.errors import UsableError
from jupyter_prod.lint.fixing import edited_text, plan_fixes
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.notebook import Notebook, parse_notebook
from jupyter_prod.notebook.rewriting import Changes, rewritten

MOST_ROUNDS = 10
"""A fix may make room for another; more rounds than this mean that two rules undo each other."""

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
    notebook = parse_notebook(data, path)
    findings = check(notebook)
    fixed: list[Finding] = []
    for _ in range(MOST_ROUNDS):
        changes, done = plan_fixes(notebook, findings, unsafe)
        if not done or not (changes.sources or changes.cleared or changes.removed or changes.inserted):
            break
        changed = rewritten(data, path, changes)
        if changed == data or not _kept(changed, path, notebook, changes):
            break
        notebook = parse_notebook(changed, path)
        after = check(notebook)
        if len(after) >= len(findings):  # a fix that brings as many hazards as it takes is none
            break
        data, findings = changed, after
        fixed += done
    return Fixed(data, findings, fixed)


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
