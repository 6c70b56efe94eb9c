"""Facts about a notebook that points rest on: each says in a sentence what is there."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_prod.hazards import Facts
from jupyter_prod.patterns import lazy
from jupyter_prod.program.events import Fit, Metric, Read, Saved

_TUNES = (
    "GridSearchCV",
    "RandomizedSearchCV",
    "HalvingGridSearchCV",
    "BayesSearchCV",
    "create_study",
    "cross_validate",
)
_COMPARES = ("DummyClassifier", "DummyRegressor", "cross_val_score")
_SELECTS = ("SelectKBest", "SelectFromModel", "RFE", "RFECV", "feature_importances_", "permutation_importance", "coef_")
_LLM = lazy(r"\b(?:openai|anthropic|langchain\w*|llama_index|litellm|google\.generativeai|cohere|mistralai|ollama)\b")
_FAIRNESS = ("fairlearn", "aif360", "demographic_parity", "equalized_odds", "disparate_impact")
_PRETRAINED = ("from_pretrained", "hub.load", "SentenceTransformer", "pipeline(")
_NETWORK = lazy(r"\b(?:requests|httpx|urllib|aiohttp|boto3|smtplib|psycopg2?|pymysql|sqlalchemy|socket)\b|https?://")
_TESTS = lazy(r"(?:test_.+|.+_test)\.py|tests?")


class Evidence:
    """Answers `fact(name)`: a sentence where the fact holds, the empty text where it doesn't."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._code = "\n".join(cell.source for cell in facts.notebook.cells if cell.kind == "code")
        self._known: dict[str, str] = {}
        self._ask: dict[str, Callable[[], str]] = {
            "always": lambda: "asked of every notebook",
            "code": lambda: _count(sum(c.kind == "code" for c in facts.notebook.cells), "code cell"),
            "reads": lambda: _count(len(facts.program.of(Read)), "input is read", "inputs are read"),
            "frames": lambda: _count(len(facts.program.of(Read)), "table is worked on", "tables are worked on"),
            "imports": lambda: _count(len(facts.naming.imports), "name is imported", "names are imported"),
            "trains": lambda: _count(len(facts.program.of(Fit)), "fit", "fits"),
            "saves": lambda: _count(len(facts.program.of(Saved)), "model is saved", "models are saved"),
            "scores": lambda: _count(len(facts.program.of(Metric)), "metric", "metrics"),
            "random": self._random,
            "network": lambda: "it calls over the network" if _NETWORK.search(self._code) else "",
            "llm": lambda: "it calls a language model" if _LLM.search(self._code) else "",
            "pretrained": self._pretrained,
            "tunes": lambda: self._mentions(_TUNES, "hyperparameters are searched with"),
            "compares": lambda: self._mentions(_COMPARES, "models are compared with") or self._several_models(),
            "selects": lambda: self._mentions(_SELECTS, "features are judged with"),
            "slices": self._slices,
            "fairness": lambda: self._mentions(_FAIRNESS, "fairness is measured with"),
            "charter": self._charter,
            "git": self._git,
            "tests": self._tests,
        }

    def fact(self, name: str) -> str:
        """The sentence of a fact; empty where it doesn't hold."""
        if name not in self._known:
            self._known[name] = self._ask[name]()
        return self._known[name]

    def _random(self) -> str:
        words = ("random", "train_test_split", "shuffle", "sample(", "KMeans", "Forest", "torch", "keras", "Boost")
        return next((f"randomness may play a part: {w.strip('(')}" for w in words if w in self._code), "")

    def _pretrained(self) -> str:
        return next((f"it uses a model of others: {w.strip('(')}" for w in _PRETRAINED if w in self._code), "") or (
            self.fact("llm")
        )

    def _mentions(self, names: tuple[str, ...], said: str) -> str:
        return next((f"{said} {name}" for name in names if name in self._code), "")

    def _several_models(self) -> str:
        judged = {id(e) for m in self.facts.program.of(Metric) for e in m.estimators}
        return f"{len(judged)} models are judged" if len(judged) > 1 else ""

    def _slices(self) -> str:
        grouped = any(value.kind == "groupby" for m in self.facts.program.of(Metric) for value in m.values)
        return "a metric is looked at by group" if grouped else ""

    def _charter(self) -> str:
        charter = self.facts.project.charter if self.facts.project is not None else None
        return "charter.yaml lies beside the notebook" if charter is not None and not charter.error else ""

    def _git(self) -> str:
        project = self.facts.project
        repository = project.repository if project is not None else None
        if project is None or repository is None:
            return ""
        name = str(project.notebook)
        return "the notebook is committed as it is" if name in repository.tracked - repository.changed else ""

    def _tests(self) -> str:
        project = self.facts.project
        found = next((p.name for p in project.beside if _TESTS.fullmatch(p.name)), "") if project is not None else ""
        return f"tests lie beside the notebook: {found}" if found else ""


def _count(number: int, one: str, many: str = "") -> str:
    return "" if not number else f"{number} {one if number == 1 else many or one + 's'}"
