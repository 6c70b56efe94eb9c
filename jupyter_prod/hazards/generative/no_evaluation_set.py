"""JPG07 no-evaluation-set."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.loops import inside
from jupyter_prod.hazards.model_calls import answered, asks_model, model_calls, uses_models
from jupyter_prod.hazards.naming import last_name
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.knowledge.providers import providers

_LOOPS = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class NoEvaluationSet(Rule):
    code = "JPG07"
    slug = "no-evaluation-set"
    severity = "warning"
    step = 4
    title = "Prompts that were never measured"
    what = """
    Finds notebooks that ask a model and judge no answers. A loop over recorded cases with a comparison or a score,
    or a library that evaluates, is the cure. It is said once of the notebook.
    """
    why = """
    Three answers that looked good are no measurement. Without recorded cases nobody knows whether it works for one in
    two or 99 in 100, and each new prompt or model is a change in the dark.
    """
    bad = (
        """
        #@ JPG07
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.responses.create(model="gpt-4o-2024-08-06", input="Which page explains torque?")
        print(reply.output_text)
        """,
        """
        #@ JPG07
        import anthropic
        client = anthropic.Anthropic(timeout=30)
        def ask(text):
            return client.messages.create(model="claude-3-5-sonnet-20241022", max_tokens=99, messages=[text])
        answers = [ask(t) for t in ("a", "b")]
        """,
    )
    good = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        def page(question):
            return client.responses.create(model="gpt-4o-2024-08-06", input=question).output_text
        cases = json.load(open("cases.json"))
        right = [page(c["question"]) == c["page"] for c in cases]
        print(sum(right) / len(right))
        """,
        """
        from ragas import evaluate
        from langchain_openai import ChatOpenAI
        model = ChatOpenAI(model="gpt-4o-2024-08-06", timeout=30)
        print(model.invoke("hello"))
        print(evaluate([]))
        """,
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        vectors = client.embeddings.create(model="text-embedding-3-small", input=["a"])
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion can't invent cases. Record fifty questions with the answers that are right, and run them before each
    release.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts):
            return
        asked = [c for c in model_calls(facts) if c.kind == "chat"]
        if asked and not _is_evaluated(facts):
            yield Hit(
                Place(None), "no answer of the model is compared with a recorded case: measure it before each release"
            )


@cache
def _judges() -> re.Pattern[str]:
    return re.compile(providers().told["evaluates"]["calls"])


def _is_evaluated(facts: Facts) -> bool:
    modules = providers().told["evaluates"]["modules"]
    for name in facts.naming.imports.values():
        if any(name == m or name.startswith(m + ".") for m in modules) or name.startswith("sklearn.metrics"):
            return True
        if _judges().search(name.rsplit(".", 1)[-1].lower()) and not name.startswith(("numpy", "pandas")):
            return True
    for call in facts.calls:
        last = last_name(call)
        if _judges().search(last.lower()) and not last.startswith("similarity_search"):
            return True
    return any(_compares(loop, facts) for kind in _LOOPS for loop in facts.nodes_of(kind)) or any(
        _is_case(c, facts) for c in facts.nodes_of(ast.Compare)
    )


def _compares(loop: ast.AST, facts: Facts) -> bool:
    """Whether a loop asks a model and compares what it says with something that isn't typed there."""
    nodes = list(inside([loop]))
    if not any(isinstance(n, ast.Call) and asks_model(n, facts) for n in nodes):
        return False
    if any(isinstance(n, ast.Assert) for n in nodes):
        return True
    return any(isinstance(n, ast.Compare) and _is_case(n, facts) for n in nodes)


def _is_case(compare: ast.Compare, facts: Facts) -> bool:
    if not isinstance(compare.ops[0], (ast.Eq, ast.In, ast.NotEq, ast.NotIn)):
        return False
    left, right = compare.left, compare.comparators[0]
    if isinstance(left, ast.Constant) or isinstance(right, (ast.Constant, ast.List, ast.Tuple, ast.Set)):
        return False
    return any(answered(side, facts) is not None for side in (left, right)) and not all(
        answered(side, facts) is not None for side in (left, right)
    )
