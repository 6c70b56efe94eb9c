"""Columns in bulk: chosen by their gaps, filled and scaled by functions over columns, put together as arrays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import numpy as np
import pandas as pd
from scipy import stats
from scipy.stats import zscore
from sklearn import preprocessing
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder, MinMaxScaler, OneHotEncoder, PowerTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier"""
READ = "df = pd.read_csv('contracts.csv')\ndf['TotalCharges'] = pd.to_numeric(df['TotalCharges'], errors='coerce')\ndf['late'] = np.where(df['MonthlyCharges'] > 100, np.nan, df['tenure'])"
NUM = "num = ['tenure', 'MonthlyCharges', 'TotalCharges', 'late']"
FILL = "df[num] = df[num].fillna(df[num].mean())"
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)"
XY = "X = df[num]\ny = df['Churn']"
FIT = "model = DecisionTreeClassifier(max_depth=5, random_state=0)\nmodel.fit(X_train, y_train)\nacc = accuracy_score(y_test, model.predict(X_test))\nprint(acc)"
KNN = "model = KNeighborsClassifier(7)\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)"
PLACES = "df.index[train_test_split(np.arange(len(df)), test_size=0.25, random_state=1)[1]]"


def contracts(*cells: str, rows: str = "X_test.index", answers: str = "model.predict(X_test)") -> Shape:
    return Shape([HEAD, READ, *cells], "Churn", answers=answers, rows=rows)


SHAPES = {
    "columns with gaps, listed": contracts(
        NUM
        + "\nwith_gaps = [c for c in num if df[c].isnull().sum() > 0]\nfor c in with_gaps:\n    df[c + '_was_missing'] = df[c].isnull().astype(int)\n    df[c] = df[c].fillna(df[c].median())",
        "X = df[num + [c + '_was_missing' for c in with_gaps]]\ny = df['Churn']",
        SPLIT,
        FIT,
    ),
    "columns with gaps, listed after the split": contracts(
        NUM,
        XY,
        SPLIT,
        "gaps = [col for col in X_train.columns if X_train[col].isnull().any()]\nreduced_X_train = X_train.drop(gaps, axis=1)\nreduced_X_test = X_test.drop(gaps, axis=1)",
        FIT.replace("X_t", "reduced_X_t"),
        answers="model.predict(reduced_X_test)",
    ),
    "columns by a mask of gaps": contracts(
        NUM + "\ncols = df.columns[df.isnull().any()]\ndf[cols] = df[cols].fillna(df[cols].median())", XY, SPLIT, FIT
    ),
    "filled by an apply over columns": contracts(
        NUM + "\ndf[num] = df[num].apply(lambda c: c.fillna(c.mean()))", XY, SPLIT, FIT
    ),
    "filled over all columns by their type": contracts(
        "df = df.apply(lambda x: x.fillna(x.median()) if x.dtype == 'float64' else x.fillna(x.mode()[0]))\n" + NUM,
        XY,
        SPLIT,
        FIT,
    ),
    "scores by scipy over columns": contracts(NUM, FILL, "df[num] = df[num].apply(zscore)", XY, SPLIT, KNN),
    "scores by scipy on the whole": contracts(NUM, FILL, "df[num] = stats.zscore(df[num])", XY, SPLIT, KNN),
    "normalized by a lambda over columns": contracts(
        NUM, FILL, "df[num] = df[num].apply(lambda x: (x - x.min()) / (x.max() - x.min()))", XY, SPLIT, KNN
    ),
    "fit and transform in one chain": contracts(
        NUM,
        FILL,
        "X = df[num].values\nX = preprocessing.StandardScaler().fit(X).transform(X.astype(float))\ny = df['Churn'].values",
        SPLIT,
        KNN,
        rows=PLACES,
    ),
    "preprocessing.scale": contracts(
        NUM,
        FILL,
        "X = np.array(df[num])\nX = preprocessing.scale(X)\ny = np.array(df['Churn'])",
        SPLIT,
        KNN,
        rows=PLACES,
    ),
    "one column through two dimensions": contracts(
        NUM,
        "imp = SimpleImputer(strategy='median')\ndf['TotalCharges'] = imp.fit_transform(df['TotalCharges'].values.reshape(-1, 1))\ndf['late'] = SimpleImputer().fit_transform(df[['late']]).ravel()\nsc = MinMaxScaler()\ndf['tenure'] = sc.fit_transform(df['tenure'].to_numpy().reshape(-1, 1))[:, 0]",
        XY,
        SPLIT,
        KNN,
    ),
    "numbers and one-hot columns as arrays": contracts(
        NUM,
        FILL,
        "enc = OneHotEncoder()\ncats = enc.fit_transform(df[['Contract', 'Internet']]).toarray()\nX = np.concatenate([df[num].values, cats], axis=1)\ny = LabelEncoder().fit_transform(df['Churn'])",
        SPLIT,
        FIT,
        rows=PLACES,
        answers="np.where(model.predict(X_test) == 1, 'Yes', 'No')",
    ),
    "arrays side by side after the split": contracts(
        NUM,
        FILL,
        "X = df[num + ['Contract', 'Internet']]\ny = df['Churn']",
        SPLIT,
        "ohe = OneHotEncoder(handle_unknown='ignore')\nsc = StandardScaler()\ncat_train = ohe.fit_transform(X_train[['Contract', 'Internet']]).toarray()\ncat_test = ohe.transform(X_test[['Contract', 'Internet']]).toarray()\nnum_train = sc.fit_transform(X_train[num])\nnum_test = sc.transform(X_test[num])\nX_train = np.hstack([num_train, cat_train])\nX_test = np.hstack([num_test, cat_test])",
        KNN,
        rows="y_test.index",
    ),
    "functions as transformers": contracts(
        NUM,
        "X = df[num + ['Contract']]\ny = df['Churn']",
        SPLIT,
        "logs = Pipeline([('imp', SimpleImputer()), ('log', FunctionTransformer(np.log1p)), ('sc', StandardScaler())])\npre = ColumnTransformer([('logs', logs, num), ('cat', OneHotEncoder(), ['Contract'])])\nmodel = Pipeline([('pre', pre), ('knn', KNeighborsClassifier(5))])\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)",
    ),
    "the whole frame scaled, columns kept": contracts(
        "df['Churn'] = df['Churn'].map({'Yes': 1, 'No': 0})\ndf = df.select_dtypes('number').fillna(0)\nscaled = pd.DataFrame(MinMaxScaler().fit_transform(df), columns=df.columns, index=df.index)",
        "X = scaled.drop('Churn', axis=1)\ny = scaled['Churn']",
        SPLIT,
        KNN,
        answers="np.where(model.predict(X_test) == 1, 'Yes', 'No')",
    ),
    "columns by position in a loop": contracts(
        NUM,
        "X = df[num].copy()\nfor i in range(X.shape[1]):\n    X.iloc[:, i] = X.iloc[:, i].fillna(X.iloc[:, i].mean())\ny = df['Churn']",
        SPLIT,
        KNN,
    ),
    "columns by enumerate": contracts(
        NUM + "\nfor i, col in enumerate(num):\n    df[col] = df[col].fillna(df[col].quantile(0.1 * i))", XY, SPLIT, KNN
    ),
    "groups too small left out": contracts(
        NUM,
        FILL,
        "df = df.groupby('Contract').filter(lambda g: len(g) > 90)\ndf = df[df.groupby('Internet')['tenure'].transform('count') > 50]",
        XY,
        SPLIT,
        KNN,
    ),
    "rows left out by label": contracts(
        NUM,
        FILL,
        "df = df.drop([0, 3, 7])\ndf = df.drop(index=df.index[10:20])\ndf = df.iloc[5:]\ndf = df[df['Churn'].isin(['Yes', 'No'])]",
        XY,
        SPLIT,
        KNN,
    ),
    "power transform of skewed columns": contracts(
        NUM,
        FILL,
        "skewed = df[num].skew()\nskewed = skewed[skewed > 0.2].index\npt = PowerTransformer()\ndf[skewed] = pt.fit_transform(df[skewed])",
        XY,
        SPLIT,
        KNN,
    ),
    "dropped by variance, correlation with the target": contracts(
        NUM,
        FILL,
        "df['y'] = (df['Churn'] == 'Yes') * 1\nstrength = df[num + ['y']].corr()['y'].drop('y').abs()\nuse = strength[strength > strength.median()].index\nX = df[use]\ny = df['Churn']",
        SPLIT,
        KNN,
    ),
    "values by a dict of columns": contracts(
        NUM + "\nfill = {c: df[c].median() for c in num}\ndf = df.fillna(fill)", XY, SPLIT, KNN
    ),
    "encoded by a dict made of the data": contracts(
        NUM,
        FILL,
        "codes = {v: i for i, v in enumerate(sorted(df['Contract'].unique()))}\ndf['c'] = df['Contract'].map(codes)\nnet = dict(zip(df['Internet'].unique(), range(3)))\ndf['n'] = df['Internet'].replace(net).astype(int)",
        "X = df[num + ['c', 'n']]\ny = df['Churn']",
        SPLIT,
        FIT,
    ),
    "yes and no in many columns": contracts(
        NUM,
        FILL,
        "for c in ['Partner']:\n    df[c] = df[c].replace({'Yes': 1, 'No': 0})\nbinary = [c for c in df.columns if df[c].nunique() == 2 and c != 'Churn']\nfor c in binary:\n    df[c] = LabelEncoder().fit_transform(df[c])\nmulti = [c for c in df.select_dtypes(exclude='number').columns if 2 < df[c].nunique() < 10]\ndf = pd.get_dummies(df, columns=multi)",
        "X = df.drop(['customerID', 'Churn'], axis=1)\ny = df['Churn']",
        SPLIT,
        FIT,
    ),
    "decoded before it is judged": contracts(
        NUM,
        FILL,
        "le = LabelEncoder()\ny = le.fit_transform(df['Churn'])\nX = df[num]",
        SPLIT,
        "model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X_train, y_train)\nlabels = le.inverse_transform(model.predict(X_test))\nacc = accuracy_score(le.inverse_transform(y_test), labels)\nprint(acc)",
        answers="labels",
    ),
    "the most probable class": contracts(
        NUM,
        FILL,
        "df['Churn'] = df['Churn'].map({'Yes': 1, 'No': 0})",
        XY,
        SPLIT,
        "model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X_train, y_train)\nbest = np.argmax(model.predict_proba(X_test), axis=1)\nacc = accuracy_score(y_test, best)\nprint(acc)",
        answers="np.where(best == 1, 'Yes', 'No')",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_columns_in_bulk_are_made_as_in_training(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
