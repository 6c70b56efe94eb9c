"""Statistics by group, loops over positions, clusters: what is learned of many rows and asked for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, silhouette_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, LabelEncoder"""
PEOPLE = "df = pd.read_csv('people.csv')"
SPLIT = "X = df[['Income', 'new']]\ny = df['Bought']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
FIT = "model = RandomForestClassifier(n_estimators=10, random_state=0)\nmodel.fit(X_train, y_train)\nacc = accuracy_score(y_test, model.predict(X_test))\nprint('accuracy', acc)"


def people(*cells: str, split: str = SPLIT) -> Shape:
    return Shape([HEAD, PEOPLE, *cells, split, FIT], "Bought")


WIDE = SPLIT.replace(
    "['Income', 'new']", "[c for c in df.columns if c not in ('Name', 'City', 'Sex', 'Joined', 'Bought', 'Age')]"
)

SHAPES = {
    "standardized within the group": people(
        "df['new'] = df.groupby('City')['Income'].transform(lambda x: (x - x.mean()) / x.std())"
    ),
    "filled within groups of two columns": people(
        "df['new'] = df.groupby(['City', 'Sex'])['Age'].transform(lambda x: x.fillna(x.mean()))"
    ),
    "filled by an apply on groups": people(
        "df['new'] = df.groupby('Sex', group_keys=False)['Age'].apply(lambda x: x.fillna(x.median()))"
    ),
    "a named function on groups": people(
        "def fill_group(s):\n    return s.fillna(s.median())\n\ndf['new'] = df.groupby('City')['Age'].transform(fill_group)"
    ),
    "several columns at once": people(
        "df[['a', 'b']] = df.groupby('City')[['Age', 'Income']].transform('mean')\ndf['new'] = df['a'] / df['b']"
    ),
    "share of the group's sum": people("df['new'] = df['Income'] / df.groupby('City')['Income'].transform('sum')"),
    "means of groups joined": people(
        "means = df.groupby('City')['Income'].mean().rename('new')\ndf = df.join(means, on='City')"
    ),
    "several statistics of groups merged": people(
        "stats = df.groupby('City')['Income'].agg(['mean', 'std']).reset_index()\nstats.columns = ['City', 'new', 'spread']\ndf = pd.merge(df, stats, on='City', how='left')",
        split=WIDE,
    ),
    "a pivot of means, looked up": people(
        "table = df.pivot_table(values='Age', index='City', columns='Sex', aggfunc='median')\ndef lookup(r):\n    if pd.isnull(r['Age']):\n        return table.loc[r['City'], r['Sex']]\n    return r['Age']\n\ndf['new'] = df.apply(lookup, axis=1)"
    ),
    "a loop over unique values": people(
        "df['new'] = 0.0\nfor city in df['City'].unique():\n    df.loc[df['City'] == city, 'new'] = df.loc[df['City'] == city, 'Income'].mean()"
    ),
    "a loop over positions": people(
        "new = []\nfor i in range(len(df)):\n    if df['Sex'][i] == 'm' and df['Income'][i] > 50000:\n        new.append(1)\n    else:\n        new.append(0)\ndf['new'] = new"
    ),
    "a loop over positions that writes": people(
        "df['new'] = np.zeros(len(df))\nfor i in range(df.shape[0]):\n    if df.loc[i, 'City'] == 'Rome':\n        df.loc[i, 'new'] = df.loc[i, 'Income'] / 1000.0"
    ),
    "a loop over the index": people(
        "df['new'] = 0\nfor idx in df.index:\n    df.at[idx, 'new'] = len(df.at[idx, 'City'])"
    ),
    "enumerate and iterrows": people(
        "flags = np.zeros(len(df))\nfor n, (i, row) in enumerate(df.iterrows()):\n    flags[n] = row['Income'] > 40000\ndf['new'] = flags"
    ),
    "itertuples": people("df['new'] = [t.Income / 2 if t.Sex == 'm' else t.Income for t in df.itertuples()]"),
    "map over a list": people("df['new'] = list(map(lambda c, s: len(c) + (s == 'm'), df['City'], df['Sex']))"),
    "np.vectorize": people(
        "def band(v):\n    return 0 if v < 40000 else 1 if v < 60000 else 2\n\ndf['new'] = np.vectorize(band)(df['Income'])"
    ),
    "distances to the clusters": people(
        "sc = StandardScaler()\nscaled = sc.fit_transform(df[['Income']])\nkm = KMeans(n_clusters=3, n_init=3, random_state=0).fit(scaled)\ndf['new'] = km.predict(scaled)\ndf = pd.concat([df, pd.DataFrame(km.transform(scaled), columns=['d0', 'd1', 'd2'])], axis=1)",
        split=WIDE,
    ),
    "components of all rows": people(
        "num = df[['Age', 'Income']].fillna(0)\npca = PCA(n_components=2)\npcs = pca.fit_transform(StandardScaler().fit_transform(num))\ndf['new'] = pcs[:, 0]\ndf['second'] = pcs[:, 1]",
        split=WIDE,
    ),
    "share of gaps in the row": people(
        "df['new'] = df.isnull().sum(axis=1)\ndf['Age'] = df['Age'].fillna(df['Age'].quantile(0.4))"
    ),
    "top values by nlargest": people(
        "top = df['City'].value_counts().nlargest(2).index\ndf['new'] = np.where(df['City'].isin(top), 1, 0)"
    ),
    "set operations on learned lists": people(
        "seen = set(df[df['Bought'] == 1]['City'].unique())\ncounts = dict(df['City'].value_counts())\ndf['new'] = df['City'].apply(lambda c: counts[c] if c in seen else 0)"
    ),
    "bins with edges by quantiles": people(
        "edges = df['Income'].quantile([0, 0.25, 0.5, 0.75, 1]).tolist()\nedges[0] = -np.inf\nedges[-1] = np.inf\ndf['new'] = pd.cut(df['Income'], bins=edges, labels=False)"
    ),
    "digitize with learned edges": people(
        "hist, bin_edges = np.histogram(df['Income'], bins=5)\ndf['new'] = np.digitize(df['Income'], bin_edges[1:-1])"
    ),
    "winsorized by a function of percentiles": people(
        "def cap(s, lo=0.05, hi=0.95):\n    a, b = s.quantile(lo), s.quantile(hi)\n    return s.clip(a, b)\n\ndf['new'] = cap(df['Income'])"
    ),
    "min and max in variables": people(
        "mn, mx = df['Income'].min(), df['Income'].max()\ndf['new'] = df['Income'].apply(lambda v: (v - mn) / (mx - mn))"
    ),
    "a whole frame's columns in a loop": people(
        "for c in df.select_dtypes(include='number').columns:\n    if c != 'Bought':\n        df[c] = df[c].fillna(df[c].mean())\n        df[c + '_z'] = (df[c] - df[c].mean()) / df[c].std()\ndf['new'] = df['Age_z'] * df['Income_z']",
        split=WIDE,
    ),
    "skewed columns become logs": people(
        "num = ['Age', 'Income']\nskewed = df[num].apply(lambda s: s.dropna().skew())\nskewed = skewed[abs(skewed) > 0.01].index\nfor f in skewed:\n    df[f] = np.log1p(df[f].clip(lower=0))\ndf['new'] = df['Age'].fillna(0)"
    ),
    "clusters are the answer": Shape(
        [
            HEAD,
            "df = pd.read_csv('flowers.csv')\nX = df.iloc[:, 1:5]",
            "wcss = []\nfor k in range(1, 6):\n    km = KMeans(n_clusters=k, n_init=3, random_state=1)\n    km.fit(X)\n    wcss.append(km.inertia_)",
            "kmeans = KMeans(n_clusters=3, n_init=10, random_state=42)\ny_kmeans = kmeans.fit_predict(X)\ndf['cluster'] = y_kmeans\nprint('silhouette', silhouette_score(X, y_kmeans))",
        ],
        None,  # type: ignore[arg-type]
        ("silhouette_score(X, y_kmeans)",),
        "y_kmeans",
        "df.index",
    ),
    "clusters by their labels, scaled before": Shape(
        [
            HEAD,
            "df = pd.read_csv('flowers.csv')\nfeatures = ['PetalLength', 'PetalWidth']\nscaler = StandardScaler()\nscaled = scaler.fit_transform(df[features])",
            "model = KMeans(n_clusters=3, n_init=10, random_state=42)\nmodel.fit(scaled)\ndf['Cluster'] = model.labels_\nscore = silhouette_score(scaled, model.labels_)\nprint(score)",
        ],
        None,  # type: ignore[arg-type]
        ("score",),
        "model.labels_",
        "df.index",
    ),
    "a mixture of normals": Shape(
        [
            HEAD,
            "df = pd.read_csv('flowers.csv')\nX = df[['PetalLength', 'PetalWidth', 'SepalLength']]",
            "gm = GaussianMixture(n_components=3, random_state=0).fit(X)\nlabels = gm.predict(X)\nprint(silhouette_score(X, labels))",
        ],
        None,  # type: ignore[arg-type]
        ("silhouette_score(X, labels)",),
        "labels",
        "X.index",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_many_rows_tell_is_asked_for_one(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
