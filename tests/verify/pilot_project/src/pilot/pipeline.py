"""The notebook's statements, composed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from . import sources
from .centroids import Centroids
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
    order = np.random.RandomState(7).permutation(len(X))
    X_train, X_test, y_train, y_test = X.iloc[order[20:]], X.iloc[order[:20]], y.iloc[order[20:]], y.iloc[order[:20]]
    model = Centroids().fit(X_train, y_train)
    metrics = {"accuracy": float(model.score(X_test, y_test)), "centres": model.centres.tolist()}
    pd.DataFrame({"prediction": model.predict(X_test)}).to_csv("scored.csv", index=False)
    return metrics, model, learned


def model_input(rows: pd.DataFrame, learned: dict[str, Any]) -> pd.DataFrame:
    return features(rows, learned, training=False)


def answer(model: Any, rows: list[dict[str, Any]], learned: dict[str, Any]) -> tuple[list[str], list[dict[str, float]]]:
    X = model_input(pd.DataFrame(rows).astype({"age": float, "spend": float}), learned)
    predictions = [["no", "yes"][int(p)] for p in model.predict(X)]
    chances = [{"no": float(a), "yes": float(b)} for a, b in np.asarray(model.predict_proba(X))]
    return predictions, chances
