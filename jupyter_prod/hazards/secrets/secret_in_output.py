"""JPS02 secret-in-output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.hazards.secret_text import addresses, formatted, written
from jupyter_prod.hazards.typed_secrets import typed_secrets
from jupyter_prod.notebook import Cell

MOST_CHARACTERS = 400_000
"""How much text of one output is looked at, half from its start and half from its end."""

_WORDS = ("pass", "pwd", "secret", "token", "key", "credential", "auth")


class SecretInOutput(Rule):
    code = "JPS02"
    slug = "secret-in-output"
    severity = "error"
    step = 2
    title = "A secret in a saved output"
    what = """
    Finds in saved outputs the secrets that the notebook's code holds, tokens in the formats of well-known
    providers, addresses with a password, and values printed under a name that says secret.
    """
    why = """
    The output is saved with the notebook, goes into version control with it and is shown by every viewer, also
    after the code has been cleaned.
    """
    bad = (
        """
        import os
        key = os.environ["MAPS_KEY"]
        print({"api_key": key})
        #> {'api_key': '6f1e2d3c4b5a69788796a5b4c3d2e1f0'}  # JPS02
        """,
        """
        print(engine.url)
        #> mysql://pilot:Herbstlaub-2291@10.8.3.21/claims  # JPS02
        """,
    )
    good = (
        """
        print(engine.url)
        #> mysql://pilot:***@10.8.3.21/claims
        """,
        """
        counts = tokens.value_counts()
        counts
        #> token
        #> the    4120
        """,
    )
    fix = "safe"
    fix_note = "Clears that output."
    conversion = "resolved"
    conversion_note = """
    Outputs are cleared from the notebook that the project keeps. The secret itself must be changed: it is known by
    now.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = {s.value for s in typed_secrets(facts) if len(s.value) >= 6}
        for cell in facts.notebook.cells:
            what = next((w for text in _texts(cell) if (w := _secret_in(text, known))), None)
            if what is not None:
                yield Hit(Place(cell.number), f"a saved output shows {what}: clear it, and change the secret")


def _secret_in(text: str, known: set[str]) -> str | None:
    if any(value in text for value in known):
        return "a secret that the code holds"
    found = next(addresses(text), None) or next(formatted(text), None)
    if found is not None:
        return found.what
    lower = text.lower()
    if not any(word in lower for word in _WORDS):
        return None
    for start in _near(lower):
        secret = next(written(text[max(0, start - 60) : start + 400]), None)
        if secret is not None:
            return secret.what
    return None


def _near(lower: str) -> Iterator[int]:
    """Where the words stand that a name of a secret holds: at most fifty places each, however long the output."""
    for word in _WORDS:
        start = lower.find(word)
        for _ in range(50):
            if start < 0:
                break
            yield start
            start = lower.find(word, start + 200)


def _texts(cell: Cell) -> Iterator[str]:
    """The texts that a cell's outputs show, cut where they are long."""
    for output in cell.outputs:
        for held in _held(output):
            text = "".join(part for part in held if isinstance(part, str)) if isinstance(held, list) else held
            if isinstance(text, str) and text:
                half = MOST_CHARACTERS // 2
                yield text if len(text) <= MOST_CHARACTERS else text[:half] + "\n" + text[-half:]


def _held(output: Mapping[str, Any]) -> Iterator[Any]:
    yield output.get("text")
    yield output.get("traceback")
    data = output.get("data")
    if isinstance(data, Mapping):
        for kind, held in data.items():
            if kind in ("text/plain", "text/html", "text/markdown", "text/latex"):
                yield held
