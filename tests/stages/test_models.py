"""Which model answers: many compete, one is refitted, saved, searched for, or hidden in a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import pandas as pd
import numpy as np
import pickle
import joblib
from sklearn.model_selection import train_test_split, GridSearchCV, RandomizedSearchCV, cross_val_score, KFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression, SGDClassifier, LinearRegression, Lasso, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor, VotingClassifier, StackingClassifier, AdaBoostClassifier
from sklearn.metrics import *"""
READ = """df = pd.read_csv('people.csv')
df.drop(['Name', 'Joined', 'City'], axis=1, inplace=True)
df['Age'] = df['Age'].fillna(df['Age'].median())
df['Sex'] = df['Sex'].map({'m': 1, 'f': 0})"""
SPLIT = "X = df.drop('Bought', axis=1)\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=8)"
SCALE = "scaler = StandardScaler()\nX_train_s = scaler.fit_transform(X_train)\nX_test_s = scaler.transform(X_test)"


def models(*cells: str, answers: str, metrics: tuple[str, ...], rows: str = "X_test.index") -> Shape:
    return Shape([HEAD, READ, SPLIT, *cells], "Bought", metrics, answers, rows)


BEST = "max({entries}, key=lambda e: e[0])[1].predict(X_test)"

SHAPES = {
    "three variables, one table": models(
        "lr = LogisticRegression(max_iter=1000)\nlr.fit(X_train, y_train)\nlr_pred = lr.predict(X_test)\nprint('Logistic', accuracy_score(y_test, lr_pred))",
        "dt = DecisionTreeClassifier(max_depth=2, random_state=0)\ndt.fit(X_train, y_train)\ndt_pred = dt.predict(X_test)\nprint('Tree', accuracy_score(y_test, dt_pred))",
        "nb = GaussianNB()\nnb.fit(X_train, y_train)\nnb_pred = nb.predict(X_test)\nprint('Bayes', accuracy_score(y_test, nb_pred))",
        "results = pd.DataFrame({'Model': ['LR', 'DT', 'NB'], 'Score': [accuracy_score(y_test, lr_pred), accuracy_score(y_test, dt_pred), accuracy_score(y_test, nb_pred)]})\nresults.sort_values(by='Score', ascending=False)",
        answers=BEST.format(entries="[(accuracy_score(y_test, m.predict(X_test)), m) for m in (lr, dt, nb)]"),
        metrics=(
            "accuracy_score(y_test, lr_pred)",
            "accuracy_score(y_test, dt_pred)",
            "accuracy_score(y_test, nb_pred)",
        ),
    ),
    "one name, refitted": models(
        "model = LogisticRegression(max_iter=1000)\nmodel.fit(X_train, y_train)\npred = model.predict(X_test)\nprint('first', accuracy_score(y_test, pred))",
        "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)\npred = model.predict(X_test)\nprint('second', accuracy_score(y_test, pred))",
        answers="max([(accuracy_score(y_test, LogisticRegression(max_iter=1000).fit(X_train, y_train).predict(X_test)), LogisticRegression(max_iter=1000).fit(X_train, y_train)), (accuracy_score(y_test, pred), model)], key=lambda e: e[0])[1].predict(X_test)",
        metrics=("accuracy_score(y_test, pred)",),
    ),
    "a dict of models in a loop": models(
        """models = {
    'Logistic Regression': LogisticRegression(max_iter=1000),
    'KNN': KNeighborsClassifier(),
    'Decision Tree': DecisionTreeClassifier(max_depth=4, random_state=0),
}
results = {}
for name, model in models.items():
    model.fit(X_train, y_train)
    preds = model.predict(X_test)
    results[name] = accuracy_score(y_test, preds)
    print(f'{name}: {results[name]:.4f}')""",
        "best_name = max(results, key=results.get)\nbest_model = models[best_name]\nprint(best_name)",
        answers="best_model.predict(X_test)",
        metrics=("results['KNN']", "results['Decision Tree']"),
    ),
    "a list of pairs, rows put into a frame": models(
        """classifiers = [('LR', LogisticRegression(max_iter=1000)), ('DT', DecisionTreeClassifier(max_depth=3, random_state=0)), ('NB', GaussianNB())]
rows = []
for name, clf in classifiers:
    clf.fit(X_train, y_train)
    y_pred = clf.predict(X_test)
    rows.append({'model': name, 'accuracy': accuracy_score(y_test, y_pred), 'f1': f1_score(y_test, y_pred)})
table = pd.DataFrame(rows).sort_values('accuracy', ascending=False)
table""",
        answers=BEST.format(entries="[(accuracy_score(y_test, c.predict(X_test)), c) for n, c in classifiers]"),
        metrics=("rows[0]['accuracy']", "rows[1]['f1']", "rows[2]['accuracy']"),
    ),
    "results appended to lists": models(
        """acc = []
names = []
for m in [LogisticRegression(max_iter=1000), DecisionTreeClassifier(max_depth=3, random_state=0)]:
    m.fit(X_train, y_train)
    acc.append(m.score(X_test, y_test))
    names.append(type(m).__name__)
print(dict(zip(names, acc)))""",
        "final = RandomForestClassifier(n_estimators=10, random_state=1)\nfinal.fit(X_train, y_train)\nprint('final', final.score(X_test, y_test))\nfinal.predict(X_test.iloc[[0]])",
        answers="final.predict(X_test)",
        metrics=("acc[0]", "acc[1]", "final.score(X_test, y_test)"),
    ),
    "evaluate(model, …) that fits and returns": models(
        """def evaluate(model, X_train, X_test, y_train, y_test):
    model.fit(X_train, y_train)
    y_pred = model.predict(X_test)
    acc = accuracy_score(y_test, y_pred)
    f1 = f1_score(y_test, y_pred)
    print('Accuracy:', acc)
    return acc, f1""",
        "tree = DecisionTreeClassifier(max_depth=4, random_state=3)\ntree_acc, tree_f1 = evaluate(tree, X_train, X_test, y_train, y_test)",
        answers="tree.predict(X_test)",
        metrics=("tree_acc", "tree_f1"),
    ),
    "a function that makes the model": models(
        """def train_model(X, y, depth=3):
    clf = RandomForestClassifier(n_estimators=10, max_depth=depth, random_state=0)
    clf.fit(X, y)
    return clf

forest = train_model(X_train, y_train, depth=4)
y_hat = forest.predict(X_test)
print('accuracy', accuracy_score(y_test, y_hat))""",
        answers="forest.predict(X_test)",
        metrics=("accuracy_score(y_test, y_hat)",),
    ),
    "grid search": models(
        "params = {'max_depth': [2, 3, 4], 'min_samples_leaf': [1, 5]}\ngrid = GridSearchCV(DecisionTreeClassifier(random_state=0), params, cv=3, scoring='accuracy')\ngrid.fit(X_train, y_train)\nprint(grid.best_params_, grid.best_score_)",
        "y_pred = grid.predict(X_test)\nprint(classification_report(y_test, y_pred))\nprint('Test', accuracy_score(y_test, y_pred))",
        answers="grid.predict(X_test)",
        metrics=("grid.best_score_", "accuracy_score(y_test, y_pred)"),
    ),
    "grid search, its best estimator": models(
        SCALE,
        "gs = GridSearchCV(KNeighborsClassifier(), {'n_neighbors': [3, 5, 9]}, cv=3)\ngs.fit(X_train_s, y_train)\nbest_knn = gs.best_estimator_\npred = best_knn.predict(X_test_s)\nprint('Best accuracy: ', accuracy_score(y_test, pred))",
        answers="best_knn.predict(X_test_s)",
        metrics=("accuracy_score(y_test, pred)",),
    ),
    "random search, refitted by hand": models(
        "rs = RandomizedSearchCV(RandomForestClassifier(random_state=0), {'n_estimators': [5, 10, 20], 'max_depth': [2, 4, 6]}, n_iter=4, cv=3, random_state=42)\nrs.fit(X_train, y_train)\nrs.best_params_",
        "rf_final = RandomForestClassifier(**rs.best_params_, random_state=0)\nrf_final.fit(X_train, y_train)\nfinal_acc = rf_final.score(X_test, y_test)\nprint('final accuracy', final_acc)",
        answers="rf_final.predict(X_test)",
        metrics=("final_acc",),
    ),
    "a loop over k, then a fit with the best": models(
        SCALE,
        "error_rate = []\nfor i in range(1, 12):\n    knn = KNeighborsClassifier(n_neighbors=i)\n    knn.fit(X_train_s, y_train)\n    pred_i = knn.predict(X_test_s)\n    error_rate.append(np.mean(pred_i != y_test))",
        "best_k = int(np.argmin(error_rate)) + 1\nknn = KNeighborsClassifier(n_neighbors=best_k)\nknn.fit(X_train_s, y_train)\npred = knn.predict(X_test_s)\nprint('accuracy', accuracy_score(y_test, pred))",
        answers="knn.predict(X_test_s)",
        metrics=("accuracy_score(y_test, pred)",),
    ),
    "saved by pickle, another tried later": models(
        "model = RandomForestClassifier(n_estimators=10, random_state=0)\nmodel.fit(X_train, y_train)\nprint(model.score(X_test, y_test))",
        "with open('model.pkl', 'wb') as f:\n    pickle.dump(model, f)",
        "other = LogisticRegression(max_iter=1000).fit(X_train, y_train)\nprint('other', other.score(X_test, y_test))",
        answers="model.predict(X_test)",
        metrics=("model.score(X_test, y_test)",),
    ),
    "a pipeline saved by joblib": models(
        "pipe = Pipeline([('scale', StandardScaler()), ('svc', SVC(C=2))])\npipe.fit(X_train, y_train)\nprint(f1_score(y_test, pipe.predict(X_test)))\njoblib.dump(pipe, 'pipe.joblib')",
        "loaded = joblib.load('pipe.joblib')\nloaded.predict(X_test)[:3]",
        answers="pipe.predict(X_test)",
        metrics=("f1_score(y_test, pipe.predict(X_test))",),
    ),
    "model and scaler saved in one dict": models(
        SCALE,
        "clf = LogisticRegression()\nclf.fit(X_train_s, y_train)\nprint(roc_auc_score(y_test, clf.predict_proba(X_test_s)[:, 1]))\nartifacts = {'model': clf, 'scaler': scaler, 'columns': X.columns.tolist()}\npickle.dump(artifacts, open('artifacts.pkl', 'wb'))",
        answers="clf.predict(X_test_s)",
        metrics=("roc_auc_score(y_test, clf.predict_proba(X_test_s)[:, 1])",),
    ),
    "new data by hand at the end": models(
        SCALE,
        "knn = KNeighborsClassifier(5).fit(X_train_s, y_train)\nprint(knn.score(X_test_s, y_test))",
        "svm = SVC().fit(X_train_s, y_train)\nprint(svm.score(X_test_s, y_test))",
        "new = pd.DataFrame({'Age': [33], 'Sex': [1], 'Income': [52000]})\nprint(knn.predict(scaler.transform(new)))",
        answers="knn.predict(X_test_s)",
        metrics=("knn.score(X_test_s, y_test)", "svm.score(X_test_s, y_test)"),
    ),
    "votes": models(
        "vote = VotingClassifier(estimators=[('lr', LogisticRegression(max_iter=1000)), ('nb', GaussianNB())], voting='soft')\nfor clf in (LogisticRegression(max_iter=1000), GaussianNB(), vote):\n    clf.fit(X_train, y_train)\n    print(clf.__class__.__name__, accuracy_score(y_test, clf.predict(X_test)))",
        "vote.fit(X_train, y_train)\nacc = vote.score(X_test, y_test)\nprint(acc)",
        answers="vote.predict(X_test)",
        metrics=("acc",),
    ),
    "names that shadow imports and stages": models(
        "metrics = {}\nfeatures = ['Age', 'Income']\nmodel = LogisticRegression(max_iter=500)\ntrain = X_train[features]\ntest = X_test[features]\nmodel.fit(train, y_train)\nmetrics['acc'] = accuracy_score(y_test, model.predict(test))\nprint(metrics)",
        answers="model.predict(test)",
        metrics=("metrics['acc']",),
    ),
    "the rows are called data, learned, rows": Shape(
        [
            HEAD,
            "rows = pd.read_csv('people.csv')\nlearned = rows.Age.median()\nrows['Age'] = rows['Age'].fillna(learned)\nsettings = ['Age', 'Income']",
            "X_train, X_test, y_train, y_test = train_test_split(rows[settings], rows.Bought, random_state=1)\nanswer = LogisticRegression(max_iter=1000).fit(X_train, y_train)\nrun = answer.score(X_test, y_test)\nprint('run', run)",
        ],
        "Bought",
        ("run",),
        "answer.predict(X_test)",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_final_model_answers(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
