"""Comparing numbers, answers, files and texts: what counts as equal, and what is said where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_prod.verify import Written, compare
from jupyter_prod.verify.files import files, outputs, settled


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (0.1 + 0.2, 0.3, True),
        (1.0, 1.000_01, False),
        (1e-12, 0.0, True),
        (None, None, True),
        (None, 0.0, False),
        (True, 1, True),
        ("a", 1, False),
    ],
)
def test_numbers_are_close_to_a_millionth(a: Any, b: Any, equal: bool) -> None:
    assert compare.close(a, b) is equal


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("1", 1.0, True),
        ("yes ", "yes", True),
        ("yes", "no", False),
        ([0.5], 0.5, True),
        (0.123456, 0.1234565, True),
        (0.123456, 0.12346, False),
        ([0.5, 1], [0.5, 2], False),
        (None, "None", False),
        (True, "True", True),
    ],
)
def test_answers_are_one_by_number_or_text(a: Any, b: Any, equal: bool) -> None:
    assert compare.same_answer(a, b) is equal


def test_a_metric_is_held_by_its_name_down_to_the_last_number() -> None:
    said = {"accuracy": 0.9, "report": {"yes": {"f1": 0.5, "support": 3}}, "curve": [1, 2, 3], "gone": 1}
    got = {"accuracy": 0.9, "report": {"yes": {"f1": 0.6, "support": 3}}, "curve": [1, 2, 3], "more": 2}
    checks = compare.metrics(said, got)
    assert [check.ok for check in checks] == [True, False, True, False]
    assert checks[1].what == "metric report[yes][f1]"
    assert (checks[1].expected, checks[1].got) == (0.5, 0.6)
    assert checks[3].got is None


def test_a_wrong_number_of_answers_is_no_agreement() -> None:
    assert not compare.answers("p", [1, 2], [1]).ok
    assert compare.answers("p", [1, "a"], [1.0, "a"]).ok
    wrong = compare.answers("p", [1, 2, 3], [1, 5, 3])
    assert (wrong.ok, wrong.expected, wrong.got) == (False, 2, 5)
    assert "2 of 3" in wrong.what


def test_codes_are_decoded_to_the_targets_words_where_each_has_its_own() -> None:
    codes, words = [0, 1, 1, 0], ["no", "yes", "yes", "no"]
    truths = ["no", "yes", "no", "no"]
    found = compare.decoding(codes, words, truths, ["no", "yes"])
    assert found == {"0": "no", "1": "yes"}
    assert compare.decode([1.0, 0], found) == ["yes", "no"]
    pairs = [(0, "no"), (1, "yes")]
    codes, words = codes * 3, words * 3
    assert compare.decoding(codes, words, ["no", "no", "yes", "yes"] * 3, ["no", "yes"], pairs) == found
    assert compare.decoding(codes, words, ["yes", "no", "no", "yes"] * 3, ["no", "yes"], pairs) is None
    rare = ["no", "no", "no", "yes", "no", "yes"]
    one = [0, 1, 0, 0, 0, 0]
    said = compare.decode(one, found)
    assert compare.decoding(one, said, rare, ["no", "yes"]) == found
    worse = ["yes", "no", "no", "yes", "no", "yes"]
    assert compare.decoding(one, said, worse, ["no", "yes"]) is None
    assert compare.decoding(one, said, worse, ["no", "yes"], [(0, "yes"), (1, "no")]) is None


@pytest.mark.parametrize(
    ("codes", "words", "truths", "known"),
    [
        ([0, 1, 1], ["no", "yes", "no"], ["no", "yes", "yes"], ["no", "yes"]),  # two words for a code
        ([0, 1, 2], ["no", "yes", "yes"], ["no", "yes", "yes"], ["no", "yes"]),  # one word for two codes
        ([0, 1, 1], ["yes", "no", "no"], ["no", "yes", "yes"], ["no", "yes"]),  # swapped
        ([0, 1], ["no", "maybe"], ["no", "yes"], ["no", "yes"]),  # no word of the target
        ([0.1, 0.2], [1.1, 1.2], [1.0, 1.5], None),  # a quantity
    ],
)
def test_codes_are_not_decoded_otherwise(codes: Any, words: Any, truths: Any, known: Any) -> None:
    assert compare.decoding(codes, words, truths, known) is None


DECODED = [{"no": 0.9, "yes": 0.1}, {"no": 0.2, "yes": 0.8}]
WORDS = {"0": "no", "1": "yes"}
SHIFTED = [{"1": 0.9, "2": 0.1}, {"1": 0.2, "2": 0.8}]


@pytest.mark.parametrize(
    ("classes", "predictions", "words", "got", "ok"),
    [
        ([0, 1], [0, 1], WORDS, DECODED, True),  # the service decodes
        (["no", "yes"], ["no", "yes"], {}, DECODED, True),  # nobody does
        ([0, 1], [0, 1], {}, [{"0": 0.9, "1": 0.1}, {"0": 0.2, "1": 0.8}], True),
        ([0, 1], ["no", "yes"], {}, DECODED, True),  # the notebook does too
        ([0, 1], [1, 2], {}, SHIFTED, True),
        ([0, 1], [0, 1], {"0": 1, "1": 2}, SHIFTED, True),
        ([0, 1], [0, 1], {"0": 1, "1": 0}, [{"1": 0.9, "0": 0.1}, {"1": 0.2, "0": 0.8}], True),
        ([0, 1], [0, 1], {"0": 2, "1": 1}, SHIFTED, False),
        ([0, 1], [0, 1], WORDS, [{"yes": 0.9, "no": 0.1}, {"yes": 0.2, "no": 0.8}], False),
        ([0, 1], [0, 1], WORDS, [{"no": 0.9, "yes": 0.1}] * 2, False),
        ([0, 1], [0, 1], WORDS, [{"no": 0.9}, {"no": 0.2}], False),
        ([0, 1], [0, 1], WORDS, DECODED[:1], False),
        ([0, 1], [0, 1], WORDS, None, False),
    ],
)
def test_probabilities_are_named_as_the_model_or_by_the_targets_words(
    classes: Any, predictions: Any, words: Any, got: Any, ok: bool
) -> None:
    assert compare.probabilities("p", classes, [[0.9, 0.1], [0.2, 0.8]], predictions, words, got).ok is ok


def test_a_class_that_was_never_predicted_is_the_one_that_comes_nearest() -> None:
    got = [{"a": 0.8, "b": 0.05, "c": 0.15}]
    assert compare.probabilities("p", [0, 1, 2], [[0.8, 0.15, 0.05]], [0], {"0": "a"}, got).ok
    assert not compare.probabilities("p", [0, 1, 2], [[0.8, 0.1, 0.1]], [0], {"0": "a"}, got).ok


def test_a_spread_is_widened_but_not_without_end() -> None:
    runs = [{"a": 0.80, "b": 1}, {"a": 0.82, "b": 1}, {"a": 0.81}]
    assert [check.ok for check in compare.metrics_within(runs, {"a": 0.86})] == [True]
    assert [check.ok for check in compare.metrics_within(runs, {"a": 0.90})] == [False]
    assert [check.ok for check in compare.metrics_within(runs, {})] == [False]


def test_likeness_is_a_share_for_classes_and_a_distance_for_numbers() -> None:
    assert compare.agreement(["a", "b", "b", "b"], ["a", "b", "b", "a"]) == 0.75
    numbers = [float(i) + 0.5 for i in range(20)]
    assert compare.agreement(numbers, numbers) == 1.0
    assert compare.agreement([0.0] * 20, numbers) < 0.5


def test_a_sample_holds_every_different_answer() -> None:
    chosen = compare.varied(["a"] * 90 + ["b"] + ["a"] * 9, 10)
    assert 90 in chosen
    assert len(chosen) == 10
    assert compare.varied([1, 2, 3], 10) == [0, 1, 2]


def written(tmp_path: Path, contents: dict[str, bytes]) -> dict[str, Written]:
    made = {}
    for number, (name, content) in enumerate(contents.items()):
        path = tmp_path / f"kept-{number}"
        path.write_bytes(content)
        made[name] = Written(len(content), "", path)
    return made


def test_files_are_equal_by_their_cells_and_pictures_are_not_held(tmp_path: Path) -> None:
    contents = {
        "a.csv": b"x,y\n1,0.30000000000000004\n",
        "b.csv": b"x\n1\n",
        "c.json": b'{"k": [1, 2.0]}',
        "d.txt": b"score: 0.5\n",
        "../out/e.csv": b"x\n",
        "f.png": b"picture",
        "catboost_info/g.csv": b"log\n",
    }
    expected = written(tmp_path, contents)
    project = tmp_path / "outputs"
    project.mkdir()
    (project / "a.csv").write_text("x,y\n1.0,0.3\n")
    (project / "b.csv").write_text("x\n2\n")
    (project / "c.json").write_text('{"k": [1, 2]}')
    (project / "d.txt").write_text("score: 0.50\n")
    got = {path.name: path for path in project.iterdir()}

    checks = {check.what: check for check in files(expected, got, lambda pairs: [])}

    assert {what: check.ok for what, check in checks.items()} == {
        "file a.csv": True,
        "file b.csv": False,
        "file c.json": True,
        "file d.txt": True,
        "file e.csv": False,
    }
    assert checks["file b.csv"].got == "another line 2"
    assert checks["file e.csv"].got == "not written"


def test_tables_that_are_no_text_are_handed_to_the_environments_pandas(tmp_path: Path) -> None:
    expected = written(tmp_path, {"a.xlsx": b"one", "b.xlsx": b"one", "c.xlsx": b"same"})
    project = tmp_path / "outputs"
    project.mkdir()
    for name, content in (("a.xlsx", b"two"), ("b.xlsx", b"two"), ("c.xlsx", b"same")):
        (project / name).write_bytes(content)
    asked: list[Any] = []

    def same(pairs: list[tuple[Path, Path, str]]) -> list[bool]:
        asked.extend(pairs)
        return [True, False]

    checks = files(expected, {path.name: path for path in project.iterdir()}, same)
    assert {check.what: check.ok for check in checks} == {
        "file a.xlsx": True,
        "file b.xlsx": False,
        "file c.xlsx": True,
    }
    assert len(asked) == 2


def test_texts_are_held_but_for_what_changes_each_time(tmp_path: Path) -> None:
    cells = [
        {
            "cell_type": "code",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["took 3.2 s\n", "0.91\n"]}],
        },
        {"cell_type": "code", "outputs": [{"output_type": "execute_result", "data": {"text/plain": ["<f at 0xffe>"]}}]},
    ]
    run = tmp_path / "run.ipynb"
    run.write_text(json.dumps({"cells": cells}))
    checks = outputs({1: "took 9.7 s\n0.91\n", 2: "<f at 0x123>\n", 3: "0.92\n", 4: ""}, run)
    assert [check.ok for check in checks] == [True, True, False]
    assert not outputs({1: "x"}, tmp_path / "none.ipynb")[0].ok
    assert settled("0.91") != settled("0.92")
