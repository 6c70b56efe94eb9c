"""The best known data set as notebooks treat it: two files, titles in names, loops over both frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """# data analysis and wrangling
import pandas as pd
import numpy as np
import random as rnd

# machine learning
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier, GradientBoostingClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split, cross_val_score
from sklearn.metrics import accuracy_score"""
BOTH = "train = pd.read_csv('train.csv')\ntest = pd.read_csv('test.csv')"

TITLES_LOOP = [
    "train.head()",
    "combine = [train, test]",
    """for dataset in combine:
    dataset['Title'] = dataset.Name.str.extract(r' ([A-Za-z]+)\\.', expand=False)

pd.crosstab(train['Title'], train['Sex'])""",
    """for dataset in combine:
    dataset['Title'] = dataset['Title'].replace(['Lady', 'Countess', 'Capt', 'Col', 'Don', 'Dr', 'Major', 'Rev'], 'Rare')
    dataset['Title'] = dataset['Title'].replace('Mlle', 'Miss')

train[['Title', 'Survived']].groupby(['Title'], as_index=False).mean()""",
    """title_mapping = {"Mr": 1, "Miss": 2, "Mrs": 3, "Master": 4, "Rare": 5}
for dataset in combine:
    dataset['Title'] = dataset['Title'].map(title_mapping)
    dataset['Title'] = dataset['Title'].fillna(0)
    dataset['Sex'] = dataset['Sex'].map({'female': 1, 'male': 0}).astype(int)""",
    """guess_ages = np.zeros((2, 3))
for dataset in combine:
    for i in range(0, 2):
        for j in range(0, 3):
            guess_df = dataset[(dataset['Sex'] == i) & (dataset['Pclass'] == j + 1)]['Age'].dropna()
            age_guess = guess_df.median()
            guess_ages[i, j] = int(age_guess / 0.5 + 0.5) * 0.5
    for i in range(0, 2):
        for j in range(0, 3):
            dataset.loc[(dataset.Age.isnull()) & (dataset.Sex == i) & (dataset.Pclass == j + 1), 'Age'] = guess_ages[i, j]
    dataset['Age'] = dataset['Age'].astype(int)""",
    """for dataset in combine:
    dataset.loc[dataset['Age'] <= 16, 'Age'] = 0
    dataset.loc[(dataset['Age'] > 16) & (dataset['Age'] <= 32), 'Age'] = 1
    dataset.loc[(dataset['Age'] > 32) & (dataset['Age'] <= 48), 'Age'] = 2
    dataset.loc[dataset['Age'] > 48, 'Age'] = 3""",
    """for dataset in combine:
    dataset['FamilySize'] = dataset['SibSp'] + dataset['Parch'] + 1
    dataset['IsAlone'] = 0
    dataset.loc[dataset['FamilySize'] == 1, 'IsAlone'] = 1

freq_port = train.Embarked.dropna().mode()[0]
for dataset in combine:
    dataset['Embarked'] = dataset['Embarked'].fillna(freq_port)
    dataset['Embarked'] = dataset['Embarked'].map({'S': 0, 'C': 1, 'Q': 2}).astype(int)""",
    """train = train.drop(['Name', 'PassengerId', 'Ticket', 'Cabin', 'SibSp', 'Parch', 'FamilySize'], axis=1)
test = test.drop(['Name', 'Ticket', 'Cabin', 'SibSp', 'Parch', 'FamilySize'], axis=1)
combine = [train, test]""",
    "X_train = train.drop('Survived', axis=1)\nY_train = train['Survived']\nX_test = test.drop('PassengerId', axis=1).copy()",
    """logreg = LogisticRegression(max_iter=1000)
logreg.fit(X_train, Y_train)
acc_log = round(logreg.score(X_train, Y_train) * 100, 2)
acc_log""",
    """random_forest = RandomForestClassifier(n_estimators=20, max_depth=5, random_state=0)
random_forest.fit(X_train, Y_train)
Y_pred = random_forest.predict(X_test)
acc_random_forest = round(random_forest.score(X_train, Y_train) * 100, 2)
acc_random_forest""",
]

CONCAT = [
    "y = train['Survived']\nntrain = train.shape[0]",
    "all_data = pd.concat([train.drop('Survived', axis=1), test], axis=0).reset_index(drop=True)",
    """all_data['Title'] = all_data['Name'].apply(lambda n: n.split(',')[1].split('.')[0].strip())
counts = all_data['Title'].value_counts()
all_data['Title'] = all_data['Title'].apply(lambda t: 'Other' if counts[t] < 25 else t)
all_data['Age'] = all_data.groupby('Title')['Age'].transform(lambda s: s.fillna(s.median()))
all_data['Embarked'] = all_data['Embarked'].fillna(all_data['Embarked'].mode()[0])
all_data['Deck'] = all_data['Cabin'].fillna('N').str.get(0)""",
    "all_data = all_data.drop(['PassengerId', 'Name', 'Ticket', 'Cabin'], axis=1)\nall_data = pd.get_dummies(all_data)\nall_data.shape",
    "X = all_data[:ntrain]\nX_final = all_data[ntrain:]",
    "X_tr, X_val, y_tr, y_val = train_test_split(X, y, test_size=0.25, random_state=3)",
    "gb = GradientBoostingClassifier(n_estimators=20, random_state=0)\ngb.fit(X_tr, y_tr)\nprint('validation', accuracy_score(y_val, gb.predict(X_val)))",
]

APPENDED = [
    "train['source'] = 'train'\ntest['source'] = 'test'\ntest['Survived'] = -1",
    "full = pd.concat([train, test], ignore_index=True)",
    """full['Age'] = full['Age'].fillna(full['Age'].median())
full['Sex'] = full['Sex'].astype('category').cat.codes
full['Family'] = full['SibSp'] + full['Parch']
full['FareBand'] = pd.qcut(full['Fare'], 4, labels=False)""",
    "features = ['Pclass', 'Sex', 'Age', 'Family', 'FareBand']\ntrain = full[full['source'] == 'train']\ntest = full[full['source'] == 'test']",
    "X_train, X_valid, y_train, y_valid = train_test_split(train[features], train['Survived'], test_size=0.3, random_state=5)",
    "tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X_train, y_train)\nacc = accuracy_score(y_valid, tree.predict(X_valid))\nprint(acc)",
]

FUNCTIONS = [
    """def get_title(name):
    if '.' in name:
        return name.split(',')[1].split('.')[0].strip()
    return 'Unknown'

def title_map(title):
    if title in ['Mr', 'Sir']:
        return 1
    elif title in ['Master']:
        return 2
    elif title in ['Miss', 'Mlle']:
        return 3
    elif title in ['Mrs', 'Mme']:
        return 4
    return 0""",
    """def process(df):
    df = df.copy()
    df['title'] = df['Name'].apply(get_title).apply(title_map)
    df['Age'] = df['Age'].fillna(df['Age'].median())
    df['Fare'] = df['Fare'].fillna(df['Fare'].median())
    df['Sex'] = df['Sex'].map({'male': 0, 'female': 1})
    df['Cabin'] = df['Cabin'].notnull().astype(int)
    return df[['Pclass', 'title', 'Sex', 'Age', 'Fare', 'Cabin']]""",
    "y = train.pop('Survived')\nX = process(train)\nX_submit = process(test)",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1, stratify=y)",
    "knn = KNeighborsClassifier(7)\nknn.fit(X_train, y_train)\nknn.score(X_test, y_test)",
]

SHAPES = {
    "titles, a loop over both frames": Shape(
        [HEAD, BOTH, *TITLES_LOOP],
        "Survived",
        ("acc_log", "acc_random_forest"),
        "random_forest.predict(X_train)",
        "X_train.index",
    ),
    "both files together, parted again by position": Shape(
        [HEAD, BOTH, *CONCAT],
        "Survived",
        ("accuracy_score(y_val, gb.predict(X_val))",),
        "gb.predict(X_val)",
        "X_val.index",
    ),
    "both files together, parted again by a column": Shape(
        [HEAD, BOTH, *APPENDED], "Survived", ("acc",), "tree.predict(X_valid)", "X_valid.index"
    ),
    "functions that call each other": Shape(
        [HEAD, BOTH, *FUNCTIONS], "Survived", ("knn.score(X_test, y_test)",), "knn.predict(X_test)", "X_test.index"
    ),
    "a submission from the test file": Shape(
        [
            HEAD,
            BOTH,
            """for df in (train, test):
    df['Age'].head()
    df['Sex'] = df['Sex'].replace({'male': 0, 'female': 1}).astype(int)
    df['Age'] = df['Age'].fillna(train['Age'].mean())""",
            "cols = ['Pclass', 'Sex', 'Age', 'Fare']\nclf = RandomForestClassifier(n_estimators=10, random_state=3)\nclf.fit(train[cols], train['Survived'])",
            "print(cross_val_score(clf, train[cols], train['Survived'], cv=3).mean())",
            "submission = pd.DataFrame({'PassengerId': test['PassengerId'], 'Survived': clf.predict(test[cols])})\nsubmission.to_csv('submission.csv', index=False)",
        ],
        "Survived",
        ("cross_val_score(clf, train[cols], train['Survived'], cv=3).mean()",),
        "clf.predict(train[cols])",
        "train.index",
    ),
    "the id as an index": Shape(
        [
            HEAD,
            "df = pd.read_csv('train.csv', index_col='PassengerId')\ndf['Sex'] = pd.get_dummies(df['Sex'])['male']",
            "df = df[['Survived', 'Pclass', 'Sex', 'Fare', 'SibSp']].dropna()\nX, y = df.drop('Survived', axis=1), df.Survived",
            "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=2)\nmodel = DecisionTreeClassifier(max_depth=5, random_state=0)\nmodel.fit(X_train, y_train)\nprint('Test accuracy: %.4f' % model.score(X_test, y_test))",
        ],
        "Survived",
        ("model.score(X_test, y_test)",),
    ),
    "set_index in place, split of the name": Shape(
        [
            HEAD,
            "df = pd.read_csv('./train.csv')\ndf.set_index('PassengerId', inplace=True)",
            """df[['Last', 'First']] = df['Name'].str.split(', ', expand=True)
df['Title'] = df['First'].str.split('.').str[0]
df['Title'] = df['Title'].apply(lambda x: x if x in ['Mr', 'Mrs', 'Miss', 'Master'] else 'Other')
df['NameLength'] = df['Name'].str.len()
df['Relatives'] = df.eval('SibSp + Parch')
df = pd.concat([df[['Survived', 'Pclass', 'NameLength', 'Relatives']], pd.get_dummies(df['Title'])], axis=1)""",
            "X = df.iloc[:, 1:]\ny = df.iloc[:, 0]\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=2)\nmodel = DecisionTreeClassifier(max_depth=5, random_state=0)\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nprint('Accuracy', (y_pred == y_test).mean())",
        ],
        "Survived",
        ("(y_pred == y_test).mean()",),
        rows="X_test.index - 1",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_two_files_become_one_service(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
