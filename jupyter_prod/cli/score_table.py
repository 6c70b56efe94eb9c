"""A score as text."""

from __future__ import annotations

from jupyter_prod.lint.reporters.told import printable
from jupyter_prod.readiness import Score

_WIDTH = 20
_STATES = {"holds": "yes", "fails": "no", "unknown": "?"}


def table(score: Score, verbose: bool) -> str:
    """A line a step with a bar, the next best action, and the ML Test Score."""
    lines = [
        printable(score.filename),
        f"  readiness {score.total} of 100 (the weakest step; the mean is {score.mean})",
    ]
    for step in score.steps:
        filled = round((step.score or 0) * _WIDTH / 100)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        shown = "  –" if step.score is None else f"{step.score:3}"
        action = step.next_action
        lines.append(f"  {step.step} {step.name:<26} {bar} {shown}" + (f"   next: {action.do}" if action else ""))
        for point in step.points if verbose else ():
            lines.append(f"      {point.given:g}/{point.possible:g} {point.title}")
            lines += [f"          {printable(said)}" for said in point.evidence]
    parts = ", ".join(f"{part} {held} of 7" for part, held in score.parts().items())
    lines.append(f"  ML Test Score {score.ml_test_score}: {parts}")
    for test in score.tests if verbose else ():
        lines.append(f"      {_STATES[test.state]:>3} {test.title} ({printable(test.evidence)})")
    return "\n".join([*lines, ""])
