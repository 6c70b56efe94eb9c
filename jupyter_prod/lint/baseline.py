"""Baselines: what was found before doesn't count; only what is new fails."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jupyter_prod.errors import UsableError
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.reporters.told import Told

_MAKE = "make it with `jupyter-prod lint --write-baseline FILE`"


def write_baseline(path: Path, told: Told) -> str:
    """The text of a baseline of these findings: a number for each file, rule and line of code."""
    entries: dict[str, Counter[str]] = {}
    for finding in told.findings:
        entries.setdefault(_file(finding, path), Counter())[_fingerprint(finding, told)] += 1
    document = {
        "what": "findings that were there when the baseline was made, by file: fingerprint and number",
        "files": {name: dict(sorted(counts.items())) for name, counts in sorted(entries.items())},
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def without_baseline(findings: Sequence[Finding], path: Path, told: Told) -> list[Finding]:
    """The findings that the baseline doesn't hold. Raises UsableError for a file that is no baseline."""
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        left = {name: Counter({str(k): int(v) for k, v in counts.items()}) for name, counts in files.items()}
    except OSError as e:
        raise UsableError(f"can't be read ({e.strerror})", str(path), _MAKE) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsableError("is no baseline", str(path), _MAKE) from None
    new: list[Finding] = []
    for finding in findings:
        counts = left.get(_file(finding, path))
        mark = _fingerprint(finding, told)
        if counts is not None and counts[mark] > 0:
            counts[mark] -= 1
        else:
            new.append(finding)
    return new


def _file(finding: Finding, baseline: Path) -> str:
    """The file's name seen from the baseline's folder, so that a checkout elsewhere finds it."""
    return Path(os.path.relpath(Path(finding.filename).absolute(), baseline.absolute().parent)).as_posix()


def _fingerprint(finding: Finding, told: Told) -> str:
    """Rule and code line: cells may move, lines may be put in above, and it stays the same finding."""
    lines = told.lines(finding)
    row = finding.place.row
    text = " ".join(lines[row - 1].split()) if finding.place.cell is not None and row <= len(lines) else finding.message
    return f"{finding.code}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
