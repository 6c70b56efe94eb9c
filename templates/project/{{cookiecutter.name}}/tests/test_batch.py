"""Batch scoring and the registry: what the service answers, for a file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from conftest import Trained
from test_answers import raw, rows_of
from test_pipeline import ALIKE, equal
from {{ cookiecutter.package }} import registry
from {{ cookiecutter.package }}.batch import predict
from {{ cookiecutter.package }}.errors import Unusable
from {{ cookiecutter.package }}.scoring import score_rows


def test_rows_keep_their_order_and_bad_ones_are_told(trained: Trained, tmp_path: Path) -> None:
    rows = rows_of(raw(trained).head(30))
    expected = score_rows(trained.release, rows)
    source, target = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(["no row", *map(json.dumps, rows)]), encoding="utf-8")
    predict(trained.release, source, target)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["row"] - 1 for line in lines] == expected.rows
    assert equal([line["prediction"] for line in lines], expected.answer.predictions, ALIKE)
    rejected = [
        json.loads(line) for line in (tmp_path / "out.jsonl.rejected").read_text().splitlines()
    ]
    assert rejected[0]["row"] == 0


def test_a_table_keeps_its_columns(trained: Trained, tmp_path: Path) -> None:
    rows = rows_of(raw(trained).head(30))
    source, target = tmp_path / "rows.jsonl", tmp_path / "out.csv"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    scored, rejected = predict(trained.release, source, target)
    assert scored + rejected == len(rows)
    written = pd.read_csv(target)
    assert list(written.columns) == [*rows[0], "prediction"]
    assert len(written) == scored


def test_files_that_cannot_be_used_are_named(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="rows.txt"):
        predict(trained.release, tmp_path / "rows.txt", tmp_path / "out.csv")
    with pytest.raises(Unusable, match="absent.csv"):
        predict(trained.release, tmp_path / "absent.csv", tmp_path / "out.csv")


def test_versions_count_up_and_the_champion_is_named(trained: Trained, tmp_path: Path) -> None:
    release = trained.release
    parts = (release.model, release.learned, release.reference, release.contract, release.manifest)
    assert [registry.register(tmp_path, *parts) for _ in range(2)] == ["1", "2"]
    with pytest.raises(Unusable, match="no champion"):
        registry.load(tmp_path)
    registry.assign(tmp_path, "1")
    assert registry.load(tmp_path).version == "1"


def test_a_bundle_that_was_changed_is_refused(trained: Trained, tmp_path: Path) -> None:
    release = trained.release
    version = registry.register(
        tmp_path,
        release.model,
        release.learned,
        release.reference,
        release.contract,
        release.manifest,
    )
    with (tmp_path / version / "model.joblib").open("ab") as file:
        file.write(b"x")
    with pytest.raises(Unusable, match="not the file that was registered"):
        registry.load(tmp_path, version)
