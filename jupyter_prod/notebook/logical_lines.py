"""Where Python statements end, told without a parser: cells may hold lines that no Python parser takes."""

from __future__ import annotations

import re

from jupyter_prod.patterns import lazy

_PIECE = lazy(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<triple>\"\"\"|''')
    | (?P<text>"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$))
    | (?P<opened>[(\[{])
    | (?P<closed>[)\]}])
    | (?P<plain>[^\#"'()\[\]{}\\]+)
    | (?P<other>\\.?)
    """,
    re.VERBOSE,
)


def statement_end(lines: list[str], first: int) -> tuple[int, str]:
    """The index of the last line of the statement that starts at `lines[first]`, and its code on that last line.

    Brackets, multi-line strings and a trailing backslash carry a statement on. In the code, strings and comments are
    blanked out at equal length, so that what is found in it is syntax. Never fails: an open string or bracket runs to
    the last line.
    """
    depth, fence = 0, ""
    for number in range(first, len(lines)):
        depth, fence, code = _walked(lines[number], depth, fence)
        continued = code.endswith("\\") and number + 1 < len(lines)
        if depth <= 0 and not fence and not continued:
            return number, code
    return len(lines) - 1, ""


def _walked(line: str, depth: int, fence: str) -> tuple[int, str, str]:
    code: list[str] = []
    position = 0
    while position < len(line):
        if fence:
            end = _closing(line, position, fence)
            code.append(" " * ((end if end >= 0 else len(line)) - position))
            if end < 0:
                break
            position, fence = end, ""
            continue
        piece = _PIECE.match(line, position)
        if piece is None:  # a backslash before a form feed or the like
            code.append(line[position])
            position += 1
            continue
        kind, text = piece.lastgroup, piece[0]
        position = piece.end()
        if kind == "triple":
            fence = text
        depth += (kind == "opened") - (kind == "closed" and depth > 0)
        code.append('"' * len(text) if kind in ("text", "triple") else " " * len(text) if kind == "comment" else text)
    return depth, fence, "".join(code)


def _closing(line: str, position: int, fence: str) -> int:
    while position < len(line):
        if line[position] == "\\":
            position += 2
        elif line.startswith(fence, position):
            return position + 3
        else:
            position += 1
    return -1
