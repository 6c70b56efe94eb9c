"""The JSON Schemas of what others may read: in comes nothing, out come files.

`conversion.schema.json` is the form of the `conversion.json` in each project. Its `schema` number changes with whatever
a reader of the old form would stumble over.
"""

from __future__ import annotations

from pathlib import Path

CONVERSION = Path(__file__).parent / "conversion.schema.json"
