"""Models of other libraries, where they are installed: boosting, resampling, statistics, encoders."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score, r2_score, mean_squared_error
from sklearn.model_selection import train_test_split, GridSearchCV
from sklearn.preprocessing import StandardScaler, LabelEncoder
from sklearn.pipeline import Pipeline"""
CONTRACTS = """df = pd.read_csv('contracts.csv')
df['TotalCharges'] = pd.to_numeric(df['TotalCharges'], errors='coerce').fillna(0)
df['Churn'] = df['Churn'].map({'No': 0, 'Yes': 1})
df = df.drop('customerID', axis=1)
cat = [c for c in df.columns if not pd.api.types.is_numeric_dtype(df[c])]
df = pd.get_dummies(df, columns=cat, dtype=int)
X = df.drop('Churn', axis=1)
y = df['Churn']
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=3)"""
HOUSES = "houses = pd.read_csv('houses.csv')\nhouses['Lot'] = houses['Lot'].fillna(houses['Lot'].median())"
SAY = "acc = accuracy_score(y_test, model.predict(X_test))\nprint('accuracy', acc)"
WORDS = "np.where(model.predict(X_test) == 1, 'Yes', 'No')"


def contracts(
    *cells: str,
    answers: str = WORDS,
    metrics: tuple[str, ...] = ("acc",),
    imports: str = "",
    rows: str = "X_test.index",
) -> Shape:
    return Shape([HEAD + "\n" + imports, CONTRACTS, *cells], "Churn", metrics, answers, rows)


SHAPES = {
    "xgboost": contracts(
        "model = XGBClassifier(n_estimators=15, max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)",
        SAY,
        imports="from xgboost import XGBClassifier",
    ),
    "xgboost with early stopping on the test rows": contracts(
        "model = xgb.XGBClassifier(n_estimators=20, learning_rate=0.3, early_stopping_rounds=5, eval_metric='logloss')\nmodel.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)",
        SAY,
        imports="import xgboost as xgb",
    ),
    "xgboost's own interface": contracts(
        "dtrain = xgb.DMatrix(X_train, label=y_train)\ndtest = xgb.DMatrix(X_test, label=y_test)\nparams = {'max_depth': 3, 'eta': 0.3, 'objective': 'binary:logistic', 'seed': 1}\nbst = xgb.train(params, dtrain, num_boost_round=15)",
        "preds = (bst.predict(dtest) > 0.5).astype(int)\nacc = accuracy_score(y_test, preds)\nprint(acc)",
        answers="np.where(preds == 1, 'Yes', 'No')",
        imports="import xgboost as xgb",
    ),
    "lightgbm": contracts(
        "model = lgb.LGBMClassifier(n_estimators=15, random_state=0, verbose=-1)\nmodel.fit(X_train, y_train)\nprint('AUC', roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))",
        SAY,
        metrics=("acc", "roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])"),
        imports="import lightgbm as lgb",
    ),
    "lightgbm's own interface": contracts(
        "train_data = lgb.Dataset(X_train, label=y_train)\ngbm = lgb.train({'objective': 'binary', 'verbose': -1, 'seed': 2}, train_data, num_boost_round=15)",
        "y_prob = gbm.predict(X_test)\ny_pred = np.where(y_prob > 0.5, 1, 0)\nacc = accuracy_score(y_test, y_pred)\nprint(acc)",
        answers="np.where(y_pred == 1, 'Yes', 'No')",
        imports="import lightgbm as lgb",
    ),
    "SMOTE on the training rows": contracts(
        "sm = SMOTE(random_state=2)\nX_res, y_res = sm.fit_resample(X_train, y_train)\nmodel = LogisticRegression(max_iter=3000)\nmodel.fit(X_res, y_res)",
        SAY,
        imports="from imblearn.over_sampling import SMOTE",
    ),
    "SMOTE on all rows before the split": contracts(
        "X_sm, y_sm = SMOTE(random_state=2).fit_resample(X, y)\nX_train, X_test, y_train, y_test = train_test_split(X_sm, y_sm, test_size=0.2, random_state=3)\nmodel = LogisticRegression(max_iter=3000).fit(X_train, y_train)",
        SAY,
        answers="np.where(model.predict(X_test[X_test.index < len(X)]) == 1, 'Yes', 'No')",
        rows="X_test.index[X_test.index < len(X)]",
        imports="from imblearn.over_sampling import SMOTE",
    ),
    "a sampler within a pipeline": contracts(
        "model = ImbPipeline([('over', RandomOverSampler(random_state=0)), ('sc', StandardScaler()), ('lr', LogisticRegression())])\nmodel.fit(X_train, y_train)",
        SAY,
        imports="from imblearn.over_sampling import RandomOverSampler\nfrom imblearn.pipeline import Pipeline as ImbPipeline",
    ),
    "undersampled, then scaled": contracts(
        "rus = RandomUnderSampler(random_state=1)\nX_train, y_train = rus.fit_resample(X_train, y_train)\nsc = StandardScaler()\nX_train = sc.fit_transform(X_train)\nX_test_s = sc.transform(X_test)\nmodel = LogisticRegression().fit(X_train, y_train)\nacc = model.score(X_test_s, y_test)\nprint(acc)",
        answers="np.where(model.predict(X_test_s) == 1, 'Yes', 'No')",
        imports="from imblearn.under_sampling import RandomUnderSampler",
    ),
    "statsmodels with a constant": Shape(
        [
            HEAD + "\nimport statsmodels.api as sm",
            HOUSES,
            "X = houses[['Area', 'Rooms', 'Built', 'Lot']]\ny = houses['Price']\nX = sm.add_constant(X)\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
            "model = sm.OLS(y_train, X_train).fit()\nprint(model.summary())\npred = model.predict(X_test)\nprint('R2', r2_score(y_test, pred))",
        ],
        "Price",
        ("r2_score(y_test, pred)",),
        "pred",
    ),
    "statsmodels by a formula": Shape(
        [
            HEAD + "\nimport statsmodels.formula.api as smf",
            HOUSES,
            "train, test = train_test_split(houses, test_size=0.3, random_state=0)\nmodel = smf.ols('Price ~ Area + Rooms + C(Grade)', data=train).fit()",
            "pred = model.predict(test)\nprint('R2', r2_score(test['Price'], pred))",
        ],
        "Price",
        ("r2_score(test['Price'], pred)",),
        "pred",
        "test.index",
    ),
    "a target encoder": Shape(
        [
            HEAD + "\nimport category_encoders as ce",
            HOUSES,
            "X = houses[['Area', 'Zone', 'Grade']]\ny = houses['Price']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
            "enc = ce.TargetEncoder(cols=['Zone', 'Grade'])\nX_train = enc.fit_transform(X_train, y_train)\nX_test = enc.transform(X_test)\nfrom sklearn.linear_model import Ridge\nmodel = Ridge().fit(X_train, y_train)\nprint('R2', model.score(X_test, y_test))",
        ],
        "Price",
        ("model.score(X_test, y_test)",),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_models_of_other_libraries_answer(desk: Path, shape: str) -> None:
    for name in re.findall(r"^(?:from|import) (\w+)", SHAPES[shape].cells[0], re.MULTILINE):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    check(desk, SHAPES[shape])
