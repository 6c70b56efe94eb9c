"""A classifier as a notebook would write it by hand: each class is its mean."""

from __future__ import annotations

import numpy as np


class Centroids:
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.mean, self.scale = X.mean(axis=0).values, X.std(axis=0).values
        self.centres = np.array([X[(y == c).values].mean(axis=0).values for c in self.classes_])
        return self

    def predict_proba(self, X):
        rows = (np.asarray(X, dtype=float) - self.mean) / self.scale
        centres = (self.centres - self.mean) / self.scale
        near = np.exp(-((rows[:, None, :] - centres[None]) ** 2).sum(axis=2))
        return near / near.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X, y):
        return float((self.predict(X) == y).mean())
