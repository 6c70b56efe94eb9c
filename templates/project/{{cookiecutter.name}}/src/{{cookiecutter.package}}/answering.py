"""From what a model predicts to what the service answers: plain values, in the words of the raw target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from .learned import Learned, labels_of
from .results import Answer

_EACH = 20
_MOST_CLASSES = 200


def as_answer(predictions: Any, model: Any, model_rows: Any, learned: Learned) -> Answer:
    """One answer a row: predictions in the target's own words, probabilities where the model gives them."""
    labels = learned["labels"] if "labels" in learned else {}
    values = np.asarray(predictions, dtype=object) if isinstance(predictions, list) else np.asarray(predictions)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values.ravel()
    answered = [labels.get(_key(v), v) for v in values.tolist()]
    return Answer(answered, _probabilities(model, model_rows, labels))


def _probabilities(model: Any, model_rows: Any, labels: dict[Any, Any]) -> list[dict[str, float]] | None:
    classes = getattr(model, "classes_", None)
    if classes is None or not hasattr(model, "predict_proba"):
        return None
    table = np.asarray(model.predict_proba(model_rows))
    if table.ndim != 2 or table.shape[1] != len(classes):
        return None
    names = [str(labels.get(_key(c), c)) for c in np.asarray(classes).tolist()]
    return [dict(zip(names, map(float, row))) for row in table]


def _key(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def words_of_classes(rows: pd.DataFrame, target: Any, encode: Callable[[pd.DataFrame], Any]) -> dict[Any, Any]:
    """The raw target's word for each value that the model learned; empty where the target is a quantity, or its own code.

    `encode` tells the learned form of raw rows' target. Some rows of each word are asked, so that a row which the
    notebook leaves out doesn't hide a class.
    """
    words = rows[target].dropna().unique()
    if len(words) > _MOST_CLASSES or (pd.api.types.is_float_dtype(rows[target]) and len(words) > 20):
        return {}
    some = rows.groupby(target, sort=False, observed=True).head(_EACH)
    some = some[some[target].notna()].reset_index(drop=True)
    try:
        return labels_of(some[target], encode(some))
    except Exception:
        return _one_by_one(some, target, encode)


def _one_by_one(rows: pd.DataFrame, target: Any, encode: Callable[[pd.DataFrame], Any]) -> dict[Any, Any]:
    """The same from those rows that can be encoded alone."""
    told, codes = [], []
    for place in range(len(rows)):
        row = rows.iloc[[place]].reset_index(drop=True)
        try:
            codes.append(np.asarray(encode(row)).ravel()[0])
        except Exception:
            continue
        told.append(row[target].iloc[0])
    return labels_of(told, codes) if told else {}
