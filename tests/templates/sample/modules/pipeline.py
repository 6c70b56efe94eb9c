"""The one composition of the stages."""

from __future__ import annotations

import pandas as pd

from .evaluation import evaluate
from .features import features
from .learned import Learned
from .results import Answer, Metrics, Run
from .settings import Settings
from .sources import customers
from .training import train

ROWS = "customers"
TARGET = "Churn"
MODEL = "clf"


def run(settings: Settings) -> Run:
    """The notebook, from its files to its metrics."""
    metrics, learned = Metrics(), Learned()
    df = customers(settings)
    learned.keep_target(TARGET, df)
    X, y = features(df.copy(), learned)
    clf, X_test, y_test = train(X, y, settings.test_size, settings.random_state)
    evaluate(clf, X_test, y_test, metrics)
    X_test.to_csv("held_out.csv", index=False)
    return Run(metrics, {"customers": df}, clf, learned)


def answer(model, rows: pd.DataFrame, learned: Learned) -> Answer:
    """The model's answer for raw rows."""
    learned = learned.serving()
    X, _ = features(learned.complete(rows), learned)
    labels = learned["churn"].classes_
    predictions = [labels[code] for code in model.predict(X)]
    shares = model.predict_proba(X)
    return Answer(predictions, [{labels[k]: row[i] for i, k in enumerate(model.classes_)} for row in shares])
