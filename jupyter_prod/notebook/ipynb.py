"""The bytes of an `.ipynb` file, nbformat 2 to 4, as cells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook.nouns import Cell, Kind

_SAVE_AGAIN = "open it in Jupyter and save it again"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_V3_MIME = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
}


class _Cell(msgspec.Struct):
    cell_type: str = "code"
    id: Any = None
    source: str | list[str] = ""
    input: str | list[str] = ""
    metadata: dict[str, Any] = {}
    outputs: list[dict[str, Any]] = []
    execution_count: Any = None
    prompt_number: Any = None
    language: str = ""
    level: int = 1


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Document(msgspec.Struct):
    cells: list[_Cell] | None = None
    worksheets: list[_Worksheet] | None = None
    metadata: dict[str, Any] = {}
    nbformat: int | None = None
    nbformat_minor: int = 0


_decoder = msgspec.json.Decoder(_Document)


def read_ipynb(data: bytes, where: str) -> tuple[tuple[Cell, ...], Mapping[str, Any], tuple[int, int]]:
    """Cells, metadata and format version of a notebook file's bytes.

    Raises UsableError, with `where` as its place, for whatever is not a notebook.
    """
    document = _decode(data, where)
    version = document.nbformat
    if version is None or (document.cells is None and document.worksheets is None):
        raise UsableError("is JSON, but not a notebook (it has no cells or no nbformat)", where)
    if version > 4:
        raise UsableError(f"has nbformat {version}; the newest known is 4", where, "update jupyter-prod")
    if version < 2:
        raise UsableError(f"has nbformat {version}, older than any Jupyter reads", where)
    if document.cells is not None:
        found = document.cells
    else:
        found = [cell for sheet in document.worksheets or [] for cell in sheet.cells]
    metadata = document.metadata
    languages = {cell.language for cell in found if cell.language and cell.cell_type == "code"}
    if version < 4 and len(languages) == 1 and "language_info" not in metadata:
        metadata = {**metadata, "language_info": {"name": languages.pop()}}
    return (
        tuple(_cell(n, cell, version) for n, cell in enumerate(found, 1)),
        metadata,
        (version, document.nbformat_minor),
    )


def _decode(data: bytes, where: str) -> _Document:
    if data[:2] in _UTF16_MARKS:
        raise UsableError("is UTF-16; notebooks are UTF-8", where, "save it as UTF-8")
    data = data.removeprefix(b"\xef\xbb\xbf")  # editors on Windows write this mark; Jupyter's own reader stumbles on it
    if not data.strip():
        raise UsableError("is empty", where)
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as e:
        raise UsableError(f"is not a valid notebook: {_plain(e)}", where, _SAVE_AGAIN) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_leniently(data, where)
    except RecursionError:
        raise UsableError("is nested too deeply for a notebook", where) from None


def _decode_leniently(data: bytes, where: str) -> _Document:
    """What Python's own writer lets through and JSON does not: NaN in a plot's data, half of a surrogate pair."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise UsableError(f"is not UTF-8 text (byte {e.start})", where, "save it as UTF-8") from None
    try:
        return msgspec.convert(_mended(json.loads(text)), _Document)
    except msgspec.ValidationError as e:
        raise UsableError(f"is not a valid notebook: {_plain(e)}", where, _SAVE_AGAIN) from None
    except json.JSONDecodeError as e:
        if "\n<<<<<<< " in text or text.startswith("<<<<<<< "):
            raise UsableError("holds unresolved merge conflicts (<<<<<<<)", where, "resolve them first") from None
        if text.lstrip()[:1] == "<":
            raise UsableError("is a web page, not a notebook", where, "download the notebook's raw file") from None
        if e.pos >= len(text.rstrip()) or e.msg.startswith("Unterminated"):
            raise UsableError(f"is cut off: its JSON ends in the middle, at line {e.lineno}", where) from None
        raise UsableError(f"is not a notebook: no JSON at line {e.lineno}, column {e.colno}", where) from None
    except RecursionError:
        raise UsableError("is nested too deeply for a notebook", where) from None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def _plain(error: msgspec.ValidationError) -> str:
    return str(error).replace("`", "").replace(" - at ", " at ")


def _cell(number: int, cell: _Cell, version: int) -> Cell:
    source = _text(cell.source) or _text(cell.input)
    if version < 4 and cell.cell_type == "heading":
        source = "#" * max(1, min(cell.level, 6)) + " " + source
    kind: Kind = "code" if cell.cell_type == "code" else "markdown"
    if cell.cell_type not in ("code", "markdown", "heading", "html"):
        kind = "raw"
    tags = cell.metadata.get("tags")
    count = cell.execution_count if cell.execution_count is not None else cell.prompt_number
    outputs = cell.outputs if version >= 4 else [_modern_output(output) for output in cell.outputs]
    return Cell(
        number=number,
        id=cell.id if isinstance(cell.id, str) else None,
        kind=kind,
        source=source,
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        metadata=cell.metadata,
        outputs=tuple(outputs),
        execution_count=count if isinstance(count, int) else None,
    )


def _text(source: str | list[str]) -> str:
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _modern_output(output: dict[str, Any]) -> dict[str, Any]:
    kind = output.get("output_type")
    if kind == "stream":
        return {"output_type": "stream", "name": output.get("stream", "stdout"), "text": output.get("text", "")}
    if kind == "pyerr":
        return {**output, "output_type": "error"}
    data = {mime: output[key] for key, mime in _V3_MIME.items() if key in output}
    modern: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": output.get("metadata", {})}
    if kind == "pyout":
        modern |= {"output_type": "execute_result", "execution_count": output.get("prompt_number")}
    return modern
