"""Shapes of real notebooks: for each, the project gives the notebook's numbers, and its answers row by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.stages.harness import assert_metric, assert_same, run_both

IMPORTS = "import pandas as pd\nimport numpy as np\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score"
READ = "df = pd.read_csv('people.csv')"
SPLIT = "X = df.drop('Bought', axis=1)\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)"
FIT = "model = LogisticRegression(max_iter=1000)\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nacc = accuracy_score(y_test, y_pred)\nprint('accuracy', acc)"

SHAPES = {
    "fill with the mean": [
        "df['Age'] = df['Age'].fillna(df['Age'].mean())",
        "df = df.drop(['Name', 'City', 'Joined', 'Sex'], axis=1)",
    ],
    "fill in place by column": [
        "df['Age'].fillna(df['Age'].median(), inplace=True)"
        if pd.__version__ < "3"
        else "df.fillna({'Age': df['Age'].median()}, inplace=True)",
        "df.drop(columns=['Name', 'City', 'Joined', 'Sex'], inplace=True)",
    ],
    "label encoder in a loop": [
        "from sklearn.preprocessing import LabelEncoder\nle = LabelEncoder()\nfor c in ['City', 'Sex']:\n    df[c] = le.fit_transform(df[c])",
        "df = df.drop(['Name', 'Joined'], axis=1).fillna(0)",
    ],
    "dummies of the whole frame": [
        "df = df.drop(['Name', 'Joined'], axis=1)\ndf['Age'] = df['Age'].fillna(30)\ndf = pd.get_dummies(df, drop_first=True)"
    ],
    "rows left out and the index reset": [
        "df = df.dropna().reset_index(drop=True)\ndf = df[df['Income'] < 90000]\ndf = df[['Age', 'Income', 'Bought']]"
    ],
    "rare categories by counts": [
        "counts = df['City'].value_counts()\nrare = counts[counts < 60].index\ndf['City'] = df['City'].apply(lambda c: 'other' if c in rare else c)\ndf = pd.get_dummies(df[['Age', 'City', 'Bought']].fillna(0), columns=['City'])"
    ],
    "a mean by group": [
        "df['CityIncome'] = df.groupby('City')['Income'].transform('mean')\ndf['Age'] = df.groupby('Sex')['Age'].transform(lambda s: s.fillna(s.median()))\ndf = df[['Age', 'CityIncome', 'Bought']]"
    ],
    "quantile bins": [
        "df['Band'] = pd.qcut(df['Income'], 4, labels=False)\ndf['Group'] = pd.cut(df['Age'].fillna(30), 5, labels=False)\ndf = df[['Band', 'Group', 'Bought']]"
    ],
    "date parts": [
        "df['Joined'] = pd.to_datetime(df['Joined'])\ndf['month'] = df['Joined'].dt.month\ndf['days'] = (pd.Timestamp('2024-01-01') - df['Joined']).dt.days\ndf = df[['month', 'days', 'Bought']]"
    ],
    "category codes": [
        "df['City'] = df['City'].astype('category').cat.codes\ndf['Sex'] = df['Sex'].astype('category')\ndf['Sex'] = df['Sex'].cat.codes\ndf = df[['City', 'Sex', 'Bought']]"
    ],
    "own function over the frame": [
        "def clean(data):\n    data = data.copy()\n    data['Age'] = data['Age'].fillna(data['Age'].mean())\n    data['rich'] = np.where(data['Income'] > data['Income'].median(), 1, 0)\n    return data[['Age', 'rich', 'Bought']]\ndf = clean(df)"
    ],
}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A folder with people.csv: numbers with gaps, categories, dates, a two-class target."""
    rng = np.random.default_rng(7)
    n = 400
    age = rng.integers(18, 80, n).astype(float)
    income = rng.normal(50_000, 20_000, n).round(2)
    frame = pd.DataFrame(
        {
            "Name": [f"p{i}" for i in range(n)],
            "Age": np.where(rng.random(n) < 0.1, np.nan, age),
            "City": rng.choice(["Rome", "Oslo", "Lima", "Bonn"], n, p=[0.5, 0.3, 0.15, 0.05]),
            "Sex": rng.choice(["f", "m"], n),
            "Joined": pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 1000, n), unit="D"),
            "Income": income,
            "Bought": (income + 500 * age + rng.normal(0, 20_000, n) > 75_000).astype(int),
        }
    )
    frame.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_of_notebook_becomes_a_service_with_its_numbers(people: Path, shape: str) -> None:
    both = run_both(people, [IMPORTS, READ, "df.head()", *SHAPES[shape], SPLIT, FIT])
    assert_metric(both, both.notebook["acc"])
    labels = both.notebook["X_test"].index[:40]
    expected = both.notebook["model"].predict(both.notebook["X_test"].loc[labels])
    if "reset" not in shape:
        assert_same(expected, both.answers(labels))
        assert_same(expected, both.answers_alone(labels))


def test_what_a_read_is_given_stands_in_its_function(people: Path) -> None:
    read = "wanted = ['Age', 'Income', 'Bought']\ndf = pd.read_csv('people.csv', usecols=wanted).fillna(0)\nwanted = 3"
    both = run_both(people, [IMPORTS, read, SPLIT, FIT])
    assert_metric(both, both.notebook["acc"])
