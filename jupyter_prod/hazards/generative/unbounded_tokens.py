"""JPG03 unbounded-tokens."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.model_calls import model_calls, uses_models, wrappers
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.providers import providers


class UnboundedTokens(Rule):
    code = "JPG03"
    slug = "unbounded-tokens"
    severity = "info"
    step = 4
    title = "An answer of any length"
    what = """
    Finds chat calls that set no limit on the output (`max_tokens`, `max_output_tokens`), and models of a framework made
    without one. Providers that demand a limit are none.
    """
    why = """
    Output is what costs money and time. One prompt that makes the model ramble takes a minute and a hundred times the
    usual cost, and nobody notices until the invoice. A limit makes both known beforehand.
    """
    bad = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[])  # JPG03
        """,
        """
        from langchain_openai import ChatOpenAI
        model = ChatOpenAI(model="gpt-4o-2024-08-06", timeout=30)  # JPG03
        """,
        """
        import google.generativeai as genai
        model = genai.GenerativeModel("gemini-1.5-flash-002")
        reply = model.generate_content("hello", generation_config={"temperature": 0})  # JPG03
        """,
    )
    good = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[], max_tokens=300)
        vectors = client.embeddings.create(model="text-embedding-3-small", input=["a"])
        """,
        """
        import google.generativeai as genai
        model = genai.GenerativeModel("gemini-1.5-flash-002", generation_config={"max_output_tokens": 200})
        reply = model.generate_content("hello")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The call is kept as it is. Set the limit to what an answer may need, and handle the answer that was cut.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts):
            return
        for call in model_calls(facts):
            place = facts.place(call.node)
            if place is None or call.wrapped or call.local or call.kind != "chat" or call.told.get("limited"):
                continue
            if not call.sets(call.told.get("limit", ())):
                yield Hit(place, f"nothing limits the answer: set `{call.told['limit'][0]}`")
        for wrapper in wrappers(facts):
            told = providers().wrapper(facts.qualified(wrapper.func))
            keys = given(wrapper)
            place = facts.place(wrapper)
            if told is None or place is None or told.get("limited") or told.get("local") or "**" in keys:
                continue
            if not set(told.get("limit", ())) & keys.keys():
                yield Hit(
                    place, f"nothing limits the answers of `{ast.unparse(wrapper.func)}`: set `{told['limit'][0]}`"
                )
