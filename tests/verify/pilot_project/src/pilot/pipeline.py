"""The notebook's statements, composed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from . import sources
from .settings import Settings

ROWS = "customers"
TARGET = "churn"
MODEL = "model"


def features(rows: pd.DataFrame, learned: dict[str, Any], training: bool) -> pd.DataFrame:
    rows = rows.copy()
    if training:
        learned["age"] = rows["age"].median()
    rows["age"] = rows["age"].fillna(learned["age"])
    rows["gold"] = (rows["plan"] == "gold").astype(int)
    return rows[["age", "gold", "spend"]]


def run(settings: Settings) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    learned: dict[str, Any] = {}
    df = sources.customers(settings)
    df = df.dropna(subset=["spend"])
    X = features(df, learned, training=True)
    y = df["churn"].map({"no": 0, "yes": 1})
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7)
    model = LogisticRegression().fit(X_train, y_train)
    metrics = {"accuracy": float(model.score(X_test, y_test)), "coefficients": model.coef_[0].tolist()}
    pd.DataFrame({"prediction": model.predict(X_test)}).to_csv("scored.csv", index=False)
    return metrics, model, learned


def model_input(rows: pd.DataFrame, learned: dict[str, Any]) -> pd.DataFrame:
    return features(rows, learned, training=False)


def answer(model: Any, rows: list[dict[str, Any]], learned: dict[str, Any]) -> tuple[list[str], list[dict[str, float]]]:
    X = model_input(pd.DataFrame(rows).astype({"age": float, "spend": float}), learned)
    predictions = [["no", "yes"][int(p)] for p in model.predict(X)]
    chances = [{"no": float(a), "yes": float(b)} for a, b in np.asarray(model.predict_proba(X))]
    return predictions, chances
