"""JPG04 unset-sampling."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.model_answers import parsings
from jupyter_prod.hazards.model_calls import ModelCall
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_FIXED = lazy(r"(?:o[134]|gpt-5)(?:-.*)?")


class UnsetSampling(Rule):
    code = "JPG04"
    slug = "unset-sampling"
    severity = "info"
    step = 4
    title = "A program reads an answer that is drawn at random"
    what = """
    Finds answers that are parsed (`json.loads`, a number, a regular expression) from a call that leaves temperature and
    seed to the provider. Reasoning models, which have no temperature, are none.
    """
    why = """
    At the default temperature the same prompt gives other words each time; one answer in some hundred has another form
    and can't be read. A failure that doesn't come back can't be debugged.
    """
    bad = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[], max_tokens=300)
        terms = json.loads(reply.choices[0].message.content)  # JPG04
        """,
        """
        import anthropic
        client = anthropic.Anthropic(timeout=30)
        def score(text):
            reply = client.messages.create(model="claude-3-5-sonnet-20241022", max_tokens=5, messages=[text])
            return float(reply.content[0].text)  # JPG04
        """,
    )
    good = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[], temperature=0, seed=5)
        terms = json.loads(reply.choices[0].message.content)
        """,
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[])
        print(reply.choices[0].message.content)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The call is kept as it is. Set `temperature=0`, and a seed where the provider has one.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for parsing in parsings(facts):
            place = facts.place(parsing.node)
            call = parsing.call
            if place is None or call.sets(call.told.get("sampling", ())) or _has_none(call, facts):
                continue
            yield Hit(
                place, "the answer that is parsed here is drawn at the provider's temperature: set `temperature=0`"
            )


def _has_none(call: ModelCall, facts: Facts) -> bool:
    for node in call.model():
        value = facts.value(node)
        name = node.value if isinstance(node, ast.Constant) else value.const if value is not None else ""
        if isinstance(name, str) and _FIXED.fullmatch(name.split("/")[-1]):
            return True
    return False
