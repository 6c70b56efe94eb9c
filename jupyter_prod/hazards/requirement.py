"""Requirements as pip, conda and Poetry write them: whose they are, and whether they leave the version open."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_prod.knowledge.importing import normalised
from jupyter_prod.patterns import lazy

_NAMED = lazy(r"([A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*(\[[^\]]*\])?[ \t]*")
_MOVING = frozenset({"main", "master", "head", "develop", "dev", "trunk", "latest"})
_REFERENCE = lazy(r"@([^/@#\s]+)(?:#|$)")
_ARCHIVE = lazy(r"/(?:archive/|tarball/|zipball/)?(?:refs/heads/)?([\w.-]+?)(?:\.zip|\.tar\.gz)$")


@dataclass(frozen=True)
class Requirement:
    """`name` is normalised, empty for an address or a path; `start` and `end` are where its version stands in `text`.

    `open`: another day it may bring another version. `remote`: it is an address, not a name of an index.
    """

    text: str
    name: str
    open: bool
    start: int = 0
    end: int = 0
    remote: bool = False


def requirement(text: str) -> Requirement | None:
    """One requirement, without comment; None for an option, a local path or nothing."""
    if not text or text.startswith(("-", ".", "/", "~", "$", "{", "%", "#")) or "{" in text:
        return None
    if "://" in text.split("@", 1)[0] or text.startswith("git+"):
        return Requirement(text, _egg(text), _open_address(text), remote=True)
    found = _NAMED.match(text)
    if found is None:
        return None
    rest = text[found.end() :]
    if rest.startswith("@"):
        address = rest[1:].split(";")[0].strip()
        return Requirement(text, normalised(found[1]), _open_address(address), remote=True)
    if text.endswith((".whl", ".zip", ".tar.gz", ".txt")) or rest[:1] in ("/", "\\", ":"):
        return None
    version = rest.split(";")[0].rstrip()
    if version and version[0] not in "=<>!~^*(0123456789 ":
        return None
    start = found.end(2) if found[2] else found.end(1)
    end = found.end() + len(version)
    return Requirement(text, normalised(found[1]), is_open(version), start, end)


def is_open(version: str) -> bool:
    """Whether a version as required has no upper end: `` ``, `*`, `>=2`, `!=2.1`."""
    for part in version.strip("() \t").split(","):
        text = part.strip()
        if text.startswith(("==", "=", "~=", "<", "^", "~")) and not text.lstrip("=<~^ ").startswith("*"):
            return False
        if text[:1].isdigit():  # Poetry, Pipfile and conda: a bare version
            return False
    return True


def _open_address(address: str) -> bool:
    """Whether an address names no release, tag or commit."""
    if address.startswith("git+"):
        path = address.partition("://")[2].partition("/")[2]
        found = _REFERENCE.search(path)
        return found is None or found[1].lower() in _MOVING
    archive = _ARCHIVE.search(address.partition("#")[0])
    return archive is not None and archive[1].lower() in _MOVING


def _egg(address: str) -> str:
    """The distribution that an address says it is, else the last part of its path."""
    path, _, fragment = address.partition("#")
    for part in fragment.split("&"):
        if part.startswith("egg="):
            return normalised(part[4:].split("[")[0])
    last = path.partition("://")[2].rstrip("/").rsplit("/", 1)[-1].partition("@")[0]
    return normalised(last.removesuffix(".git"))
