"""The notebook's metrics."""

from __future__ import annotations

from sklearn.metrics import accuracy_score, confusion_matrix, roc_auc_score

from .results import Metrics


def evaluate(clf, X_test, y_test, metrics: Metrics) -> None:
    """Cells 7 and 8."""
    pred = clf.predict(X_test)
    acc = metrics.record("accuracy", accuracy_score(y_test, pred) * 100)
    print(f"accuracy: {acc:.2f} %")
    metrics.record("roc_auc", roc_auc_score(y_test, clf.predict_proba(X_test)[:, 1]))
    metrics.record("confusion", confusion_matrix(y_test, pred))
