"""The folders that code writes into and expects to be there, as far as its text says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

_WRITERS = frozenset(
    "open dump save savefig savetxt save_model save_weights imsave imwrite write_html write_image write_csv "
    "write_parquet to_csv to_excel to_feather to_file to_hdf to_html to_json to_parquet to_pickle to_sql export "
    "ExcelWriter".split()
)
_MAKERS = frozenset(("mkdir", "makedirs"))


def write_folders(sources: Iterable[str]) -> tuple[str, ...]:
    """The relative folders, seen from the notebook's, that files are written into and that the code doesn't make.

    Magics and shell lines are passed over; a source that is no Python says nothing.
    """
    written: set[str] = set()
    made: set[str] = set()
    for source in sources:
        tree = parsed(source)
        if tree is None:
            continue
        names = dict(_constants(tree))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
            if function in _WRITERS:
                written |= {folder for text in _texts(arguments, names) if (folder := _folder(text))}
            elif function in _MAKERS:
                made |= {text.rstrip("/") for text in _texts([*arguments, call.func], names)}
    return tuple(sorted(folder for folder in written if not any(_within(folder, one) for one in made)))


def parsed(source: str) -> ast.Module | None:
    """The tree of a cell or module, magics and shell lines passed over; None where it is no Python."""
    try:
        return ast.parse(re.sub(r"(?m)^([ \t]*)[%!?].*$", r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from ((target.id, node.value.value) for target in node.targets if isinstance(target, ast.Name))


def _texts(arguments: Iterable[ast.expr], names: dict[str, str]) -> Iterator[str]:
    """What is known of the beginning of each path among the arguments of a call."""
    for argument in arguments:
        match argument:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Name(id=name) if name in names:
                yield names[name]
            case ast.JoinedStr(values=[first, *_]):
                yield from _texts([first.value if isinstance(first, ast.FormattedValue) else first], names)
            case ast.BinOp(left=left):
                yield from _texts([left], names)
            case ast.Call(func=ast.Attribute(attr="join"), args=[first, *_]):  # os.path.join("out", name)
                yield from (text + "/" for text in _texts([first], names))
            case ast.Call(args=[first, *_]):  # Path("out/x"), str("out/x")
                yield from _texts([first], names)
            case ast.Attribute(value=value):
                yield from _texts([value], names)


def _folder(text: str) -> str | None:
    """The folder of a relative path; None where the text is none, or the folder is the notebook's own."""
    if "/" not in text or re.match(r"[a-zA-Z]:|[/~]|\w+://", text) or not text.isprintable() or len(text) > 200:
        return None
    folder = str(PurePosixPath(text if text.endswith("/") else text.rpartition("/")[0]))
    return None if folder in (".", "") else folder


def _within(folder: str, other: str) -> bool:
    return PurePosixPath(folder).is_relative_to(PurePosixPath(other))
