"""JPS13 undocumented-source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_prod.charter import Charter, says
from jupyter_prod.hazards.charter_rule import EXAMPLE
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import path_of, texts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Read

_ASKED = (
    ("an owner", ("owner",)),
    ("an approval", ("approval", "approved_by")),
    ("a privacy class", ("classification", "privacy", "privacy_class", "class")),
)


class UndocumentedSource(Rule):
    code = "JPS13"
    slug = "undocumented-source"
    severity = "warning"
    step = 2
    title = "A data source is missing in the charter"
    what = """
    Finds data that the notebook reads and that the charter beside it doesn't list under `data_sources`, or lists
    without
    owner, approval or privacy class. A source is known by its file's name, with or without ending, or by an entry
    `path`.
    Without a charter, JPO01 speaks.
    """
    why = """
    Nobody can say whether the data may be used for this, who to ask when a column changes, or what has to be
    deleted when
    a person asks for it.
    """
    bad = (
        """
        import pandas as pd
        rows = pd.read_csv("rows.csv")
        shops = pd.read_csv("shops.csv")  # JPS13
        # %% [file] charter.yaml
        data_sources:
          rows: {owner: CRM team, approval: Cem Example, classification: internal}
        """,
        """
        import pandas as pd
        rows = pd.read_csv("rows.csv")  # JPS13
        # %% [file] charter.yaml
        data_sources:
          rows: {owner: CRM team, approval: OPEN, classification: internal}
        """,
    )
    good = (
        """
        import pandas as pd
        rows = pd.read_csv("data/rows.csv")
        # %% [file] charter.yaml
        data_sources:
          rows.csv: {owner: CRM team, approval: Cem Example, classification: internal}
        """,
        EXAMPLE
        + """
data_sources:
  people: {path: rows.csv, owner: CRM team, approval: Cem Example, classification: personal}
""",
    )
    conversion = "yours"
    conversion_note = "The project's charter lists each input, with owner, approval and class marked OPEN."

    def check(self, facts: Facts) -> Iterator[Hit]:
        charter = facts.project.charter if facts.project is not None else None
        if charter is None or charter.error:
            return
        seen: set[str] = set()
        for event in facts.program.of(Read):
            path = path_of(event.node)
            value = facts.value(path)
            named = sorted(texts(value)) if value is not None else []
            place = facts.place(event.node)
            if not named or place is None or named[0] in seen:
                continue
            seen.add(named[0])
            said = _gap(named[0], charter)
            if said:
                yield Hit(place, said)


def _gap(path: str, charter: Charter) -> str:
    """What the charter doesn't say of a source; empty where it says all."""
    for name, told in charter.sources.items():
        if _key(name) in _keys(path) or (isinstance(told.get("path"), str) and _key(str(told["path"])) in _keys(path)):
            missing = [what for what, keys in _ASKED if not any(says(told.get(key)) for key in keys)]
            return f"charter.yaml lists {name!r} without {', '.join(missing)}" if missing else ""
    return f"charter.yaml doesn't list {path!r} among its data sources: name owner, approval and privacy class"


def _keys(path: str) -> set[str]:
    name = re.split(r"[/\\\\]", path)[-1]
    return {_key(path), _key(name), _key(name.rsplit(".", 1)[0])}


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
