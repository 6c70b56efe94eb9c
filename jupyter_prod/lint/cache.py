"""Findings kept between runs, by what they depend on: the file, what lies beside it, the settings, the version."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path

import msgspec

from jupyter_prod import __version__
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.settings import Settings

KEPT_DAYS = 30
"""What was not asked for in so many days is removed."""

_BESIDE = (".py", ".txt", ".in", ".toml", ".cfg", ".yml", ".yaml", ".ipynb", ".env", ".example", ".lock", "Pipfile")
_MOST_BESIDE = 2000
_decoder = msgspec.json.Decoder(list[Finding])


class Cache:
    """One folder of one file a notebook. A cache that can't be read or written is none, without a word."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._code = _code_fingerprint()
        self._beside: dict[Path, str] = {}

    def key(self, path: Path, data: bytes, settings: Settings) -> str:
        """What the findings of a notebook with this content depend on, as a hash."""
        digest = hashlib.sha256(data)
        for part in (self._code, str(path), repr(settings), self._surroundings(path), self._own_rules(settings)):
            digest.update(b"\0" + part.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def get(self, key: str) -> list[Finding] | None:
        """The findings kept under a key; None where there are none."""
        try:
            path = self.folder / key[:2] / key
            found = _decoder.decode(path.read_bytes())
            if time.time() - path.stat().st_mtime > 86_400:
                os.utime(path)
            return found
        except (OSError, msgspec.MsgspecError):
            return None

    def put(self, key: str, findings: list[Finding]) -> None:
        """Keeps findings under a key."""
        path = self.folder / key[:2] / key
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            made = path.with_name(f"{key}.{os.getpid()}")
            made.write_bytes(msgspec.json.encode(findings))
            os.replace(made, path)

    def prune(self) -> None:
        """Removes what nobody asked for lately; looks at most once a day."""
        stamp = self.folder / "pruned"
        now = time.time()
        with contextlib.suppress(OSError):
            if stamp.exists() and now - stamp.stat().st_mtime < 86_400:
                return
            stamp.touch()
            for path in self.folder.glob("??/*"):
                if now - path.stat().st_mtime > KEPT_DAYS * 86_400:
                    path.unlink()

    def _surroundings(self, path: Path) -> str:
        """Names, sizes and times of what rules may look at beside a notebook, up to the repository's root."""
        folder = path.absolute().parent
        if folder not in self._beside:
            seen: list[str] = []
            for here in (folder, *folder.parents):
                seen += _stats(here, everything=here == folder)
                git = here / ".git"
                if git.exists():
                    seen += [_stat(git / "index"), _stat(git / "HEAD")]
                    break
            self._beside[folder] = "\n".join(seen)
        return self._beside[folder]

    def _own_rules(self, settings: Settings) -> str:
        return "\n".join(_stat(settings.root / name) for name in settings.rules)


def default_folder() -> Path:
    """Where findings are kept: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "jupyter-prod" / "lint"


def _stats(folder: Path, everything: bool) -> list[str]:
    found: list[str] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name)[:_MOST_BESIDE]:
            if entry.name.endswith(_BESIDE) and (everything or not entry.name.endswith((".py", ".ipynb"))):
                with contextlib.suppress(OSError):
                    held = entry.stat()
                    # Another notebook's content is nobody's business, its name is.
                    times = "" if entry.name.endswith(".ipynb") else f"{held.st_size} {held.st_mtime_ns}"
                    found.append(f"{entry.name} {times}")
            elif everything:
                found.append(entry.name)
    return found


def _stat(path: Path) -> str:
    try:
        held = path.stat()
        return f"{path} {held.st_size} {held.st_mtime_ns}"
    except OSError:
        return str(path)


def _code_fingerprint() -> str:
    """The version; in a checkout also when its code last changed, for changed rules give other answers."""
    package = Path(__file__).resolve().parents[1]
    if not (package.parent / ".git").exists():
        return __version__
    newest = max((p.stat().st_mtime_ns for p in package.rglob("*") if p.suffix in (".py", ".yaml")), default=0)
    return f"{__version__} {newest}"
