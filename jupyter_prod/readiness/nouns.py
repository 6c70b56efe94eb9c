"""The nouns of scoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

State = Literal["holds", "fails", "unknown"]


@dataclass(frozen=True)
class Point:
    """A criterion: `given` of `possible` points; `evidence` says which finding or fact gave or took them."""

    id: str
    title: str
    given: float
    possible: float
    evidence: tuple[str, ...]
    do: str = ""


@dataclass(frozen=True)
class StepScore:
    """A step of the playbook: 0 to 100, None where nothing in the notebook can be judged by it."""

    step: int
    name: str
    score: int | None
    points: tuple[Point, ...]

    @property
    def next_action(self) -> Point | None:
        """The criterion that would give most."""
        lost = [point for point in self.points if point.given < point.possible]
        return max(lost, key=lambda point: point.possible - point.given, default=None)


@dataclass(frozen=True)
class Test:
    """A test of the ML Test Score: does it hold, fail, or can the notebook not tell?"""

    __test__ = False  # no test of pytest's

    id: str
    part: str
    title: str
    state: State
    evidence: str


@dataclass(frozen=True)
class Score:
    """A notebook's readiness: the whole is the weakest step, as the ML Test Score's is the weakest part."""

    filename: str
    steps: tuple[StepScore, ...]
    tests: tuple[Test, ...]

    @property
    def total(self) -> int:
        """0 to 100: the score of the weakest step that can be judged."""
        return min((step.score for step in self.steps if step.score is not None), default=0)

    @property
    def mean(self) -> int:
        """0 to 100: the mean of the steps that can be judged."""
        known = [step.score for step in self.steps if step.score is not None]
        return round(sum(known) / len(known)) if known else 0

    def parts(self) -> dict[str, int]:
        """How many of each part's seven tests hold."""
        found: dict[str, int] = {}
        for test in self.tests:
            found[test.part] = found.get(test.part, 0) + (test.state == "holds")
        return found

    @property
    def ml_test_score(self) -> int:
        """The number of tests that hold in the weakest part, 0 to 7."""
        return min(self.parts().values(), default=0)

    def as_json(self) -> dict[str, Any]:
        """The score as JSON has it."""
        return {
            "filename": self.filename,
            "total": self.total,
            "mean": self.mean,
            "steps": [
                {
                    "step": step.step,
                    "name": step.name,
                    "score": step.score,
                    "next_action": None if step.next_action is None else step.next_action.do,
                    "points": [
                        {
                            "id": point.id,
                            "title": point.title,
                            "given": point.given,
                            "possible": point.possible,
                            "evidence": list(point.evidence),
                            "do": point.do,
                        }
                        for point in step.points
                    ],
                }
                for step in self.steps
            ],
            "ml_test_score": {
                "total": self.ml_test_score,
                "parts": self.parts(),
                "tests": [
                    {"id": t.id, "part": t.part, "title": t.title, "state": t.state, "evidence": t.evidence}
                    for t in self.tests
                ],
            },
        }
