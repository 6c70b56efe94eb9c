"""The one composition of the stages; conversion writes it from the notebook, here it is a start by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from . import sources
from .learned import Learned
from .results import Answer, Metrics, Run
from .settings import Settings

ROWS = "customers"
TARGET = "Churn"
MODEL = "clf"


def features(rows: pd.DataFrame, learned: Learned) -> pd.DataFrame:
    """Raw rows to model input: the numeric columns, gaps filled by the median of training."""
    columns = learned("numeric columns", lambda: list(rows.select_dtypes("number").columns))
    return rows[columns].fillna(learned("medians", lambda: rows[columns].median()))


def run(settings: Settings) -> Run:
    """From the file to the model and its metrics."""
    metrics, learned = Metrics(), Learned()
    customers = sources.customers(settings)
    X = features(customers.drop(columns=TARGET), learned)
    X_train, X_test, y_train, y_test = train_test_split(
        X, customers[TARGET], test_size=settings.test_size, random_state=0
    )
    clf = LogisticRegression(max_iter=1000).fit(X_train, y_train)
    metrics.record("accuracy", accuracy_score(y_test, clf.predict(X_test)))
    return Run(metrics, {ROWS: customers}, clf, learned)


def answer(model: Any, rows: pd.DataFrame, learned: Learned) -> Answer:
    """The model's answer for raw rows."""
    X = features(rows, learned)
    shares = [
        dict(zip(map(str, model.classes_), map(float, row))) for row in model.predict_proba(X)
    ]
    return Answer(list(model.predict(X)), shares)
