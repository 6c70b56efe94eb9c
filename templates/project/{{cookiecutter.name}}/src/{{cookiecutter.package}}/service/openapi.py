"""What /openapi.json says of requests and answers, from the contract."""

from __future__ import annotations

from typing import Any

from ..contracts import Column
from ..registry import Release

_TYPES = {
    "integer": ["integer"],
    "number": ["number"],
    "boolean": ["boolean"],
    "timestamp": ["string"],
    "text": ["string"],
    "text or number": ["string", "number"],
}
_VIOLATION = {
    "type": "object",
    "properties": {
        "row": {"type": ["integer", "null"]},
        "column": {"type": ["string", "null"]},
        "expected": {"type": "string"},
        "got": {"type": "string"},
        "reason": {"type": "string"},
    },
    "required": ["row", "column", "expected", "got"],
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "id": {"type": "string"},
        "violations": {"type": "array", "items": _VIOLATION},
    },
    "required": ["error"],
}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: _answer("No valid API key", _ERROR),
    403: _answer("The key does not allow this", _ERROR),
    413: _answer("The body is too large", _ERROR),
    415: _answer("The body is not application/json", _ERROR),
    422: _answer("The request breaks the contract", _ERROR),
    429: _answer("Too many requests", _ERROR),
    500: _answer("The model failed; the id stands in the log", _ERROR),
}

_PREDICTED = {
    "type": "object",
    "properties": {
        "predictions": {"type": "array", "items": {}},
        "probabilities": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
        },
        "model_version": {"type": "string"},
        "ids": {"type": "array", "items": {"type": "string"}},
        "ignored_columns": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["predictions", "model_version", "ids"],
}
PREDICT_RESPONSES = {**PROBLEMS, 200: _answer("One prediction a row, in row order", _PREDICTED)}

OUTCOMES = {
    "requestBody": {
        "required": True,
        **_answer(
            "The prediction's id and what turned out to be true",
            {
                "type": "object",
                "properties": {"id": {"type": "string"}, "value": {}},
                "required": ["id", "value"],
            },
        ),
    }
}


def predict_request(release: Release, target: str | None) -> dict[str, Any]:
    """The body of a prediction request: the columns of the contract, the target left out."""
    columns = [column for column in release.contract.columns if column.name != target]
    row = {
        "type": "object",
        "properties": {column.name: _schema(column) for column in columns},
        "required": [column.name for column in columns if column.request != "optional"],
    }
    rows = {"rows": {"type": "array", "items": row}}
    body = {"type": "object", "properties": rows, "required": ["rows"]}
    described = _answer("Raw rows as the notebook's file had them", body)
    return {"requestBody": {"required": True, **described}}


def _schema(column: Column) -> dict[str, Any]:
    if column.kind == "any":
        return {}
    types = _TYPES[column.kind]
    nullable = column.request != "required" and not column.not_null
    schema: dict[str, Any] = {"type": [*types, "null"] if nullable else types}
    if column.kind == "timestamp":
        schema["format"] = "date-time"
    return schema
