"""JPG01 floating-model-alias."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.model_calls import model_calls, uses_models, wrappers
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.providers import providers
from jupyter_prod.program.values import Value

_FIRST_IS_MODEL = frozenset({"GenerativeModel", "init_chat_model", "LLM", "LiteLLM", "dspy.LM", "LM"})
_NOT_ASKED = ("tiktoken.", "transformers.", "builtins.", "litellm.token_counter", "litellm.cost_per_token")


class FloatingModelAlias(Rule):
    code = "JPG01"
    slug = "floating-model-alias"
    severity = "warning"
    step = 4
    title = "A model whose name its provider moves"
    what = """
    Finds models of a provider named by an alias (`gpt-4o`, `claude-3-5-sonnet-latest`, `gemini-1.5-flash`) instead of a
    dated version (`gpt-4o-2024-08-06`). Names of Azure deployments and local models are none.
    """
    why = """
    One morning the same name is another model: answers are longer, the JSON has other keys, and the evaluation of
    last month says nothing of it. With a dated name you decide when to change, and test before.
    """
    bad = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(
            model="gpt-4o",  # JPG01
            messages=[{"role": "user", "content": "hello"}],
        )
        """,
        """
        import anthropic
        settings = {"model": "claude-3-5-sonnet-latest"}  # JPG01
        client = anthropic.Anthropic(timeout=30)
        reply = client.messages.create(model=settings["model"], max_tokens=300, messages=[])
        """,
        """
        import google.generativeai as genai
        model = genai.GenerativeModel("gemini-1.5-flash")  # JPG01
        print(model.generate_content("hello").text)
        """,
    )
    good = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        MODEL = "gpt-4o-2024-08-06"
        reply = client.chat.completions.create(model=MODEL, messages=[])
        vectors = client.embeddings.create(model="text-embedding-3-small", input=["a"])
        """,
        """
        import tiktoken
        from openai import AzureOpenAI
        client = AzureOpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o", messages=[])
        encoding = tiktoken.encoding_for_model("gpt-4o")
        prices = {"gpt-4o": 2.5, "gpt-4o-mini": 0.15}
        """,
    )
    conversion = "yours"
    conversion_note = """
    The name is kept as it is. Choose a dated version and record it with each evaluation.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts):
            return
        know = providers()
        suspects = {
            id(n): n
            for n in facts.nodes_of(ast.Constant)
            if isinstance(n.value, str) and 1 < len(n.value) < 80 and know.moves(n.value)
        }
        if not suspects:
            return
        reported: set[int] = set()
        for expression in _named(facts):
            for literal in _behind(expression, facts, suspects):
                place = facts.place(literal)
                if id(literal) not in reported and place is not None:
                    reported.add(id(literal))
                    yield Hit(
                        place, f"{literal.value!r} is another model whenever its provider says so: name a dated version"
                    )


def _named(facts: Facts) -> Iterator[ast.expr]:
    """The expressions that name a model."""
    for call in model_calls(facts):
        if not (call.azure or call.local):
            yield from call.model()
    know = providers()
    wrapped = {id(w) for w in wrappers(facts)}
    keywords = set(know.told["model_keywords"])
    for node in facts.calls:
        name = facts.qualified(node.func)
        if name.startswith(_NOT_ASKED):
            continue
        told = know.wrapper(name) if id(node) in wrapped else know.client(name)
        if told is not None and (told.get("azure") or told.get("local")):
            continue
        keys = given(node)
        for keyword in keywords & keys.keys():
            typed = isinstance(keys[keyword], ast.Constant) and not _is_azure(node, facts)
            if typed or told is not None:
                yield keys[keyword]
        if node.args and (name.rsplit(".", 1)[-1] in _FIRST_IS_MODEL or (told is not None and "model" in name.lower())):
            yield node.args[0]


def _is_azure(node: ast.Call, facts: Facts) -> bool:
    """Whether the call's client speaks to Azure, where the model is a deployment of the company's own."""
    return any(call.node is node and (call.azure or call.local) for call in model_calls(facts)) or any(
        name.startswith("openai.AzureOpenAI") for name in facts.naming.imports.values()
    )


def _behind(node: ast.expr, facts: Facts, suspects: dict[int, ast.Constant]) -> Iterator[ast.Constant]:
    if id(node) in suspects:
        yield suspects[id(node)]
        return
    value = facts.value(node)
    if value is not None:
        yield from _literals(value, facts, suspects)
        return
    for inner in ast.walk(node):
        if id(inner) in suspects:
            yield suspects[id(inner)]
        elif isinstance(inner, ast.Name):
            known = facts.program.names.get(inner.id)
            default = _default(inner, facts)
            if default is not None:
                yield from _behind(default, facts, suspects) if id(default) in suspects else ()
            elif known is not None:
                yield from _literals(known, facts, suspects)


def _literals(value: Value, facts: Facts, suspects: dict[int, ast.Constant]) -> Iterator[ast.Constant]:
    for step in facts.flow.back(value, stop=lambda v: isinstance(v.made, ast.Call)):
        if id(step.value.made) in suspects:
            yield suspects[id(step.value.made)]


def _default(name: ast.Name, facts: Facts) -> ast.expr | None:
    """The default of the parameter that a name is, in a function that nobody calls."""
    function = next((a for a in facts.parents(name) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
    if function is None:
        return None
    named = [*function.args.posonlyargs, *function.args.args]
    pairs = [*zip(reversed(named), reversed(function.args.defaults), strict=False)]
    pairs += [(a, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None]
    return next((d for a, d in pairs if a.arg == name.id), None)
