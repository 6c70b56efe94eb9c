"""JPG02 no-retry-or-timeout."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.model_calls import ModelCall, model_calls, uses_models
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.providers import providers


class NoRetryOrTimeout(Rule):
    code = "JPG02"
    slug = "no-retry-or-timeout"
    severity = "warning"
    step = 2
    title = "A model is asked without a timeout"
    what = """
    Finds calls of a provider's model where neither the call nor its client is given a timeout. The clients of OpenAI
    and Anthropic retry by themselves, but wait ten minutes for each try; others wait for ever and don't retry. A chain
    or agent of a framework is told once, where it is first asked. Models on this machine are none.
    """
    why = """
    Providers are slow or down for minutes every week. Ten minutes a try, three tries, a thousand rows: the nightly run
    isn't done in the morning. A timeout of some seconds and a bounded number of retries make it a short delay or a
    clear error.
    """
    bad = (
        """
        from openai import OpenAI
        client = OpenAI()
        # %%
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[])  # JPG02
        """,
        """
        import anthropic
        client = anthropic.Anthropic()
        def ask(text):
            return client.messages.create(  # JPG02
                model="claude-3-5-sonnet-20241022", max_tokens=300, messages=[{"role": "user", "content": text}]
            )
        """,
        """
        import litellm
        verdict = litellm.completion(model="gpt-4o-2024-08-06", messages=[])  # JPG02
        """,
        """
        from langchain_openai import ChatOpenAI
        model = ChatOpenAI(model="gpt-4o-2024-08-06")
        # %%
        print(model.invoke("hello").content)  # JPG02
        print(model.invoke("bye").content)
        """,
    )
    good = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30, max_retries=3)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[])
        other = OpenAI().with_options(timeout=20).responses.create(model="gpt-4o-2024-08-06", input="hello")
        """,
        """
        import google.generativeai as genai
        model = genai.GenerativeModel("gemini-1.5-flash-002")
        reply = model.generate_content("hello", request_options={"timeout": 30})
        """,
        """
        import ollama
        from langchain_openai import ChatOpenAI
        print(ollama.chat(model="llama3.1:8b", messages=[]))
        model = ChatOpenAI(model="gpt-4o-2024-08-06", timeout=30, max_retries=2)
        print(model.invoke("hello").content)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The call is kept as it is. Give the client a timeout and a number of retries, and decide what a failure means.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts) or _is_switched(facts):
            return
        said: set[int] = set()
        for call in model_calls(facts):
            place = facts.place(call.node)
            if place is None or call.local or call.open or _is_bounded(call):
                continue
            if call.wrapped:
                fresh = [s for s in call.setups if id(s) not in said]
                said.update(id(s) for s in call.setups)
                if not fresh:
                    continue
            name = ast.unparse(call.node.func)
            name = name if len(name) <= 60 else f"…{name[-50:]}"
            yield Hit(place, f"`{name}` waits for {call.provider} {_how_long(call)}: set a timeout and bounded retries")


def _is_bounded(call: ModelCall) -> bool:
    if call.told.get("bounded") or call.told.get("waits") is False:
        return True
    return call.sets(call.waits) or not call.waits


def _how_long(call: ModelCall) -> str:
    return (
        "ten minutes a try" if call.provider in ("OpenAI", "Azure OpenAI", "Anthropic", "Groq") else "without a bound"
    )


def _is_switched(facts: Facts) -> bool:
    """Whether a timeout is set for all calls: `litellm.request_timeout = 30`."""
    switches = set(providers().told["switches"])
    for assigned in facts.nodes_of(ast.Assign):
        target = assigned.targets[0]
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            module = facts.naming.imports.get(target.value.id, "")
            if f"{module}.{target.attr}" in switches:
                return True
    return False
