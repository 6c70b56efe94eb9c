"""JPE08 no-timeout."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.call_edits import added_keyword
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given, made_by
from jupyter_prod.hazards.rule import Fix, Hit, Rule

_VERBS = "get post put patch delete head options request".split()
_SESSIONS = (
    "requests.Session",
    "requests.session",
    "requests.sessions.Session",
    "requests_cache.CachedSession",
    "cloudscraper.create_scraper",
)

_CALLS: dict[str, tuple[str, ...]] = {
    **{f"requests.{verb}": ("timeout",) for verb in _VERBS},
    **{f"{session}.{verb}": ("timeout",) for session in _SESSIONS for verb in [*_VERBS, "send"]},
    **{f"{session}().{verb}": ("timeout",) for session in _SESSIONS for verb in [*_VERBS, "send"]},
    "urllib.request.urlopen": ("timeout",),
    "urllib2.urlopen": ("timeout",),
    "urllib.request.urlretrieve": (),
    "urllib.urlretrieve": (),
    "wget.download": (),
    "smtplib.SMTP": ("timeout",),
    "smtplib.SMTP_SSL": ("timeout",),
    "ftplib.FTP": ("timeout",),
    "ftplib.FTP_TLS": ("timeout",),
    "imaplib.IMAP4": ("timeout",),
    "imaplib.IMAP4_SSL": ("timeout",),
    "poplib.POP3": ("timeout",),
    "poplib.POP3_SSL": ("timeout",),
    "telnetlib.Telnet": ("timeout",),
    "http.client.HTTPConnection": ("timeout",),
    "http.client.HTTPSConnection": ("timeout",),
    "socket.create_connection": ("timeout",),
    "psycopg2.connect": ("connect_timeout",),
    "psycopg.connect": ("connect_timeout",),
    "MySQLdb.connect": ("connect_timeout",),
    "pyodbc.connect": ("timeout",),
    "redis.Redis": ("socket_timeout", "socket_connect_timeout"),
    "redis.StrictRedis": ("socket_timeout", "socket_connect_timeout"),
    "redis.from_url": ("socket_timeout", "socket_connect_timeout"),
    "redis.Redis.from_url": ("socket_timeout", "socket_connect_timeout"),
}
"""Calls that wait for ever by default → the keywords that bound them; none where the call has none."""

_PLACES = {
    "urllib.request.urlopen": 2,
    "smtplib.SMTP": 3,
    "socket.create_connection": 1,
    "http.client.HTTPConnection": 2,
    "ftplib.FTP": 4,
    "telnetlib.Telnet": 2,
}
"""Where the timeout stands among the positional arguments."""

_READERS = tuple(
    f"pandas.{name}" for name in "read_csv read_table read_json read_excel read_html read_xml read_parquet".split()
)


class NoTimeout(Rule):
    code = "JPE08"
    slug = "no-timeout"
    severity = "warning"
    step = 2
    title = "A call over the network that may wait for ever"
    what = """
    Finds HTTP requests, mail and file servers and database connects that have no timeout by default and are given
    none, `timeout=None`, and `pandas.read_*` of an address, which can't be given one. Clients with a default of their
    own (`httpx`, `aiohttp`, PyMySQL) are none, nor is a session with an adapter mounted.
    """
    why = """
    The other side needs to hang only once: the run never ends, holds its worker, and the next one queues behind it. No
    error is raised, so no alert is sent. With a timeout the call fails, is retried or reported.
    """
    bad = (
        """
        import requests
        rates = requests.get("https://rates.example.org/latest").json()  # JPE08
        """,
        """
        import requests as rq
        session = rq.Session()
        def push(rows):
            session.post("https://stock.example.org/rows", json=rows)  # JPE08
        push([1])
        """,
        """
        import pandas as pd
        base = "https://data.example.org/"
        trips = pd.read_csv(base + "trips-2024.csv")  # JPE08
        """,
        """
        import smtplib
        from urllib.request import urlopen
        page = urlopen("https://service.example.org/status").read()  # JPE08
        mail = smtplib.SMTP("mail.example.org", 25)  # JPE08
        """,
    )
    good = (
        """
        import requests
        from urllib.request import urlopen
        rates = requests.get("https://rates.example.org/latest", timeout=10).json()
        options = {"timeout": 10}
        more = requests.get("https://rates.example.org/2024", **options)
        page = urlopen("https://rates.example.org", None, 20).read()
        """,
        """
        import httpx
        import pandas as pd
        page = httpx.get("https://rates.example.org")
        rows = pd.read_csv("https-latencies.csv")
        found = {"a": 1}.get("a")
        """,
        """
        import io
        import pandas as pd
        import requests
        answer = requests.get("https://data.example.org/trips.csv", timeout=(5, 60))
        trips = pd.read_csv(io.StringIO(answer.text))
        """,
    )
    fixed = """
    import requests
    rates = requests.get("https://rates.example.org/latest", timeout=30).json()  # JPE08
    """
    fix = "unsafe"
    fix_note = "Adds `timeout=30`: what takes longer fails from then on."
    conversion = "yours"
    conversion_note = """
    The call is kept as it is. Choose the timeout that the run can bear, and what happens when it is reached.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        bounded = any(facts.calls_of("socket.setdefaulttimeout"))
        for name, keywords in _CALLS.items():
            for call in facts.calls_of(name):
                place = facts.place(call)
                if place is None or (bounded and not name.startswith("requests")) or _has_timeout(call, name, facts):
                    continue
                said = f"`{ast.unparse(call.func)[:60]}` waits for ever when the other side hangs"
                yield Hit(place, f"{said}: {_advice(keywords)}", fix=_fix(facts, call, keywords))
        for call in _of_own_sessions(facts):
            place = facts.place(call)
            if place is not None and not _has_timeout(call, "requests.Session", facts):
                said = f"`{ast.unparse(call.func)[:60]}` waits for ever when the other side hangs: give it a timeout"
                yield Hit(place, said, fix=_fix(facts, call, ("timeout",)))
        for call in () if bounded else facts.calls_of(*_READERS):
            place = facts.place(call)
            if place is not None and _is_address(call, facts):
                name = ast.unparse(call.func)[:60]
                yield Hit(place, f"`{name}` of an address has no timeout: fetch it with one, then read the answer")


def _advice(keywords: tuple[str, ...]) -> str:
    return f"give it `{keywords[0]}=`" if keywords else "it can't be given a timeout, use a client that can"


def _of_own_sessions(facts: Facts) -> Iterator[ast.Call]:
    """Calls of a session whose name is known only by what the notebook assigns to it."""
    if "requests" not in {name.split(".")[0] for name in facts.naming.imports.values()}:
        return
    for call in facts.methods(*_VERBS):
        if facts.qualified(call.func).startswith(".") and isinstance(call.func, ast.Attribute):
            made = [facts.qualified(m.func) for m in made_by(facts, call.func.value) if m is not call.func.value]
            if made and all(m in _SESSIONS for m in made):
                yield call


def _has_timeout(call: ast.Call, name: str, facts: Facts) -> bool:
    keywords = given(call)
    names = _CALLS.get(name, ("timeout",))
    for keyword in (*names, "timeout"):
        if keyword in keywords:
            value = keywords[keyword]
            return not (isinstance(value, ast.Constant) and value.value is None)
    if name in _PLACES and len(call.args) > _PLACES[name]:
        return True
    if any(isinstance(a, ast.Starred) for a in call.args) or _unpacks_timeout(keywords, names, facts):
        return True
    if name.endswith(".connect"):
        dsn = facts.value(call.args[0]) if call.args else None
        return dsn is not None and isinstance(dsn.const, str) and "timeout" in dsn.const.lower()
    if name.startswith(_SESSIONS) and isinstance(call.func, ast.Attribute):
        return _session_is_bounded(call.func.value, facts)
    return False


def _unpacks_timeout(keywords: dict[str, ast.expr], names: tuple[str, ...], facts: Facts) -> bool:
    """Whether `**options` may hold a timeout: yes unless all its keys are known."""
    if "**" not in keywords:
        return False
    value = facts.value(keywords["**"])
    if value is None or value.kind != "dict" or not value.keys:
        return True
    return any(key in names or not isinstance(key, str) for key in value.keys)


def _session_is_bounded(session: ast.expr, facts: Facts) -> bool:
    """Whether the notebook mounts an adapter or wraps `request`: where a session's timeout is set once."""
    if any(facts.methods("mount")):
        return True
    return any(
        isinstance(t, ast.Attribute) and t.attr in ("request", "send", "timeout")
        for assigned in facts.nodes_of(ast.Assign)
        for t in assigned.targets
        if isinstance(t, ast.Attribute) and ast.unparse(t.value) == ast.unparse(session)
    )


def _is_address(call: ast.Call, facts: Facts) -> bool:
    keywords = given(call)
    named = ("filepath_or_buffer", "io", "path_or_buf", "path", "path_or_buffer")
    source = next((keywords[k] for k in named if k in keywords), call.args[0] if call.args else None)
    if source is None or "storage_options" in keywords:
        return False
    return begins_as_address(source, facts)


def begins_as_address(node: ast.expr, facts: Facts, depth: int = 0) -> bool:
    """Whether a text starts with `http://`, `https://` or `ftp://`, as far as that is known."""
    for _ in range(20):
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            node = first.value if isinstance(first, ast.FormattedValue) else first
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            node = node.func.value
        else:
            break
    if isinstance(node, ast.Constant):
        return _http(node.value)
    value = facts.value(node)
    if value is None and isinstance(node, ast.Name):
        value = facts.program.names.get(node.id)
    if value is None:
        return False
    if value.known():
        return _http(value.const)
    made = value.made
    if isinstance(made, (ast.BinOp, ast.JoinedStr, ast.Call)) and depth < 10:
        return _is_text(made) and begins_as_address(made, facts, depth + 1)
    return False


def _is_text(node: ast.expr) -> bool:
    return not isinstance(node, ast.Call) or (isinstance(node.func, ast.Attribute) and node.func.attr == "format")


def _http(text: object) -> bool:
    return isinstance(text, str) and text.strip().lower().startswith(("http://", "https://", "ftp://"))


def _fix(facts: Facts, call: ast.Call, keywords: tuple[str, ...]) -> Fix | None:
    if not keywords or keywords[0] in given(call) or "**" in given(call):
        return None
    edit = added_keyword(facts, call, f"{keywords[0]}=30")
    return Fix("unsafe", f"Add `{keywords[0]}=30`", (edit,)) if edit is not None else None
