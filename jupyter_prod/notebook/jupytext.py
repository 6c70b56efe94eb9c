"""Notebooks kept as text: Jupytext's percent scripts and its Markdown, MyST's code cells among it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook.nouns import Cell, Kind
from jupyter_prod.notebook.rewriting import Changes, NewCell
from jupyter_prod.patterns import lazy

_MARKER = lazy(r"^#\s*%%(?P<kind>%*)(?:\s+(?P<rest>.*))?$")
_KIND = lazy(r"\[(markdown|md|raw)\]")
_OPTION = lazy(r"(?<![\w.])([\w.:-]+)\s*=\s*(\"(?:\\.|[^\"])*\"|\[[^\]]*\]|\{[^}]*\}|[^\s,]+)")
_COMMENTED_MAGIC = lazy(r"^(\s*)#\s?(?=%{1,2}[a-zA-Z]|![A-Za-z.~$/{])")
_FENCE = lazy(r"^(`{3,}|~{3,})\s*(?:\{code-cell\}\s*)?(?P<language>[\w+#.-]*)(?P<rest>.*)$")
_REGION = lazy(r"^<!--\s*#(region|raw|md|markdown)\b(?P<rest>.*?)-->\s*$")
_END_REGION = lazy(r"^<!--\s*#end(region|raw|md|markdown)\b.*-->\s*$")
_PYTHON = ("python", "python3", "ipython", "ipython3")


@dataclass
class _Draft:
    kind: Kind = "code"
    options: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    first: int = 0
    """The file's line, counted from 0, that `lines` begin with."""

    def add(self, line: str, row: int) -> None:
        if not self.lines:
            self.first = row
        self.lines.append(line)


def read_percent(text: str, where: str) -> tuple[tuple[Cell, ...], Mapping[str, Any]]:
    """Cells and metadata of a percent script. Raises UsableError where the text has no cell marker at all."""
    drafts, metadata = _percent_drafts(text, where)
    for draft in drafts:
        draft.lines = _uncommented(draft)
    return _numbered(drafts), metadata


def _percent_drafts(text: str, where: str) -> tuple[list[_Draft], Mapping[str, Any]]:
    lines = text.split("\n")
    metadata, start = _commented_header(lines, where)
    drafts: list[_Draft] = []
    fence = ""
    for row, line in enumerate(lines[start:], start):
        marker = None if fence else _MARKER.match(line)
        if marker:
            drafts.append(_opened(marker["rest"] or ""))
            continue
        if not drafts:
            drafts.append(_Draft())
        if drafts[-1].kind == "code":
            fence = _open_string(line, fence)
        drafts[-1].add(line, row)
    if not any(_MARKER.match(line) for line in lines[start:]):
        raise UsableError("has no cells", where, "mark them with # %% as Jupytext's percent format does")
    if drafts[0].kind == "code" and not _stripped(drafts[0].lines) and not _MARKER.match(lines[start]):
        del drafts[0]
    return drafts, metadata


def read_markdown(text: str, where: str) -> tuple[tuple[Cell, ...], Mapping[str, Any]]:
    """Cells and metadata of a Markdown notebook. Raises UsableError where no code block is a cell of it."""
    drafts, metadata = _markdown_drafts(text, where)
    return _numbered(drafts), metadata


def _markdown_drafts(text: str, where: str) -> tuple[list[_Draft], Mapping[str, Any]]:
    lines = text.split("\n")
    metadata, start = _header(lines, where)
    language = _language(metadata)
    drafts: list[_Draft] = []
    fence = ""
    region = False
    for row, line in enumerate(lines[start:], start):
        opening = _FENCE.match(line)
        if fence:
            if line.startswith(fence) and not line.strip(fence[0]).strip():
                fence = ""
                drafts.append(_Draft("markdown"))
            else:
                drafts[-1].add(line, row)
        elif opening and (opening["language"].lower() in language or "{code-cell}" in line) and ".noeval" not in line:
            fence = opening[1]
            drafts.append(_Draft("code", _options(opening["rest"])))
        elif start_of := _REGION.match(line):
            region = True
            drafts.append(_Draft("raw" if start_of[1] == "raw" else "markdown", _options(start_of["rest"])))
        elif _END_REGION.match(line):
            region = False
            drafts.append(_Draft("markdown"))
        else:
            if not drafts or (
                not region and drafts[-1].kind == "markdown" and drafts[-1].lines[-2:] == ["", ""] and line
            ):
                drafts.append(_Draft("markdown"))
            drafts[-1].add(line, row)
    cells = [draft for draft in drafts if draft.kind == "code" or _stripped(draft.lines)]
    if not any(draft.kind == "code" for draft in cells):
        raise UsableError("has no code cells", where, "a notebook in Markdown has ```python blocks")
    for draft in cells:
        if draft.kind == "code":
            _take_myst_options(draft)
    return cells, metadata


def rewritten_text(text: str, suffix: str, changes: Changes) -> str:
    """The text with a notebook's code cells changed; lines that don't change stay as they are, also their ends."""
    ends = re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$", text)
    plain = [line.rstrip("\r\n") for line in ends]
    end = "\r\n" if ends and ends[0].endswith("\r\n") else "\n"
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    drafts = (_percent_drafts if suffix == ".py" else _markdown_drafts)(unified, "")[0]
    edits: list[tuple[int, int, list[str]]] = []
    for number, source in changes.sources.items():
        draft = drafts[number - 1]
        first = draft.first + next((n for n, line in enumerate(draft.lines) if line.strip()), 0)
        old = _stripped(draft.lines)
        live = _uncommented(draft) if suffix == ".py" else old
        matcher = difflib.SequenceMatcher(None, live, source.split("\n"), autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag != "equal":
                lines = [_commented(line) if suffix == ".py" else line for line in source.split("\n")[c:d]]
                edits.append((first + a, first + b, lines))
    for number in changes.removed:
        draft = drafts[number - 1]
        edits.append((draft.first - 1, draft.first + len(draft.lines), []))
    for new in changes.inserted:
        edits.append(_insertion(new, drafts, plain, suffix))
    for first, last, lines in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        ends[first:last] = [line + end for line in lines]
    whole = "".join(ends)
    return whole if text.endswith(("\n", "\r")) else whole.removesuffix(end)


def first_lines(path: Path) -> list[int]:
    """The file's line, from 1, that each cell's source begins with; empty where it can't be read."""
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        unified = text.replace("\r\n", "\n").replace("\r", "\n")
        drafts = (_percent_drafts if path.suffix == ".py" else _markdown_drafts)(unified, "")[0]
    except (OSError, UsableError):
        return []
    return [d.first + 1 + next((n for n, line in enumerate(d.lines) if line.strip()), 0) for d in drafts]


def _commented(line: str) -> str:
    """A line of a script: IPython commands are comments in it, as Jupytext writes them."""
    return re.sub(r"^(\s*)(?=%{1,2}[a-zA-Z]|![A-Za-z.~$/{])", r"\1# ", line)


def _insertion(new: NewCell, drafts: list[_Draft], plain: list[str], suffix: str) -> tuple[int, int, list[str]]:
    """Where a new cell goes, before the marker of another, and its lines."""
    tags = ", ".join(f'"{tag}"' for tag in new.tags)
    code = new.source.split("\n")
    if suffix == ".py":
        lines = ["# %%" + (f" tags=[{tags}]" if tags else ""), *code, ""]
    else:
        lines = ["```python" + (f" tags=[{tags}]" if tags else ""), *code, "```", ""]
    if new.before > len(drafts):
        return len(plain), len(plain), ["", *lines]
    first = drafts[new.before - 1].first
    above = range(first, max(-1, first - 8), -1)  # options of a cell may stand between its marker and its code
    marker = next((row for row in above if _MARKER.match(plain[row]) or _FENCE.match(plain[row])), first)
    return marker, marker, lines


def _opened(rest: str) -> _Draft:
    named = _KIND.search(rest)
    kind: Kind = "code" if named is None else "raw" if named[1] == "raw" else "markdown"
    return _Draft(kind, _options(rest))


def _options(text: str) -> dict[str, Any]:
    """Cell options as Jupytext writes them: `tags=["a", "b"] key="value"`, or one JSON object."""
    if "=" not in text and ":" not in text:
        return {}
    if text.strip().startswith("{") or re.search(r"\s\{\"", text):
        found = _yaml(text[text.index("{") :])
        return found if isinstance(found, dict) else {}
    return {name: _yaml(value) for name, value in _OPTION.findall(text)}


def _yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _take_myst_options(draft: _Draft) -> None:
    """MyST writes a cell's options as its first lines, `:tags: [a]`; they are no code."""
    taken = 0
    while taken < len(draft.lines) and (option := re.match(r"^:([\w-]+):\s*(.*)$", draft.lines[taken])):
        draft.options[option[1]] = _yaml(option[2])
        taken += 1
    del draft.lines[:taken]
    draft.first += taken


def _open_string(line: str, fence: str) -> str:
    """The quotes of the multi-line string that is open after the line: a `# %%` inside it is text."""
    position = 0
    while position < len(line):
        if fence:
            end = line.find(fence, position)
            if end < 0:
                return fence
            position, fence = end + 3, ""
        elif line.startswith(('"""', "'''"), position):
            fence = line[position : position + 3]
            position += 3
        elif line[position] in "\"'":
            closing = re.compile(r"(?:\\.|[^\\" + line[position] + r"])*" + line[position]).match(line, position + 1)
            position = closing.end() if closing else len(line)
        elif line[position] == "#":
            return ""
        else:
            position += 1
    return fence


def _uncommented(draft: _Draft) -> list[str]:
    lines = _stripped(draft.lines)
    if draft.kind == "code":
        return _uncommented_code(lines)
    if lines and lines[0].strip() in ('"""', "'''") and lines[-1].strip() == lines[0].strip() and len(lines) > 1:
        return lines[1:-1]
    return [re.sub(r"^# ?", "", line) for line in lines]


def _uncommented_code(lines: list[str]) -> list[str]:
    """Jupytext comments IPython commands so that the script is Python; in the notebook they are live."""
    if lines and re.match(r"^#\s?%%[a-zA-Z]", lines[0]):
        name = lines[0].split("%%", 1)[1].split()[0]
        if all(line.startswith("#") or not line.strip() for line in lines) and name not in (
            "time",
            "timeit",
            "capture",
        ):
            return [re.sub(r"^# ?", "", line) for line in lines]
    return [_COMMENTED_MAGIC.sub(r"\1", line) for line in lines]


def _stripped(lines: list[str]) -> list[str]:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]


def _commented_header(lines: list[str], where: str) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].rstrip() != "# ---":
        return {}, 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "# ---"), 0)
    if not end:
        return {}, 0
    return _metadata([re.sub(r"^# ?", "", line) for line in lines[1:end]], where), end + 1


def _header(lines: list[str], where: str) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    return (_metadata(lines[1:end], where), end + 1) if end else ({}, 0)


def _metadata(lines: list[str], where: str) -> dict[str, Any]:
    try:
        header = yaml.safe_load("\n".join(lines))
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UsableError("has a header that is not YAML", where, "mend the lines between the --- marks") from None
    if not isinstance(header, dict):
        return {}
    inner = header.get("jupyter", header)
    return {str(key): value for key, value in inner.items()} if isinstance(inner, dict) else {}


def _language(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    spec = metadata.get("kernelspec")
    language = str(spec.get("language") or "python").lower() if isinstance(spec, dict) else "python"
    return _PYTHON if language in _PYTHON else (language,)


def _numbered(drafts: list[_Draft]) -> tuple[Cell, ...]:
    return tuple(_cell(number, draft) for number, draft in enumerate(drafts, 1))


def _cell(number: int, draft: _Draft) -> Cell:
    tags = draft.options.get("tags")
    return Cell(
        number=number,
        id=None,
        kind=draft.kind,
        source="\n".join(_stripped(draft.lines)),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        metadata=draft.options,
    )
