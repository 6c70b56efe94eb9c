"""Raw rows to model input: the notebook's statements, learned values named."""

from __future__ import annotations

import pandas as pd
from sklearn.preprocessing import LabelEncoder, StandardScaler

from .learned import Learned


def features(df: pd.DataFrame, learned: Learned) -> tuple[pd.DataFrame, pd.Series]:
    """Model input and encoded target of raw rows."""
    # cell 3
    df = df.drop("customer id", axis=1)
    df["Charges"] = pd.to_numeric(df["Charges"].replace(" ", "0"))
    df["Age"] = df["Age"].fillna(learned("age_median", lambda: df["Age"].median()))
    df["Year"] = pd.to_datetime(df["Since"]).dt.year
    # cell 4
    le = LabelEncoder()
    df["Plan"] = learned.fit_transform("plan", le, df["Plan"])
    df["Churn"] = learned.fit_transform("churn", LabelEncoder(), df["Churn"])
    # cell 5
    X = df[["Age", "Plan", "Charges", "Year"]]
    y = df["Churn"]
    scaler = StandardScaler()
    X = pd.DataFrame(learned.fit_transform("scaler", scaler, X), columns=X.columns)
    return X, y
