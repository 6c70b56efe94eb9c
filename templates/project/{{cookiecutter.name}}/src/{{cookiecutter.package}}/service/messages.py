"""Requests read and answers written.

The JSON is read here and not by a model of types, so that a bad value is told and never guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from fastapi import Request, Response

from ..contracts import Violation
from ..results import Answer

_MOST_VIOLATIONS = 100
_MOST_DISCARDED = 64 * 1024 * 1024


class Answered(Response):
    """A JSON answer in ASCII, which holds whatever text a client sent."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


class Problem(Exception):
    """A request that gets no other answer than this status and error."""

    def __init__(
        self, status: int, error: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        self.status, self.body, self.headers = status, {"error": error, **more}, dict(headers or {})
        super().__init__(error)

    def response(self) -> Response:
        """The problem as an answer."""
        return Answered(self.body, self.status, headers=self.headers)


async def body_of(request: Request, limit: int) -> Any:
    """The JSON value of a request's body. Raises Problem: 415, 413 or 422."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise Problem(415, "the content type must be application/json")
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
        elif size > limit + _MOST_DISCARDED:
            break  # a client reads the answer once its body is taken, within reason
    if size > limit:
        raise Problem(413, f"the body exceeds {limit} bytes")
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem(422, "the body is not JSON", violations=[]) from None


def rows_of(body: Any) -> list[Any]:
    """The rows of a prediction request. Raises Problem (422)."""
    rows = body.get("rows") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise _no_request('an object {"rows": [{column: value}]}', body)
    return rows


def outcome_of(body: Any) -> tuple[str, Any]:
    """The prediction's id and the true value. Raises Problem (422)."""
    if not isinstance(body, dict) or not isinstance(body.get("id"), str) or "value" not in body:
        raise _no_request('an object {"id": text, "value": value}', body)
    return body["id"], body["value"]


def _no_request(expected: str, body: Any) -> Problem:
    return refused([Violation(None, None, expected, type(body).__name__)])


def refused(violations: Sequence[Violation]) -> Problem:
    """The answer to a request that breaks the contract."""
    told = [violation.told() for violation in violations[:_MOST_VIOLATIONS]]
    return Problem(422, "the request breaks the contract", violations=told)


def answered(answer: Answer, ids: list[str], version: str, ignored: list[str]) -> Response:
    """The answer to a prediction request; `ignored` are columns that training never saw."""
    body: dict[str, Any] = {"predictions": answer.predictions, "model_version": version, "ids": ids}
    if answer.probabilities is not None:
        body["probabilities"] = answer.probabilities
    if ignored:
        body["ignored_columns"] = ignored
    return Answered(body)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
