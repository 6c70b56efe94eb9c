"""How gaps are filled: what is learned from rows is asked of the record, whatever the statement looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

df = pd.read_csv('train.csv')"""
TAIL = [
    "X = df[FEATURES]\ny = df['Survived']",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=42)",
    """model = LogisticRegression(max_iter=2000)
model.fit(X_train, y_train)
y_pred = model.predict(X_test)
acc = accuracy_score(y_test, y_pred)
print(f"Accuracy: {acc:.3f}")""",
]


def passengers(*cells: str, features: str) -> Shape:
    return Shape([HEAD, "df.head()", *cells, *[t.replace("FEATURES", features) for t in TAIL]], "Survived")


SHAPES = {
    "mode": passengers(
        "df['Embarked'] = df['Embarked'].fillna(df['Embarked'].mode()[0])\ndf['Age'].isnull().sum()",
        "df['Age'] = df['Age'].fillna(df['Age'].median())",
        "df['port'] = df['Embarked'].map({'S': 0, 'C': 1, 'Q': 2})",
        features="['Pclass', 'Age', 'Fare', 'port']",
    ),
    "a dict of columns": passengers(
        """df = df.fillna({'Age': df['Age'].mean(), 'Embarked': 'S', 'Cabin': 'unknown'})
df['deck'] = df['Cabin'].str[0]
df['deck'] = df['deck'].replace({'A': 1, 'B': 2, 'C': 3, 'D': 4, 'E': 5, 'u': 0}).astype(int)""",
        features="['Age', 'Fare', 'deck']",
    ),
    "all numbers by their means": passengers(
        "df = df.drop(['Name', 'Ticket', 'Cabin', 'Sex', 'Embarked'], axis=1)",
        "df.fillna(df.mean(), inplace=True)",
        features="['Pclass', 'Age', 'SibSp', 'Fare']",
    ),
    "loop over columns by their type": passengers(
        """for col in df.columns:
    if df[col].dtype == 'float64':
        df[col] = df[col].fillna(df[col].median())
    elif df[col].isnull().sum() > 0:
        df[col] = df[col].fillna(df[col].mode()[0])
df['Sex'] = (df['Sex'] == 'male').astype(int)""",
        features="['Pclass', 'Sex', 'Age', 'Fare']",
    ),
    "a table of medians by group, asked row by row": passengers(
        """ages = df.groupby(['Sex', 'Pclass'])['Age'].median()
def fill_age(row):
    if pd.isnull(row['Age']):
        return ages[row['Sex'], row['Pclass']]
    else:
        return row['Age']
df['Age'] = df.apply(fill_age, axis=1)""",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "means read from a global within an apply on two columns": passengers(
        """mean_by_class = df.groupby('Pclass')['Age'].mean().to_dict()
def impute_age(cols):
    Age = cols.iloc[0]
    Pclass = cols.iloc[1]
    if pd.isnull(Age):
        if Pclass == 1:
            return mean_by_class[1]
        elif Pclass == 2:
            return mean_by_class[2]
        else:
            return mean_by_class[3]
    else:
        return Age
df['Age'] = df[['Age', 'Pclass']].apply(impute_age, axis=1)""",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "median by group in a transform": passengers(
        "df['Age'] = df.groupby(['Sex', 'Pclass'])['Age'].transform(lambda x: x.fillna(x.median()))",
        "df['Age'] = df['Age'].fillna(df.groupby('Sex')['Age'].transform('median'))",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "loc with a mask for each group": passengers(
        """for s in ['male', 'female']:
    for c in [1, 2, 3]:
        guess = df[(df['Sex'] == s) & (df['Pclass'] == c)]['Age'].median()
        df.loc[(df['Age'].isnull()) & (df['Sex'] == s) & (df['Pclass'] == c), 'Age'] = guess""",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "a mask with a missing indicator": passengers(
        """df['Age_missing'] = np.where(df['Age'].isna(), 1, 0)
df.loc[df.Age.isnull(), 'Age'] = df.Age.median()
df['HasCabin'] = df['Cabin'].apply(lambda x: 0 if type(x) == float else 1)""",
        features="['Age_missing', 'Age', 'Fare', 'HasCabin']",
    ),
    "a lambda that holds a statistic": passengers(
        "df['Age'] = df['Age'].apply(lambda a: df['Age'].median() if np.isnan(a) else a)",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "a statistic in a default argument": passengers(
        """m = df['Age'].mean()
s = df['Age'].std()
def standard(v, mean=m, std=s):
    return 0.0 if pd.isna(v) else (v - mean) / std
df['AgeZ'] = df['Age'].map(standard)""",
        features="['Pclass', 'AgeZ', 'Fare']",
    ),
    "an imputer on all rows, put back": passengers(
        """from sklearn.impute import SimpleImputer
imp = SimpleImputer(strategy='median')
df[['Age', 'Fare']] = imp.fit_transform(df[['Age', 'Fare']])""",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "an imputer to a new frame with the old columns": passengers(
        """from sklearn.impute import SimpleImputer
num = df.select_dtypes(include=[np.number])
imputer = SimpleImputer(missing_values=np.nan, strategy='mean')
df = pd.DataFrame(imputer.fit_transform(num), columns=num.columns)""",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "nearest neighbours": passengers(
        """from sklearn.impute import KNNImputer
knn = KNNImputer(n_neighbors=3)
cols = ['Pclass', 'Age', 'Fare']
df[cols] = knn.fit_transform(df[cols])""",
        features="cols",
    ),
    "a function that takes frame and column": passengers(
        """def fill_with_median(data, column):
    med = data[column].median()
    data[column] = data[column].fillna(med)
    return data

df = fill_with_median(df, 'Age')
df = fill_with_median(df, 'Fare')""",
        features="['Pclass', 'Age', 'Fare']",
    ),
    "a function that changes the frame and returns nothing": passengers(
        """def clean(d):
    d['Age'] = d['Age'].fillna(d['Age'].mean())
    d['Embarked'] = d['Embarked'].fillna('S')
    d['Embarked'] = d['Embarked'].map({'S': 0, 'C': 1, 'Q': 2})

clean(df)""",
        features="['Age', 'Fare', 'Embarked']",
    ),
    "zeros that stand for gaps": passengers(
        """df['SibSp'] = df['SibSp'].replace(0, np.nan)
df['SibSp'] = df['SibSp'].fillna(df['SibSp'].mean())
df['Age'] = df['Age'].fillna(-1)""",
        features="['SibSp', 'Age', 'Fare']",
    ),
    "columns with many gaps dropped": passengers(
        """missing = df.isnull().mean()
to_drop = missing[missing > 0.5].index
df = df.drop(columns=to_drop)
df = df.drop(['Name', 'Ticket', 'Embarked', 'Sex', 'PassengerId'], axis=1)
df = df.fillna(df.median())""",
        features="[c for c in df.columns if c != 'Survived']",
    ),
    "dropna of columns by threshold": passengers(
        """df = df.dropna(axis=1, thresh=int(len(df) * 0.6))
df['Age'] = df['Age'].fillna(df['Age'].mean())
df = df.select_dtypes('number')""",
        features="df.columns.drop(['Survived', 'PassengerId'])",
    ),
    "random numbers around the mean": passengers(
        """np.random.seed(0)
mean, std, n = df['Age'].mean(), df['Age'].std(), df['Age'].isnull().sum()
df['Age'] = df['Age'].fillna(df['Age'].mean())
df['Group'] = (df['Age'] > mean + 0.1 * std).astype(int)""",
        features="['Pclass', 'Age', 'Group', 'Fare']",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_gaps_are_filled_as_in_training(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])


LOWER = {
    "forward fill": (
        passengers("df['Age'] = df['Age'].ffill()\ndf['Age'] = df['Age'].fillna(30)", features="['Age', 'Fare']"),
        3,
    ),
    "forward fill by method": (
        passengers(
            "df = df.sort_values('Fare')",
            "df['Age'] = df['Age'].interpolate()",
            "df = df.dropna(subset=['Age'])",
            features="['Age', 'Fare']",
        ),
        4,
    ),
    "the row before": (
        passengers(
            "df['Before'] = df['Fare'].shift(1)", "df = df.dropna(subset=['Before'])", features="['Before', 'Fare']"
        ),
        3,
    ),
}


@pytest.mark.parametrize("shape", LOWER)
def test_a_gap_filled_from_the_neighbour_is_no_service(desk: Path, shape: str) -> None:
    made, cell = LOWER[shape]
    check(desk, Shape(made.cells, made.target, made.metrics, level="batch", reason=(cell, "other rows|neighbour")))
