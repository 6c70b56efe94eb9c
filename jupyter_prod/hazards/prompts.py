"""What goes into the prompts of a notebook: the literals of instructions, and text that somebody else wrote."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.model_calls import ModelCall, assigned_in, chats, model_calls, wrappers
from jupyter_prod.knowledge.providers import providers
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_WORD = lazy(r"[^\W\d_]{2,}")
_TAG = lazy(r"</?[\w-]{1,40}>|\b(?:data|https?):\S+|\{\w*\}")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MOST = 4000
"""How many expressions behind one prompt are looked at."""


def words(text: str) -> int:
    """How many words a text has, as far as it matters here: tags and addresses of data are none."""
    plain = _TAG.sub(" ", text[:2000])
    return len(_WORD.findall(plain)) if " " in plain.strip() else 0


def behind(node: ast.expr, facts: Facts, stop_at_answers: bool = True) -> Iterator[ast.AST]:
    """The expressions that an expression is made of, through names, functions and containers; itself first."""
    value = facts.value(node)
    if value is not None:
        yield from made_of(value, facts, stop_at_answers)
    else:
        yield from _written(node, facts, 0)


def made_of(value: Value, facts: Facts, stop_at_answers: bool = True) -> Iterator[ast.AST]:
    """The expressions behind a value. What a model answered is told, but not what it was asked."""
    asked = chats(facts) if stop_at_answers else {}
    for number, step in enumerate(facts.flow.back(value, stop=lambda v: id(v.made) in asked)):
        if number > MOST:
            return
        if step.value.made is not None:
            yield step.value.made


def _written(node: ast.AST, facts: Facts, depth: int) -> Iterator[ast.AST]:
    """In code that no statement runs: the expression's parts, and what its names were assigned."""
    function = next((a for a in facts.parents(node) if isinstance(a, _FUNCTIONS)), None)
    local = assigned_in(function, facts) if function is not None else {}
    for inner in ast.walk(node):
        yield inner
        if not isinstance(inner, ast.Name) or not isinstance(inner.ctx, ast.Load) or depth > 4:
            continue
        if inner.id in local:
            for value in local[inner.id]:
                if node not in facts.parents(value) and value is not node:
                    yield from _written(value, facts, depth + 1)
        elif inner.id in facts.program.names and depth < 3:
            known = facts.program.names[inner.id]
            if known.kind in ("text", "unknown", "list", "dict", "scalar"):
                yield from made_of(known, facts)


def prompted(facts: Facts) -> dict[int, ast.AST]:
    """All expressions that prompts are made of, by identity."""
    kept = facts.kept.get("prompted")
    if isinstance(kept, dict):
        return kept
    found: dict[int, ast.AST] = {}
    for call in model_calls(facts):
        if call.kind == "chat":
            found.update((id(n), n) for n in _of_call(call, facts))
    facts.kept["prompted"] = found
    return found


def _of_call(call: ModelCall, facts: Facts) -> Iterator[ast.AST]:
    for prompt in call.prompts():
        yield from behind(prompt, facts)
    if call.wrapped and isinstance(call.node.func, ast.Attribute):
        made = {id(w) for w in wrappers(facts)}
        for node in behind(call.node.func.value, facts):
            if id(node) not in made and _belongs_to_template(node, facts):
                yield node


def _belongs_to_template(node: ast.AST, facts: Facts) -> bool:
    """Whether a text in a chain is a template: not the name of a model, a key, a description of a tool."""
    if not isinstance(node, (ast.Constant, ast.JoinedStr)):
        return not isinstance(node, ast.Dict)
    above = facts.parent(node)
    if isinstance(above, ast.keyword):
        return above.arg in ("template", "prompt", "prefix", "suffix", "system_prompt", "system_message", "text")
    return True


def is_instruction(node: ast.AST, least: int = 3) -> bool:
    """Whether a literal has the words of an instruction."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and words(node.value) >= least
    return isinstance(node, ast.JoinedStr) and sum(words(t) for t in _texts(node)) >= least


def _texts(node: ast.JoinedStr) -> Iterator[str]:
    yield from (v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str))


def is_untrusted(node: ast.AST, facts: Facts) -> bool:
    """Whether an expression is a call that gives text which somebody else wrote: a page, a mail, a document."""
    if not isinstance(node, ast.Call):
        return False
    told = providers().told["untrusted"]
    name = facts.qualified(node.func)
    last = name.rsplit(".", 1)[-1]
    if last in told["methods"] or last in told["classes"]:
        return True
    return name in told["functions"] and not _is_prompt_file(node)


def _is_prompt_file(call: ast.Call) -> bool:
    return any(
        isinstance(a, ast.Constant)
        and isinstance(a.value, str)
        and re.search(r"prompt|template|system|instruction", a.value.lower())
        for a in call.args
    )
