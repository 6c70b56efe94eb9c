"""The service: what it answers, what it refuses, and what it has written down before."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi import FastAPI

from conftest import Trained
from test_answers import raw, rows_of
from test_pipeline import ALIKE, equal
from {{ cookiecutter.package }} import pipeline
from {{ cookiecutter.package }}.contracts import Column, Contract
from {{ cookiecutter.package }}.errors import Unusable
from {{ cookiecutter.package }}.learned import Learned, Unseen
from {{ cookiecutter.package }}.registry import Release
from {{ cookiecutter.package }}.results import Answer
from {{ cookiecutter.package }}.scoring import score_rows
from {{ cookiecutter.package }}.service import serve
from {{ cookiecutter.package }}.service.app import create_app
from {{ cookiecutter.package }}.service.audit import Audit
from {{ cookiecutter.package }}.service.auth import Keys, new_key
from {{ cookiecutter.package }}.service.config import ServiceConfig

Running = Callable[[FastAPI], AbstractContextManager[str]]
Ask = Callable[..., tuple[int, Any]]
Serving = Callable[..., AbstractContextManager[Ask]]

RELEASE = Release(
    "7",
    None,
    Learned(),
    pd.DataFrame({"size": [1.5], "plan": pd.Series(["gold"], dtype=object)}),
    Contract(
        "table",
        (
            Column("size", "number", "float64", "nullable"),
            Column("plan", "text", "object", "nullable"),
        ),
    ),
    {"data": {}},
)
ROW = {"size": 2.0, "plan": "gold"}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of our own in place of the pipeline's: twice the size, known plans only."""

    def answer(model: Any, rows: pd.DataFrame, learned: Learned) -> Answer:
        for plan in rows["plan"].dropna():
            if plan != "gold":
                raise Unseen("plan", plan)
        if rows["size"].isna().any():
            raise ValueError("Input contains NaN")
        if (rows["size"] > 1000).any() and len(rows) == 1:
            raise RuntimeError("a fault of the model")
        return Answer((rows["size"] * 2).tolist(), [{"a": 0.25, "b": 0.75}] * len(rows))

    monkeypatch.setattr(pipeline, "answer", answer)


@pytest.fixture
def serving(model: None, running: Running, tmp_path: Path) -> Serving:
    """Serves RELEASE as configured, with the keys of these lines; gives a function to ask it."""

    @contextmanager
    def start(*key_lines: str, **configured: Any) -> Iterator[Ask]:
        config = ServiceConfig(api_keys=";".join(key_lines), **configured)
        audit = Audit(tmp_path / "audit", config, personal=frozenset({"plan"}))
        with running(create_app(RELEASE, config, Keys.load(config), audit)) as address:
            yield asking(address)

    return start


def asking(address: str) -> Ask:
    host = address.removeprefix("http://")

    def ask(path: str, body: Any = None, key: str | None = None, **headers: str) -> tuple[int, Any]:
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **headers}
        if key:
            headers["X-API-Key"] = key
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            connection.request("GET" if body is None else "POST", path, data, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        return response.status, json.loads(text) if text.startswith(("{", "[")) else text

    return ask


def test_rows_are_answered_in_order(serving: Serving) -> None:
    with serving() as ask:
        status, body = ask("/v1/predict", {"rows": [ROW, ROW | {"size": 3, "extra": 1}]})
    assert (status, body["predictions"], body["model_version"]) == (200, [4.0, 6.0], "7")
    assert body["probabilities"][0] == {"a": 0.25, "b": 0.75}
    assert len(set(body["ids"])) == 2
    assert body["ignored_columns"] == ["extra"]


@pytest.mark.parametrize(
    ("row", "column", "got"),
    [
        ({"plan": "gold"}, "size", "no such column"),
        (ROW | {"size": "2"}, "size", "'2'"),
        (ROW | {"plan": "silver"}, "plan", "'silver'"),
        (ROW | {"size": None}, "size", "null"),
    ],
)
def test_a_bad_row_is_named(serving: Serving, row: dict[str, Any], column: str, got: str) -> None:
    with serving() as ask:
        status, body = ask("/v1/predict", {"rows": [ROW, row]})
    assert status == 422
    (violation,) = body["violations"]
    assert (violation["row"], violation["column"], violation["got"]) == (1, column, got)
    assert violation["expected"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"rows": [{"size": NaN}]}', b"[1]", b'{"rows": 1}', b"[" * 100_000]
)
def test_what_is_no_request_is_refused(serving: Serving, body: bytes) -> None:
    with serving() as ask:
        assert ask("/v1/predict", body)[0] == 422


def test_text_of_any_kind_is_answered_for(serving: Serving) -> None:
    with serving() as ask:
        status, body = ask("/v1/predict", {"rows": [ROW | {"plan": "\ud800"}]})
    assert (status, body["violations"][0]["column"]) == (422, "plan")


def test_a_fault_of_the_model_is_told_by_its_id_alone(serving: Serving) -> None:
    with serving() as ask:
        status, body = ask("/v1/predict", {"rows": [ROW | {"size": 2000.0}, ROW]})
        assert status == 200
        RELEASE.reference.loc[0, "size"] = 5000.0
        try:
            status, body = ask("/v1/predict", {"rows": [ROW | {"size": 2000.0}]})
        finally:
            RELEASE.reference.loc[0, "size"] = 1.5
    assert (status, sorted(body)) == (500, ["error", "id"])


def test_other_content_and_too_much_of_it_are_refused(serving: Serving) -> None:
    with serving(max_body_bytes=1000) as ask:
        assert ask("/v1/predict", {"rows": [ROW]}, **{"Content-Type": "text/plain"})[0] == 415
        assert ask("/v1/predict", {"rows": [ROW] * 100})[0] == 413


def test_keys_open_what_their_scopes_say(serving: Serving) -> None:
    key, line = new_key("web", ["predict"])
    with serving(line) as ask:
        assert ask("/v1/predict", {"rows": [ROW]})[0] == 401
        assert ask("/v1/predict", {"rows": [ROW]}, key="wrong")[0] == 401
        assert ask("/v1/predict", {"rows": [ROW]}, key=key)[0] == 200
        assert ask("/v1/predict", {"rows": [ROW]}, Authorization=f"Bearer {key}")[0] == 200
        assert ask("/v1/outcomes", {"id": "x", "value": 1}, key=key)[0] == 403
        assert ask("/metrics", key=key)[0] == 403
        assert ask("/health/ready")[0] == 200


def test_a_caller_may_not_call_too_often(serving: Serving) -> None:
    with serving(requests_per_second=1.0) as ask:
        statuses = [ask("/v1/predict", {"rows": [ROW]})[0] for _ in range(4)]
    assert statuses[:2] == [200, 200]
    assert 429 in statuses


def test_without_keys_only_loopback_is_served(
    serving: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("{{ cookiecutter.package | upper }}_SERVICE_API_KEYS", raising=False)
    with pytest.raises(Unusable, match="not served without API keys"):
        serve("0.0.0.0", 0, tmp_path)
    with serving() as ask:
        assert ask("/v1/predict", {"rows": [ROW]}, Host="example.org")[0] == 403


def test_an_answer_is_in_the_audit_log_before_it_is_given(serving: Serving, tmp_path: Path) -> None:
    with serving(audit_salt="secret") as ask:
        _, body = ask("/v1/predict", {"rows": [ROW]})
        lines = (tmp_path / "audit" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
        assert ask("/v1/outcomes", {"id": body["ids"][0], "value": "yes"})[0] == 202
    (line,) = map(json.loads, lines)
    assert (line["id"], line["caller"]) == (body["ids"][0], "anonymous")
    assert (line["model_version"], line["output"]) == ("7", 4.0)
    assert line["inputs"]["size"] == 2.0
    assert line["inputs"]["plan"] not in (None, "gold")
    outcome = json.loads((tmp_path / "audit" / "outcomes.jsonl").read_text(encoding="utf-8"))
    assert (outcome["id"], outcome["value"]) == (line["id"], "yes")


def test_no_answer_without_its_audit_line(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Audit, "_append", full)
    with serving() as ask:
        assert ask("/v1/predict", {"rows": [ROW]})[0] == 500


def test_what_was_accepted_is_answered_before_the_end(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses: list[int] = []
    begun, append = threading.Event(), Audit._append

    def slow(*arguments: Any) -> None:
        begun.set()
        time.sleep(0.5)
        append(*arguments)

    monkeypatch.setattr(Audit, "_append", slow)
    with serving() as ask:
        call = threading.Thread(
            target=lambda: statuses.append(ask("/v1/predict", {"rows": [ROW]})[0])
        )
        call.start()
        assert begun.wait(10)
    call.join()
    assert statuses == [200]


def test_many_callers_at_once_each_get_their_own_answer(serving: Serving) -> None:
    answers: dict[int, Any] = {}
    with serving() as ask:

        def call(size: int) -> None:
            answers[size] = ask("/v1/predict", {"rows": [ROW | {"size": size}]})[1]["predictions"]

        threads = [threading.Thread(target=call, args=(size,)) for size in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {size: [size * 2.0] for size in range(20)}


def test_figures_and_the_description_of_the_interface(serving: Serving) -> None:
    with serving() as ask:
        ask("/v1/predict", {"rows": [ROW]})
        assert 'predictions_total{version="7"} 1.0' in ask("/metrics")[1]
        _, described = ask("/openapi.json")
        assert ask("/health/live")[0] == 200
    body = described["paths"]["/v1/predict"]["post"]["requestBody"]["content"]
    rows = body["application/json"]["schema"]["properties"]["rows"]
    assert list(rows["items"]["properties"]) == ["size", "plan"]


def test_the_trained_model_answers_over_http_as_in_batch(
    trained: Trained, running: Running, tmp_path: Path
) -> None:
    table = raw(trained)
    rows = rows_of(table.iloc[:: max(1, len(table) // 20)])
    scored = score_rows(trained.release, rows)
    config = ServiceConfig()
    with running(create_app(trained.release, config, Keys({}), Audit(tmp_path, config))) as address:
        ask = asking(address)
        for place, number in enumerate(scored.rows):
            status, body = ask("/v1/predict", {"rows": [rows[number]]})
            assert status == 200
            assert equal(body["predictions"][0], scored.answer.predictions[place], ALIKE)
