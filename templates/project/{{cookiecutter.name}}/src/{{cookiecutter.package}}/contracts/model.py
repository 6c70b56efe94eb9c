"""A contract as a value, and as an ODCS file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import Unusable
from ..files import write_text

KINDS = ("integer", "number", "boolean", "timestamp", "text", "text or number", "any")
"""What a column's values are; `text or number` is a text column in which numbers stand as well."""

REQUESTS = ("required", "nullable", "optional", "open")
"""A request must carry a value, a value or null, or nothing; `open` until the model is asked."""

_LOGICAL = {"text": "string", "text or number": "string", "any": "object"}


@dataclass(frozen=True)
class Column:
    """A raw column; `dtype` is the one that training saw, `not_null` is for people to set."""

    name: str
    kind: str
    dtype: str
    request: str = "open"
    not_null: bool = False


@dataclass(frozen=True)
class Contract:
    """The columns of one input, in the file's order."""

    name: str
    columns: tuple[Column, ...]


def write(contract: Contract, path: Path) -> None:
    """Writes the contract as an ODCS file."""
    properties = [
        {
            "name": column.name,
            "logicalType": _LOGICAL.get(column.kind, column.kind),
            "physicalType": column.dtype,
            "required": column.not_null,
            "customProperties": [
                {"property": name, "value": value}
                for name, value in (("kind", column.kind), ("request", column.request))
                if value != "open"
            ],
        }
        for column in contract.columns
    ]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": contract.name,
        "version": "1.0.0",
        "status": "draft",
        "schema": [{"name": contract.name, "logicalType": "object", "properties": properties}],
    }
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    write_text(path, _HEAD + text)


def read(path: Path) -> Contract:
    """The contract in an ODCS file. Raises Unusable where the file is none."""
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))["schema"][0]
        return Contract(table["name"], tuple(_column(entry) for entry in table["properties"]))
    except (KeyError, IndexError, TypeError, ValueError, yaml.YAMLError) as error:
        raise Unusable(f"{path} is no data contract: {type(error).__name__}: {error}") from None


def _column(entry: dict[str, Any]) -> Column:
    own = {item["property"]: item["value"] for item in entry.get("customProperties", [])}
    kind, request = own["kind"], own.get("request", "open")
    if kind not in KINDS or request not in REQUESTS:
        raise ValueError(f"{entry['name']}: kind {kind}, request {request}")
    not_null = bool(entry.get("required"))
    return Column(str(entry["name"]), kind, entry["physicalType"], request, not_null)


_HEAD = """\
# Inferred at the first run, then yours: edits are kept and checked.
# required: true forbids missing values; kind is what the values are: integer, number, boolean,
# timestamp, text, "text or number", any.
{%- if cookiecutter.level == "service" %}
# request is what a request must carry: required a value, nullable a value or null, optional
# nothing.
{%- endif %}
"""
