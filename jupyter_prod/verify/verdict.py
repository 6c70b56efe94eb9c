"""The whole of verification: notebook and project run apart, and what they say is compared.

A notebook that draws numbers which it does not seed is run with a planted seed, and so is its project: then both say
the same. Whether the notebook agrees with itself is found by other seeds.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jupyter_prod.environment import Environment
from jupyter_prod.plan.nouns import Obstacle, Place, Probe
from jupyter_prod.verify import asking, compare
from jupyter_prod.verify.files import files, outputs, settled
from jupyter_prod.verify.notebook_run import run_notebook
from jupyter_prod.verify.nouns import Check, NotebookRun, Probed, Status, Verdict, Written
from jupyter_prod.verify.other_data import thinned
from jupyter_prod.verify.overlay import Unfitting
from jupyter_prod.verify.project_run import (
    NotReady,
    Project,
    ProjectRun,
    Service,
    open_project,
    run_beside,
    start_project,
)

SEEDS = (971834207, 1618033988, 577215664)
"""Planted in turn; no one seeds a notebook with these."""

PATIENCE = 60
"""Seconds that a run on fewer rows may take in any case; a slow notebook gets twice the time of its first run."""

LEAST_ALIKE = 0.8
"""How alike predictions must be where the notebook's runs have too few rows in common to say."""

Say = Callable[[str, float], None]
Run = Callable[..., NotebookRun]


def verify(
    project: Path,
    cells: Sequence[tuple[int, str]],
    *,
    probes: Sequence[Probe] = (),
    environment: Environment,
    folder: Path,
    seconds: int = 600,
    say: Say = lambda step, done: None,
) -> Verdict:
    """Runs the notebook's code cells, `probes` in place of the cells they instrument, and the project, and compares.

    `folder` is the notebook's. `seconds` bound each run of the notebook and each command of the project. Neither the
    notebook's folder nor its environment is written. `say` hears of each step and the share that is done. Raises
    UsableError where `project` holds no generated project.
    """
    start = time.monotonic()
    instrumented = dict(cells) | {probe.cell: probe.source for probe in probes}
    with tempfile.TemporaryDirectory(prefix="jupyter-prod-", ignore_cleanup_errors=True) as name:

        def run(number: int, instead: Mapping[str, Path] | None = None, limit: int = seconds) -> NotebookRun:
            keep = Path(tempfile.mkdtemp(dir=name))
            return run_notebook(
                [(cell, instrumented[cell]) for cell, _ in cells],
                environment=environment,
                folder=folder,
                seconds=limit,
                seed=SEEDS[number],
                keep=keep,
                instead=instead,
            )

        try:
            say("preparing the project's environment", 0.0)
            with open_project(project, environment) as opened:
                verdict = _verdict(opened, run, folder, seconds, say)
        except Unfitting as error:
            verdict = Verdict("not-run", failure=error.obstacle)
    say("done", 1.0)
    failure = _placed(verdict, instrumented)
    return replace(verdict, failure=failure, seconds=round(time.monotonic() - start, 1))


def _verdict(project: Project, run: Run, folder: Path, seconds: int, say: Say) -> Verdict:
    command = _command(project)
    say(f"running the notebook, and the project's `{command[0]}`", 0.1)
    with start_project(project, command) as started:
        first = run(0)
        if first.failure is not None:
            return Verdict("not-run", failure=first.failure, notebook_ran=False)
        say(f"running the project's `{command[0]}`", 0.4)
        done = started.finish(seconds)
    if done.failure is not None:
        return Verdict("not-run", failure=done.failure)
    say("comparing", 0.5)
    checks = _compared(project, done, first, seconds)
    if not checks:
        why = "the notebook says no number, answer or file that could be compared"
        return Verdict("not-run", failure=Obstacle(Place(0, 0), "nothing was compared", why))
    if _all_hold(checks):
        say("running both on nine tenths of the rows", 0.65)
        checks += _on_fewer_rows(project, first, run, folder, seconds)
        if not _all_hold(checks):
            return Verdict("differs", tuple(checks))
        if not first.unseeded:
            return Verdict("equal", tuple(checks))
    say("running the notebook a second time", 0.75)
    second = run(1)
    if second.failure is None and _agrees(project, first, second, seconds):
        return Verdict("equal" if _all_hold(checks) else "differs", tuple(checks))
    if _all_hold(checks):
        return Verdict("not-reproducible", tuple(checks), _unlike(first, second))
    say("running the notebook a third time", 0.85)
    runs = [one for one in (first, second, run(2)) if one.failure is None]
    say("comparing within the notebook's own spread", 0.95)
    within = _within(project, done, runs, seconds)
    status: Status = "not-reproducible" if within and _all_hold(within) else "differs"
    return Verdict(status, tuple(within or checks), _unlike(first, second) if status == "not-reproducible" else None)


def _unlike(first: NotebookRun, second: NotebookRun) -> Obstacle:
    """In what the notebook differs from itself, and what would mend it."""
    what, lift = "the notebook differs from itself when it runs again", "set a seed (random_state=…) where it draws"
    if second.failure is not None:
        return Obstacle(second.failure.place, what, second.failure.why, lift)
    for check in compare.metrics(first.values, second.values):
        if not check.ok:
            return Obstacle(Place(0, 0), what, f"{check.what}: {_text(check.expected)}, then {_text(check.got)}", lift)
    return Obstacle(Place(0, 0), what, "other rows, answers, files or texts", lift)


def _command(project: Project) -> list[str]:
    """The project's command. A notebook-job runs the notebook in a kernel, where no seed can be planted."""
    if project.level == "notebook-job":
        return ["run"]
    return ["train" if project.level == "service" else "run", "--seed", str(SEEDS[0])]


def _all_hold(checks: Sequence[Check]) -> bool:
    return all(check.ok for check in checks)


def _on_fewer_rows(project: Project, first: NotebookRun, run: Run, folder: Path, seconds: int) -> list[Check]:
    """The metrics of both on nine tenths of the rows: a project that only repeats numbers gives itself away.

    No check where there is nothing to thin, or the notebook itself does not run on fewer rows, or takes too long.
    """
    if project.level == "notebook-job" or not first.values:
        return []
    with tempfile.TemporaryDirectory(prefix="jupyter-prod-") as name:
        other = thinned(project.inputs, project.rows, folder, Path(name))
        if other is None:
            return []
        command = [*_command(project), "--set", f"{other.setting}={other.file}"]
        with start_project(project, command) as started:
            try:
                said = run(0, {other.path: other.file}, min(seconds, max(PATIENCE, int(2 * first.seconds))))
            except ValueError:  # its path leads out of what is laid out
                return []
            if said.failure is not None:
                return []
            done = started.finish(seconds)
    where = "on nine tenths of the rows"
    if done.failure is not None:
        return [Check(f"{where}: the project's `{command[0]}`", "done", done.failure.why, None, False)]
    checks = compare.metrics(said.values, done.metrics)
    if _all_hold(checks):
        return [Check(f"metrics {where}", f"{len(checks)} metrics", f"{len(checks)} equal", compare.RELATIVE, True)]
    return [replace(check, what=f"{where}: {check.what}") for check in checks if not check.ok]


def _compared(project: Project, done: ProjectRun, first: NotebookRun, seconds: int) -> list[Check]:
    """All checks of the project's level."""
    checks = compare.metrics(first.values, done.metrics)
    if project.level == "notebook-job" and not done.metrics:  # its numbers are in its texts
        checks = []
    if project.level == "service":
        return [*checks, *_service(project, _good(first), seconds)]
    checks += files(first.files, done.outputs, lambda pairs: _same_tables(project, pairs, seconds))
    if project.level == "notebook-job":
        checks += outputs(first.outputs, project.artifacts / "run.ipynb")
    return checks


def _good(run: NotebookRun) -> list[Probed]:
    return [probe for probe in run.probes if probe.predictions]


def _service(project: Project, probes: list[Probed], seconds: int) -> list[Check]:
    """The checks of the running service; one that fails where the notebook's answers could not be had."""
    if not probes:
        return [Check("the notebook's own answers", "at least one", "none could be taken", None, False)]
    checks: list[Check] = []
    try:
        with Service(project) as service:
            traced, checks = asking.trace(project, probes, seconds=seconds)  # while the service gets ready
            service.wait()
            for one in traced:
                checks += asking.answers(service, one)
    except asking.Untraceable as error:
        return [Check("the project's model input for raw rows", "one a row", str(error), None, False)]
    except NotReady as error:
        return [*checks, Check("the service is ready", "ready", str(error), None, False)]
    if not service.stopped_cleanly:
        checks.append(Check("the service ends on SIGTERM", "ended", "still running", None, False))
    return checks


def _same_tables(project: Project, pairs: list[tuple[Path, Path, str]], seconds: int) -> list[bool]:
    request, out = project.artifacts.parent / "tables.json", project.artifacts.parent / "tables-answer.json"
    named = [[str(one), str(other), suffix] for one, other, suffix in pairs]
    request.write_text(json.dumps({"pairs": named, "out": str(out)}), encoding="utf-8")
    run_beside(project, "tables", request, seconds=seconds)
    if not out.exists():
        return [False] * len(pairs)
    return [bool(one["same"]) for one in json.loads(out.read_text(encoding="utf-8"))]


def _agrees(project: Project, first: NotebookRun, second: NotebookRun, seconds: int) -> bool:
    """Whether two runs of the notebook say the same of what is compared at the project's level."""
    if (
        project.level != "notebook-job"
        and compare.first_difference(dict(first.values), dict(second.values)) is not None
    ):
        return False
    if project.level == "service":
        probes = list(zip(_good(first), _good(second), strict=False))
        return len(_good(first)) == len(_good(second)) == len(probes) and all(_same_probe(a, b) for a, b in probes)
    texts = [{cell: settled(text) for cell, text in run.outputs.items()} for run in (first, second)]
    return _stable_files(project, [first, second], seconds) == dict(first.files) and (
        project.level == "batch" or texts[0] == texts[1]
    )


def _stable_files(project: Project, runs: Sequence[NotebookRun], seconds: int) -> dict[str, Written]:
    """The first run's files less those that are compared and differ from another run's."""
    found = dict(runs[0].files)
    for run in runs[1:]:
        kept = {PurePosixPath(path).name: one.kept for path, one in run.files.items() if one.kept is not None}
        checks = files(found, kept, lambda pairs: _same_tables(project, pairs, seconds))
        differing = {check.what for check in checks if not check.ok}
        found = {path: one for path, one in found.items() if f"file {PurePosixPath(path).name}" not in differing}
    return found


def _same_probe(a: Probed, b: Probed) -> bool:
    return (
        len(a.predictions) == len(b.predictions)
        and all(map(compare.same_answer, a.predictions, b.predictions))
        and compare.first_difference([*map(list, a.rows)], [*map(list, b.rows)]) is None
        and compare.first_difference([*map(list, a.probabilities or ())], [*map(list, b.probabilities or ())]) is None
    )


def _within(project: Project, done: ProjectRun, runs: Sequence[NotebookRun], seconds: int) -> list[Check]:
    """The checks for a notebook that differs from itself: the project lies within its spread."""
    checks = compare.metrics_within([run.values for run in runs], done.metrics)
    if project.level == "notebook-job" and not done.metrics:
        checks = []
    if project.level != "service":
        stable = _stable_files(project, runs, seconds)
        checks += files(stable, done.outputs, lambda pairs: _same_tables(project, pairs, seconds))
        if project.level == "notebook-job":
            texts = [{cell: settled(text) for cell, text in run.outputs.items()} for run in runs]
            same = {cell: text for cell, text in runs[0].outputs.items() if len({one.get(cell) for one in texts}) == 1}
            checks += outputs(same, project.artifacts / "run.ipynb")
        return checks
    probes = [probe for probe in _good(runs[0]) if probe.index is not None and probe.unique]
    try:
        with Service(project) as service:
            traced, _ = asking.trace(project, probes, seconds=seconds, by_label=True)
            service.wait()
            for number, one in enumerate(traced):
                checks += _alike(number, asking.ask(service, one), runs)
    except (asking.Untraceable, NotReady) as error:
        return [*checks, Check("the service's answers", "answers", str(error), None, False)]
    return checks


def _alike(number: int, answered: asking.Answered, runs: Sequence[NotebookRun]) -> list[Check]:
    """Whether the service's answers are as like the notebook's as the notebook's runs are like each other."""
    what = f"likeness of predictions for {len(answered.predictions)} of the notebook's own rows"
    if answered.failure:
        return [Check(what, "answers", answered.failure, None, False)]
    if not answered.predictions:
        return []
    probe = answered.traced.probe
    own = dict(zip(map(str, probe.index or ()), probe.predictions, strict=True))
    likeness = []
    for run in runs[1:]:
        if number < len(run.probes) and run.probes[number].index is not None:
            other = run.probes[number]
            pairs = [
                (own[str(i)], p) for i, p in zip(other.index or (), other.predictions, strict=True) if str(i) in own
            ]
            if len(pairs) >= 20:
                likeness.append(compare.agreement([p for _, p in pairs], [p for p, _ in pairs]))
    least = min(likeness, default=LEAST_ALIKE) - 0.1 - 1 / len(answered.predictions)
    traced = answered.traced
    expected = compare.decode(traced.expected(), traced.decoding(answered.predictions))
    got = compare.agreement(answered.predictions, expected)
    return [Check(what, f"at least {least:.3f}", round(got, 6), None, got >= least)]


def _placed(verdict: Verdict, cells: Mapping[int, str]) -> Obstacle | None:
    """The verdict's failure, or its first check that does not hold, with the cell that says what was expected."""
    failure = verdict.failure
    if verdict.status == "differs":
        failed = next((check for check in verdict.checks if not check.ok), None)
        if failed is not None:
            why = f"expected {_text(failed.expected)}, got {_text(failed.got)}"
            failure = Obstacle(Place(0, 0), f"the project differs: {failed.what}", why)
    if failure is None or failure.place.cell or verdict.status in ("equal", "not-run"):
        return failure
    said = failure.what if verdict.status == "differs" else failure.why
    name = re.search(r"\bmetric (.*?)(?:\[.*| \(\d+\)|, within.*|: .*)?$", said)
    mark = repr(name[1])[1:-1] if name else "__prod_probe__"
    found = [
        Place(cell, line)
        for cell, source in cells.items()
        for line, text in enumerate(source.splitlines(), 1)
        if "__prod_" in text and mark in text
    ]
    return replace(failure, place=found[-1]) if found else failure


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)[:200]
