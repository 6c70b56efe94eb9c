"""The way over arrays: positions instead of names, scalers in place, transformers after the split."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import numpy as np
import matplotlib
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler, MinMaxScaler, PolynomialFeatures, RobustScaler
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_classif, VarianceThreshold, RFE
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.metrics import confusion_matrix, accuracy_score"""
READ = "dataset = pd.read_csv('people.csv')\ndataset = dataset.drop(['Name', 'Joined'], axis=1)"
CLEAN = """df = pd.read_csv('people.csv').drop(['Name', 'Joined'], axis=1)
df['Age'] = df['Age'].fillna(df['Age'].mean())
df = pd.get_dummies(df, columns=['City', 'Sex'], drop_first=True, dtype=int)
X = df.drop('Bought', axis=1)
y = df['Bought']"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)"
FIT = "clf = LogisticRegression(max_iter=1000)\nclf.fit(X_train, y_train)\ny_pred = clf.predict(X_test)\ncm = confusion_matrix(y_test, y_pred)\nprint(cm)\nprint(accuracy_score(y_test, y_pred))"
INDEX = "dataset.index[train_test_split(np.arange(len(dataset)), test_size=0.25, random_state=0)[1]]"
LABELS = "df.index[train_test_split(np.arange(len(df)), test_size=0.25, random_state=0)[1]]"


def course(*cells: str) -> Shape:
    """As the best known course teaches it: everything an array."""
    return Shape([HEAD, READ, *cells], "Bought", ("accuracy_score(y_test, y_pred)",), "y_pred", INDEX)


def after(*cells: str, rows: str = LABELS, answers: str = "y_pred") -> Shape:
    return Shape([HEAD, CLEAN, SPLIT, *cells], "Bought", ("accuracy_score(y_test, y_pred)",), answers, rows)


IMPUTE = "imputer = SimpleImputer(missing_values=np.nan, strategy='mean')\nimputer.fit(X[:, 0:1])\nX[:, 0:1] = imputer.transform(X[:, 0:1])"

SHAPES = {
    "label encoders by position, then scaled": course(
        "X = dataset.iloc[:, :-1].values\ny = dataset.iloc[:, -1].values",
        IMPUTE,
        "labelencoder_X_1 = LabelEncoder()\nX[:, 1] = labelencoder_X_1.fit_transform(X[:, 1])\nlabelencoder_X_2 = LabelEncoder()\nX[:, 2] = labelencoder_X_2.fit_transform(X[:, 2])",
        SPLIT,
        "sc = StandardScaler()\nX_train = sc.fit_transform(X_train)\nX_test = sc.transform(X_test)",
        FIT,
    ),
    "a column transformer on an array": course(
        "X = dataset.iloc[:, :-1].values\ny = dataset.iloc[:, -1].values",
        IMPUTE,
        "ct = ColumnTransformer(transformers=[('encoder', OneHotEncoder(), [1])], remainder='passthrough')\nX = np.array(ct.fit_transform(X))\nle = LabelEncoder()\nX[:, -2] = le.fit_transform(X[:, -2])",
        "X = X[:, 1:]",
        SPLIT,
        "sc = StandardScaler()\nX_train[:, 3:] = sc.fit_transform(X_train[:, 3:])\nX_test[:, 3:] = sc.transform(X_test[:, 3:])",
        "X_train = X_train.astype(float)\nX_test = X_test.astype(float)",
        FIT,
    ),
    "chosen columns by position": course(
        "X = dataset.iloc[:, [0, 3]].values\ny = dataset.iloc[:, 4].values",
        "X = np.nan_to_num(X)",
        SPLIT,
        "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nscaler.fit(X_train)\nX_train = scaler.transform(X_train)\nX_test = scaler.transform(X_test)",
        "clf = KNeighborsClassifier(n_neighbors=5, metric='minkowski', p=2)\nclf.fit(X_train, y_train)\ny_pred = clf.predict(X_test)\nprint('Accuracy :', accuracy_score(y_test, y_pred))",
    ),
    "the scaler fitted anew on the test rows": after(
        "sc = StandardScaler()\nX_train = sc.fit_transform(X_train)\nX_test = sc.fit_transform(X_test)",
        FIT,
        answers="clf.predict(StandardScaler().fit(df.drop('Bought', axis=1).loc[y_train.index]).transform(df.drop('Bought', axis=1).loc[y_test.index]))",
    ),
    "some columns scaled in place": after(
        "cols = ['Age', 'Income']\nss = StandardScaler()\nX_train[cols] = ss.fit_transform(X_train[cols])\nX_test[cols] = ss.transform(X_test[cols])",
        FIT,
    ),
    "some columns scaled in place, by loc on copies": after(
        "X_train = X_train.copy()\nX_test = X_test.copy()\nmm = MinMaxScaler().fit(X_train[['Age', 'Income']])\nX_train.loc[:, ['Age', 'Income']] = mm.transform(X_train[['Age', 'Income']])\nX_test.loc[:, ['Age', 'Income']] = mm.transform(X_test[['Age', 'Income']])",
        FIT,
    ),
    "X rebound to its scaled self before the split": Shape(
        [
            HEAD,
            CLEAN,
            "scaler = StandardScaler()\nX_scaled = scaler.fit_transform(X)\nX = pd.DataFrame(X_scaled, columns=X.columns)\nX.describe()",
            SPLIT,
            FIT,
        ],
        "Bought",
        ("accuracy_score(y_test, y_pred)",),
        "y_pred",
    ),
    "columns scaled one after another in a loop": Shape(
        [
            HEAD,
            CLEAN,
            "for col in ['Age', 'Income']:\n    df[col] = MinMaxScaler().fit_transform(df[[col]])\nX = df.drop('Bought', axis=1)",
            SPLIT,
            FIT,
        ],
        "Bought",
        ("accuracy_score(y_test, y_pred)",),
        "y_pred",
    ),
    "scaled by hand": Shape(
        [
            HEAD,
            CLEAN,
            "def normalize(col):\n    return (col - col.min()) / (col.max() - col.min())\n\nX['Income'] = normalize(X['Income'])\nX['Age'] = (X['Age'] - X['Age'].mean()) / X['Age'].std()",
            SPLIT,
            FIT,
        ],
        "Bought",
        ("accuracy_score(y_test, y_pred)",),
        "y_pred",
    ),
    "the whole frame scaled by hand": Shape(
        [HEAD, CLEAN, "X = (X - X.min()) / (X.max() - X.min())", SPLIT, FIT],
        "Bought",
        ("accuracy_score(y_test, y_pred)",),
        "y_pred",
    ),
    "principal components": after(
        "sc = StandardScaler()\nX_train = sc.fit_transform(X_train)\nX_test = sc.transform(X_test)\npca = PCA(n_components=3)\nX_train = pca.fit_transform(X_train)\nX_test = pca.transform(X_test)\nprint(pca.explained_variance_ratio_)",
        FIT,
    ),
    "the best features": after(
        "selector = SelectKBest(f_classif, k=3)\nX_train_best = selector.fit_transform(X_train, y_train)\nX_test_best = selector.transform(X_test)\nselected = X.columns[selector.get_support()]\nprint(selected)",
        FIT.replace("X_train", "X_train_best").replace("X_test", "X_test_best"),
    ),
    "features chosen by their mask": after(
        "vt = VarianceThreshold(threshold=0.1)\nvt.fit(X_train)\nkeep = X_train.columns[vt.get_support()]\nX_train = X_train[keep]\nX_test = X_test[keep]",
        FIT,
    ),
    "recursive elimination": after(
        "rfe = RFE(LogisticRegression(max_iter=1000), n_features_to_select=3)\nrfe = rfe.fit(X_train, y_train)\ncols = list(X_train.columns[rfe.support_])\nX_train, X_test = X_train[cols], X_test[cols]",
        FIT,
    ),
    "polynomials": after(
        "poly = PolynomialFeatures(degree=2, include_bias=False)\nX_train_p = poly.fit_transform(X_train[['Age', 'Income']] / 1000)\nX_test_p = poly.transform(X_test[['Age', 'Income']] / 1000)",
        FIT.replace("X_train", "X_train_p").replace("X_test", "X_test_p"),
    ),
    "imputer fitted on train, applied to test": Shape(
        [
            HEAD,
            "df = pd.read_csv('people.csv')\nX, y = df[['Age', 'Income']], df['Bought']",
            SPLIT,
            "imp = SimpleImputer(strategy='median')\nX_train = pd.DataFrame(imp.fit_transform(X_train), columns=X_train.columns, index=X_train.index)\nX_test = pd.DataFrame(imp.transform(X_test), columns=X_test.columns, index=X_test.index)",
            FIT,
        ],
        "Bought",
        ("accuracy_score(y_test, y_pred)",),
        "y_pred",
    ),
    "pipeline with selectors": Shape(
        [
            HEAD,
            "df = pd.read_csv('people.csv')\nX, y = df.drop(columns=['Bought', 'Name', 'Joined']), df['Bought']",
            SPLIT,
            """num_pipe = Pipeline([('imp', SimpleImputer(strategy='mean')), ('sc', StandardScaler())])
cat_pipe = Pipeline(steps=[
    ('imp', SimpleImputer(strategy='most_frequent')),
    ('ohe', OneHotEncoder(handle_unknown='ignore')),
])
pre = ColumnTransformer([
    ('num', num_pipe, make_column_selector(dtype_include=np.number)),
    ('cat', cat_pipe, make_column_selector(dtype_exclude=np.number)),
])""",
            "clf = Pipeline([('pre', pre), ('model', LogisticRegression(max_iter=1000))])\nclf.fit(X_train, y_train)\ny_pred = clf.predict(X_test)\nprint(f'test score: {clf.score(X_test, y_test):.2%}')",
        ],
        "Bought",
        ("clf.score(X_test, y_test)",),
        "y_pred",
    ),
    "pipeline with lists of columns": Shape(
        [
            HEAD,
            "df = pd.read_csv('people.csv')\nX = df.drop('Bought', axis=1)\ny = df['Bought']\nnumeric_features = [c for c in X.columns if X[c].dtype in ('int64', 'float64')]\ncategorical_features = ['City', 'Sex']",
            SPLIT,
            "preprocess = make_column_transformer((make_pipeline(SimpleImputer(), RobustScaler()), numeric_features), (OneHotEncoder(), categorical_features))\nX_train_t = preprocess.fit_transform(X_train)\nX_test_t = preprocess.transform(X_test)",
            FIT.replace("X_train", "X_train_t").replace("X_test", "X_test_t"),
        ],
        "Bought",
        ("accuracy_score(y_test, y_pred)",),
        "y_pred",
        "y_test.index",
    ),
    "standardized by numpy": after(
        "mu = np.mean(X_train.values, axis=0)\nsigma = np.std(X_train.values, axis=0)\nX_train = (X_train.values - mu) / sigma\nX_test = (X_test.values - mu) / sigma\nX_train = np.c_[np.ones(len(X_train)), X_train]\nX_test = np.hstack((np.ones((X_test.shape[0], 1)), X_test))",
        FIT,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_arrays_are_filled_as_in_training(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
