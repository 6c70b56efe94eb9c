"""JPE09 hardcoded-host."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.literals import to_parameter
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.rule import Fix, Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_IP = r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HOST = lazy(rf"(?:localhost|{_IP})(?::\d{{2,5}})?")
_URL = lazy(rf"[a-z][a-z0-9+.]{{1,30}}://(?:[^\s/@]{{0,120}}@)?(?P<host>localhost|{_IP})(?::\d{{1,5}})?(?:[/?][^\s]*)?")
_BUCKET = lazy(r"(?:s3|s3a|s3n|gs|gcs|wasbs?|abfss?|oss|cos)://[A-Za-z0-9][\w.@-]*(?:/[^\s]*)?")
_IN_SHELL = lazy(r"(?:^|\s|['\"=])(?P<bucket>(?:s3|gs|wasbs?|abfss?)://[A-Za-z0-9][\w.-]+)")
_NOWHERE = ("0.0.0.0", "255.255.255.255")
_HOST_KEYWORDS = frozenset(
    """host hostname server address addr url uri endpoint endpoint_url base_url hosts bootstrap_servers broker ip
        server_hostname tracking_uri api_base dsn proxy cluster contact_points
    """.split()
)
_BUCKET_KEYWORDS = frozenset({"Bucket", "bucket", "bucket_name", "container_name"})
_BUCKET_METHODS = frozenset({"bucket", "get_bucket", "Bucket", "get_container_client", "lookup_bucket"})
_CONNECTS = lazy(
    r"connect|create_connection|SMTP(?:_SSL)?|FTP(?:_TLS)?|IMAP4(?:_SSL)?|HTTPS?Connection|\w*Client|\w*Redis|Cluster|Elasticsearch|Telnet"
)
_SERVES = frozenset({"run", "launch", "serve", "run_simple", "bind", "run_server", "start_server"})
_SPEAKS = frozenset(
    """print info debug warning error display match search fullmatch sub findall startswith endswith split replace
        strip append add getenv setdefault pop
    """.split()
)
_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv", "os.environ.setdefault", "environ.get"})


class HardcodedHost(Rule):
    code = "JPE09"
    slug = "hardcoded-host"
    severity = "warning"
    step = 2
    title = "The address of one machine or one bucket"
    what = """
    Finds services named by an IP address or as `localhost`, and buckets, as literals: in URLs and connection strings,
    as `host=` of a connect, in shell lines. An ordinary domain name is none; nor is a default of `os.environ.get`, a
    value in a `parameters` cell, or the address that a server listens on.
    """
    why = """
    Development, test and production have different machines and buckets. What is typed in reads the author's test
    server in production, or worse: a test run writes to the production bucket. `localhost` in a container is the
    container itself.
    """
    bad = (
        """
        import psycopg2
        con = psycopg2.connect(host="10.8.3.21", port=5432, dbname="claims")  # JPE09
        """,
        """
        import requests
        route = "http://localhost:5001/route"  # JPE09
        # %%
        answer = requests.get(route, timeout=5).json()
        """,
        """
        import pandas as pd
        export = "s3://finance-mart/margins/latest.parquet"  # JPE09
        margins = pd.read_parquet(export)
        """,
        """
        depot = "KAS"
        !aws s3 cp s3://telematics-prod/{depot}/pings.parquet cache/  # JPE09
        """,
    )
    good = (
        """
        import os
        import psycopg2
        con = psycopg2.connect(host=os.environ["CLAIMS_HOST"], dbname="claims")
        url = os.environ.get("ROUTE_URL", "http://localhost:5001/route")
        """,
        """
        import requests
        page = requests.get("https://rates.example.org/latest", timeout=5)
        version = "10.4.0.12"
        print("see http://localhost:8888")
        """,
        """
        from flask import Flask
        app = Flask("eta")
        app.run(host="0.0.0.0", port=8080)
        """,
    )
    fixed = """
    # %% [parameters]
    SERVICE_HOST = "10.8.3.21"
    # %%
    import psycopg2
    con = psycopg2.connect(host=SERVICE_HOST, port=5432, dbname="claims")  # JPE09
    """
    fix = "unsafe"
    fix_note = "Moves the address to a parameter."
    conversion = "resolved"
    conversion_note = """
    Addresses of inputs become settings with the notebook's value as default; the deployment gives its own.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        suspects = {id(n): n for n in facts.nodes_of(ast.Constant) if isinstance(n.value, str) and _suspicious(n.value)}
        reported: set[int] = set()
        if suspects:
            for call in facts.calls:
                yield from self._of(call, facts, suspects, reported)
        for call in facts.calls if _names_buckets(facts) else ():
            for literal in _buckets(call, facts):
                if id(literal) not in reported:
                    reported.add(id(literal))
                    yield from _hit(literal, facts, f"bucket {literal.value!r}", "BUCKET")
        for magic in facts.magics():
            found = _IN_SHELL.search(magic.text[:2000]) if magic.name != "?" else None
            if found and "://" in magic.text:
                place = facts.line(magic.cell, magic.line)
                yield Hit(place, f"`{found['bucket']}` is named in the shell line: make the bucket a parameter")

    def _of(self, call: ast.Call, facts: Facts, suspects: _Suspects, reported: set[int]) -> Iterator[Hit]:
        name = facts.qualified(call.func)
        last = name.rsplit(".", 1)[-1]
        if last in _SPEAKS or last in _SERVES or name in _ENVIRONMENT or name.startswith("re."):
            return
        keywords = [(k.arg or "", k.value) for k in call.keywords]
        for keyword, argument in [*(("", a) for a in call.args), *keywords]:
            for literal in _literals(argument, facts, suspects):
                if id(literal) in reported or not _meant(str(literal.value), keyword, last):
                    continue
                if _is_default(literal, facts):
                    continue
                reported.add(id(literal))
                text = str(literal.value)
                kind = "BUCKET_URL" if _BUCKET.fullmatch(text) else "SERVICE_URL" if "://" in text else "SERVICE_HOST"
                yield from _hit(literal, facts, _shown(text), kind)


_Suspects = dict[int, ast.Constant]


def _hit(literal: ast.Constant, facts: Facts, shown: str, name: str) -> Iterator[Hit]:
    place = facts.place(literal)
    statement = facts.statement(literal)
    if place is None or (statement is not None and "parameters" in statement.tags):
        return
    moved = to_parameter(facts, literal, name)
    fix = Fix("unsafe", f"Move {shown} to a parameter", (moved[0],), parameters=(moved[1],)) if moved else None
    yield Hit(place, f"{shown} is one machine's or one bucket's address: make it a parameter", fix=fix)


def _suspicious(text: str) -> bool:
    if len(text) > 300 or ("://" not in text and "." not in text and "localhost" not in text):
        return False
    found = _URL.fullmatch(text)
    if found:
        return found["host"] not in _NOWHERE
    if _HOST.fullmatch(text):
        return text.split(":")[0] not in _NOWHERE
    return _BUCKET.fullmatch(text) is not None or (text.endswith("://localhost:") or text.endswith("://localhost"))


def _meant(text: str, keyword: str, last: str) -> bool:
    """Whether a text of this form is an address in this place: a bare host only where a host belongs."""
    if "://" in text:
        return True
    return keyword in _HOST_KEYWORDS or (not keyword and _CONNECTS.fullmatch(last) is not None)


def _literals(argument: ast.expr, facts: Facts, suspects: _Suspects) -> Iterator[ast.Constant]:
    if isinstance(argument, ast.Constant):
        if id(argument) in suspects:
            yield suspects[id(argument)]
        return
    value = facts.value(argument)
    if value is None:
        for node in ast.walk(argument):
            if id(node) in suspects:
                yield suspects[id(node)]
            elif isinstance(node, ast.Name) and node.id in facts.program.names:
                yield from _behind(facts.program.names[node.id], facts, suspects)
    elif not value.axis and value.kind not in ("frame", "estimator", "figure"):
        yield from _behind(value, facts, suspects)


def _behind(value: Value, facts: Facts, suspects: _Suspects) -> Iterator[ast.Constant]:
    if value.axis or value.kind in ("frame", "estimator", "figure", "module", "function", "class"):
        return
    for step in facts.flow.back(value, stop=lambda v: bool(v.axis or v.origin) or isinstance(v.made, ast.Call)):
        if id(step.value.made) in suspects:
            yield suspects[id(step.value.made)]


def _is_default(literal: ast.Constant, facts: Facts) -> bool:
    """Whether the environment may say otherwise: `os.environ.get(…, literal)`, `os.getenv(…) or literal`."""
    above = facts.parent(literal)
    if isinstance(above, ast.Call) and facts.qualified(above.func) in _ENVIRONMENT:
        return True
    return isinstance(above, ast.BoolOp) and isinstance(above.op, ast.Or) and above.values[0] is not literal


def _names_buckets(facts: Facts) -> bool:
    return any(
        name.split(".")[0] in ("boto3", "google", "s3fs", "gcsfs", "azure", "minio", "sagemaker")
        for name in facts.naming.imports.values()
    )


def _buckets(call: ast.Call, facts: Facts) -> Iterator[ast.Constant]:
    last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    named = [v for k, v in given(call).items() if k in _BUCKET_KEYWORDS]
    for node in [*named, *(call.args[:1] if last in _BUCKET_METHODS else ())]:
        if isinstance(node, ast.Constant):
            literal: ast.AST | None = node
        else:
            value = facts.value(node)
            if value is None and isinstance(node, ast.Name):
                value = facts.program.names.get(node.id)
            literal = value.made if value is not None else None
        if isinstance(literal, ast.Constant) and isinstance(literal.value, str) and literal.value.strip():
            yield literal


def _shown(text: str) -> str:
    hidden = re.sub(r"://[^\s/@]*@", "://…@", text)
    return repr(hidden if len(hidden) <= 60 else hidden[:57] + "…")
