"""Functions, classes and odd statements: what travels with the rows, and with what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import pandas as pd
import numpy as np
import re
from datetime import datetime
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler, OneHotEncoder
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.ensemble import RandomForestRegressor
from sklearn.cluster import KMeans
from sklearn.metrics import r2_score, mean_absolute_error"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=6)"
FIT = "model = RandomForestRegressor(n_estimators=10, random_state=0)\nmodel.fit(X_train, y_train)\nr2 = r2_score(y_test, model.predict(X_test))\nprint('R2', r2)"
READ = "df = pd.read_csv('houses.csv')"


def houses(*cells: str, read: str = READ, **more: str) -> Shape:
    return Shape(
        [HEAD, read, *cells, SPLIT, FIT],
        "Price",
        ("r2",),
        more.get("answers", "model.predict(X_test)"),
        more.get("rows", "X_test.index"),
    )


TAKE = "X = df[['Area', 'Rooms', 'new']]\ny = df['Price']"

SHAPES = {
    "ranges parsed from text": houses(
        """def to_number(text):
    parts = text.split('-')
    if len(parts) == 2:
        return (float(parts[0]) + float(parts[1])) / 2
    try:
        return float(re.sub(r'[^0-9.]', '', text))
    except ValueError:
        return None

df['new'] = df['Size'].apply(to_number)""",
        TAKE,
    ),
    "numbers taken out of text": houses(
        "df['new'] = df['Size'].str.extract(r'(\\d+)').astype(float)\ndf['Size'] = pd.to_numeric(df['Size'].str.replace(' sqft', '', regex=False), errors='coerce')\ndf['Size'].fillna(df['Size'].median())",
        TAKE,
    ),
    "coerced, then filled": houses(
        "df['new'] = pd.to_numeric(df['Size'].str.replace(' sqft', ''), errors='coerce')\ndf['new'] = df['new'].fillna(df['new'].mean())",
        TAKE,
    ),
    "dates by their parts": houses(
        "df['Sold'] = pd.to_datetime(df['Sold'], format='%d/%m/%Y')\ndf['new'] = df['Sold'].dt.year - df['Built']\ndf['weekday'] = df['Sold'].dt.dayofweek\ndf['month'] = df['Sold'].apply(lambda d: d.month)",
        "X = df[['Area', 'new', 'weekday', 'month']]\ny = df['Price']",
    ),
    "days since the first sale": houses(
        "df['Sold'] = pd.to_datetime(df['Sold'], dayfirst=True)\ndf['new'] = (df['Sold'] - df['Sold'].min()).dt.days",
        TAKE,
    ),
    "dates parsed on reading": houses(
        "df['new'] = df.Sold.map(lambda d: d.toordinal())",
        TAKE,
        read="df = pd.read_csv('houses.csv', parse_dates=['Sold'], dayfirst=True)",
    ),
    "a date as the index": houses(
        "df['new'] = df.index.month * 100 + df.index.day\nids = df['Id']",
        TAKE,
        read="df = pd.read_csv('houses.csv')\ndf['Sold'] = pd.to_datetime(df['Sold'], format='%d/%m/%Y')\ndf = df.set_index('Sold')",
        rows="[list(df.Id).index(i) for i in train_test_split(df['Id'], test_size=0.25, random_state=6)[1]]",
    ),
    "a table to look up": houses(
        "zones = pd.read_csv('zones.csv')\ndf = df.merge(zones, on='Zone', how='left')\ndf['new'] = df['Tax'] * df['Area']",
        TAKE,
    ),
    "a table to look up, by pd.merge and a filled gap": houses(
        "tax = pd.read_csv('zones.csv').rename(columns={'Zone': 'zone'})\ntax = tax[tax['Tax'] < 1.2]\nmerged = pd.merge(df, tax, left_on='Zone', right_on='zone', how='left')\nmerged['new'] = merged['Tax'].fillna(merged['Tax'].mean())\ndf = merged.drop('zone', axis=1)",
        TAKE,
    ),
    "a series to map, from another file": houses(
        "tax = pd.read_csv('zones.csv', index_col=0)['Tax']\ndf['new'] = df['Zone'].map(tax)",
        TAKE,
    ),
    "statistics by group, merged back": houses(
        "by_zone = df.groupby('Zone').agg({'Area': ['mean', 'max']})\nby_zone.columns = ['zone_mean', 'zone_max']\ndf = df.merge(by_zone.reset_index(), on='Zone')\ndf['new'] = df['Area'] / df['zone_mean']",
        TAKE,
        rows="[list(pd.read_csv('houses.csv').Id).index(i) for i in df.loc[X_test.index, 'Id']]",
    ),
    "statistics by group, mapped": houses(
        "df['new'] = df['Zone'].map(df.groupby('Zone')['Area'].std())\ndf['count'] = df.groupby('Zone')['Id'].transform('count')\ndf['dev'] = df['Area'] - df.groupby('Zone')['Area'].transform('mean')",
        "X = df[['Area', 'new', 'count', 'dev']]\ny = df['Price']",
    ),
    "columns by their correlation": houses(
        "num = df.select_dtypes(include='number').fillna(0)\ncorr = num.corr()['Price'].abs().sort_values(ascending=False)\ntop = corr[corr > 0.1].index.tolist()\ntop.remove('Price')\nX = num[top]\ny = num['Price']",
    ),
    "the upper triangle": houses(
        """df['Area2'] = df['Area'] * 2.0
num = df.select_dtypes(include=[np.number]).drop('Id', axis=1).fillna(0)
corr_matrix = num.drop('Price', axis=1).corr().abs()
upper = corr_matrix.where(np.triu(np.ones(corr_matrix.shape), k=1).astype(bool))
to_drop = [column for column in upper.columns if any(upper[column] > 0.9)]
num.drop(to_drop, axis=1, inplace=True)
X, y = num.drop('Price', axis=1), num['Price']""",
    ),
    "columns lists by type": houses(
        "numeric = [c for c in df.columns if df[c].dtype in [np.int64, np.float64] and c not in ('Id', 'Price')]\ncategorical = [c for c in df.columns if c not in numeric + ['Id', 'Price', 'Size', 'Sold']]\nfor c in categorical:\n    df[c] = df[c].fillna('None')\nX = pd.get_dummies(df[numeric + categorical].fillna(0), columns=categorical)\ny = df['Price']",
    ),
    "constants and a global read by a function": houses(
        "BASE_YEAR = 2020\nGRADES = {'Ex': 4, 'Gd': 3, 'TA': 2, 'Fa': 1}\n\ndef enrich(frame):\n    frame = frame.copy()\n    frame['age'] = BASE_YEAR - frame['Built']\n    frame['new'] = frame['Grade'].map(GRADES) * frame['age'] ** 0.5\n    return frame",
        "df = enrich(df)",
        TAKE,
    ),
    "a global that is rebound later": houses(
        "scale = df['Area'].max()\n\ndef rescale(v):\n    return v / scale\n\ndf['new'] = df['Area'].apply(rescale)\nscale = df['Lot'].max()\ndf['lot'] = df['Lot'].fillna(0).apply(rescale)",
        "X = df[['Area', 'Rooms', 'new', 'lot']]\ny = df['Price']",
    ),
    "a function defined twice": houses(
        "def score(v):\n    return len(v)\n\ndf['first'] = df['Zone'].apply(score)",
        "def score(v):\n    return {'Ex': 3, 'Gd': 2}.get(v, 1)\n\ndf['new'] = df['Grade'].apply(score)",
        "X = df[['Area', 'first', 'new']]\ny = df['Price']",
    ),
    "an own transformer in a pipeline": houses(
        """class AreaPerRoom(BaseEstimator, TransformerMixin):
    def __init__(self, add_log=True):
        self.add_log = add_log
    def fit(self, X, y=None):
        self.median_ = X['Lot'].median()
        return self
    def transform(self, X):
        X = X.copy()
        X['per_room'] = X['Area'] / X['Rooms']
        X['Lot'] = X['Lot'].fillna(self.median_)
        if self.add_log:
            X['log_lot'] = np.log(X['Lot'] + 1)
        return X""",
        "X = df[['Area', 'Rooms', 'Lot']]\ny = df.Price",
        answers="model.predict(X_test)",
    ),
    "a class that prepares": houses(
        """class Preparer:
    def __init__(self, data):
        self.data = data.copy()

    def run(self):
        self.data['Lot'] = self.data['Lot'].fillna(self.data['Lot'].median())
        self.data['new'] = self.data['Lot'] / self.data['Area']
        return self.data

df = Preparer(df).run()""",
        TAKE,
    ),
    "try and except": houses(
        "try:\n    df['new'] = df['Lot'].fillna(df['Lot'].mean())\nexcept KeyError as error:\n    print(error)\nif 'Pool' in df.columns:\n    df = df.drop('Pool', axis=1)",
        TAKE,
    ),
    "augmented assignments": houses(
        "df['new'] = 0\ndf['new'] += df['Area']\ndf['new'] /= df['Rooms']\ndf['Area'] **= 0.5\ndf.loc[df.Rooms > 5, 'new'] *= 2",
        TAKE,
    ),
    "a nested loop over lists of columns": houses(
        "pairs = [('Area', 'Rooms'), ('Area', 'Built')]\nfor a, b in pairs:\n    df[a + '_x_' + b] = df[a] * df[b]\ndf['new'] = df[['Area_x_Rooms', 'Area_x_Built']].sum(axis=1)",
        TAKE,
    ),
    "bins by given edges and by learned ones": houses(
        "df['era'] = pd.cut(df['Built'], bins=[1900, 1950, 1980, 2100], labels=[0, 1, 2]).astype(int)\ndf['new'] = pd.qcut(df['Area'], q=5, labels=False, duplicates='drop')\ndf['w'] = pd.cut(df['Lot'].fillna(0), bins=4, labels=['a', 'b', 'c', 'd'])\ndf = pd.get_dummies(df, columns=['w'])",
        "X = df.drop(columns=['Id', 'Zone', 'Grade', 'Garage', 'Size', 'Sold', 'Price', 'Lot'])\ny = df['Price']",
    ),
    "cluster labels as a feature": houses(
        "km = KMeans(n_clusters=4, n_init=5, random_state=0)\ndf['new'] = km.fit_predict(df[['Area', 'Built']])",
        TAKE,
    ),
    "cluster labels by labels_": houses(
        "km = KMeans(n_clusters=4, n_init=5, random_state=0).fit(df[['Area', 'Built']])\ndf['new'] = km.labels_",
        TAKE,
    ),
    "a Windows path, two reads of one file": houses(
        "raw = pd.read_csv('houses.csv')\ndf['new'] = df['Lot'].fillna(raw['Lot'].max())",
        TAKE,
    ),
    "iterrows": houses(
        "values = []\nfor i, row in df.iterrows():\n    if row['Garage'] == 'Attached':\n        values.append(1)\n    else:\n        values.append(0)\ndf['new'] = values",
        TAKE,
    ),
    "list comprehension over zip": houses(
        "df['new'] = [a / r if r > 0 else 0 for a, r in zip(df['Area'], df['Rooms'])]\ndf['Zone'] = [z[0] for z in df['Zone']]",
        TAKE,
    ),
}

SHAPES["an own transformer in a pipeline"] = Shape(
    [
        *SHAPES["an own transformer in a pipeline"].cells[:-1],
        "model = Pipeline([('own', AreaPerRoom()), ('scale', StandardScaler()), ('reg', Ridge())])\nmodel.fit(X_train, y_train)\nr2 = model.score(X_test, y_test)\nprint('R2', r2)",
    ],
    "Price",
    ("r2",),
)


@pytest.mark.parametrize("shape", SHAPES)
def test_functions_travel_with_what_they_read(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
