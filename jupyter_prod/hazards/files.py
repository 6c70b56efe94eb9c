"""Which calls touch files, and with which path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.literals import capitals, holder, to_parameter
from jupyter_prod.hazards.rule import Fix
from jupyter_prod.knowledge import knowledge
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_TOUCHES = lazy(
    r"""^(?: read_\w+ | load\w* | imread | imwrite | open | (?:list|scan)dir | walk | i?glob | makedirs | mkdir |
        chdir | stat | exists | is_?file | is_?dir |
        upload_file | download_file | (?:write|save|dump|export)\w* | (?:read|write)_(?:text|bytes) |
        to_(?:csv|excel|json|parquet|pickle|feather|hdf|stata|html|latex|markdown|file|disk|zarr|netcdf|orc|xml) |
        savefig | savetxt | savez\w* | (?:gen|load)?fromtxt | fromfile | tofile | ImageFolder | DatasetFolder |
        ImageDataGenerator | flow_from_directory | image_dataset_from_directory | from_pretrained |
        (?:Zip|Tar|H5)?File | ExcelWriter | ExcelFile | HDFStore | Database | parquet | csv | json | orc | textFile
        | extractall | unpack_archive | make_archive | get_file | from_file | from_csv | from_json | from_parquet |
        resolve | iterdir | rglob | expanduser | abspath | realpath | DirectoryLoader | \w*Loader | memmap |
        VideoCapture | set_data_path )$""",
    re.VERBOSE,
)
_KEYWORDS = (
    "path",
    "filename",
    "file",
    "fname",
    "filepath",
    "filepath_or_buffer",
    "path_or_buf",
    "io",
    "root",
    "directory",
    "dir",
    "data_dir",
    "fp",
    "save_directory",
    "src",
    "dst",
    "excel_writer",
)


_TABLES = ("frame.", "series.", "array.", "accessor.", "groupby.", "builtins.str.")


def touches_files(name: str) -> bool:
    """Whether a call of this qualified name is given paths."""
    if name.startswith(_TABLES):
        return name.rsplit(".", 1)[-1].startswith("to_")
    if name.startswith(("os.", "shutil.", "pathlib.")):
        return not name.startswith(("os.system", "os.popen", "os.environ", "os.getenv"))
    facts = knowledge().function(name)
    if facts is not None and facts["rows"] in ("reads", "writes", "saves", "loads"):
        return True
    return _TOUCHES.match(name.rsplit(".", 1)[-1]) is not None


def path_arguments(call: ast.Call) -> Iterator[ast.expr]:
    """The expressions of a call that may be paths."""
    yield from call.args
    for keyword in call.keywords:
        yield keyword.value


def path_of(call: ast.Call) -> ast.expr | None:
    """The path that a call reads or writes: a keyword that says so, else the first argument."""
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            return keyword.value
    return call.args[0] if call.args else None


def texts(value: Value, seen: set[int] | None = None) -> set[str]:
    """The constant texts that a value may be."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return set()
    seen.add(id(value))
    found = {value.const} if isinstance(value.const, str) else set()
    for other in value.alike:
        found |= texts(other, seen)
    return found


def opened(facts: Facts, node: ast.expr | None) -> ast.Call | None:
    """The call of `open` behind a file object, also where a name holds it."""
    value = facts.value(node)
    made = value.made if value is not None else None
    if isinstance(made, ast.Call) and facts.qualified(made.func) in (
        "builtins.open",
        "io.open",
        "gzip.open",
        "bz2.open",
        "lzma.open",
    ):
        return made
    return None


def path_parameter(facts: Facts, literal: ast.expr) -> Fix | None:
    """The fix that makes a literal path a parameter; None where other text can't simply take its place."""
    if not isinstance(literal, ast.Constant) or not isinstance(literal.value, str):
        return None
    moved = to_parameter(facts, literal, _parameter_name(facts, literal, literal.value))
    if moved is None:
        return None
    edit, parameter = moved
    return Fix("unsafe", f"Make the path a parameter, `{parameter.name}`", edits=(edit,), parameters=(parameter,))


def _parameter_name(facts: Facts, literal: ast.expr, path: str) -> str:
    """`SALES_FILE` for `…/sales.csv`, `PLATES_FOLDER` for a folder; after the variable where the path says nothing."""
    last = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    stem, dot, _ = last.partition(".")
    words = capitals(stem) if re.search(r"[A-Za-z]{2}", stem) and not re.search(r"[*?:%{]", stem) else ""
    held = capitals(holder(facts, literal))
    name = words or held or "DATA"
    return f"{name}_FILE" if dot and stem else f"{name}_FOLDER"
