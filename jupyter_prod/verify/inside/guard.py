"""Keeps the user's files as they are while a notebook runs in a copy of their folder.

The scratch folder holds copies of what is small and links to what is large or lies beside. An audit hook sees each
write before it happens: a link on its path is replaced by a copy first; a write straight into the user's folder is
refused.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

FOLLOWED = {"os.truncate": 1, "os.chmod": 1, "os.utime": 1, "os.chdir": 1, "shutil.rmtree": 1, "sqlite3.connect": 1}
"""Events whose paths (how many of the first arguments) act on what a link leads to."""

PLACED = {"os.remove": 1, "os.rename": 2, "os.rmdir": 1, "os.mkdir": 1, "os.link": 2, "os.symlink": 2}
"""Events whose paths act on the entry itself: only the folders above must be own."""

PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")

LARGEST = 500_000_000
"""Bytes that are copied at most where a program may write beside the notebook's folder."""


class Guard:
    """The audit hook: `scratch` is the copy's top folder, `kept` are the user's folders that no write may reach."""

    def __init__(self, scratch: str, kept: list[str]) -> None:
        self.scratch = os.path.realpath(scratch)
        self.kept = [os.path.realpath(folder) for folder in kept]
        self.busy = False

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.busy:
            return
        if event == "open":
            if isinstance(args[2], int) and args[2] & WRITING and isinstance(args[0], (str, bytes)):
                self._own(args[0], True)
        elif event in FOLLOWED:
            for path in args[: FOLLOWED[event]]:
                self._own(path, True)
        elif event in PLACED:
            for path in args[: PLACED[event]]:
                self._own(path, False)
        elif event in PROGRAMS:
            self._program(args)

    def _own(self, path: Any, follow: bool) -> None:
        """Makes the path the scratch folder's own before a write; raises PermissionError for the user's folder."""
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str) or path.startswith((":", "file:")):
            return
        self.busy = True
        try:
            full = os.path.join(os.getcwd(), path)
            if full == self.scratch or full.startswith(self.scratch + os.sep):
                full = self._walk(full, follow)
            real = os.path.realpath(full if follow else os.path.dirname(full))
            if self._is_kept(real):
                raise PermissionError(f"verification never writes into your own folder: {path}")
        except OSError as error:
            if isinstance(error, PermissionError):
                raise
        finally:
            self.busy = False

    def _is_kept(self, real: str) -> bool:
        for own in (self.scratch, sys.prefix):  # a library may keep a cache beside its code
            if real == own or real.startswith(own + os.sep):
                return False
        for folder in self.kept:
            if real == folder or real.startswith(folder + os.sep):
                below = os.path.relpath(real, folder)
                return not below.startswith(".") or below == "."
        return False

    def _walk(self, full: str, follow: bool) -> str:
        """Follows the path from the scratch folder down, as the system would, with each link on it made a copy."""
        here = self.scratch
        parts = (
            os.path.relpath(full, self.scratch).split(os.sep)
            if ".." not in full
            else full[len(self.scratch) + 1 :].split(os.sep)
        )
        for i, part in enumerate(parts):
            if part in ("", "."):
                continue
            if part == "..":
                here = os.path.dirname(here)
                continue
            here = os.path.join(here, part)
            if os.path.islink(here) and (follow or i + 1 < len(parts)):
                self._copy(here)
        return here

    def _copy(self, link: str) -> None:
        """A link's target in the link's place: a file copied, a folder made of links to its entries."""
        target = os.path.realpath(link)
        if target.startswith(self.scratch + os.sep):
            return
        if os.path.isdir(target):
            os.remove(link)
            os.mkdir(link)
            for name in os.listdir(target):
                os.symlink(os.path.join(target, name), os.path.join(link, name))
        elif os.path.isfile(target):
            os.remove(link)
            shutil.copy2(target, link)

    def _program(self, args: tuple[Any, ...]) -> None:
        """Another program is out of sight: what lies beside is copied first, where the command may reach there."""
        text = " ".join(map(str, args[:2]))
        if ".." not in text and not any(folder in text for folder in self.kept):
            return
        self.busy = True
        try:
            if any(folder in text for folder in self.kept):
                raise PermissionError(f"verification lets no program work in your own folder: {text[:200]}")
            left = LARGEST
            for folder, folders, files in os.walk(self.scratch):
                for name in folders + files:
                    path = os.path.join(folder, name)
                    if not os.path.islink(path):
                        continue
                    self._copy(path)
                    if os.path.isdir(path) and name in folders:
                        continue
                    left -= os.path.getsize(path) if os.path.isfile(path) else 0
                    if left < 0:
                        raise PermissionError(f"the program may reach files that are too large to copy: {text[:200]}")
        finally:
            self.busy = False


def install(scratch: str, kept: list[str]) -> None:
    """Watches this process from now on; there is no way back."""
    sys.addaudithook(Guard(scratch, kept))
