"""Learned values: computed at training, the same again for one row."""

from __future__ import annotations

import pickle

import pytest

from {{ cookiecutter.package }}.learned import Learned


def test_serving_answers_from_the_record() -> None:
    learned = Learned()
    assert learned("mean", lambda: 3.5) == 3.5
    assert learned.serving()("mean", lambda: -1.0) == 3.5


def test_a_name_said_twice_is_answered_in_order() -> None:
    learned = Learned()
    for value in (1, 2):
        learned("column", lambda value=value: value)
    serving = learned.serving()
    assert [serving("column", lambda: 0), serving("column", lambda: 0)] == [1, 2]


def test_the_record_survives_the_release_bundle() -> None:
    learned = Learned()
    learned("mean", lambda: 3.5)
    assert pickle.loads(pickle.dumps(learned)).serving()("mean", lambda: -1.0) == 3.5


def test_what_was_never_learned_is_an_error() -> None:
    with pytest.raises(KeyError):
        Learned().serving()("mean", lambda: 1.0)
