"""What can't be served faithfully ends at a lower level, with a reason that names the cell; the numbers stay the notebook's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans, DBSCAN, AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.manifold import TSNE
from sklearn.metrics import accuracy_score, mean_absolute_error, silhouette_score
from sklearn.model_selection import cross_val_score, train_test_split, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler"""
PEOPLE = "df = pd.read_csv('people.csv')\ndf['Age'] = df['Age'].fillna(df['Age'].median())"
SPLIT = "X = df[['Age', 'Income', 'new']]\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
FIT = "model = RandomForestClassifier(n_estimators=10, random_state=0)\nmodel.fit(X_train, y_train)\nacc = accuracy_score(y_test, model.predict(X_test))\nprint('accuracy', acc)"
SALES = "sales = pd.read_csv('sales.csv', parse_dates=['Date'])\nsales = sales.set_index('Date')"


def people(*cells: str, cell: int, why: str, metrics: tuple[str, ...] = ("acc",)) -> Shape:
    return Shape([HEAD, PEOPLE, *cells], "Bought", metrics, level="batch", reason=(cell, why))


SHAPES = {
    "cross-validated only": people(
        "X = df[['Age', 'Income']]\ny = df['Bought']\nscores = cross_val_score(LogisticRegression(max_iter=1000), X, y, cv=5)\nprint(scores.mean())",
        cell=3,
        why="never fitted",
        metrics=("scores.mean()",),
    ),
    "orders summed up to customers": Shape(
        [
            HEAD,
            "orders = pd.read_csv('orders.csv', parse_dates=['InvoiceDate'])\norders['Amount'] = orders['Quantity'] * orders['UnitPrice']",
            "now = orders['InvoiceDate'].max()\nrfm = orders.groupby('CustomerID').agg({'InvoiceDate': lambda d: (now - d.max()).days, 'Quantity': 'count', 'Amount': 'sum'})\nrfm.columns = ['Recency', 'Frequency', 'Monetary']",
            "scaled = StandardScaler().fit_transform(rfm)\nkm = KMeans(n_clusters=3, n_init=5, random_state=0)\nkm.fit(scaled)\nrfm['Cluster'] = km.labels_\nprint(silhouette_score(scaled, km.labels_))",
            "rfm.to_csv('segments.csv')",
        ],
        "",
        ("silhouette_score(scaled, km.labels_)",),
        level="batch",
        reason=(4, "grouped"),
    ),
    "lags and rolling means": Shape(
        [
            HEAD,
            SALES,
            "sales['lag1'] = sales['Sales'].shift(1)\nsales['lag7'] = sales['Sales'].shift(7)\nsales['ma'] = sales['Sales'].rolling(3).mean().shift(1)\nsales = sales.dropna()",
            "X = sales[['lag1', 'lag7', 'ma']]\ny = sales['Sales']\nX_train, X_test = X[:-50], X[-50:]\ny_train, y_test = y[:-50], y[-50:]",
            "reg = LinearRegression().fit(X_train, y_train)\nmae = mean_absolute_error(y_test, reg.predict(X_test))\nprint('MAE', mae)",
        ],
        "Sales",
        ("mae",),
        level="batch",
        reason=(3, "lag1.*shift"),
    ),
    "lags in a function": Shape(
        [
            HEAD,
            SALES,
            "def make_features(data, lags=3):\n    data = data.copy()\n    for k in range(1, lags + 1):\n        data['lag_%d' % k] = data['Sales'].shift(k)\n    data['month'] = data.index.month\n    return data.dropna()\n\nframe = make_features(sales)",
            "X, y = frame.drop('Sales', axis=1), frame['Sales']\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, shuffle=False)",
            "reg = RandomForestRegressor(n_estimators=10, random_state=0).fit(X_train, y_train)\nprint('MAE', mean_absolute_error(y_test, reg.predict(X_test)))",
        ],
        "Sales",
        ("mean_absolute_error(y_test, reg.predict(X_test))",),
        level="batch",
        reason=(3, "shift"),
    ),
    "a rolling window by group": people(
        "df['new'] = df.groupby('City')['Income'].rolling(5, min_periods=1).mean().reset_index(level=0, drop=True)",
        SPLIT,
        FIT,
        cell=3,
        why="rolling",
    ),
    "a change by group": people(
        "df['new'] = df.groupby('City')['Income'].diff().fillna(0)", SPLIT, FIT, cell=3, why="diff"
    ),
    "a running count": people("df['new'] = df.groupby('City').cumcount()", SPLIT, FIT, cell=3, why="cumcount"),
    "a rank": people("df['new'] = df['Income'].rank(pct=True)", SPLIT, FIT, cell=3, why="rank"),
    "a lag that goes on into another column": people(
        "df['prev'] = df['Income'].shift(1).fillna(0)\ndf['new'] = df['Income'] - df['prev']",
        SPLIT,
        FIT,
        cell=3,
        why="shift",
    ),
    "a lag within assign": people(
        "df = df.assign(new=lambda d: d['Income'].diff()).fillna({'new': 0})", SPLIT, FIT, cell=3, why="diff"
    ),
    "the row's number as a feature": people(
        "df = df[df['Income'] > 20000].reset_index()\ndf['new'] = df['Sex'].eq('m')",
        "data = df.drop(['Name', 'City', 'Sex', 'Joined'], axis=1)\nX = data.drop('Bought', axis=1)\ny = data['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
        FIT,
        cell=3,
        why="place in the file",
    ),
    "groups by density as a feature": people(
        "scaled = StandardScaler().fit_transform(df[['Age', 'Income']])\ndf['new'] = DBSCAN(eps=0.3).fit_predict(scaled)",
        SPLIT,
        FIT,
        cell=3,
        why="fit_predict",
    ),
    "an embedding of all rows as features": people(
        "scaled = StandardScaler().fit_transform(df[['Age', 'Income']])\nemb = TSNE(n_components=1, random_state=0, perplexity=5).fit_transform(scaled[:200])\ndf = df[:200].copy()\ndf['new'] = emb[:, 0]",
        SPLIT,
        FIT,
        cell=3,
        why="fit_transform",
    ),
    "a hierarchy of groups is the model": people(
        "X = StandardScaler().fit_transform(df[['Age', 'Income']])\nhc = AgglomerativeClustering(n_clusters=3)\nlabels = hc.fit_predict(X)\nscore = silhouette_score(X, labels)\nprint(score)",
        cell=3,
        why="AgglomerativeClustering",
        metrics=("score",),
    ),
    "a transformer that learns while it transforms": people(
        """class FillMean(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        X = X.copy()
        X['Income'] = (X['Income'] - X['Income'].mean()) / X['Income'].std()
        return X""",
        "X = df[['Age', 'Income']]\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\nmodel = make_pipeline(FillMean(), LogisticRegression(max_iter=1000))\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)",
        cell=4,
        why="FillMean",
    ),
    "a result of an apply on groups, put beside the rows": people(
        "df['new'] = df.groupby('City').apply(lambda g: g['Income'] / g['Age'].sum()).reset_index(level=0, drop=True)",
        SPLIT,
        FIT,
        cell=3,
        why="by position",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_level_is_lower_and_the_reason_names_its_cell(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
