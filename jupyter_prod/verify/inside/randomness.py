"""Plants seeds before a notebook's first line, and notices draws that the notebook did not seed itself."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import random
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any


class Watch:
    """Tells whether a global generator was drawn from before anybody but us had seeded it."""

    def __init__(self, state: Callable[[], Any]) -> None:
        self.state = state
        self.planted = state()
        self.seeded = False
        self.drawn = False

    def look(self) -> bool:
        """True where an unseeded draw has happened; called before each seeding, and at the end."""
        self.drawn = self.drawn or (not self.seeded and self.state() != self.planted)
        return self.drawn

    def guarding(self, seed: Callable[..., Any]) -> Callable[..., Any]:
        """The library's own seeding function, which now tells us that it was called."""

        def seeding(*args: Any, **named: Any) -> Any:
            self.look()
            self.seeded = self.seeded or any(one is not None for one in (*args, *named.values()))
            return seed(*args, **named)

        seeding.__name__, seeding.__doc__ = "seed", seed.__doc__
        return seeding


WATCHES: list[Watch] = []


def _python(module: Any, seed: int) -> None:
    module.seed(seed)
    watch = Watch(lambda: hash(module.getstate()))
    module.seed = watch.guarding(module.seed)
    WATCHES.append(watch)


def _numpy(module: Any, seed: int) -> None:
    def state() -> Any:
        _, words, position, *rest = module.get_state()
        return words.tobytes(), position, rest

    module.seed(seed % 2**32)
    watch = Watch(state)
    module.seed = watch.guarding(module.seed)
    WATCHES.append(watch)


def _torch(module: Any, seed: int) -> None:
    watch = Watch(lambda: module.get_rng_state().numpy().tobytes())
    module.manual_seed(seed)
    watch.planted = watch.state()
    module.manual_seed = watch.guarding(module.manual_seed)
    WATCHES.append(watch)


def _tensorflow(module: Any, seed: int) -> None:
    module.random.set_seed(seed)


LATER: dict[str, Callable[[ModuleType, int], None]] = {
    "numpy.random": _numpy,
    "torch": _torch,
    "tensorflow": _tensorflow,
}
"""How each library's global generator is seeded as soon as the library has been imported."""


class _Seeding(importlib.abc.MetaPathFinder):
    """Lets a library's own loader work, then seeds the library."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The library's spec with a loader that seeds; None for every other name."""
        if name not in LATER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def seeded(module: ModuleType) -> None:
            execute(module)
            LATER[name](module, self.seed)

        spec.loader.exec_module = seeded  # type: ignore[method-assign]
        return spec


def plant(seed: int) -> None:
    """Seeds `random` now and the libraries' global generators when they are imported."""
    _python(random, seed)
    for name, sow in LATER.items():
        if name in sys.modules:
            sow(sys.modules[name], seed)
    sys.meta_path.insert(0, _Seeding(seed))


def unseeded() -> bool:
    """True where numbers were drawn from what `plant` sowed, or a library is in use that can't be watched."""
    return any(watch.look() for watch in WATCHES) or "tensorflow" in sys.modules
