"""A notebook of which no cell parses gets a plan with a reason, not a crash."""

from __future__ import annotations

from pathlib import Path

from tests.stages.harness import planned


def test_a_notebook_without_a_statement_is_a_job_with_a_reason(tmp_path: Path) -> None:
    plan = planned(tmp_path, ["print 'old'", "x ="])
    assert plan.level == "notebook-job"
    assert plan.reasons
