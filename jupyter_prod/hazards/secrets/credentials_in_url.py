"""JPS08 credentials-in-url."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.typed_secrets import from_environment, typed_secrets


class CredentialsInUrl(Rule):
    code = "JPS08"
    slug = "credentials-in-url"
    severity = "error"
    step = 2
    title = "User and password in an address"
    what = """
    Finds addresses of databases and services that hold a password (`postgresql://user:password@host/db`), in code,
    magics and Markdown. Placeholders (`USER:PASSWORD`, `{user}:{password}`) are none.
    """
    why = """
    Addresses are logged, shown in error messages and kept in shell histories; the password travels with them. And
    the same address then can't serve test and production.
    """
    bad = (
        """
        from sqlalchemy import create_engine
        engine = create_engine("mysql+pymysql://pilot:Herbstlaub-2291@10.8.3.21/claims")  # JPS08
        """,
        """
        %sql postgresql://bi_pilot:Kastanie_8812@warehouse:5432/finance  # JPS08
        """,
    )
    good = (
        """
        import os
        from sqlalchemy import create_engine
        engine = create_engine(os.environ["WAREHOUSE_DSN"])
        """,
        """
        # %% [markdown]
        `WAREHOUSE_DSN` has the form `postgresql://USER:PASSWORD@HOST/finance`.
        """,
    )
    fix = "unsafe"
    fix_note = "Reads the address from the environment."
    fixed = """
        from sqlalchemy import create_engine
        import os
        engine = create_engine(os.environ["MYSQL_URL"])  # JPS08
        """
    conversion = "yours"
    conversion_note = """
    Change the password, it is known by now; the generated project reads the address from a setting that has no
    default.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for secret in typed_secrets(facts):
            if secret.address:
                said = "the address holds a password: change it and read the address from the environment"
                yield Hit(secret.place, said, fix=from_environment(secret, facts))
