"""What training learns from rows, under a name each, so that one row can be served as training saw it.

At training `learned("age_median", lambda: df["Age"].median())` computes and records; in the service the same line
answers from the record and never looks at the row. A name that comes twice (a loop, a function called again) is counted:
the n-th call of serving gets what the n-th call of training recorded.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


class Unseen(ValueError):
    """A value that training never saw, where the model can't do without having seen it."""

    def __init__(self, column: str, value: Any) -> None:
        self.column, self.value = column, value
        super().__init__(f"{column}: {value!r} was never seen in training")


class NotServable(Exception):
    """What was learned can't be applied to a row alone."""


class Learned:
    """The record: written while `training`, read afterwards."""

    def __init__(self) -> None:
        self.training = True
        self._record: dict[str, list[Any]] = {}
        self._turn: dict[str, int] = {}

    def serving(self) -> Learned:
        """The same record, to be read from the start: one for each answer, so that answers don't disturb each other."""
        view = Learned()
        view.training = False
        view._record = self._record
        return view

    def __getstate__(self) -> dict[str, Any]:
        return {"_record": self._record}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.training, self._turn = False, {}
        self._record = state["_record"]

    def _put(self, name: str, value: Any) -> Any:
        self._record.setdefault(name, []).append(value)
        return value

    def _next(self, name: str) -> Any:
        turn = self._turn.get(name, 0)
        self._turn[name] = turn + 1
        if name not in self._record:
            raise KeyError(f"nothing was learned under the name {name!r}")
        known = self._record[name]
        return known[min(turn, len(known) - 1)]

    def __getitem__(self, name: str) -> Any:
        """What was kept under this name; the latest, where it was kept more than once."""
        return self._record[name][-1]

    def __contains__(self, name: str) -> bool:
        return name in self._record

    def __call__(self, name: str, compute: Callable[[], Any]) -> Any:
        """A value that is computed from the training rows."""
        if not self.training:
            return _own_copy(self._next(name))
        value = compute()
        self.keep(name, value)
        return value

    def by(self, group: Any, name: str, compute: Callable[[], Any]) -> Any:
        """A value that is computed from the training rows of one group; `Unseen` for a group that had none."""
        key = f"{name} of {_plain_key(group)!r}"
        if not self.training and key not in self._record:
            raise Unseen(name, _plain_key(group))
        return self(key, compute)

    def keep(self, name: str, value: Any) -> Any:
        """Keeps an object as it is now, whatever becomes of it later."""
        try:
            return self._put(name, copy.deepcopy(value))
        except Exception:
            return self._put(name, value)

    # ------------------------------------------------------------ estimators

    def fit(self, name: str, estimator: Any, *arguments: Any, **more: Any) -> Any:
        """The estimator, fitted to the training rows."""
        if self.training:
            fitted = estimator.fit(*arguments, **more)
            self.keep(name, fitted if fitted is not None else estimator)
            return fitted if fitted is not None else estimator
        return _as_fitted(estimator, self._next(name))

    def fit_transform(self, name: str, estimator: Any, values: Any, *arguments: Any, **more: Any) -> Any:
        """The values, transformed by what the estimator learned from the training rows."""
        if self.training:
            result = estimator.fit_transform(values, *arguments, **more)
            self.keep(name, estimator)
            return result
        return self.transform(_as_fitted(estimator, self._next(name)), values)

    def transform(self, estimator: Any, values: Any) -> Any:
        """The values, transformed by a fitted estimator; `Unseen` where a label encoder does not know one."""
        classes = getattr(estimator, "classes_", None)
        if type(estimator).__name__ == "LabelEncoder" and classes is not None:
            return _label_codes(classes, values)
        return estimator.transform(values)

    def fit_predict(self, name: str, estimator: Any, values: Any, *arguments: Any, **more: Any) -> Any:
        """The group of each row, by an estimator that groups the training rows."""
        if self.training:
            result = estimator.fit_predict(values, *arguments, **more)
            self.keep(name, estimator)
            return result
        return _as_fitted(estimator, self._next(name)).predict(values)

    # ------------------------------------------------------------ pandas

    def columns(self, name: str, rows: pd.DataFrame, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The columns of `rows` that the training rows have chosen."""
        if self.training:
            result = compute()
            self._put(name, list(result.columns))
            return result
        return rows[self._next(name)]

    def get_dummies(self, name: str, data: Any, **options: Any) -> pd.DataFrame:
        """One column a category, as the training rows had them; a category that they had not is in none."""
        if self.training:
            result = pd.get_dummies(data, **options)
            encoded = options.get("columns")
            if encoded is None and isinstance(data, pd.DataFrame):
                encoded = [c for c in data.columns if not pd.api.types.is_numeric_dtype(data[c]) and _is_label(data[c])]
            self._put(name, (list(result.columns), dict(result.dtypes), encoded))
            return result
        names, dtypes, encoded = self._next(name)
        options = {k: v for k, v in options.items() if k not in ("drop_first", "columns", "sparse")}
        if isinstance(data, pd.DataFrame):
            result = pd.get_dummies(data, columns=list(encoded), **options)
        else:
            result = pd.get_dummies(data, **options)
        result = result.loc[:, ~result.columns.duplicated()].reindex(columns=names, fill_value=0)
        for column, dtype in dtypes.items():
            if result[column].dtype != dtype and str(dtype).startswith(("bool", "uint8", "int", "float", "Sparse")):
                try:
                    result[column] = result[column].astype(getattr(dtype, "subtype", dtype))
                except (TypeError, ValueError):
                    pass
        return result

    def str_dummies(self, name: str, values: pd.Series, **options: Any) -> pd.DataFrame:
        """`Series.str.get_dummies`, with the columns of the training rows."""
        result = values.str.get_dummies(**options)
        if self.training:
            self._put(name, list(result.columns))
            return result
        return result.reindex(columns=self._next(name), fill_value=0)

    def cut(self, name: str, values: Any, bins: Any, **options: Any) -> Any:
        """`pandas.cut` with the edges that the training rows gave."""
        return self._binned(name, pd.cut, values, bins, options)

    def qcut(self, name: str, values: Any, q: Any, **options: Any) -> Any:
        """`pandas.qcut` with the edges that the training rows gave."""
        return self._binned(name, pd.qcut, values, q, options)

    def _binned(self, name: str, function: Callable[..., Any], values: Any, bins: Any, options: dict[str, Any]) -> Any:
        asked = options.pop("retbins", False)
        if self.training:
            result, edges = function(values, bins, retbins=True, **options)
            labels = list(result.cat.categories) if hasattr(result, "cat") else getattr(result, "categories", None)
            self._put(name, (edges, labels))
            return (result, edges) if asked else result
        edges, labels = self._next(name)
        if options.get("labels", None) is False:
            labels = False
        known = {k: v for k, v in options.items() if k in ("right", "ordered")}
        lowest = True if function is pd.qcut else options.get("include_lowest", False)
        if labels is not False and labels is not None:
            labels = list(labels)
        result = pd.cut(values, edges, labels=labels, include_lowest=lowest, **known)
        return (result, edges) if asked else result

    def factorize(self, name: str, values: Any, **options: Any) -> tuple[np.ndarray[Any, Any], Any]:
        """`pandas.factorize`: the code of each value, by the order in which training met them."""
        if self.training:
            codes, uniques = pd.factorize(values, **options)
            self._put(name, uniques)
            return codes, uniques
        uniques = self._next(name)
        place = {value: code for code, value in enumerate(uniques)}
        plain = list(values)
        for value in plain:
            if value not in place and not _missing(value):
                raise Unseen(getattr(values, "name", None) or name, value)
        return np.array([place.get(value, -1) for value in plain], dtype=np.intp), uniques

    def categories(self, name: str, values: Any, *arguments: Any, **options: Any) -> Any:
        """`astype("category")` with the categories of the training rows."""
        if self.training:
            result = values.astype(*arguments, **options)
            if isinstance(result, pd.DataFrame):
                self._put(name, {c: t for c, t in result.dtypes.items() if isinstance(t, pd.CategoricalDtype)})
            else:
                self._put(name, result.dtype)
            return result
        known = self._next(name)
        if not isinstance(known, dict):
            return values.astype(known)
        given = arguments[0] if arguments else options.get("dtype")
        others = {c: t for c, t in given.items() if c not in known} if isinstance(given, dict) else {}
        return values.astype({**others, **known})

    def categorical(self, name: str, values: Any, **options: Any) -> pd.Categorical:
        """`pandas.Categorical` with the categories of the training rows."""
        if self.training:
            result = pd.Categorical(values, **options)
            self._put(name, result.dtype)
            return result
        return pd.Categorical(values, dtype=self._next(name))

    def group(self, name: str, groups: Any, method: str, *arguments: Any, **options: Any) -> Any:
        """A statistic of each row's group, or the row's value with what is missing filled from its group."""
        if isinstance(groups.obj, pd.DataFrame) and not isinstance(groups._selection, str):
            named = groups._selection
            columns = list(getattr(groups, method)(*arguments, **options).columns) if named is None else list(named)
            parts = {c: self.group(f"{name}_{c}", groups._gotitem(c, 1), method, *arguments, **options) for c in columns}
            return pd.DataFrame(parts)
        if self.training:
            result = getattr(groups, method)(*arguments, **options)
            self._put(name, _group_table(groups, result, arguments))
            return result
        table, fills = self._next(name)
        values = groups.obj if isinstance(groups.obj, pd.Series) else groups.obj[groups._selection]
        found: list[Any] = [np.nan] * len(values)
        for key, places in groups.indices.items():
            for place in places:
                own = values.iloc[place]
                found[place] = table.get(_plain_key(key), np.nan) if not fills or _missing(own) else own
        return pd.Series(found, index=values.index, name=values.name)

    def merge(self, *given: Any, **options: Any) -> pd.DataFrame:
        """Rows with what a table says of them, each in its place; `Unseen` for a row that training would have left out."""
        options.update(zip(("left", "right", "how", "on"), given))
        how = options.get("how", "inner")
        if self.training or how not in ("inner", "left"):
            return pd.merge(**options)
        merged = pd.merge(**{**options, "how": "left"}, indicator="_found")
        alone = merged["_found"] == "left_only"
        if how == "inner" and alone.any():
            keys = options.get("left_on", options.get("on"))
            key = keys if isinstance(keys, str) else list(keys)[0] if keys is not None else "the key"
            raise Unseen(key, merged.loc[alone, key].iloc[0] if key in merged else None)
        return merged.drop(columns="_found")

    def rank(self, name: str, values: Any, *arguments: Any, **options: Any) -> Any:
        """A rank is known at training only: a row alone has none, and no model is served that needs one."""
        return values.rank(*arguments, **options) if self.training else values.rank() * np.nan

    def scale(self, name: str, function: Callable[..., Any], values: Any, *arguments: Any, **options: Any) -> Any:
        """A function that scales columns by their own statistics: kept as the line through two of its points."""
        if self.training:
            result = function(values, *arguments, **options)
            before, after = np.asarray(values, dtype=float), np.asarray(result, dtype=float)
            self._put(name, _lines(before, after))
            return result
        factor, offset = self._next(name)
        scaled = np.asarray(values, dtype=float) * factor + offset
        if isinstance(values, pd.Series):
            return pd.Series(scaled, index=values.index, name=values.name)
        return scaled

    zscore = scale

    def boxcox(self, name: str, function: Callable[..., Any], values: Any, *arguments: Any, **options: Any) -> Any:
        """A power transform with the exponent that the training rows gave."""
        if arguments or options:
            return function(values, *arguments, **options)
        if self.training:
            result, exponent = function(values)
            self._put(name, exponent)
            return result, exponent
        exponent = self._next(name)
        return function(values, lmbda=exponent), exponent

    def add_constant(self, name: str, function: Callable[..., Any], values: Any, *arguments: Any, **options: Any) -> Any:
        """A column of ones where the training rows got one: of a single row, every column is constant."""
        if self.training:
            result = function(values, *arguments, **options)
            self._put(name, np.shape(result)[1] > (np.shape(values)[1] if np.ndim(values) > 1 else 1))
            return result
        if not self._next(name):
            return values
        return function(values, *arguments, **{**options, "has_constant": "add"})

    # ------------------------------------------------------------ rows without their target

    def keep_target(self, column: Any, rows: pd.DataFrame) -> None:
        """Remembers where the target stood among the columns, and a value that stands in for it."""
        known = rows[column].dropna()
        self._put("the target's stand-in", (column, list(rows.columns).index(column), known.iloc[0] if len(known) else np.nan))

    def complete(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with a stand-in for the target: statements that name it run, no prediction depends on it."""
        rows = rows.copy()
        if "the target's stand-in" in self._record:
            column, place, value = self["the target's stand-in"]
            if column not in rows.columns:
                rows.insert(min(place, rows.shape[1]), column, [value] * len(rows))
        return rows


def frame_of(dataset: Any) -> pd.DataFrame:
    """The rows of a data set that comes with a library or from a generator, as a frame of its features."""
    if isinstance(dataset, pd.DataFrame):
        return dataset
    if isinstance(dataset, tuple):
        dataset = dataset[0]
        return dataset if isinstance(dataset, pd.DataFrame) else pd.DataFrame(dataset, columns=[str(i) for i in range(np.shape(dataset)[1])])
    data = dataset["data"]
    if isinstance(data, pd.DataFrame):
        return data
    names = dataset.get("feature_names") if hasattr(dataset, "get") else None
    return pd.DataFrame(data, columns=list(names) if names is not None else [str(i) for i in range(np.shape(data)[1])])


def dataset_of(rows: pd.DataFrame, dataset: Any) -> Any:
    """The same data set with other rows: what the notebook's statements expect in its place."""
    if isinstance(dataset, tuple):
        features = rows if isinstance(dataset[0], pd.DataFrame) else rows.to_numpy()
        return (features, np.resize(np.asarray(dataset[1]), len(rows)), *dataset[2:])
    if isinstance(dataset, pd.DataFrame):
        return rows
    other = copy.copy(dataset)
    other["data"] = rows if isinstance(dataset["data"], pd.DataFrame) else rows.to_numpy()
    other["target"] = np.resize(np.asarray(dataset["target"]), len(rows))
    return other


def labels_of(target: Any, encoded: Any) -> dict[Any, Any]:
    """The word of the raw target for each value that the model learned; empty where they are the same or not one to one."""
    words = np.asarray(target, dtype=object).ravel()
    codes = np.asarray(encoded)
    if codes.ndim == 2 and codes.shape[1] == 1:
        codes = codes.ravel()
    if codes.ndim != 1 or len(codes) != len(words):
        return {}
    pairs = {(code, word) for code, word in zip(codes.tolist(), words.tolist()) if not _missing(code) and not _missing(word)}
    labels = dict(pairs)
    if len(pairs) != len(labels) or len(set(labels.values())) != len(labels) or all(str(k) == str(v) for k, v in pairs):
        return {}
    return labels


def _as_fitted(estimator: Any, fitted: Any) -> Any:
    """A copy of the fitted estimator; the one at hand gets its state too, since later lines may look at it."""
    fitted = copy.copy(fitted)
    if estimator is not None and type(estimator) is type(fitted) and hasattr(estimator, "__dict__"):
        estimator.__dict__.update(fitted.__dict__)
    return fitted


def _own_copy(value: Any) -> Any:
    """A copy to write into; a large table is copied when it is written into."""
    tabular = isinstance(value, (np.ndarray, pd.Series, pd.DataFrame, pd.Index))
    small = value.size < 1000 if tabular else isinstance(value, (list, dict, set, tuple))
    return copy.deepcopy(value) if small else copy.copy(value)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA


def _is_label(column: Any) -> bool:
    kind = column.dtype
    return not (pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_bool_dtype(kind) or pd.api.types.is_timedelta64_dtype(kind))


def _label_codes(classes: Any, values: Any) -> np.ndarray[Any, Any]:
    place = {value: code for code, value in enumerate(classes.tolist())}
    missing = next((code for value, code in place.items() if _missing(value)), None)
    found = []
    for value in np.asarray(values, dtype=object).ravel().tolist():
        code = place.get(value)
        if code is None and _missing(value):
            code = missing
        if code is None:
            raise Unseen(str(getattr(values, "name", None) or "column"), value)
        found.append(code)
    return np.array(found, dtype=np.int64)


def _plain_key(key: Any) -> Any:
    if isinstance(key, tuple):
        plain = tuple(_plain_key(part) for part in key)
        return plain[0] if len(plain) == 1 else plain
    key = key.item() if isinstance(key, np.generic) else key
    return int(key) if isinstance(key, float) and key.is_integer() else key


def _group_table(groups: Any, result: Any, arguments: tuple[Any, ...]) -> tuple[dict[Any, Any], bool]:
    """({group: value}, whether the value only fills what is missing)."""
    values = groups.obj if isinstance(groups.obj, pd.Series) else groups.obj[groups._selection]
    table, fills = {}, False
    result = result.reindex(values.index) if hasattr(result, "reindex") and result.index.is_unique else result
    for key, places in groups.indices.items():
        part = result.iloc[places]
        if part.nunique(dropna=False) <= 1:
            table[_plain_key(key)] = part.iloc[0]
            continue
        own = values.iloc[places]
        same = (part[own.notna()] == own[own.notna()]).all()
        if not same or not arguments or not callable(arguments[0]):
            raise NotServable("each row's value depends on other rows of its group")
        fills = True
    if fills:
        table = {}
        for key, places in groups.indices.items():
            own = values.iloc[places]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                table[_plain_key(key)] = arguments[0](pd.concat([own, pd.Series([np.nan])], ignore_index=True)).iloc[-1]
    return table, fills


def _lines(before: Any, after: Any) -> tuple[Any, Any]:
    """Factor and offset of each column; NotServable where the function was no line."""
    with np.errstate(all="ignore"):
        spread = np.nanstd(before, axis=0)
        factor = np.where(spread > 0, np.nanstd(after, axis=0) / np.where(spread > 0, spread, 1), 0.0)
        offset = np.nanmean(after, axis=0) - factor * np.nanmean(before, axis=0)
    if not np.allclose(before * factor + offset, after, equal_nan=True):
        raise NotServable("the function is not a line in each column")
    return factor, offset
