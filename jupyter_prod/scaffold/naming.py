"""Names of a project from a notebook's file name, and the name of a raw row: its hash."""

from __future__ import annotations

import hashlib
import json
import keyword
import re
import sys
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

_RESERVED = frozenset(
    # what every generated project imports, installs a script for, or has as a folder
    "pandas numpy sklearn scipy joblib yaml fastapi starlette uvicorn structlog prometheus_client pydantic anyio httpx "
    "nbclient nbformat ipykernel jupyter jupyter_prod pytest mypy ruff uv pip setuptools hatchling wheel python "
    "python3 src tests test data notebook artifacts docs make activate conftest "
    # standard modules of Pythons other than the one running
    "asynchat asyncore imp distutils smtpd tomllib aifc audioop cgi cgitb chunk crypt imghdr mailcap msilib nis "
    "nntplib ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib lib2to3".split()
)
_LONGEST = 40


def project_names(stem: str, used: Collection[str]) -> tuple[str, str, str]:
    """The project's (name, package, command) for a notebook's file stem.

    `used` are the top-level modules that the project imports: the package is called like none of them, like no standard
    module and like nothing that the project installs. Accents are dropped; a stem without a latin letter or digit
    becomes `notebook_` and six hex digits of its hash, so that two such notebooks keep apart.
    """
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    lost = sum(ch.isalpha() for ch in unicodedata.normalize("NFKD", stem)) - sum(ch.isalpha() for ch in plain)
    package = "_".join(words)[:_LONGEST].strip("_")
    if not package or lost > len(package):
        package = "notebook_" + hashlib.sha256(stem.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    if package[0].isdigit():
        package = "notebook_" + package
    taken = _RESERVED | sys.stdlib_module_names | {name.lower() for name in used} | set(used)
    if package in taken or keyword.iskeyword(package) or keyword.issoftkeyword(package):
        package += "_project"
    while package in taken:
        package += "_x"
    name = package.replace("_", "-")
    return name, package, name


def row_hash(row: Mapping[str, Any]) -> str:
    """The name of a raw row, as the generated tests compute it: sha256 of its sorted JSON, 16 hex digits.

    Values are JSON values; integral floats count as integers, missing values are None.
    """
    plain = {str(k): int(v) if isinstance(v, float) and v.is_integer() else v for k, v in row.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
