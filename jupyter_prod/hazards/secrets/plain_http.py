"""JPS12 plain-http."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.commands import commands
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import touches_files
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_PLAIN = lazy(r"(?:http|ws|ftp)://(?P<host>\[[0-9a-f:]+\]|[\w.-]+)", re.IGNORECASE)
_BEGINS = lazy(r"\s*(?:http|ws|ftp)://", re.IGNORECASE)
_LOOPBACK = lazy(r"(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|host\.docker\.internal)\.?$", re.IGNORECASE)
_NAMESPACE = lazy(
    r"(?:^|\.)(?:w3\.org|purl\.org|xmlns\.com|schema\.org|schemas\.\S+|opengis\.net|dublincore\.org|openarchives\.org|dbpedia\.org"
    r"|rdfs\.org|ogp\.me|sitemaps\.org)$",
    re.IGNORECASE,
)
_NETWORK = (
    "requests.",
    "httpx.",
    "urllib.",
    "urllib2.",
    "urllib3.",
    "aiohttp.",
    "wget.",
    "websocket",
    "mlflow.set_",
    "ftplib.",
    "feedparser.",
    "opendatasets.",
    "gdown.",
)
_FETCHES = frozenset(
    """urlopen urlretrieve Request get_file download download_url download_and_extract_archive retrieve load_dataset
        SPARQLWrapper Elasticsearch QdrantClient InfluxDBClient WebDriver Remote OpenAI Client Session
    """.split()
)
_SESSION = frozenset("get post put patch delete head request".split())
_KEYWORDS = frozenset(
    """url uri base_url api_base endpoint endpoint_url host hosts server tracking_uri proxy origin source_url data_url
    """.split()
)
_SHOWS = ("builtins.print", "IPython.", "matplotlib.", "logging.", "re.", "networkx.", "rdflib.")
_COMMAND = lazy(r"\b(?:wget|curl|aria2c|pip3?|git|http)\b")


class PlainHttp(Rule):
    code = "JPS12"
    slug = "plain-http"
    severity = "warning"
    step = 2
    title = "Data or a service fetched over plain http"
    what = """
    Finds `http://` addresses that data are read from or a service is called at, in calls, in shell lines, and where the
    address is held or joined first. Loopback addresses, XML namespaces, and links that are only shown are none.
    """
    why = """
    Without TLS anybody on the way reads the answer and can change it: the training data, the prices, the token in the
    header. Company networks and clouds block it more and more, and then the job stops.
    """
    bad = (
        """
        import requests
        BASE = "http://opendata.gridweather.example"  # JPS12
        answer = requests.get(BASE + "/latest.csv", timeout=10)
        """,
        """
        import pandas as pd
        stops = pd.read_json("http://10.44.0.8:8080/stops")  # JPS12
        """,
        """
        !wget -q http://cityopendata.example/taxi/yellow.csv  # JPS12
        """,
    )
    good = (
        """
        import pandas as pd
        stops = pd.read_json("https://stops.example/v1/stops")
        local = pd.read_json("http://localhost:8080/stops")
        """,
        """
        import xml.etree.ElementTree as ET
        spaces = {"gml": "http://www.opengis.net/gml"}
        tree = ET.parse("parcels.xml").findall("gml:Point", spaces)
        print("see http://docs.example/parcels")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The address becomes a setting with the notebook's value as its default: set it to the https address.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        suspects = {id(n): n for n in facts.nodes_of(ast.Constant) if _is_plain(n, facts)}
        reported: set[int] = set()
        for call in facts.calls if suspects else ():
            for argument in _addresses(call, facts):
                for literal in _behind(argument, facts, suspects):
                    place = facts.place(literal)
                    if id(literal) not in reported and place is not None:
                        reported.add(id(literal))
                        yield Hit(place, _message(str(literal.value)))
        for line in commands(facts):
            found = _PLAIN.search(line.text) if "://" in line.text else None
            if found is not None and _is_far(found["host"]) and _COMMAND.search(line.text):
                yield Hit(facts.line(line.cell, line.row), _message(line.text[found.start() :]))


def _is_plain(node: ast.Constant, facts: Facts) -> bool:
    text = node.value
    if not isinstance(text, str) or "://" not in text[:12] or len(text) > 2000 or not _BEGINS.match(text):
        return False
    found = _PLAIN.match(text.strip())
    if found is not None:
        return _is_far(found["host"])
    return False


def _is_far(host: str) -> bool:
    return not _LOOPBACK.match(host) and not _NAMESPACE.search(host) and ("." in host or "[" in host or len(host) > 2)


def _addresses(call: ast.Call, facts: Facts) -> Iterator[ast.expr]:
    """The arguments of a call that are addresses which are opened."""
    name = facts.qualified(call.func)
    if name.startswith(_SHOWS):
        return
    last = name.rsplit(".", 1)[-1]
    opens = name.startswith(_NETWORK) or last in _FETCHES or touches_files(name)
    if not opens and last in _SESSION:  # a session's get, no dictionary's
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        value = facts.value(owner)
        opens = value is None or value.kind not in ("dict", "frame", "series", "row")
    if opens:
        yield from call.args[:2]
    for keyword in call.keywords:
        if opens or keyword.arg in _KEYWORDS:
            yield keyword.value


def _behind(argument: ast.expr, facts: Facts, suspects: dict[int, ast.Constant]) -> Iterator[ast.Constant]:
    value = facts.value(argument)
    if value is None:
        for node in ast.walk(argument):
            if id(node) in suspects:
                yield suspects[id(node)]
            elif isinstance(node, ast.Name) and node.id in facts.program.names:
                yield from _sources(facts.program.names[node.id], facts, suspects)
    elif not value.axis:
        yield from _sources(value, facts, suspects)


def _sources(value: Value, facts: Facts, suspects: dict[int, ast.Constant]) -> Iterator[ast.Constant]:
    for step in facts.flow.back(value, stop=lambda v: bool(v.axis or v.origin)):
        if id(step.value.made) in suspects:
            yield suspects[id(step.value.made)]


def _message(address: str) -> str:
    shown = address.strip().split()[0][:60]
    return f"{shown} is fetched without TLS: what comes can be read and changed on the way, use https"
