"""JPS01 hardcoded-secret."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.typed_secrets import from_environment, typed_secrets


class HardcodedSecret(Rule):
    code = "JPS01"
    slug = "hardcoded-secret"
    severity = "error"
    step = 2
    title = "A key, token or password in the notebook"
    what = """
    Finds literal secrets in code, comments, magics and Markdown: by the formats of well-known providers, and by the
    name that holds them (`password`, `api_key`, `X-Api-Key`, a keyword, a key of a dictionary, an environment
    variable). Placeholders, patterns, paths to secrets and the special tokens of a tokenizer are none. A password
    inside an address is credentials-in-url.
    """
    why = """
    Whoever reads the notebook has the key: everybody with access to the repository, its history, its backups. It
    can't be changed without changing code, and it is the same in test and production.
    """
    bad = (
        """
        import requests
        session = requests.Session()
        session.headers["X-Api-Key"] = "6f1e2d3c4b5a69788796a5b4c3d2e1f0"  # JPS01
        """,
        """
        %env REVIEWS_API_KEY=rv-4f1c0b7a9d2e4f1c0b7a9d2e  # JPS01
        """,
        """
        # %% [markdown]
        DB user for the pilot: `pilot_ro`, password = "Herbstlaub-2291"  # JPS01
        """,
        """
        import snowflake.connector
        flake = snowflake.connector.connect(user="bi", password="Kastanie_8812")  # JPS01
        """,
    )
    good = (
        """
        import os
        api_key = os.environ["REVIEWS_API_KEY"]
        headers = {"Authorization": f"Bearer {api_key}"}
        """,
        """
        password_rule = r"^(?=.*[0-9])[a-z]{12,}$"
        token_pattern = r"(?u)[a-z]+"
        api_key = "<your key>"
        etag = "d41d8cd98f00b204e9800998ecf8427e"
        """,
    )
    fix = "unsafe"
    fix_note = "Reads it from the environment."
    fixed = """
        import requests
        import os
        session = requests.Session()
        session.headers["X-Api-Key"] = os.environ["X_API_KEY"]  # JPS01
        """
    conversion = "yours"
    conversion_note = """
    Change the secret, it is known by now, and read the new one from the environment; conversion never copies it
    into `.env.example`.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for secret in typed_secrets(facts):
            if not secret.address:
                said = f"{secret.what} stands in the notebook: change it and read it from the environment"
                yield Hit(secret.place, said, fix=from_environment(secret, facts))
