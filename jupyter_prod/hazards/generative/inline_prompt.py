"""JPG11 inline-prompt."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.model_calls import uses_models
from jupyter_prod.hazards.pipeline import is_parameter
from jupyter_prod.hazards.prompts import is_instruction, prompted
from jupyter_prod.hazards.rule import Hit, Rule


class InlinePrompt(Rule):
    code = "JPG11"
    slug = "inline-prompt"
    severity = "info"
    step = 4
    title = "A prompt typed into the code"
    what = """
    Finds prompts that are literals in a cell: system texts, instructions joined with data, templates. A prompt read
    from a file or a registry is none.
    """
    why = """
    The prompt is half of the model's behaviour. In a cell it has no version that an evaluation could name, can't be
    reviewed by those who know the subject, and changes without anyone measuring what it did.
    """
    bad = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.responses.create(
            model="gpt-4o-2024-08-06",
            input="Write three short slogans for our bakery.",  # JPG11
        )
        """,
        """
        import anthropic
        client = anthropic.Anthropic(timeout=30)
        TASK = "You buy office supplies. Reply with JSON only."  # JPG11
        def ask(text):
            turns = [{"role": "user", "content": text}]
            return client.messages.create(model="claude-3-opus-20240229", max_tokens=9, system=TASK, messages=turns)
        """,
    )
    good = (
        """
        import os
        from pathlib import Path
        from openai import OpenAI
        client = OpenAI(timeout=30)
        task = Path(os.environ["PROMPT_FILE"]).read_text(encoding="utf-8")
        reply = client.responses.create(model="gpt-4o-2024-08-06", instructions=task, input="bread")
        """,
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        note = "This text is never sent to any model."
        print(note)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The literal is kept as it is. Put prompts into files of the project, with a version that the evaluation records.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts):
            return
        said: set[int] = set()
        for node in prompted(facts).values():
            if not is_instruction(node) or id(node) in said or is_parameter(node, facts):
                continue
            whole: ast.AST = node
            for above in facts.parents(node):
                if isinstance(above, (ast.JoinedStr, ast.BinOp)):
                    whole = above
                elif not isinstance(above, ast.FormattedValue):
                    break
            if id(whole) in said or _is_option(whole, facts):
                continue
            said |= {id(whole), id(node)} | {id(n) for n in ast.walk(whole)}
            place = facts.place(whole)
            if place is not None:
                yield Hit(place, "the prompt is typed into the cell: keep it in a versioned file")


def _is_option(node: ast.AST, facts: Facts) -> bool:
    """Whether a text says something about a tool, a key or a path instead of instructing."""
    above = facts.parent(node)
    return isinstance(above, ast.Dict) and any(k is node for k in above.keys)
