"""From a path to a Notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook.ipynb import read_ipynb
from jupyter_prod.notebook.nouns import Notebook

LARGEST = 512 * 1024 * 1024
"""The largest file that is read, in bytes: more would be held in memory several times over."""

_KERNEL_LANGUAGES = {"python": "python", "ir": "r", "julia": "julia", "scala": "scala", "bash": "bash", "sos": "sos"}


def read_notebook(path: Path) -> Notebook:
    """The notebook in a file: `.ipynb` (nbformat 2 to 4.5), Jupytext percent (`.py`) or Markdown (`.md`).

    Nothing of it is run or imported. Raises UsableError for a path that holds no readable notebook: missing, a folder,
    empty, cut off, of another format or encoding, larger than LARGEST.
    """
    return parse_notebook(read_bytes(path), path)


def parse_notebook(data: bytes, path: Path) -> Notebook:
    """The notebook that these bytes hold, which are or would be the file at `path`; errors as `read_notebook`."""
    where = str(path)
    nbformat = (4, 5)
    if path.suffix in (".py", ".md"):
        from jupyter_prod.notebook.jupytext import (
            read_markdown,
            read_percent,
        )  # it brings YAML, which few notebooks need

        text = _text(data, where)
        cells, metadata = (read_percent if path.suffix == ".py" else read_markdown)(text, where)
    else:
        cells, metadata, nbformat = read_ipynb(data, where)
    return Notebook(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        cells=cells,
        metadata=metadata,
        nbformat=nbformat,
        language=_language(metadata),
        kernel=_kernel(metadata),
    )


def read_bytes(path: Path) -> bytes:
    where = str(path)
    try:
        if path.is_dir():
            raise UsableError("is a folder, not a notebook", where)
        if not path.exists():
            raise UsableError("does not exist", where)
        if not path.is_file():  # a pipe or a device would be waited for without end
            raise UsableError("is not a file", where)
        if path.stat().st_size > LARGEST:
            raise UsableError(f"is larger than {LARGEST // 1024**2} MB", where, "clear its outputs first")
        return path.read_bytes()
    except (OSError, ValueError) as e:
        reason = getattr(e, "strerror", None) or str(e)
        raise UsableError(f"can't be read ({reason})", where) from None


def _text(data: bytes, where: str) -> str:
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise UsableError("is empty", where)
    try:
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as e:
        raise UsableError(f"is not UTF-8 text (byte {e.start})", where, "save it as UTF-8") from None


def _language(metadata: Mapping[str, Any]) -> str:
    """What the kernel said when the notebook was saved; else what the kernel spec says; else Python."""
    info, spec = metadata.get("language_info"), metadata.get("kernelspec")
    for found in (_name(info, "name"), _name(spec, "language")):
        if found:
            return "python" if found.lower() in ("ipython", "python3", "python2") else found.lower()
    kernel = (_kernel(metadata) or "").lower().rstrip("0123456789.-")
    return _KERNEL_LANGUAGES.get(kernel, "python")


def _kernel(metadata: Mapping[str, Any]) -> str | None:
    return _name(metadata.get("kernelspec"), "name")


def _name(found: Any, key: str) -> str | None:
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, str) and value else None
