"""Targets in every dress: the service answers in the raw target's terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

IMPORTS = """import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split, GridSearchCV, cross_val_score
from sklearn.preprocessing import LabelEncoder, StandardScaler, MinMaxScaler
from sklearn.linear_model import LinearRegression, Ridge, LogisticRegression
from sklearn.ensemble import RandomForestRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.metrics import mean_squared_error, mean_absolute_error, r2_score, accuracy_score, f1_score"""

HOUSES = """houses = pd.read_csv('houses.csv')
houses = houses.drop(['Id', 'Size', 'Sold', 'Garage'], axis=1)
houses['Lot'] = houses['Lot'].fillna(houses['Lot'].median())
houses['Grade'] = houses['Grade'].map({'Ex': 4, 'Gd': 3, 'TA': 2, 'Fa': 1})
houses = pd.get_dummies(houses, columns=['Zone'])"""

CONTRACTS = """df = pd.read_csv('contracts.csv')
df.drop('customerID', axis=1, inplace=True)
df['TotalCharges'] = pd.to_numeric(df['TotalCharges'], errors='coerce')
df['TotalCharges'] = df['TotalCharges'].fillna(df['TotalCharges'].mean())"""

FLOWERS = "iris = pd.read_csv('flowers.csv').drop(columns='Id')"


def houses(*cells: str, answers: str, metrics: tuple[str, ...], rows: str = "X_test.index") -> Shape:
    return Shape([IMPORTS, HOUSES, *cells], "Price", metrics, answers, rows)


def contracts(*cells: str, answers: str, metrics: tuple[str, ...]) -> Shape:
    return Shape([IMPORTS, CONTRACTS, *cells], "Churn", metrics, answers)


def flowers(*cells: str, answers: str, metrics: tuple[str, ...], rows: str = "X_test.index") -> Shape:
    return Shape([IMPORTS, FLOWERS, *cells], "Species", metrics, answers, rows)


SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=10)"

SHAPES = {
    "logs transformed back before the metric": houses(
        "X = houses.drop('Price', axis=1)\ny = np.log1p(houses['Price'])",
        SPLIT,
        "lr = LinearRegression()\nlr.fit(X_train, y_train)",
        "pred = np.expm1(lr.predict(X_test))\nrmse = np.sqrt(mean_squared_error(np.expm1(y_test), pred))\nprint('RMSE:', rmse)",
        answers="np.expm1(lr.predict(X_test))",
        metrics=("rmse",),
    ),
    "the column itself becomes its log": houses(
        "houses['Price'] = np.log(houses['Price'])\nX = houses.drop(columns=['Price'])\ny = houses.Price",
        SPLIT,
        "model = Ridge(alpha=1.0).fit(X_train, y_train)\ny_pred = model.predict(X_test)",
        "y_pred_real = np.exp(y_pred)\ny_real = np.exp(y_test)\nmae = mean_absolute_error(y_real, y_pred_real)\nprint(f'MAE {mae:,.0f}')",
        answers="y_pred_real",
        metrics=("mae",),
    ),
    "a log that is judged as a log": houses(
        "houses['LogPrice'] = np.log(houses.Price)\nhouses.drop('Price', axis=1, inplace=True)",
        "X, y = houses.drop('LogPrice', axis=1), houses['LogPrice']",
        SPLIT,
        "rf = RandomForestRegressor(n_estimators=15, random_state=0)\nrf.fit(X_train, y_train)\nr2_score(y_test, rf.predict(X_test))",
        answers="rf.predict(X_test)",
        metrics=("r2_score(y_test, rf.predict(X_test))",),
    ),
    "a scaled target, scaled back": houses(
        "X = houses.drop('Price', axis=1).values\ny = houses['Price'].values.reshape(-1, 1)\nidx = houses.index",
        "X_train, X_test, y_train, y_test, i_train, i_test = train_test_split(X, y, idx, test_size=0.25, random_state=10)",
        "sc_X = StandardScaler()\nsc_y = StandardScaler()\nX_train = sc_X.fit_transform(X_train)\nX_test = sc_X.transform(X_test)\ny_train = sc_y.fit_transform(y_train)",
        "from sklearn.svm import SVR\nregressor = SVR(kernel='rbf')\nregressor.fit(X_train, y_train.ravel())",
        "y_pred = sc_y.inverse_transform(regressor.predict(X_test).reshape(-1, 1))\nprint('R2', r2_score(y_test, y_pred))",
        answers="y_pred",
        metrics=("r2_score(y_test, y_pred)",),
        rows="i_test",
    ),
    "thousands, rounded": houses(
        "houses['Price'] = houses['Price'] / 1000\ny = houses['Price']\nX = houses.drop('Price', axis=1)",
        SPLIT,
        "lm = LinearRegression()\nlm.fit(X_train, y_train)\npredictions = lm.predict(X_test)\nprint('MAE', round(mean_absolute_error(y_test, predictions), 2))",
        answers="predictions",
        metrics=("round(mean_absolute_error(y_test, predictions), 2)",),
    ),
    "TransformedTargetRegressor": houses(
        "from sklearn.compose import TransformedTargetRegressor\nX = houses.drop('Price', axis=1)\ny = houses['Price']",
        SPLIT,
        "ttr = TransformedTargetRegressor(regressor=Ridge(), func=np.log1p, inverse_func=np.expm1)\nttr.fit(X_train, y_train)\nprint(ttr.score(X_test, y_test))",
        answers="ttr.predict(X_test)",
        metrics=("ttr.score(X_test, y_test)",),
    ),
    "yes and no mapped": contracts(
        "df['Churn'] = df['Churn'].map({'No': 0, 'Yes': 1})\ndf = pd.get_dummies(df, drop_first=True)",
        "X = df.drop('Churn', axis=1)\ny = df['Churn']",
        SPLIT,
        "log = LogisticRegression(max_iter=5000)\nlog.fit(X_train, y_train)\ny_pred = log.predict(X_test)\nprint('F1', f1_score(y_test, y_pred))",
        answers="np.where(log.predict(X_test) == 1, 'Yes', 'No')",
        metrics=("f1_score(y_test, y_pred)",),
    ),
    "yes and no replaced in place": contracts(
        "df['Churn'].replace({'Yes': 1, 'No': 0}, inplace=True)\ndf = pd.get_dummies(df)"
        if False
        else "df = df.replace({'Churn': {'Yes': 1, 'No': 0}})\ndf['Churn'] = df['Churn'].astype(int)\ndf = pd.get_dummies(df)",
        "y = df['Churn'].values\nX = df.drop(columns=['Churn'])",
        SPLIT,
        "dt = DecisionTreeClassifier(max_depth=4, random_state=0)\ndt.fit(X_train, y_train)\nprint('Accuracy:', dt.score(X_test, y_test) * 100)",
        answers="np.where(dt.predict(X_test) == 1, 'Yes', 'No')",
        metrics=("dt.score(X_test, y_test) * 100",),
    ),
    "the target among the dummies": contracts(
        "df = pd.get_dummies(df, drop_first=True)\ndf.head()",
        "X = df.drop('Churn_Yes', axis=1)\ny = df['Churn_Yes']",
        SPLIT,
        "rf = RandomForestClassifier(n_estimators=15, random_state=0)\nrf.fit(X_train, y_train)\nprint(rf.score(X_test, y_test))",
        answers="np.where(rf.predict(X_test), 'Yes', 'No')",
        metrics=("rf.score(X_test, y_test)",),
    ),
    "one encoder for all words, the target too": contracts(
        """le = LabelEncoder()
for col in df.select_dtypes(exclude=[np.number]).columns:
    df[col] = le.fit_transform(df[col])""",
        "X = df.iloc[:, :-1]\ny = df.iloc[:, -1]",
        SPLIT,
        "rf = RandomForestClassifier(n_estimators=15, random_state=0)\nrf.fit(X_train, y_train)\npred = rf.predict(X_test)\nprint(accuracy_score(y_test, pred))",
        answers="np.where(pred == 1, 'Yes', 'No')",
        metrics=("accuracy_score(y_test, pred)",),
    ),
    "a comparison of text": contracts(
        "df['target'] = (df['Churn'] == 'Yes').astype(int)\ndf = df.drop('Churn', axis=1)\ndf = pd.get_dummies(df)",
        "X = df[[c for c in df.columns if c != 'target']]\ny = df['target']",
        SPLIT,
        "clf = DecisionTreeClassifier(max_depth=4, random_state=0)\nclf = clf.fit(X_train, y_train)\nprint('acc', clf.score(X_test, y_test))",
        answers="np.where(clf.predict(X_test) == 1, 'Yes', 'No')",
        metrics=("clf.score(X_test, y_test)",),
    ),
    "own function for the target": contracts(
        "def to_flag(v):\n    return 1 if v.lower() == 'yes' else 0\n\ndf['Churn'] = df['Churn'].apply(to_flag)",
        "X = df[['tenure', 'MonthlyCharges', 'TotalCharges', 'SeniorCitizen']]\ny = df['Churn']",
        SPLIT,
        "clf = LogisticRegression(max_iter=3000)\nclf.fit(X_train, y_train)\nprint('acc', clf.score(X_test, y_test))",
        answers="np.where(clf.predict(X_test) == 1, 'Yes', 'No')",
        metrics=("clf.score(X_test, y_test)",),
    ),
    "words as they are": contracts(
        "X = df[['tenure', 'MonthlyCharges', 'TotalCharges']]\ny = df['Churn']",
        SPLIT,
        "clf = LogisticRegression(max_iter=3000)\nclf.fit(X_train, y_train)\nprint('acc', clf.score(X_test, y_test))",
        answers="clf.predict(X_test)",
        metrics=("clf.score(X_test, y_test)",),
    ),
    "a threshold on the probability": contracts(
        "df['Churn'] = df['Churn'].map({'No': 0, 'Yes': 1})\nX = df[['tenure', 'MonthlyCharges', 'TotalCharges']]\ny = df['Churn']",
        SPLIT,
        "clf = LogisticRegression(max_iter=3000)\nclf.fit(X_train, y_train)\nproba = clf.predict_proba(X_test)[:, 1]\nthreshold = 0.35\ny_pred = (proba >= threshold).astype(int)\nprint('F1 at 0.35', f1_score(y_test, y_pred))",
        answers="np.where(y_pred == 1, 'Yes', 'No')",
        metrics=("f1_score(y_test, y_pred)",),
    ),
    "three species by an encoder, decoded": flowers(
        "le = LabelEncoder()\niris['Species'] = le.fit_transform(iris['Species'])\nX = iris.drop('Species', axis=1)\ny = iris['Species']",
        SPLIT,
        "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)\nprint(model.score(X_test, y_test))\nle.inverse_transform(model.predict(X_test))[:5]",
        answers="le.inverse_transform(model.predict(X_test))",
        metrics=("model.score(X_test, y_test)",),
    ),
    "three species by a dict, after the split": flowers(
        "X = iris[['SepalLength', 'SepalWidth', 'PetalLength', 'PetalWidth']]\ny = iris['Species']",
        SPLIT,
        "codes = {'setosa': 0, 'versicolor': 1, 'virginica': 2}\ny_train = y_train.map(codes)\ny_test = y_test.map(codes)",
        "model = RandomForestClassifier(n_estimators=10, random_state=0)\nmodel.fit(X_train, y_train)\nacc = accuracy_score(y_test, model.predict(X_test))\nprint(acc)",
        answers="[{v: k for k, v in codes.items()}[p] for p in model.predict(X_test)]",
        metrics=("acc",),
    ),
    "species as category codes": flowers(
        "iris['Species'] = pd.Categorical(iris.Species)\niris['code'] = iris['Species'].cat.codes\nX = iris.drop(['Species', 'code'], axis=1)\ny = iris['code']",
        SPLIT,
        "model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X_train, y_train)\nprint('%.3f' % model.score(X_test, y_test))",
        answers="[['setosa', 'versicolor', 'virginica'][p] for p in model.predict(X_test)]",
        metrics=("model.score(X_test, y_test)",),
    ),
    "one species against the rest": flowers(
        "iris['is_virginica'] = np.where(iris['Species'] == 'virginica', 1, 0)\nX = iris.iloc[:, 0:4]\ny = iris['is_virginica']",
        SPLIT,
        "model = LogisticRegression()\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)",
        answers="model.predict(X_test)",
        metrics=("acc",),
    ),
    "a price in bands": Shape(
        [
            IMPORTS,
            HOUSES,
            "houses['Band'] = pd.cut(houses['Price'], bins=[0, 100000, 180000, 1e9], labels=['low', 'mid', 'high'])\nX = houses.drop(['Price', 'Band'], axis=1)\ny = houses['Band']",
            SPLIT,
            "model = RandomForestClassifier(n_estimators=15, random_state=0)\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)",
        ],
        "Price",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_are_in_the_words_of_the_target(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
