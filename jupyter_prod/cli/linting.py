"""What `jupyter-prod lint` does with its options, one step a method."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from jupyter_prod.errors import UsableError
from jupyter_prod.lint.cache import Cache, default_folder
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.reporters import Told, report
from jupyter_prod.lint.reporters.told import SEVERITIES
from jupyter_prod.lint.running import Checked, Run
from jupyter_prod.lint.settings import Settings, read_settings, shown

STDIN = Path("-")
POLL = 0.5
"""Seconds between two looks at the files that are watched."""


class Linting:
    """One call of the command."""

    def __init__(self, paths: Sequence[Path], said: dict[str, Any], options: dict[str, Any], colour: bool) -> None:
        self.paths = list(paths)
        self.options = options
        self.colour = colour
        fixed = None
        if options["config"] is not None:
            fixed = read_settings(options["config"])
        elif options["isolated"]:
            fixed = Settings()
        self.run = Run(said, None, fixed)
        if not options["no_cache"]:
            folder = self.settings.cache_dir
            self.run.cache = Cache(self.settings.root / folder if folder else default_folder())

    @property
    def settings(self) -> Settings:
        """The settings that hold for the first path: format, baseline and cache are of one run, not of one file."""
        stdin = self.options["stdin_filename"]
        first = stdin if stdin is not None else next((p for p in self.paths if p != STDIN), Path())
        return self.run.settings(first)

    def once(self) -> bool:
        """Checks, tells, and whether something was found that counts."""
        if self.options["show_settings"]:
            click.echo(shown(self.settings))
            return False
        if self.options["stdin_filename"] is not None or STDIN in self.paths:
            return self._standard_input()
        files = self.run.files(self.paths)
        if self.options["since"]:
            from jupyter_prod.lint.since import changed_since

            files = changed_since(self.options["since"], files)
        if self.options["show_files"]:
            click.echo("\n".join(map(str, files)), nl=bool(files))
            return False
        if self.settings.fix or self.options["diff"]:
            return self._fix(files)
        checked = list(self.run.check_all(files, self.options["jobs"]))
        if self.run.cache is not None:
            self.run.cache.prune()
        return self._tell(checked)

    def watch(self) -> bool:
        """Checks again whenever a file changes, until interrupted."""
        seen: dict[Path, float] | None = None
        while True:
            now = {path: _changed_at(path) for path in self.run.files(self.paths)}
            if now != seen:
                seen = now
                if sys.stdout.isatty():
                    click.clear()
                from jupyter_prod.hazards.project import forget

                forget()
                try:
                    self.once()
                except UsableError as e:  # half saved, perhaps: the next save may mend it
                    click.echo(f"jupyter-prod: {e}", err=True)
                click.echo(f"[{time.strftime('%H:%M:%S')}] watching {len(now)} files, Ctrl-C ends", err=True)
            time.sleep(POLL)

    # ------------------------------------------------------------ telling

    def _tell(self, checked: Sequence[Checked], fixed: int = 0) -> bool:
        good = [one for one in checked if one.error is None]
        findings = [finding for one in good for finding in one.findings]
        findings = _each_once(findings)
        told = Told(findings, [one.path for one in good], fixed, self.colour, unsafe=self.settings.unsafe_fixes)
        told = self._with_baseline(told)
        if self.options["add_suppressions"] is not None:
            self._suppress(told)
            self._complain(checked)
            return False
        if good or not checked:
            self._write(told)
        self._complain(checked)
        return self._fails(told)

    def _fails(self, told: Told) -> bool:
        """Whether something was found that is as severe as the settings ask."""
        least = SEVERITIES.index(self.settings.fail_on)
        return any(SEVERITIES.index(finding.severity) <= least for finding in told.findings)

    def _with_baseline(self, told: Told) -> Told:
        target = self.options["write_baseline"]
        if target is not None:
            from jupyter_prod.lint.baseline import write_baseline

            _write_file(target, write_baseline(target, told))
            click.echo(f"{len(told.findings)} findings are in {target}: new ones will count.", err=True)
            told.findings = []
            return told
        if self.settings.baseline is not None:
            from jupyter_prod.lint.baseline import without_baseline

            path = self.settings.root / self.settings.baseline
            told.findings = without_baseline(told.findings, path, told)
        return told

    def _write(self, told: Told) -> None:
        if self.options["statistics"]:
            from jupyter_prod.lint.reporters.text import statistics

            text = statistics(told)
        else:
            text = report(told, self.settings.output_format)
        target = self.options["output_file"]
        if target is not None:
            _write_file(target, text + "\n")
        elif text:
            click.echo(text)

    def _complain(self, checked: Sequence[Checked]) -> None:
        errors = [one.error for one in checked if one.error is not None]
        for error in errors[:-1]:
            click.echo(f"jupyter-prod: {error}", err=True)
        if errors:
            raise errors[-1]

    # ------------------------------------------------------------ changing

    def _fix(self, files: Sequence[Path]) -> bool:
        from jupyter_prod.lint.fix_files import fix_bytes, fix_other_files, notebook_diff, text_diff, write_whole
        from jupyter_prod.notebook.reading import read_bytes

        checked: list[Checked] = []
        unsafe = self.settings.unsafe_fixes
        count = 0
        differs = False
        for path in files:
            try:
                data = read_bytes(path)
                result = fix_bytes(data, path, self.run.check_notebook, unsafe)
                if self.options["diff"]:
                    if result.data != data:
                        differs = True
                        click.echo(notebook_diff(data, result.data, path), nl=False)
                elif result.data != data:
                    write_whole(path, result.data)
                count += len(result.fixed)
                checked.append(Checked(path, tuple(result.left)))
            except UsableError as e:
                checked.append(Checked(path, error=e))
        others = fix_other_files((f for one in checked for f in one.findings), unsafe)
        for path, (before, after) in others.items():
            if self.options["diff"]:
                differs = differs or before != after
                click.echo(text_diff(before, after, path), nl=False)
            elif before != after:
                write_whole(path, after.encode("utf-8"))
                count += 1
        if self.options["diff"]:
            self._complain(checked)
            click.echo(f"Would fix {count + len(others)} hazards." if differs else "Nothing to fix.", err=True)
            return differs
        if others:
            from jupyter_prod.hazards.project import forget

            forget()
            checked = [one if one.error is not None else self.run.check(one.path) for one in checked]
        return self._tell(checked, count)

    def _suppress(self, told: Told) -> None:
        from jupyter_prod.lint.adding import with_suppressions
        from jupyter_prod.lint.fix_files import write_whole
        from jupyter_prod.notebook.reading import read_bytes

        total = 0
        for filename, findings in told.by_file().items():
            path = Path(filename)
            if path not in told.checked:
                continue
            data, count = with_suppressions(read_bytes(path), path, findings, self.options["add_suppressions"])
            if count:
                write_whole(path, data)
            total += count
        click.echo(f"Added suppressions for {total} findings.")

    # ------------------------------------------------------------ standard input

    def _standard_input(self) -> bool:
        path = self.options["stdin_filename"] or Path("stdin.ipynb")
        data = sys.stdin.buffer.read()
        if self.settings.fix or self.options["diff"]:
            from jupyter_prod.lint.fix_files import fix_bytes, notebook_diff

            result = fix_bytes(data, path, self.run.check_notebook, self.settings.unsafe_fixes)
            if self.options["diff"]:
                click.echo(notebook_diff(data, result.data, path), nl=False)
                return result.data != data
            sys.stdout.buffer.write(result.data)  # as formatters do: the fixed notebook, not the report
            sys.stdout.buffer.flush()
            return bool(result.left)
        from jupyter_prod.notebook import parse_notebook

        notebook = parse_notebook(data, path)
        findings = self.run.check_notebook(notebook)
        told = Told(findings, [path], 0, self.colour, {str(path): notebook})
        told = self._with_baseline(told)
        self._write(told)
        return self._fails(told)


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    """What several notebooks say of one file beside them is told once."""
    return list({(f.code, f.order, f.message): f for f in findings}.values())


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as e:
        raise UsableError(f"can't be written ({e.strerror})", str(path)) from None
