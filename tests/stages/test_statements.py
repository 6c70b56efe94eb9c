"""Statements as people write them: everything in place, names reused, odd forms, comments, dead ends."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.stages.shapes import Shape, check

HEAD = """import pandas as pd, numpy as np
import warnings; warnings.filterwarnings('ignore')
import sys, time
from functools import partial, reduce
from sklearn.model_selection import train_test_split as tts
from sklearn.linear_model import LogisticRegression as LR
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
import sklearn.metrics as skm
from sklearn import preprocessing, tree, ensemble"""
SPLIT = (
    "X = df[['Age', 'Income', 'new']]\ny = df['Bought']\nX_train, X_test, y_train, y_test = tts(X, y, random_state=0)"
)
FIT = "model = DecisionTreeClassifier(max_depth=4, random_state=0)\nmodel.fit(X_train, y_train)\nacc = skm.accuracy_score(y_test, model.predict(X_test))\nprint('accuracy', acc)"
READ = "df = pd.read_csv('people.csv')"


def people(*cells: str, split: str = SPLIT, fit: str = FIT, **more: str) -> Shape:
    return Shape(
        [HEAD, READ, *cells, split, fit],
        "Bought",
        answers=more.get("answers", "model.predict(X_test)"),
        rows=more.get("rows", "X_test.index"),
    )


SHAPES = {
    "everything in place": people(
        "df.rename(columns={'Income': 'Salary'}, inplace=True)\ndf.drop(['Name'], axis=1, inplace=True)\ndf.fillna({'Age': 33}, inplace=True)\ndf.replace({'City': {'Bonn': 'Rome'}}, inplace=True)\ndf.sort_values('Salary', inplace=True)\ndf.drop_duplicates(inplace=True)\ndf.reset_index(drop=False, inplace=True)",
        "df.rename(columns={'Salary': 'Income'}, inplace=True)\ndf['new'] = df['City'].map({'Rome': 0, 'Oslo': 1, 'Lima': 2})\nlabels = df['index']",
        rows="labels[X_test.index].values",
    ),
    "columns deleted, inserted, moved": people(
        "del df['Name'], df['Joined']\ndf.insert(0, 'new', df['City'].str.len())\ncity = df.pop('City')\ndf['Age'] = df['Age'].fillna(df['Age'].mean())\ncols = df.columns.tolist()\ncols = cols[-1:] + cols[:-1]\ndf = df[cols]"
    ),
    "attributes in place of brackets": people(
        "df.Age = df.Age.fillna(df.Age.mode()[0])\ndf['new'] = df.Sex == 'm'\ndf.Income = df.Income.apply(lambda v: v if v > 0 else 0)"
    ),
    "one frame after another": people(
        "df1 = df.copy()\ndf1['Age'] = df1['Age'].fillna(df1['Age'].median())\ndf2 = df1.drop('Name', axis=1)\ndf3 = df2[df2.Income > 1000]\ndf4 = df3.copy()\ndf4['new'] = (df4['City'] == 'Oslo').astype(int)\ndf = df4"
    ),
    "a copy that the model never sees": people(
        "tmp = df.copy()\ntmp['Income'] = 0\ntmp = tmp.dropna()\ntmp.groupby('City').mean(numeric_only=True)\ndf['Age'] = df['Age'].fillna(df['Age'].median())\ndf['unused'] = df['Income'].rank()\ndf['new'] = 1"
    ),
    "lambdas with names": people(
        "clip = lambda v, top=90000: min(v, top)\nis_m = lambda s: int(s == 'm')\ndf['Income'] = df['Income'].apply(clip)\ndf['new'] = df['Sex'].apply(is_m)\ndf['Age'] = df['Age'].fillna(0)"
    ),
    "a list of functions": people(
        "def fill(d):\n    d['Age'] = d['Age'].fillna(d['Age'].median())\n    return d\n\ndef flag(d):\n    d['new'] = d['Sex'].eq('f') * 1\n    return d\n\nfor step in [fill, flag]:\n    df = step(df)"
    ),
    "steps by reduce": people(
        "def fill(d):\n    return d.assign(Age=d['Age'].fillna(d['Age'].median()))\n\ndef flag(d):\n    return d.assign(new=d['Sex'].eq('f') * 1)\n\ndf = reduce(lambda d, f: f(d), [fill, flag], df)",
        fit=FIT.replace(
            "DecisionTreeClassifier(max_depth=4, random_state=0)", "LR(max_iter=3000)"
        ),  # no gap is overlooked
    ),
    "partial": people(
        "def cap(v, low, high):\n    return max(low, min(v, high))\n\ncap_income = partial(cap, low=0, high=df['Income'].quantile(0.95))\ndf['new'] = df['Income'].map(cap_income)\ndf['Age'] = df['Age'].fillna(0)"
    ),
    "functions within functions": people(
        "def prepare(data):\n    def fill(col):\n        return data[col].fillna(data[col].median())\n    data = data.copy()\n    for c in ('Age', 'Income'):\n        data[c] = fill(c)\n    data['new'] = data['Income'] / data['Age']\n    return data\n\ndf = prepare(df)"
    ),
    "a function that gives X and y": people(
        "def split_xy(data, target='Bought'):\n    data = data.copy()\n    data['Age'] = data['Age'].fillna(data['Age'].mean())\n    data['new'] = data['City'].str.startswith('R').astype(int)\n    return data[['Age', 'Income', 'new']], data[target]",
        split="X, y = split_xy(df)\nX_train, X_test, y_train, y_test = tts(X, y, random_state=0)",
    ),
    "a function that splits and scales": people(
        "df['Age'] = df['Age'].fillna(df['Age'].mean())\n\ndef get_sets(data):\n    X = data[['Age', 'Income']]\n    y = data['Bought']\n    a, b, c, d = tts(X, y, test_size=0.3, random_state=5)\n    sc = StandardScaler()\n    a = sc.fit_transform(a)\n    b = sc.transform(b)\n    return a, b, c, d",
        split="X_train, X_test, y_train, y_test = get_sets(df)",
        rows="y_test.index",
    ),
    "a function with a frame in a dict": people(
        "def make(data):\n    out = {}\n    out['features'] = data[['Age', 'Income']].fillna(data[['Age', 'Income']].mean())\n    out['target'] = data['Bought']\n    return out\n\nsets = make(df)",
        split="X, y = sets['features'], sets['target']\nX_train, X_test, y_train, y_test = tts(X, y, random_state=0)",
    ),
    "keyword arguments by a dict": people(
        "options = {'test_size': 0.4, 'random_state': 9}\ndf = df.fillna(value={'Age': 1})\ndf['new'] = 0",
        split="X_train, X_test, y_train, y_test = tts(df[['Age', 'Income', 'new']], df['Bought'], **options)",
    ),
    "flags that choose a branch": people(
        "USE_LOG = True\nDROP = False\nif USE_LOG:\n    df['Income'] = np.log(df['Income'].clip(lower=1))\nelse:\n    df['Income'] = df['Income'] / 1000\nif DROP:\n    df = df.drop(columns='Age')\ndf['new'] = 0\ndf['Age'] = df['Age'].fillna(-1)"
    ),
    "a branch on the data": people(
        "if df['Age'].isnull().any():\n    df['Age'] = df['Age'].fillna(df['Age'].median())\nif df.duplicated().sum() > 0:\n    df = df.drop_duplicates()\ndf['new'] = 2 if df['Income'].mean() > 0 else 3"
    ),
    "while and walrus": people(
        "i = 0\ncols = ['Age', 'Income']\nwhile i < len(cols):\n    df[cols[i]] = df[cols[i]].fillna(0)\n    i += 1\nif (n := len(cols)) > 1:\n    df['new'] = n"
    ),
    "tuples unpacked from statistics": people(
        "lo, hi = np.percentile(df['Income'], [5, 95])\n(mean, std), k = (df['Income'].mean(), df['Income'].std()), 2\ndf['new'] = ((df['Income'] - mean) / std).clip(-k, k)\ndf['Age'] = df['Age'].fillna(lo / hi)"
    ),
    "several targets at once": people("df['new'] = df['copy'] = df['Income'] * 2\ndf['Age'] = df['Age'].fillna(0)"),
    "a list of names grown by append": people(
        "keep = []\nfor c in df.columns:\n    if pd.api.types.is_numeric_dtype(df[c]) and c != 'Bought':\n        keep.append(c)\nfor c in keep:\n    df[c] = df[c].fillna(df[c].median())",
        split="X = df[keep]\ny = df['Bought']\nX_train, X_test, y_train, y_test = tts(X, y, random_state=0)",
    ),
    "timing and prints around": people(
        "start = time.time()\ndf['Age'] = df['Age'].fillna(df['Age'].mean())\nprint('filled in', time.time() - start)\nprint(df.isnull().sum())\ndf['new'] = df['Sex'].map({'m': 1, 'f': 0})\nassert df['new'].notna().all()"
    ),
    "semicolons and comments between": people(
        "# fill the gaps\ndf['Age'] = df['Age'].fillna(df['Age'].mean());\n# df['Age'] = df['Age'].fillna(0)\n'''\nan old idea:\ndf = df.dropna()\n'''\nm = df['Income'].max(); df['new'] = df['Income'] / m  # to [0, 1]"
    ),
    "X written into after its frame": people(
        "df['Age'] = df['Age'].fillna(df['Age'].mean())",
        split="X = df.drop(['Name', 'City', 'Sex', 'Joined', 'Bought'], axis=1)\nX['new'] = X['Income'] / X['Age']\nX['Age'] = X['Age'] ** 2\ny = df.Bought\nX_train, X_test, y_train, y_test = tts(X, y, random_state=0)\nX_train = X_train.drop('Age', axis=1)\nX_test = X_test.drop('Age', axis=1)",
    ),
    "names of earlier objects used again": people(
        "x = df['Age'].mean()\ndf['Age'] = df['Age'].fillna(x)\nx = df['Income'].mean()\ndf['new'] = (df['Income'] > x).astype(int)\nx = 5\ndata = [1, 2, 3]\ndata = df\ndf = data"
    ),
    "modules used by their parts": people(
        "le = preprocessing.LabelEncoder()\ndf['new'] = le.fit_transform(df['City'])\ndf['Age'] = df['Age'].fillna(df['Age'].median())",
        fit="model = tree.DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel = model.fit(X_train, y_train)\nacc = skm.accuracy_score(y_test, model.predict(X_test))\nprint(acc)",
    ),
    "the fit chained to its constructor and judged at once": people(
        "df['Age'] = df['Age'].fillna(df['Age'].median())\ndf['new'] = df['Sex'] == 'm'",
        fit="clf = LR(max_iter=3000).fit(X_train, y_train)\nacc = skm.accuracy_score(y_test, clf.predict(X_test))\nprint('Accuracy: {:.2f}%'.format(acc * 100))",
        answers="clf.predict(X_test)",
    ),
    "weights for rows": people(
        "df['Age'] = df['Age'].fillna(df['Age'].median())\ndf['new'] = 0",
        fit="w = np.where(y_train == 1, 2.0, 1.0)\nmodel = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train, sample_weight=w)\nacc = model.score(X_test, y_test)\nprint(acc)",
    ),
    "new columns by a loop over pairs of names": people(
        "df['Age'] = df['Age'].fillna(df['Age'].median())\nimport itertools\nfor a, b in itertools.combinations(['Age', 'Income'], 2):\n    df[f'{a}_{b}'] = df[a] * df[b]\ndf['new'] = df['Age_Income']"
    ),
    "columns by regular expressions and filter": people(
        "df['Age'] = df['Age'].fillna(df['Age'].median())\ndf = pd.get_dummies(df, columns=['City'], prefix='town')\ntowns = [c for c in df.columns if c.startswith('town_')]\ndf['new'] = df.filter(like='town_').sum(axis=1)",
        split="X = df[['Age', 'Income'] + towns + ['new']]\ny = df['Bought']\nX_train, X_test, y_train, y_test = tts(X, y, random_state=0)",
    ),
}

if int(pd.__version__.split(".")[0]) < 3:
    SHAPES["a column filled in place"] = people(
        "df['Age'].fillna(df['Age'].mean(), inplace=True)\ndf['City'].replace({'Bonn': 'Rome'}, inplace=True)\ndf['new'] = df['City'].map({'Rome': 0, 'Oslo': 1, 'Lima': 2})"
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_statements_keep_their_meaning(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
