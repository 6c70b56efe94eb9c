"""JPD14 unversioned-dataset."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_PINS = {
    "datasets.load_dataset": ("revision",),
    "datasets.load.load_dataset": ("revision",),
    "datasets.load_dataset_builder": ("revision",),
    "sklearn.datasets.fetch_openml": ("version", "data_id"),
    "openml.datasets.get_dataset": ("version",),
    "huggingface_hub.hf_hub_download": ("revision",),
    "huggingface_hub.snapshot_download": ("revision",),
    "kagglehub.dataset_download": (),
    "kagglehub.load_dataset": (),
    "kagglehub.dataset_load": (),
    "tensorflow_datasets.load": (),
    "tensorflow_datasets.builder": (),
}
_LOCAL = lazy(
    r"^(?:csv|json|parquet|text|arrow|pandas|imagefolder|audiofolder|webdataset|sql)$|^[./~]|\.(?:csv|json|py)$"
)
_IN_NAME = lazy(r":\d+\.\d+\.\d+|/versions/\d+|@[0-9a-f]{7,}")
_MOVING = frozenset({"active", "main", "master", "latest", None})


class UnversionedDataset(Rule):
    code = "JPD14"
    slug = "unversioned-dataset"
    severity = "warning"
    step = 4
    title = "A hub's dataset without a version"
    what = """
    Finds datasets that are loaded from a hub (Hugging Face, OpenML, Kaggle, TensorFlow Datasets) by name alone: no
    revision, version or number of the dataset, or one that moves (`main`, `active`).
    """
    why = """
    The owner of the dataset can add, relabel or delete rows any day. The same notebook then trains another model, and
    the old score can't be reached again. Name the commit or the version.
    """
    bad = (
        """
        from datasets import load_dataset
        reviews = load_dataset("hotel_reviews_public", split="train")  # JPD14
        """,
        """
        from sklearn.datasets import fetch_openml
        cars = fetch_openml("cars1", as_frame=True).frame  # JPD14
        """,
    )
    good = (
        """
        from datasets import load_dataset
        reviews = load_dataset("hotel_reviews_public", split="train", revision="6cdc0aad91f5ae2e6712e91bc7b65d1cf5c0")
        own = load_dataset("csv", data_files="own.csv")
        """,
        """
        from sklearn.datasets import fetch_openml
        cars = fetch_openml("cars1", version=2, as_frame=True).frame
        wine = fetch_openml(data_id=40691)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The name becomes a setting, and the rows that the pilot used are kept beside the project for the proof.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for name, pins in _PINS.items():
            for call in facts.calls_of(name):
                given = {k.arg: k.value for k in call.keywords}
                dataset = call.args[0] if call.args else given.get("path", given.get("name", given.get("handle")))
                place = facts.place(call)
                if place is None or None in given or any(_is_fixed(given[p], facts) for p in pins if p in given):
                    continue
                if name.startswith("huggingface_hub.") and not _is_dataset(given):
                    continue
                if name == "sklearn.datasets.fetch_openml" and len(call.args) > 1:
                    continue
                if name == "openml.datasets.get_dataset" and not isinstance(_const(dataset, facts), str):
                    continue  # a number names one version
                text = _const(dataset, facts)
                shown = f"'{text}'" if isinstance(text, str) else "this dataset"
                if isinstance(text, str) and (_LOCAL.search(text) or _IN_NAME.search(text)):
                    continue
                how = f"`{pins[0]}=`" if pins else "the version in its name"
                yield Hit(place, f"{shown} is loaded in whatever state it has today: say {how}")


def _is_fixed(node: ast.expr, facts: Facts) -> bool:
    value = facts.value(node)
    if isinstance(node, ast.Constant):
        return node.value not in _MOVING
    return value is None or not value.known() or not isinstance(value.const, str) or value.const not in _MOVING


def _is_dataset(given: dict[str | None, ast.expr]) -> bool:
    kind = given.get("repo_type")
    return isinstance(kind, ast.Constant) and kind.value == "dataset"


def _const(node: ast.expr | None, facts: Facts) -> object:
    value = facts.value(node)
    return (
        node.value if isinstance(node, ast.Constant) else value.const if value is not None and value.known() else None
    )
