"""Split and fit."""

from __future__ import annotations

from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split


def train(X, y, test_size, random_state):
    """The fitted model, and the rows held out."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=test_size, random_state=random_state)
    clf = LogisticRegression()
    clf.fit(X_train, y_train)
    return clf, X_test, y_test
