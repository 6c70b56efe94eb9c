"""How rows are parted, filtered, resampled: at training the same statements, at serving none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import pandas as pd
import numpy as np
from scipy import stats
from sklearn.model_selection import train_test_split, KFold, StratifiedKFold, cross_val_score, GridSearchCV, RandomizedSearchCV, StratifiedShuffleSplit
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.preprocessing import StandardScaler, LabelEncoder
from sklearn.utils import resample, shuffle
from sklearn import metrics"""
READ = "df = pd.read_csv('people.csv')"
BASIC = "df['Age'] = df['Age'].fillna(df['Age'].mean())\ndf['Sex'] = df['Sex'].map({'m': 1, 'f': 0})\ndf = df[['Age', 'Sex', 'Income', 'Bought']]"
SPLIT = "X = df.drop('Bought', axis=1)\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=4)"
FIT = "model = DecisionTreeClassifier(max_depth=5, random_state=0)\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nacc = metrics.accuracy_score(y_test, y_pred)\nprint('Accuracy:', acc)"


def filtered(*cells: str) -> Shape:
    return Shape([HEAD, READ, BASIC, *cells, SPLIT, FIT], "Bought")


def parted(
    *cells: str, rows: str = "X_test.index", metrics: tuple[str, ...] = ("acc",), answers: str = "model.predict(X_test)"
) -> Shape:
    return Shape([HEAD, READ, BASIC, *cells], "Bought", metrics, answers, rows)


SHAPES = {
    "outliers by quartiles": filtered(
        "Q1 = df['Income'].quantile(0.25)\nQ3 = df['Income'].quantile(0.75)\nIQR = Q3 - Q1\nlower = Q1 - 1.5 * IQR\nupper = Q3 + 1.5 * IQR\ndf = df[(df['Income'] > lower) & (df['Income'] < upper)]\ndf.shape"
    ),
    "outliers by quartiles of the whole frame": filtered(
        "Q1 = df.quantile(0.25)\nQ3 = df.quantile(0.75)\nIQR = Q3 - Q1\ndf = df[~((df < (Q1 - 1.5 * IQR)) | (df > (Q3 + 1.5 * IQR))).any(axis=1)]"
    ),
    "outliers by z-scores": filtered("z = np.abs(stats.zscore(df[['Age', 'Income']]))\ndf = df[(z < 2).all(axis=1)]"),
    "outliers in a function in a loop": filtered(
        """def remove_outliers(data, col):
    q1, q3 = data[col].quantile([0.25, 0.75])
    iqr = q3 - q1
    return data[(data[col] >= q1 - 1.5 * iqr) & (data[col] <= q3 + 1.5 * iqr)]

for c in ['Age', 'Income']:
    df = remove_outliers(df, c)"""
    ),
    "outliers capped at percentiles": filtered(
        "low, high = df['Income'].quantile(0.05), df['Income'].quantile(0.95)\ndf['Income'] = df['Income'].clip(low, high)\ndf['Age'] = np.where(df['Age'] > np.percentile(df['Age'], 90), df['Age'].median(), df['Age'])"
    ),
    "outliers replaced by a statistic by loc": filtered(
        "upper_limit = df['Income'].mean() + 2 * df['Income'].std()\ndf.loc[df['Income'] > upper_limit, 'Income'] = upper_limit"
    ),
    "dropped by their index": filtered(
        "idx = df[df['Income'] < 10000].index\ndf.drop(idx, inplace=True)\ndf = df.drop(df[df.Age > 75].index)\ndf.drop_duplicates(inplace=True)"
    ),
    "query and between": filtered(
        "df = df.query('Income > 5000 and Age < 79')\ndf = df[df['Age'].between(18, 77)]\ndf = df.loc[df['Income'].notna()]"
    ),
    "sorted and shuffled": filtered(
        "df = df.sort_values(by='Income', ascending=False)\ndf = df.sample(frac=1, random_state=42)\ndf = shuffle(df, random_state=3)"
    ),
    "duplicates by a column, gaps by a column": Shape(
        [
            HEAD,
            READ,
            "df = df.drop_duplicates(subset=['Income'], keep='first')\ndf.dropna(subset=['Age'], inplace=True)",
            BASIC,
            SPLIT,
            FIT,
        ],
        "Bought",
    ),
    "chained over many lines": Shape(
        [
            HEAD,
            """df = (
    pd.read_csv('people.csv')
    # nobody is called twice
    .drop(columns=['Name', 'Joined', 'City'])
    .dropna()
    .assign(
        Sex=lambda d: d['Sex'].eq('m').astype(int),
        rich=lambda d: d['Income'] > d['Income'].median(),
    )
    .query('Income > 0')
    .reset_index(drop=False)
)
labels = df.pop('index')""",
            "X, y = df.drop(columns='Bought'), df['Bought']\nX_train, X_test, y_train, y_test = \\\n    train_test_split(X, y, test_size=0.2, \\\n                     random_state=4)",
            FIT,
        ],
        "Bought",
        rows="labels[X_test.index].values",
    ),
    "a function that cleans and filters": Shape(
        [
            HEAD,
            """def load(path):
    return pd.read_csv(path)

def wrangle(frame):
    frame = frame.dropna(subset=['Age'])
    mask = frame['Income'] > 1000
    frame = frame[mask]
    frame = frame.assign(Sex=frame['Sex'].map({'m': 1, 'f': 0}))
    return frame.drop(columns=['Name', 'City', 'Joined'])""",
            "df = wrangle(pd.read_csv('people.csv'))",
            SPLIT,
            FIT,
        ],
        "Bought",
    ),
    "pipe": Shape(
        [
            HEAD,
            "def start(d):\n    return d.copy()\n\ndef fill(d, column):\n    d[column] = d[column].fillna(d[column].median())\n    return d\n\ndef numbers(d):\n    return d[['Age', 'Income', 'Bought']]",
            "df = pd.read_csv('people.csv').pipe(start).pipe(fill, 'Age').pipe(numbers)",
            SPLIT,
            FIT,
        ],
        "Bought",
    ),
    "a mask of random numbers": parted(
        "np.random.seed(12)\nmsk = np.random.rand(len(df)) < 0.8\ntrain = df[msk]\ntest = df[~msk]",
        "cols = ['Age', 'Sex', 'Income']\nX_train, y_train = train[cols], train['Bought']\nX_test, y_test = test[cols], test['Bought']",
        FIT,
    ),
    "a slice": parted(
        "n = int(len(df) * 0.75)\ntrain_df = df[:n]\ntest_df = df[n:]\nX_train = train_df.drop('Bought', axis=1)\nX_test = test_df.drop('Bought', axis=1)\ny_train = train_df['Bought']\ny_test = test_df['Bought']",
        FIT,
    ),
    "a sample and the rest": parted(
        "train = df.sample(frac=0.8, random_state=200)\ntest = df.drop(train.index)\nX_train, X_test = train.drop('Bought', axis=1), test.drop('Bought', axis=1)\ny_train, y_test = train.Bought, test.Bought",
        FIT,
    ),
    "iloc": parted(
        "X = df.iloc[:, 0:3]\ny = df.iloc[:, 3]\nX_train, X_test = X.iloc[:300], X.iloc[300:]\ny_train, y_test = y.iloc[:300], y.iloc[300:]",
        FIT,
    ),
    "a frame split, columns taken later": parted(
        "train, test = train_test_split(df, test_size=0.2, random_state=1)\nprint(train.shape, test.shape)",
        "features = ['Age', 'Income']\nmodel = LogisticRegression(max_iter=1000)\nmodel.fit(train[features], train['Bought'])\nscore = model.score(test[features], test['Bought'])\nprint('score', score)",
        metrics=("score",),
        rows="test.index",
        answers="model.predict(test[features])",
    ),
    "three parts": parted(
        "X = df.drop('Bought', axis=1)\ny = df.Bought\nX_tr, X_tmp, y_tr, y_tmp = train_test_split(X, y, test_size=0.4, random_state=0)\nX_val, X_test, y_val, y_test = train_test_split(X_tmp, y_tmp, test_size=0.5, random_state=0)",
        "model = RandomForestClassifier(n_estimators=10, random_state=0)\nmodel.fit(X_tr, y_tr)\nprint('val', model.score(X_val, y_val))\nprint('test', model.score(X_test, y_test))",
        metrics=("model.score(X_val, y_val)", "model.score(X_test, y_test)"),
    ),
    "a stratified shuffle by positions": parted(
        "split = StratifiedShuffleSplit(n_splits=1, test_size=0.2, random_state=42)\nfor train_index, test_index in split.split(df, df['Bought']):\n    strat_train_set = df.loc[train_index]\n    strat_test_set = df.loc[test_index]",
        "X_train = strat_train_set.drop('Bought', axis=1)\ny_train = strat_train_set['Bought'].copy()\nX_test = strat_test_set.drop('Bought', axis=1)\ny_test = strat_test_set['Bought'].copy()",
        FIT,
    ),
    "folds in a loop, then a last fit": parted(
        "X = df.drop('Bought', axis=1)\ny = df['Bought']\nkf = StratifiedKFold(n_splits=4, shuffle=True, random_state=0)\nscores = []\nfor fold, (tr, te) in enumerate(kf.split(X, y)):\n    m = LogisticRegression(max_iter=500)\n    m.fit(X.iloc[tr], y.iloc[tr])\n    scores.append(metrics.accuracy_score(y.iloc[te], m.predict(X.iloc[te])))\n    print(fold, scores[-1])\nprint('mean', np.mean(scores))",
        "model = LogisticRegression(max_iter=500).fit(X, y)",
        metrics=("np.mean(scores)",),
        answers="model.predict(X)",
        rows="X.index",
    ),
    "cross-validated, then fitted": parted(
        "X = df.drop('Bought', axis=1)\ny = df['Bought']\nmodel = DecisionTreeClassifier(max_depth=4, random_state=1)\ncv_scores = cross_val_score(model, X, y, cv=5)\nprint('CV mean', cv_scores.mean(), '+/-', cv_scores.std())",
        "model.fit(X, y)\nprint('train accuracy', model.score(X, y))",
        metrics=("cv_scores.mean()", "model.score(X, y)"),
        answers="model.predict(X)",
        rows="X.index",
    ),
    "unseeded split after a seed and a draw": parted(
        "np.random.seed(42)\ndf.sample(5)",
        "X = df.drop('Bought', axis=1)\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)",
        "model = RandomForestClassifier(n_estimators=10)\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)",
    ),
    "the small class drawn again": parted(
        SPLIT,
        "train = pd.concat([X_train, y_train], axis=1)\nmajority = train[train.Bought == 0]\nminority = train[train.Bought == 1]\nminority_up = resample(minority, replace=True, n_samples=len(majority), random_state=27)\nupsampled = pd.concat([majority, minority_up])\ny_train = upsampled.Bought\nX_train = upsampled.drop('Bought', axis=1)",
        FIT,
    ),
    "the large class thinned before the split": filtered(
        "ones = df[df['Bought'] == 1]\nzeros = df[df['Bought'] == 0].sample(n=len(ones) if len(ones) < (df['Bought'] == 0).sum() else 100, random_state=1)\ndf = pd.concat([ones, zeros], axis=0)"
    ),
    "weights for classes": parted(
        SPLIT,
        "w = len(y_train) / (2 * np.bincount(y_train))\nmodel = LogisticRegression(class_weight={0: w[0], 1: w[1]}, max_iter=1000)\nmodel.fit(X_train, y_train)\nacc = model.score(X_test, y_test)\nprint(acc)",
    ),
    "an own resampler": parted(
        SPLIT,
        """def oversample(X, y, seed=0):
    rng = np.random.RandomState(seed)
    few = y.value_counts().idxmin()
    extra = y.value_counts().max() - y.value_counts().min()
    picked = rng.choice(y[y == few].index, size=extra)
    return pd.concat([X, X.loc[picked]]), pd.concat([y, y.loc[picked]])

X_res, y_res = oversample(X_train, y_train)""",
        FIT.replace("X_train, y_train", "X_res, y_res"),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_parted_at_training_only(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
