"""Small data sets as strangers' notebooks have them, and the check of one notebook of a certain shape against its project."""

from __future__ import annotations

import contextlib
import io
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.stages.harness import Both, assert_metric, assert_same, run_both

SOME = 25
"""How many rows are asked one at a time."""


@dataclass(frozen=True)
class Shape:
    """A notebook's cells, and what it says of itself: expressions in its own names.

    metrics  numbers that it computes
    answers  its predictions, in the terms of the raw target, for the raw rows whose labels are `rows`
    reason   (cell, pattern): what stands in the way of a service, where the level is lower
    """

    cells: list[str]
    target: str
    metrics: tuple[str, ...] = ("acc",)
    answers: str = "model.predict(X_test)"
    rows: str = "X_test.index"
    level: str = "service"
    reason: tuple[int, str] | None = None


def check(folder: Path, shape: Shape) -> Both:
    """Runs the notebook and its project in `folder`: the same numbers, and the same answers together and one at a time."""
    both = run_both(folder, shape.cells, shape.level)
    space = both.notebook
    for metric in shape.metrics:
        assert_metric(both, float(eval(metric, space)))
    if shape.reason is not None:
        cell, pattern = shape.reason
        said = [(r.place.cell, f"{r.what} {r.why}") for r in both.plan.reasons]
        assert any(c == cell and re.search(pattern, text) for c, text in said), said
    if shape.level != "service":
        return both
    assert both.plan.target == shape.target
    with quiet(folder):
        labels = eval(shape.rows, space)
        expected = np.asarray(eval(shape.answers, space)).ravel().tolist()
        assert len(expected) == len(labels) > 0
        if len(set(expected)) == 1:
            raise AssertionError("a notebook that always says the same proves nothing")
        assert_same(expected, both.answers(labels))
        assert_same(expected[:SOME], both.answers_alone(labels[:SOME]))
    return both


@contextlib.contextmanager
def quiet(folder: Path) -> Any:
    """In that folder, with nothing printed."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(before)


def write_data(folder: Path) -> Path:
    """Writes all the data sets into the folder."""
    _people(folder)
    _passengers(folder)
    _houses(folder)
    _contracts(folder)
    _flowers(folder)
    _orders(folder)
    _messages(folder)
    return folder


def _people(folder: Path) -> None:
    rng = np.random.default_rng(7)
    n = 400
    age = rng.integers(18, 80, n).astype(float)
    income = rng.normal(50_000, 20_000, n).round(2)
    pd.DataFrame(
        {
            "Name": [f"p{i}" for i in range(n)],
            "Age": np.where(rng.random(n) < 0.1, np.nan, age),
            "City": rng.choice(["Rome", "Oslo", "Lima", "Bonn"], n, p=[0.5, 0.3, 0.15, 0.05]),
            "Sex": rng.choice(["f", "m"], n),
            "Joined": pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 1000, n), unit="D"),
            "Income": income,
            "Bought": (income + 500 * age + rng.normal(0, 20_000, n) > 75_000).astype(int),
        }
    ).to_csv(folder / "people.csv", index=False)


def _passengers(folder: Path) -> None:
    """train.csv and test.csv: names with titles, cabins and ages that are often missing."""
    rng = np.random.default_rng(11)
    n = 500
    sex = rng.choice(["male", "female"], n, p=[0.6, 0.4])
    old = rng.random(n) < 0.3
    title = np.where(sex == "male", np.where(old, "Master", "Mr"), np.where(old, "Mrs", "Miss"))
    title = np.where(rng.random(n) < 0.04, rng.choice(["Dr", "Rev", "Col"], n), title)
    fare = rng.gamma(2, 15, n).round(4)
    pclass = rng.choice([1, 2, 3], n, p=[0.25, 0.2, 0.55])
    age = rng.normal(30, 12, n).clip(1, 80).round(1)
    chance = 1.4 * (sex == "female") - 0.6 * (pclass - 2) + 0.01 * fare - 0.02 * age
    frame = pd.DataFrame(
        {
            "PassengerId": range(1, n + 1),
            "Survived": (chance + rng.normal(0, 0.6, n) > 0.5).astype(int),
            "Pclass": pclass,
            "Name": [f"Family{i % 90}, {t}. Given{i}" for i, t in enumerate(title)],
            "Sex": sex,
            "Age": np.where(rng.random(n) < 0.2, np.nan, age),
            "SibSp": rng.choice([0, 1, 2, 3], n, p=[0.6, 0.25, 0.1, 0.05]),
            "Parch": rng.choice([0, 1, 2], n, p=[0.7, 0.2, 0.1]),
            "Ticket": [f"A/{rng.integers(1000, 9999)}" for _ in range(n)],
            "Fare": fare,
            "Cabin": np.where(rng.random(n) < 0.7, None, [f"{rng.choice(list('ABCDE'))}{i}" for i in range(n)]),
            "Embarked": np.where(rng.random(n) < 0.02, None, rng.choice(["S", "C", "Q"], n, p=[0.7, 0.2, 0.1])),
        }
    )
    frame[:400].to_csv(folder / "train.csv", index=False)
    frame[400:].drop(columns="Survived").to_csv(folder / "test.csv", index=False)


def _houses(folder: Path) -> None:
    """houses.csv: a skewed price, grades in words, numbers written as text; zones.csv: a table to look up."""
    rng = np.random.default_rng(3)
    n = 360
    area = rng.gamma(6, 25, n).round(1)
    grade = rng.choice(["Ex", "Gd", "TA", "Fa"], n, p=[0.1, 0.3, 0.5, 0.1])
    worth = pd.Series(grade).map({"Ex": 1.6, "Gd": 1.25, "TA": 1.0, "Fa": 0.8}).to_numpy()
    zone = rng.choice(["North", "South", "East", "West", "Mid"], n)
    built = rng.integers(1930, 2020, n)
    frame = pd.DataFrame(
        {
            "Id": range(1000, 1000 + n),
            "Area": area,
            "Rooms": rng.integers(1, 8, n),
            "Zone": zone,
            "Built": built,
            "Grade": grade,
            "Garage": np.where(rng.random(n) < 0.3, None, rng.choice(["Attached", "Detached"], n)),
            "Lot": np.where(rng.random(n) < 0.15, np.nan, rng.gamma(3, 200, n).round(0)),
            "Size": [f"{v:.0f} sqft" if i % 9 else f"{v:.0f} - {v + 40:.0f}" for i, v in enumerate(area * 10)],
            "Sold": (pd.to_datetime("2019-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D")).strftime(
                "%d/%m/%Y"
            ),
            "Price": (900 * area * worth * np.exp(rng.normal(0, 0.15, n)) + 300 * (built - 1930)).round(0),
        }
    )
    frame.to_csv(folder / "houses.csv", index=False)
    pd.DataFrame({"Zone": ["North", "South", "East", "West", "Mid"], "Tax": [1.1, 0.9, 1.3, 0.7, 1.0]}).to_csv(
        folder / "zones.csv", index=False
    )


def _contracts(folder: Path) -> None:
    """contracts.csv: a Yes/No target, charges with blanks read as text, an id."""
    rng = np.random.default_rng(5)
    n = 420
    tenure = rng.integers(0, 72, n)
    monthly = rng.uniform(20, 110, n).round(2)
    kind = rng.choice(["Month-to-month", "One year", "Two year"], n, p=[0.55, 0.25, 0.2])
    risk = 0.02 * monthly - 0.04 * tenure + 0.9 * (kind == "Month-to-month") + rng.normal(0, 0.6, n)
    pd.DataFrame(
        {
            "customerID": [f"{i:04d}-XYZ" for i in range(n)],
            "gender": rng.choice(["Male", "Female"], n),
            "SeniorCitizen": rng.choice([0, 1], n, p=[0.8, 0.2]),
            "Partner": rng.choice(["Yes", "No"], n),
            "tenure": tenure,
            "Internet": rng.choice(["DSL", "Fiber optic", "No"], n),
            "Contract": kind,
            "MonthlyCharges": monthly,
            "TotalCharges": [" " if t == 0 else f"{t * m:.2f}" for t, m in zip(tenure, monthly, strict=True)],
            "Churn": np.where(risk > 0.6, "Yes", "No"),
        }
    ).to_csv(folder / "contracts.csv", index=False)


def _flowers(folder: Path) -> None:
    """flowers.csv: four measures and three species in words."""
    rng = np.random.default_rng(13)
    n = 240
    species = rng.choice(["setosa", "virginica", "versicolor"], n)
    shift = pd.Series(species).map({"setosa": 0.0, "versicolor": 1.2, "virginica": 2.1}).to_numpy()
    pd.DataFrame(
        {
            "Id": range(n),
            "SepalLength": (5 + 0.6 * shift + rng.normal(0, 0.4, n)).round(2),
            "SepalWidth": (3 - 0.1 * shift + rng.normal(0, 0.3, n)).round(2),
            "PetalLength": (1.5 + 1.7 * shift + rng.normal(0, 0.5, n)).round(2),
            "PetalWidth": (0.3 + 0.8 * shift + rng.normal(0, 0.2, n)).round(2),
            "Species": species,
        }
    ).to_csv(folder / "flowers.csv", index=False)


def _orders(folder: Path) -> None:
    """orders.csv: many orders of few customers; sales.csv: one number a day."""
    rng = np.random.default_rng(17)
    n = 1500
    who = rng.integers(0, 150, n)
    day = pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    pd.DataFrame(
        {
            "CustomerID": who,
            "InvoiceDate": day,
            "Quantity": rng.integers(1, 9, n),
            "UnitPrice": rng.gamma(2, 4, n).round(2),
        }
    ).to_csv(folder / "orders.csv", index=False)
    days = pd.date_range("2020-01-01", periods=400)
    level = 50 + 10 * np.sin(np.arange(400) / 7) + rng.normal(0, 3, 400)
    pd.DataFrame({"Date": days, "Store": rng.integers(1, 4, 400), "Sales": level.round(2)}).to_csv(
        folder / "sales.csv", index=False
    )


def _messages(folder: Path) -> None:
    """messages.csv: short texts, with punctuation and capitals, of two kinds; tags separated by commas."""
    rng = np.random.default_rng(23)
    good = "lunch meeting tomorrow report family home thanks see love project".split()
    bad = "free win cash prize click now offer urgent claim winner".split()
    kind = rng.random(300) < 0.35
    texts = []
    for spam in kind:
        words = list(rng.choice(bad if spam else good, 5)) + list(rng.choice(good + bad, 3))
        texts.append(" ".join(words).capitalize() + rng.choice(["!", ".", "!!! 100%", "?"]))
    tags = [",".join(sorted(set(rng.choice(["a", "b", "c", "d"], 2)))) for _ in kind]
    frame = pd.DataFrame({"Category": np.where(kind, "spam", "ham"), "Message": texts, "Tags": tags})
    frame.to_csv(folder / "messages.csv", index=False)
