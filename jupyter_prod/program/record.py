"""What the statements do to names and objects: reads, bindings, uses, changes, and the dependences that follow."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from jupyter_prod.program.events import Event
from jupyter_prod.program.scope import Scope
from jupyter_prod.program.values import Source, Value, lineage, owners


@dataclass
class Trace:
    """What one top-level statement does."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    uses: set[int] = field(default_factory=set)
    mutates: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)
    undefined: set[str] = field(default_factory=set)
    draws: bool = False
    seeds: bool = False
    interactive: bool = False
    name_needs: dict[str, set[int]] = field(default_factory=dict)
    held: dict[str, Value] = field(default_factory=dict)
    calls: set[int] = field(default_factory=set)
    bound: dict[str, Value] = field(default_factory=dict)


class Record:
    """Keeps a `Trace` for each top-level statement, and the events of all."""

    def __init__(self) -> None:
        self.now = -1
        self.traces: list[Trace] = []
        self.last: dict[str, list[int]] = {}
        self.objects: list[Value] = []
        self.events: list[Event] = []
        self.at: dict[int, int] = {}
        self.globals_of: dict[int, set[str]] = {}
        self.called_with: dict[int, int] = {}
        self.generators = {
            "numpy": Value(kind="generator", type="numpy"),
            "random": Value(kind="generator", type="random"),
            "tensorflow": Value(kind="generator", type="tensorflow"),
            "torch": Value(kind="generator", type="torch"),
        }
        self.seeded: set[str] = set()
        self.branching = 0
        self.tick = 0
        self.frames: list[list[Value]] = []

    def begin(self) -> None:
        """The next top-level statement starts."""
        self.now += 1
        self.traces.append(Trace())
        self.branching = 0

    @property
    def trace(self) -> Trace:
        return self.traces[self.now]

    def read(self, name: str, scope: Scope) -> None:
        """A name of the notebook's own namespace is read, perhaps from within a function."""
        self.trace.reads.add(name)
        earlier = {i for i in self.last.get(name, ()) if i != self.now}
        self.trace.needs.update(earlier)
        self.trace.name_needs.setdefault(name, set()).update(earlier)
        inner: Scope | None = scope
        while inner is not None:
            if inner.function is not None:
                self.globals_of.setdefault(id(inner.function), set()).add(name)
            inner = inner.outer

    def undefined(self, name: str) -> None:
        """A name that nothing has bound."""
        self.trace.undefined.add(name)

    def bind(self, name: str, value: Value) -> None:
        """A name of the notebook's namespace gets a value; within a branch, it may keep the old one."""
        self.trace.binds.add(name)
        if self.branching:
            known = self.last.setdefault(name, [])
            self.trace.needs.update(i for i in known if i != self.now)
            if self.now not in known:
                known.append(self.now)
        else:
            self.last[name] = [self.now]
        self.trace.bound[name] = value
        if value.created < 0:
            value.created = self.now

    def use(self, value: Value, name: str = "") -> None:
        """An object is looked at: all that has written into it before is needed."""
        for held in lineage(value):
            self.objects.append(held)
            self.trace.uses.add(id(held))
            needed = {i for i in held.writers if i != self.now}
            if 0 <= held.created != self.now:
                needed.add(held.created)
            self.trace.needs |= needed
            if name:
                self.trace.name_needs.setdefault(name, set()).update(needed)
        if name:
            self.trace.held.setdefault(name, value)

    def emit(self, event: Event) -> None:
        """Something happened that is asked about later."""
        self.events.append(event)
        self.at[id(event)] = self.tick

    def made(self, value: Value, node: ast.AST, parts: list[Value]) -> None:
        """An expression was evaluated, out of these parts; a value that is new now has its place and its sources."""
        if value.tick >= 0 and not value.items and value.element is None:
            return
        for new in (value, *value.items, *([value.element] if value.element is not None else ())):
            if new.tick < 0:
                new.made = node
                self.link(new, *(() if new.sources or new.alike else parts))
                new.tick = self.tick

    def link(self, value: Value, *sources: Value, key: object = None) -> None:
        """A value is made from others, or they are written into it under a key, from now on."""
        self.tick += 1
        if sources:
            tick = self.tick
            value.sources += [Source(source, tick, key) for source in sources if source is not value]

    def mutate(self, value: Value, *by: Value, key: object = None) -> None:
        """An object changes in place, and with it all that it is a view of: by these, else by the call's arguments."""
        self.use(value)
        parts = by or (tuple(self.frames[-1]) if self.frames else ())
        for owner in owners(value):
            self.link(owner, *parts, key=value.column if owner is value.parent and value.kind == "series" else key)
            self.objects.append(owner)
            self.trace.mutates.add(id(owner))
            if self.now not in owner.writers:
                owner.writers.append(self.now)
            owner.content = object()

    def seed(self, which: str) -> None:
        """A global generator is seeded."""
        generator = self.generators[which]
        self.seeded.add(which)
        generator.writers = [self.now]
        self.trace.mutates.add(id(generator))
        self.trace.seeds = True

    def draw(self, which: str = "numpy") -> None:
        """A random number is drawn from a global generator; it counts where somebody seeded it before."""
        self.trace.draws = True
        if which in self.seeded:
            generator = self.generators[which]
            self.trace.needs.update(i for i in generator.writers if i != self.now)
            self.trace.uses.add(id(generator))
            self.trace.mutates.add(id(generator))
            if self.now not in generator.writers:
                generator.writers.append(self.now)

    def note_globals(self, function: ast.AST) -> frozenset[str]:
        """The notebook's names that a function reads, as far as its calls have shown."""
        return frozenset(self.globals_of.get(id(function), ()))
