"""Texts as rows: cleaned by functions and loops, counted by vectorisers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.shapes import Shape, check

HEAD = """import re
import string
import numpy as np
import pandas as pd
from scipy.sparse import hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder"""
READ = "df = pd.read_csv('messages.csv')"
PLACES = "df.index[train_test_split(np.arange(len(df)), test_size=0.25, random_state=1)[1]]"
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)"
FIT = "model = MultinomialNB()\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nacc = accuracy_score(y_test, y_pred)\nprint(acc)"
WORDS = "np.where(y_pred == 1, 'spam', 'ham')"


def messages(*cells: str, answers: str = WORDS, rows: str = PLACES) -> Shape:
    return Shape([HEAD, READ, *cells], "Category", answers=answers, rows=rows)


SHAPES = {
    "a pipeline of counts and Bayes": messages(
        "df['spam'] = df['Category'].apply(lambda x: 1 if x == 'spam' else 0)\nX = df.Message\ny = df.spam",
        SPLIT,
        "model = Pipeline([('vectorizer', CountVectorizer()), ('nb', MultinomialNB())])\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nacc = model.score(X_test, y_test)\nprint(acc)",
    ),
    "counts after the split": messages(
        "df['spam'] = df['Category'].map({'ham': 0, 'spam': 1})\nX_train, X_test, y_train, y_test = train_test_split(df.Message, df.spam, test_size=0.25, random_state=1)",
        "v = CountVectorizer()\nX_train_count = v.fit_transform(X_train.values)\nX_test_count = v.transform(X_test)\nX_train_count.toarray()[:2]",
        "model = MultinomialNB()\nmodel.fit(X_train_count, y_train)\ny_pred = model.predict(X_test_count)\nacc = accuracy_score(y_test, y_pred)\nprint(acc)",
    ),
    "a corpus built in a loop": messages(
        """corpus = []
for i in range(0, len(df)):
    review = re.sub('[^a-zA-Z]', ' ', df['Message'][i])
    review = review.lower()
    review = review.split()
    review = [w for w in review if not w in {'see', 'now'}]
    review = ' '.join(review)
    corpus.append(review)""",
        "cv = CountVectorizer(max_features=15)\nX = cv.fit_transform(corpus).toarray()\ny = pd.get_dummies(df['Category'])\ny = y.iloc[:, 1].values",
        SPLIT,
        "model = GaussianNB()\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nacc = accuracy_score(y_test, y_pred)\nprint(acc)",
    ),
    "cleaned by an own function, weighted": messages(
        """STOP = ['the', 'now', 'see']

def clean_text(text):
    text = text.lower()
    text = ''.join(ch for ch in text if ch not in string.punctuation)
    text = re.sub(r'\\d+', '', text)
    return ' '.join(w for w in text.split() if w not in STOP)

df['clean'] = df['Message'].apply(clean_text)""",
        "tfidf = TfidfVectorizer(ngram_range=(1, 2))\nX = tfidf.fit_transform(df['clean'])\nle = LabelEncoder()\ny = le.fit_transform(df['Category'])",
        SPLIT,
        FIT,
    ),
    "counts, then weights, in two steps": messages(
        "X = df['Message']\ny = df['Category']",
        SPLIT,
        "count_vect = CountVectorizer()\nX_train_counts = count_vect.fit_transform(X_train)\ntf = TfidfTransformer()\nX_train = tf.fit_transform(X_train_counts)\nX_test = tf.transform(count_vect.transform(X_test))",
        FIT,
        answers="y_pred",
    ),
    "an analyzer of one's own": messages(
        "def process(mess):\n    nopunc = [c for c in mess if c not in string.punctuation]\n    return [w for w in ''.join(nopunc).split() if w.lower() != 'see']\n\ndf['length'] = df['Message'].apply(len)",
        "X_train, X_test, y_train, y_test = train_test_split(df['Message'], df['Category'], test_size=0.25, random_state=1)",
        "model = Pipeline([('bow', CountVectorizer(analyzer=process)), ('tfidf', TfidfTransformer()), ('classifier', MultinomialNB())])\nmodel.fit(X_train, y_train)\ny_pred = model.predict(X_test)\nacc = accuracy_score(y_pred, y_test)\nprint(acc)",
        answers="y_pred",
    ),
    "texts and numbers side by side": messages(
        "df['length'] = df['Message'].str.len()\ndf['caps'] = df['Message'].str.count(r'[A-Z]')\nv = TfidfVectorizer()\ntext = v.fit_transform(df['Message'])\nX = hstack([text, df[['length', 'caps']].values]).tocsr()\ny = (df['Category'] == 'spam').astype(int)",
        SPLIT,
        FIT,
    ),
    "words as columns of a frame": messages(
        "v = CountVectorizer()\ncounts = v.fit_transform(df['Message'])\nX = pd.DataFrame(counts.toarray(), columns=v.get_feature_names_out())\nX['n'] = df['Message'].apply(lambda t: len(t.split()))\ny = df['Category'].replace({'ham': 0, 'spam': 1}).astype(int)",
        SPLIT,
        FIT,
    ),
    "tags spread over columns": messages(
        "tags = df['Tags'].str.get_dummies(sep=',')\nX = pd.concat([tags, df['Message'].str.len().rename('n')], axis=1)\nX['free'] = df['Message'].str.contains('free', case=False).astype(int)\ny = df['Category'].map({'ham': 0, 'spam': 1})",
        SPLIT,
        FIT,
    ),
    "stacked list of cleaned texts": messages(
        "docs = [re.sub(r'\\W+', ' ', t).lower() for t in df['Message'].values]\nvec = CountVectorizer(binary=True)\nX = vec.fit_transform(docs)\ny = [1 if c == 'spam' else 0 for c in df['Category']]",
        SPLIT,
        FIT,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_texts_are_counted_as_in_training(desk: Path, shape: str) -> None:
    check(desk, SHAPES[shape])
