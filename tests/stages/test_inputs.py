"""Where the rows come from: loaders, separators, headers, several files, data that come with a library."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.stages.shapes import Shape, check

HEAD = """import os
import numpy as np
import pandas as pd
from pathlib import Path
from sklearn.datasets import load_iris, load_breast_cancer, load_diabetes, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, LinearRegression
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split"""
CLEAN = "df['Age'] = df['Age'].fillna(df['Age'].median())\ndf['Sex'] = df['Sex'].map({'m': 1, 'f': 0})"
SPLIT = "X = df[['Age', 'Sex', 'Income']]\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
FIT = "model = RandomForestClassifier(n_estimators=10, random_state=0)\nmodel.fit(X_train, y_train)\nacc = accuracy_score(y_test, model.predict(X_test))\nprint('accuracy', acc)"


def people(*read: str) -> Shape:
    return Shape([HEAD, *read, CLEAN, SPLIT, FIT], "Bought")


SHAPES = {
    "a loader": people("def load(path):\n    return pd.read_csv(path)", "df = load('people.csv')"),
    "a loader with a docstring and a separator": people(
        'def load_data(filename, sep=","):\n    """Loads it."""\n    print("loading", filename)\n    return pd.read_csv(filename, sep=sep)',
        "df = load_data('people.csv')\ndf.shape",
    ),
    "a loader for two files": people(
        "def read(name):\n    data = pd.read_csv(name + '.csv')\n    return data"
        if False
        else "read = lambda name: pd.read_csv(name)",
        "df = read('people.csv')\nother = read('zones.csv')\nrate = other['Tax'].mean()\ndf['Income'] = df['Income'] * rate",
    ),
    "a loader that cleans": people(
        "def load_and_clean(path):\n    data = pd.read_csv(path)\n    data = data.drop_duplicates()\n    data['Income'] = data['Income'].fillna(data['Income'].mean())\n    return data",
        "df = load_and_clean('people.csv')",
    ),
    "a loader without arguments": people(
        "DATA = 'people.csv'\n\ndef get_data():\n    return pd.read_csv(DATA)", "df = get_data()"
    ),
    "a folder and a name": people("folder = './'\nfile_name = 'people.csv'\ndf = pd.read_csv(folder + file_name)"),
    "os.path.join and a constant": people("DATA_DIR = '.'\ndf = pd.read_csv(os.path.join(DATA_DIR, 'people.csv'))"),
    "pathlib": people("base = Path('.')\ndf = pd.read_csv(base / 'people.csv')"),
    "an f-string": people("name = 'people'\ndf = pd.read_csv(f'{name}.csv')"),
    "chosen columns, an own header": people(
        "df = pd.read_csv('people.csv', header=0, names=['n', 'Age', 'City', 'Sex', 'since', 'Income', 'Bought'], usecols=['Age', 'Sex', 'Income', 'Bought'])"
    ),
    "columns renamed by hand": people(
        "df = pd.read_csv('people.csv')\ndf.columns = ['n', 'Age', 'C', 'Sex', 'J', 'Income', 'Bought']"
    ),
    "columns tidied by a function": Shape(
        [
            HEAD,
            "df = pd.read_csv('people.csv')\ndf.columns = df.columns.str.lower().str.replace(' ', '_')",
            "df['age'] = df['age'].fillna(df['age'].median())\nX = df[['age', 'income']]\ny = df['bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
            FIT,
        ],
        "Bought",
    ),
    "the first column is an index": Shape(
        [
            HEAD,
            "df = pd.read_csv('people.csv', index_col=0)",
            CLEAN,
            SPLIT,
            FIT,
        ],
        "Bought",
    ),
    "the same file read twice": people(
        "raw = pd.read_csv('people.csv')\nhigh = raw['Income'].quantile(0.9)\ndf = pd.read_csv('people.csv')\ndf['Income'] = df['Income'].clip(upper=high)"
    ),
    "rows of two files below one another": people(
        "a = pd.read_csv('people.csv')\nb = pd.read_csv('more.csv')\ndf = pd.concat([a, b], ignore_index=True)\ndf = df[:400]"
    ),
    "a working copy": people("data = pd.read_csv('people.csv')\ndf = data.copy()\ndata.head()"),
    "copied by its constructor": people(
        "data = pd.read_csv('people.csv')\ndf = pd.DataFrame(data, columns=['Age', 'Sex', 'Income', 'Bought'])"
    ),
    "a data set that comes with the library": Shape(
        [
            HEAD,
            "iris = load_iris()\nX = iris.data\ny = iris.target",
            "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)",
            FIT,
        ],
        None,  # type: ignore[arg-type]
        answers="model.predict(X)",
        rows="np.arange(150)",
    ),
    "a data set put into a frame": Shape(
        [
            HEAD,
            "cancer = load_breast_cancer()\ndf = pd.DataFrame(cancer.data, columns=cancer.feature_names)\ndf['target'] = cancer.target\ndf['ratio'] = df['mean area'] / df['mean radius']",
            "X_train, X_test, y_train, y_test = train_test_split(df.drop('target', axis=1), df['target'], test_size=0.3, random_state=1)",
            FIT,
        ],
        None,  # type: ignore[arg-type]
        answers="model.predict(df.drop('target', axis=1))",
        rows="df.index",
    ),
    "X and y of a data set": Shape(
        [
            HEAD,
            "X, y = load_diabetes(return_X_y=True, as_frame=True)\nX = X[['bmi', 'bp', 's5']]",
            "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)",
            "model = LinearRegression().fit(X_train, y_train)\nacc = r2_score(y_test, model.predict(X_test))\nprint(acc)",
        ],
        None,  # type: ignore[arg-type]
        answers="model.predict(X)",
        rows="X.index",
    ),
    "made by a generator": Shape(
        [
            HEAD,
            "X, y = make_classification(n_samples=300, n_features=6, random_state=42)",
            "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)",
            FIT,
        ],
        None,  # type: ignore[arg-type]
        answers="model.predict(X)",
        rows="np.arange(300)",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_come_from_where_the_notebook_says(desk: Path, shape: str) -> None:
    pd.read_csv(desk / "people.csv").sample(50, random_state=1).to_csv(desk / "more.csv", index=False)
    check(desk, SHAPES[shape])
