"""JPG06 unparsed-output."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.model_answers import parsings
from jupyter_prod.hazards.rule import Hit, Rule


class UnparsedOutput(Rule):
    code = "JPG06"
    slug = "unparsed-output"
    severity = "warning"
    step = 4
    title = "A model's text is trusted to have the agreed form"
    what = """
    Finds answers of a model that `json.loads`, `float`, `ast.literal_eval` or the like reads with neither a schema nor
    an error path. A `try` around it, a check of the result, structured output of the provider (`response_format`,
    `.parse`, `with_structured_output`) or a validated class are the cure; taking `choices[0]` is no parsing.
    """
    why = """
    Sooner or later the model writes "Here is the JSON:", leaves a bracket out or invents a key. Then the run stops at
    one row of ten thousand, or goes on with a value that nobody agreed on.
    """
    bad = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[], temperature=0)
        terms = json.loads(reply.choices[0].message.content)  # JPG06
        """,
        """
        import json
        import anthropic
        client = anthropic.Anthropic(timeout=30)
        def terms(text):
            reply = client.messages.create(model="claude-3-5-sonnet-20241022", max_tokens=300, messages=[text])
            body = reply.content[0].text
            return json.loads(body[body.index("{"):])  # JPG06
        """,
        """
        import litellm
        def rate(review):
            reply = litellm.completion("gpt-4o-2024-08-06", [{"role": "user", "content": review}], timeout=20)
            return reply.choices[0].message.content
        scores = [float(rate(r)) for r in ("good", "bad")]  # JPG06
        """,
    )
    good = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[], temperature=0)
        try:
            terms = json.loads(reply.choices[0].message.content)
        except json.JSONDecodeError:
            terms = None
        """,
        """
        import json
        import jsonschema
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.chat.completions.create(
            model="gpt-4o-2024-08-06", messages=[], response_format={"type": "json_schema", "json_schema": {}}
        )
        terms = json.loads(reply.choices[0].message.content)
        other = json.loads(open("terms.json").read())
        """,
        """
        from pydantic import BaseModel
        import anthropic
        class Terms(BaseModel):
            days: int
        client = anthropic.Anthropic(timeout=30)
        reply = client.messages.create(model="claude-3-5-sonnet-20241022", max_tokens=300, messages=[])
        terms = Terms.model_validate_json(reply.content[0].text)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The statement is kept as it is. Validate the answer against a class, and decide what a refused answer means.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for parsing in parsings(facts):
            place = facts.place(parsing.node)
            if place is not None and not parsing.guarded:
                yield Hit(
                    place,
                    f"`{parsing.name}` trusts the model's text: validate it, and handle what is refused",
                )
