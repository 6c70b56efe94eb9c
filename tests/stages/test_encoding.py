"""How words become numbers: one learned encoding per column, wherever the notebook keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import pandas as pd
import numpy as np
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, OrdinalEncoder, StandardScaler, MinMaxScaler
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix

data = pd.read_csv("people.csv")"""
TAIL = """X = data.drop(columns=['Bought'])
y = data['Bought']
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=7)"""
FIT = """rf = RandomForestClassifier(n_estimators=15, max_depth=6, random_state=1)
rf.fit(X_train, y_train)
pred = rf.predict(X_test)
print(confusion_matrix(y_test, pred))
print('Accuracy Score:', accuracy_score(y_test, pred))"""


def people(*cells: str, tail: str = TAIL, **more: str) -> Shape:
    return Shape(
        [HEAD, "data.info()\ndata.describe()", *cells, tail, FIT],
        "Bought",
        ("accuracy_score(y_test, pred)",),
        more.get("answers", "rf.predict(X_test)"),
        more.get("rows", "X_test.index"),
    )


DROP = "data = data.drop(['Name', 'Joined'], axis=1)\ndata['Age'] = data['Age'].fillna(0)"

SHAPES = {
    "map with a dict": people(
        DROP,
        "data['Sex'] = data['Sex'].map({'f': 0, 'm': 1})\ncity = {'Rome': 0, 'Oslo': 1, 'Lima': 2, 'Bonn': 3}\ndata.City = data.City.map(city)",
    ),
    "replace of several values in place": people(
        DROP,
        "data.replace({'Sex': {'f': 0, 'm': 1}}, inplace=True)\ndata['City'] = data['City'].replace(['Rome', 'Oslo', 'Lima', 'Bonn'], [0, 1, 2, 3])\ndata[['Sex', 'City']] = data[['Sex', 'City']].astype(int)",
    ),
    "np.where and np.select": people(
        DROP,
        """data['Sex'] = np.where(data['Sex'] == 'm', 1, 0)
conditions = [data['City'] == 'Rome', data['City'] == 'Oslo', data['Age'] > 60]
choices = [1, 2, 3]
data['City'] = np.select(conditions, choices, default=0)""",
    ),
    "own function by apply": people(
        DROP,
        """def to_region(city):
    # south or north
    if city in ('Rome', 'Lima'):
        return 1
    return 0

data['City'] = data['City'].apply(to_region)
data['Sex'] = data['Sex'].apply(lambda s: 1 if s == 'm' else 0)""",
    ),
    "lambda over rows": people(
        DROP,
        "data['ratio'] = data.apply(lambda r: r['Income'] / (r['Age'] + 1) if r['Sex'] == 'f' else r.Income / 50, axis=1)\ndata = data.drop(['Sex', 'City'], axis=1)",
    ),
    "dummies of a column, concatenated and dropped": people(
        DROP,
        """city = pd.get_dummies(data['City'], drop_first=True)
sex = pd.get_dummies(data['Sex'], drop_first=True)
data.drop(['City', 'Sex'], axis=1, inplace=True)
data = pd.concat([data, city, sex], axis=1)""",
    ),
    "dummies with a prefix, joined": people(
        DROP,
        "dummies = pd.get_dummies(data['City'], prefix='city', prefix_sep='_', dtype=int)\ndata = data.join(dummies).drop('City', axis=1)\ndata['Sex'] = (data['Sex'] == 'm') * 1",
    ),
    "dummies in a loop over columns": people(
        DROP,
        """for col in ['City', 'Sex']:
    dummies = pd.get_dummies(data[col], prefix=col, drop_first=False)
    data = pd.concat([data, dummies], axis=1)
    data.drop(col, axis=1, inplace=True)""",
    ),
    "dummies of columns by type": people(
        DROP,
        "cat_cols = data.select_dtypes(include=['object', 'string']).columns.tolist()\ndata = pd.get_dummies(data, columns=cat_cols, drop_first=True, dtype=float)",
    ),
    "dummies with a column for gaps": people(
        "data['City'] = data['City'].where(data['City'] != 'Lima')",
        DROP,
        "data = pd.get_dummies(data, columns=['City', 'Sex'], dummy_na=True)",
    ),
    "dummies, one dropped by name, renamed": people(
        DROP,
        "data = pd.get_dummies(data)\ndata = data.drop(['Sex_f', 'City_Bonn'], axis=1)\ndata = data.rename(columns={'Sex_m': 'male'})\ndata.columns = [c.lower() if c != 'Bought' else c for c in data.columns]",
    ),
    "label encoders kept in a dict": people(
        DROP,
        """encoders = {}
for column in ['City', 'Sex']:
    encoders[column] = LabelEncoder()
    data[column] = encoders[column].fit_transform(data[column])""",
    ),
    "label encoders made by apply": people(
        DROP, "data[['City', 'Sex']] = data[['City', 'Sex']].apply(LabelEncoder().fit_transform)"
    ),
    "label encoder for object columns": people(
        DROP,
        """le = LabelEncoder()
for i in data.columns:
    if data[i].dtype == 'object' or str(data[i].dtype) == 'str':
        data[i] = le.fit_transform(data[i].astype(str))""",
    ),
    "fit and transform apart": people(
        DROP,
        """le = LabelEncoder()
le.fit(data['City'])
data['City'] = le.transform(data['City'])
le.fit(data.Sex)
data.Sex = le.transform(data.Sex)""",
    ),
    "one encoder a column, by name": people(
        DROP,
        "le_city = LabelEncoder()\nle_sex = LabelEncoder()\ndata['City'] = le_city.fit_transform(data['City'])\ndata['Sex_n'] = le_sex.fit_transform(data['Sex'])\ndel data['Sex']",
    ),
    "one-hot by hand with the index": people(
        DROP,
        """ohe = OneHotEncoder(handle_unknown='ignore')
encoded = ohe.fit_transform(data[['City', 'Sex']]).toarray()
encoded_df = pd.DataFrame(encoded, columns=ohe.get_feature_names_out(['City', 'Sex']), index=data.index)
data = pd.concat([data.drop(['City', 'Sex'], axis=1), encoded_df], axis=1)""",
    ),
    "one-hot after the split": people(
        DROP,
        tail=TAIL
        + """
enc = OneHotEncoder(drop='first')
enc.fit(X_train[['City', 'Sex']])
train_cat = pd.DataFrame(enc.transform(X_train[['City', 'Sex']]).toarray(), index=X_train.index, columns=enc.get_feature_names_out())
test_cat = pd.DataFrame(enc.transform(X_test[['City', 'Sex']]).toarray(), index=X_test.index, columns=enc.get_feature_names_out())
X_train = X_train.drop(columns=['City', 'Sex']).join(train_cat)
X_test = X_test.drop(columns=['City', 'Sex']).join(test_cat)""",
    ),
    "ordinal encoder with categories": people(
        DROP,
        "oe = OrdinalEncoder(categories=[['Bonn', 'Lima', 'Oslo', 'Rome'], ['f', 'm']])\ndata[['City', 'Sex']] = oe.fit_transform(data[['City', 'Sex']])",
    ),
    "factorize": people(
        DROP, "data['City'] = pd.factorize(data['City'])[0]\ndata['Sex'], sexes = pd.factorize(data['Sex'])"
    ),
    "factorize as a method": people(
        DROP, "data['City'] = data['City'].factorize()[0]\ndata['Sex'] = data.Sex.factorize()[0]"
    ),
    "category codes in a loop": people(
        DROP,
        "for c in ['City', 'Sex']:\n    data[c] = data[c].astype('category')\n    data[c] = data[c].cat.codes",
    ),
    "categories over several columns": people(
        DROP,
        "cats = ['City', 'Sex']\ndata[cats] = data[cats].astype('category')\ndata[cats] = data[cats].apply(lambda x: x.cat.codes)",
    ),
    "frequencies by value counts": people(
        DROP,
        "freq = data['City'].value_counts(normalize=True)\ndata['City'] = data['City'].map(freq)\ndata['Sex'] = data['Sex'].map(data['Sex'].value_counts().to_dict())",
    ),
    "mean of the target by category, from training rows": people(
        DROP,
        tail=TAIL
        + """
means = y_train.groupby(X_train['City']).mean()
X_train['City'] = X_train['City'].map(means)
X_test['City'] = X_test['City'].map(means)
sex_means = pd.concat([X_train, y_train], axis=1).groupby('Sex')['Bought'].mean().to_dict()
X_train['Sex'] = X_train['Sex'].map(sex_means)
X_test['Sex'] = X_test['Sex'].map(sex_means)""",
    ),
    "mean of the target by category, from all rows": people(
        DROP,
        "target_mean = data.groupby('City')['Bought'].mean()\ndata['City'] = data['City'].map(target_mean)\ndata['Sex'] = (data['Sex'] == 'f').astype(int)",
    ),
    "rare categories by a threshold": people(
        DROP,
        """vc = data.City.value_counts()
keep = vc[vc >= 50].index.tolist()
data['City'] = data['City'].where(data['City'].isin(keep), 'Other')
data['City'] = LabelEncoder().fit_transform(data['City'])
data['Sex'] = LabelEncoder().fit_transform(data['Sex'])""",
    ),
    "ranks of categories by their means": people(
        DROP,
        """order = data.groupby('City')['Income'].mean().sort_values().index
city_rank = {k: i for i, k in enumerate(order, 0)}
data['City'] = data['City'].map(city_rank)
data['Sex'] = pd.Categorical(data['Sex']).codes""",
    ),
    "an encoder fitted on train, applied to test, column by column": people(
        DROP,
        tail=TAIL
        + """
for col in X_train.columns:
    if X_train[col].dtype not in ['int64', 'float64']:
        le = LabelEncoder()
        X_train[col] = le.fit_transform(X_train[col])
        X_test[col] = le.transform(X_test[col])""",
    ),
    "interactions of encoded columns": people(
        DROP,
        "data['Sex'] = data['Sex'].map({'f': 0, 'm': 1}).astype('int64')\ndata['sex_age'] = data['Sex'] * data['Age']\ndata['log_income'] = np.log1p(data['Income'].clip(lower=0))\ndata['Income'] /= 1000\ndata = data.drop(columns='City')",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_words_become_the_numbers_of_training(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
