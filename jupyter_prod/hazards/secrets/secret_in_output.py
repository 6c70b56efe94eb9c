"""JPS02 secret-in-output."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.outputs import Shown, shown_texts
from jupyter_prod.hazards.rule import Fix, Hit, Place, Rule
from jupyter_prod.hazards.secret_text import addresses, formatted, said_near, written
from jupyter_prod.hazards.typed_secrets import typed_secrets


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
    fixed = """
        import os
        key = os.environ["MAPS_KEY"]
        print({"api_key": key})
        """
    conversion = "resolved"
    conversion_note = """
    Outputs are cleared from the notebook that the project keeps. The secret itself must be changed: it is known by
    now.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        shown = shown_texts(facts)
        known = {s.value for s in typed_secrets(facts) if len(s.value) >= 6} if shown else set()
        reported: set[int] = set()
        for output in shown:
            if output.cell in reported:
                continue
            what = _secret_in(output, known)
            if what is not None:
                reported.add(output.cell)
                fix = Fix("safe", "Clear the saved outputs of the cell", clears=(output.cell,))
                yield Hit(Place(output.cell), f"a saved output shows {what}: clear it, and change the secret", fix=fix)


def _secret_in(output: Shown, known: set[str]) -> str | None:
    text = output.text
    if any(value in text for value in known):
        return "a secret that the code holds"
    found = next(addresses(text), None) or next(formatted(text), None)
    if found is not None:
        return found.what
    for start in said_near(output.lower):
        secret = next(written(text[max(0, start - 60) : start + 400]), None)
        if secret is not None:
            return secret.what
    return None
