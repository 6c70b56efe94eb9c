"""The sample project: stage modules as the converter writes them, on a small seeded table."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_prod.plan.nouns import Input, Parameter, Place
from jupyter_prod.scaffold import ProjectContext

from .data import write_customers

HERE = Path(__file__).parent
PINS = {
    "3.10": ("numpy==1.23.5", "pandas==1.5.3", "scikit-learn==1.1.3"),
    "3.11": ("numpy==2.4.6", "pandas==3.1.1", "scikit-learn==1.9.1"),
}
CONSTRAINTS = {"3.10": ("scipy==1.9.3",), "3.11": ()}


def sample_context(folder: Path, python_version: str = "3.11", level: str = "service") -> ProjectContext:
    """The sample's context, its data written to `folder`."""
    write_customers(folder / "churn.csv")
    modules = {path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "modules").glob("*.py"))}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    return ProjectContext(
        name="churn-pilot",
        package="churn_pilot",
        command="churn-pilot",
        level=level,
        title="Churn {{ cookiecutter.name }} {% raw %}",
        notebook_name="Churn pilot.ipynb",
        notebook_text=json.dumps(notebook),
        python_version=python_version,
        requirements=PINS[python_version],
        constraints=CONSTRAINTS[python_version],
        target="Churn",
        rows_input="customers",
        model_variable="clf",
        model_class="sklearn.linear_model.LogisticRegression",
        inputs=(Input("customers", "data/churn.csv", Place(2), "csv"),),
        parameters=(Parameter("test_size", 0.25, Place(5)), Parameter("random_state", 42, Place(5))),
        read_as={"customers": "churn.csv"},
        modules=modules,
        data_files={"data/churn.csv": folder / "churn.csv"},
        conversion={"schema": 1, "command": "churn-pilot", "level": level, "left_behind": [], "reasons": []},
    )
