"""The calls of language models in a notebook: what each is given, what set it up, and what is made of its answer."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given, made_by, path
from jupyter_prod.knowledge.providers import providers
from jupyter_prod.program.values import Value

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SETS_UP = frozenset({"with_options", "with_config", "bind", "bind_tools", "with_structured_output", "with_retry"})


@dataclass(frozen=True, eq=False)
class ModelCall:
    """One call: `told` is what providers.yaml says of it, `setups` the constructors and options behind it.

    `open`: the client comes from where nobody sees how it was made. `wrapped`: by a framework's chain or agent.
    """

    node: ast.Call
    told: Mapping[str, Any]
    provider: str
    setups: tuple[ast.Call, ...]
    waits: tuple[str, ...] = ()
    local: bool = False
    azure: bool = False
    wrapped: bool = False
    open: bool = False

    @property
    def kind(self) -> str:
        """chat or embed."""
        return str(self.told.get("kind", "chat"))

    def sets(self, keywords: Iterable[str], setups: bool = True) -> bool:
        """Whether one of these is set, by the call, what it is given as settings, or its constructor; or may be."""
        wanted = set(keywords)
        nested = {*self.told.get("nested", ()), *self.told.get("settings", ())}
        for call in (self.node, *(self.setups if setups else ())):
            keys = given(call)
            if wanted & keys.keys() or "**" in keys:
                return True
            for keyword in nested & keys.keys():
                if _may_set(keys[keyword], wanted):
                    return True
        return False

    def prompts(self) -> Iterator[ast.expr]:
        """The expressions that carry the prompt."""
        keys = given(self.node)
        names = self.told.get("prompt", ())
        yield from (keys[name] for name in names if name in keys)
        place = self.told.get("place", 0 if self.wrapped else None)
        if place is not None and len(self.node.args) > place and not any(n in keys for n in names[:1]):
            yield self.node.args[place]
        for setup in self.setups:
            yield from (v for k, v in given(setup).items() if k in ("system_instruction", "system_message", "prompt"))

    def model(self) -> Iterator[ast.expr]:
        """The expressions that name the model."""
        keywords = providers().told["model_keywords"]
        for call in (self.node, *self.setups):
            keys = given(call)
            yield from (keys[name] for name in keywords if name in keys)
        if "at" in self.told and len(self.node.args) > self.told["at"]:
            yield self.node.args[self.told["at"]]
        if self.told.get("model_at") is not None:
            yield from (s.args[0] for s in self.setups if s.args)


def _may_set(settings: ast.expr, wanted: set[str]) -> bool:
    """Whether a mapping or an object of settings sets one of these: yes where it can't be read."""
    if isinstance(settings, ast.Call):
        keys = given(settings)
        return bool(wanted & keys.keys()) or "**" in keys or bool(settings.args)
    if isinstance(settings, ast.Dict):
        return any(not isinstance(k, ast.Constant) or k.value in wanted for k in settings.keys)
    return True


def model_calls(facts: Facts) -> list[ModelCall]:
    """All of a notebook, in document order; found once."""
    kept = facts.kept.get("model_calls")
    if isinstance(kept, list):
        return kept
    found: list[ModelCall] = []
    if uses_models(facts):
        know = providers()
        for call in facts.calls:
            if isinstance(call.func, (ast.Attribute, ast.Name)):
                last = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
                said = _of(call, last, facts) if last in know.methods or last in know.sends else None
                said = said or _function(call, facts)
                if said is not None:
                    found.append(said)
    facts.kept["model_calls"] = found
    return found


def uses_models(facts: Facts) -> bool:
    """Whether a provider or framework is imported: without one, nothing else is looked at."""
    known = facts.kept.get("imports_models")
    if not isinstance(known, bool):
        told = providers().told
        packages = {n.split(".")[0] for n in (*told["clients"], *told["model_functions"])} | set(told["frameworks"])
        imported = {n.split(".")[0] for n in facts.naming.imports.values()}
        facts.kept["imports_models"] = known = bool(packages & imported)
    return known


def _function(call: ast.Call, facts: Facts) -> ModelCall | None:
    told = providers().function(facts.qualified(call.func))
    if told is None:
        return None
    return ModelCall(call, told, told["provider"], (), tuple(told.get("timeout", ())), bool(told.get("local")))


def _of(call: ast.Call, last: str, facts: Facts) -> ModelCall | None:
    if not isinstance(call.func, ast.Attribute):
        return None
    root, names = path(call.func)
    setups = list(_setups(root, facts))
    know = providers()
    for setup in setups:
        client = know.client(facts.qualified(setup.func))
        if client is not None:
            return _client_call(call, names, client, tuple(setups), facts)
    if last in know.sends:
        wrapped = _wrapped(call, facts)
        if wrapped is not None:
            return wrapped
    return None if setups else _by_path(call, names, facts)


def _setups(root: ast.expr, facts: Facts, depth: int = 0) -> Iterator[ast.Call]:
    """The constructor behind a receiver, and the options put on it: `client.with_options(timeout=5)`."""
    if depth > 5:
        return
    for made in made_by(facts, root):
        yield made
        if isinstance(made.func, ast.Attribute) and made.func.attr in (*_SETS_UP, "start_chat"):
            inner, _ = path(made.func)
            yield from _setups(inner, facts, depth + 1)


def _client_call(
    call: ast.Call, names: list[str], client: Mapping[str, Any], setups: tuple[ast.Call, ...], facts: Facts
) -> ModelCall | None:
    family = providers().family(client["family"])
    written = ".".join(names)
    if client["family"] == "gemini" and names[-1] == "send_message":
        written = "start_chat().send_message"
    told = family["calls"].get(written)
    if told is None:
        return None
    told = {**told, "settings": family.get("settings", ()), "model_at": 0 if "model" in family else None}
    return ModelCall(
        call,
        told,
        client["provider"],
        setups,
        (*told.get("timeout", ()), *family["timeout"]),
        bool(client.get("local")),
        bool(client.get("azure")),
    )


_UNMISTAKABLE = {
    "chat.completions.create": ("openai", "openai"),
    "beta.chat.completions.parse": ("openai", "openai"),
    "responses.create": ("openai", "openai"),
    "embeddings.create": ("openai", "openai"),
    "messages.create": ("anthropic", "anthropic"),
    "generate_content": ("google", "gemini"),
    "models.generate_content": ("google", "genai"),
}


def _by_path(call: ast.Call, names: list[str], facts: Facts) -> ModelCall | None:
    """A call of a client that a function is given: what its method is called leaves no doubt."""
    package, family_name = _UNMISTAKABLE.get(".".join(names), ("", ""))
    if not package or package not in {n.split(".")[0] for n in facts.naming.imports.values()}:
        return None
    family = providers().family(family_name)
    told = family["calls"][".".join(names)]
    clients = {n: c for n, c in providers().told["clients"].items() if c["family"] == family_name}
    setups = tuple(c for n in clients for c in facts.calls_of(n))
    provider = next((clients[facts.qualified(s.func)]["provider"] for s in setups), package.capitalize())
    told = {**told, "settings": family.get("settings", ())}
    return ModelCall(call, told, provider, setups, (*told.get("timeout", ()), *family["timeout"]), open=not setups)


# ------------------------------------------------------------ frameworks


def wrappers(facts: Facts) -> list[ast.Call]:
    """The constructors of a framework's models, in document order."""
    kept = facts.kept.get("model_wrappers")
    if not isinstance(kept, list):
        names = providers().told["wrappers"]
        kept = (
            [c for c in facts.methods(*names) if providers().wrapper(facts.qualified(c.func))]
            if uses_models(facts)
            else []
        )
        kept.sort(key=lambda c: (facts.cell_of(c) or 0, c.lineno, c.col_offset))
        facts.kept["model_wrappers"] = kept
    return kept


def _wrapped(call: ast.Call, facts: Facts) -> ModelCall | None:
    """`chain.invoke(…)`, where a framework's model went into the chain."""
    models = {id(w): w for w in wrappers(facts)}
    if not models or not isinstance(call.func, ast.Attribute):
        return None
    setups = [models[id(m)] for m in _behind(call.func.value, facts) if id(m) in models]
    if not setups:
        return None
    told = providers().wrapper(facts.qualified(setups[0].func))
    assert told is not None
    return ModelCall(
        call,
        told,
        told["provider"],
        tuple(setups),
        tuple(told.get("timeout", ())),
        bool(told.get("local")),
        bool(told.get("azure")),
        wrapped=True,
    )


def _behind(node: ast.expr, facts: Facts, depth: int = 0) -> Iterator[ast.AST]:
    """The expressions that an object was made from, by the program model, else by name."""
    value = facts.value(node)
    if value is not None:
        for step in facts.flow.back(value):
            if step.value.made is not None:
                yield step.value.made
        return
    for made in made_by(facts, node):
        yield made
        for argument in [*made.args, *(k.value for k in made.keywords)] if depth < 3 else ():
            yield from _behind(argument, facts, depth + 1)


# ------------------------------------------------------------ answers


def asking(facts: Facts) -> frozenset[str]:
    """The notebook's functions and methods in which a model is asked, by name, also by way of each other."""
    kept = facts.kept.get("asking")
    if isinstance(kept, frozenset):
        return kept
    found: set[str] = set()
    waiting: list[ast.AST] = [m.node for m in model_calls(facts) if m.kind == "chat"]
    while waiting:
        node = waiting.pop()
        function = next((a for a in facts.parents(node) if isinstance(a, _FUNCTIONS)), None)
        if function is not None and function.name not in found and not function.name.startswith("__"):
            found.add(function.name)
            waiting += [c for c in facts.methods(function.name) if _is_own(c, facts)]
    facts.kept["asking"] = answer = frozenset(found)
    return answer


def _is_own(call: ast.Call, facts: Facts) -> bool:
    """Whether a call may be of a function of the notebook: by its name, or a method of an object of its own class."""
    if isinstance(call.func, ast.Name):
        return True
    name = facts.qualified(call.func)
    return not name or name.startswith(".") or name.split(".")[0] in facts.naming.bound


def asks_model(call: ast.Call, facts: Facts) -> bool:
    """Whether a call asks a model, itself or in a function of the notebook."""
    if not uses_models(facts):
        return False
    if id(call) in chats(facts):
        return True
    last = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
    return last in asking(facts) and _is_own(call, facts)


def chats(facts: Facts) -> dict[int, ModelCall]:
    """The calls that answer with text, by the identity of their nodes."""
    kept = facts.kept.get("chats")
    if not isinstance(kept, dict):
        facts.kept["chats"] = kept = {id(m.node): m for m in model_calls(facts) if m.kind == "chat"}
    return kept


def answered(node: ast.expr, facts: Facts) -> ModelCall | None:
    """The model call whose answer an expression is made of; None for anything else."""
    known = chats(facts)
    if not known:
        return None
    value = facts.value(node)
    if value is not None:
        return _answer_behind(value, facts)
    return _answer_written(node, facts, 0)


def _answer_behind(value: Value, facts: Facts) -> ModelCall | None:
    known = chats(facts)
    for step in facts.flow.back(value, stop=lambda v: id(v.made) in known):
        found = known.get(id(step.value.made))
        if found is not None:
            return found
    return None


def _answer_written(node: ast.AST, facts: Facts, depth: int) -> ModelCall | None:
    """In code that no statement runs: an answer in the expression, or in what its names were assigned just there."""
    known = chats(facts)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if id(inner) in known:
                return known[id(inner)]
            if asks_model(inner, facts):
                return next(iter(known.values()))
    function = next((a for a in facts.parents(node) if isinstance(a, _FUNCTIONS)), None)
    if function is None or depth > 4:
        return None
    for name in (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)):
        for value in assigned_in(function, facts).get(name.id, ()):
            found = _answer_written(value, facts, depth + 1)
            if found is not None:
                return found
    return None


def assigned_in(function: ast.AST, facts: Facts) -> dict[str, list[ast.expr]]:
    """What a function assigns to its names."""
    kept = facts.kept.setdefault("bound_in", {})
    assert isinstance(kept, dict)
    if id(function) not in kept:
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for name in (n for n in ast.walk(target) if isinstance(n, ast.Name)):
                        found.setdefault(name.id, []).append(node.value)
            elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and isinstance(node.target, ast.Name) and node.value:
                found.setdefault(node.target.id, []).append(node.value)
            elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                found.setdefault(node.target.id, []).append(node.iter)
        kept[id(function)] = found
    answer: dict[str, list[ast.expr]] = kept[id(function)]
    return answer
