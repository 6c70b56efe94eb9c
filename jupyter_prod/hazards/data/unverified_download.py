"""JPD03 unverified-download."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.commands import commands
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import texts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.sources import FILE, URL, sources
from jupyter_prod.patterns import lazy

_DOWNLOADS = frozenset(
    {
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        "urllib.urlretrieve",
        "urllib.urlopen",
        "urllib2.urlopen",
        "wget.download",
        "gdown.download",
        "keras.utils.get_file",
        "tensorflow.keras.utils.get_file",
        "tf_keras.utils.get_file",
        "torchvision.datasets.utils.download_url",
        "torchvision.datasets.utils.download_and_extract_archive",
        "torch.hub.download_url_to_file",
        "pooch.retrieve",
        "fsspec.open",
    }
)
_GETS = frozenset({"get", "stream", "urlopen", "request", "post"})
_HASHED = frozenset({"known_hash", "file_hash", "md5_hash", "hash", "md5", "checksum", "sha256", "hash_prefix"})
_VERSIONED = lazy(
    r"(?<![0-9a-f])[0-9a-f]{7,64}(?![0-9a-f])(?<!\d{7})|[/@_-]v?\d+\.\d+(?:\.\d+)?(?=[/_-]|\.(?:csv|zip|tar|gz|json|parquet))|zenodo\.org/record|/releases/download/"
    r"|/refs/tags/|doi\.org/|versionId=|/ndownloader/files/\d+|[?&](?:sha|rev|revision|version)="
    r"|osf\.io/(?:download/)?\w{5}",
    re.IGNORECASE,
)
_MODEL = lazy(
    r"\.(?:pth?|onnx|caffemodel|prototxt|pb|ckpt|safetensors|bin|whl|deb|sh|py|ipynb|exe|png|jpe?g|gif|svg|ttf|otf|woff2?)$",
    re.IGNORECASE,
)
_FETCH_LINE = lazy(r"(?:^|[!;&|]|\s)(?:wget|curl|aria2c|gdown)\s")
_LINE_URL = lazy(r"(?:https?|ftp)://[^\s'\"]+")


class UnverifiedDownload(Rule):
    code = "JPD03"
    slug = "unverified-download"
    severity = "warning"
    step = 2
    title = "Data downloaded without a version or checksum"
    what = """
    Finds data files and archives that are read from a web address, in code and in shell lines, where neither the
    address holds a version (a commit, a release, a record's number) nor a checksum is compared. Calls of a service
    whose answer isn't read as a file are none.
    """
    why = """
    What lies behind the address can change or vanish any day. Then the same notebook gives another model, or none, and
    nobody can say which rows an old result came from.
    """
    bad = (
        """
        import pandas as pd
        fx = pd.read_csv("https://rates.example.org/eurofxref-daily.csv")  # JPD03
        """,
        """
        import io
        import pandas as pd
        import requests
        url = "https://opendata.gridweather.example/latest.csv"
        answer = requests.get(url, timeout=10)  # JPD03
        weather = pd.read_csv(io.StringIO(answer.text))
        """,
        """
        !wget -q https://cityopendata.example/taxi/yellow_latest.csv  # JPD03
        """,
    )
    good = (
        """
        import pandas as pd
        import pooch
        path = pooch.retrieve(
            "https://opendata.gridweather.example/2023.csv",
            known_hash="sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        )
        weather = pd.read_csv(path)
        """,
        """
        import pandas as pd
        flowers = pd.read_csv("https://raw.githubusercontent.com/org/data/6cdc0aad91f5ae2e6712e91bc7b65d1cf5c05411/iris.csv")
        """,
        """
        import requests
        state = requests.get("https://portal.example.org/state", timeout=10).json()["state"]
        """,
    )
    conversion = "yours"
    conversion_note = """
    The address becomes a setting, and what it gave when the project was made is kept beside it for the proof. Store a
    copy that you own, or compare a checksum.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if next(facts.methods("sha256", "sha1", "sha512", "md5", "blake2b", "file_digest"), None) is not None:
            return
        reported: set[int] = set()
        for call, address in _downloads(facts):
            place = facts.place(call)
            if id(call) not in reported and place is not None and _is_open(address):
                reported.add(id(call))
                yield Hit(place, _message(address))
        for line in commands(facts):
            found = _LINE_URL.search(line.text) if "://" in line.text else None
            if (
                found is not None
                and _FETCH_LINE.search(f" {line.text}")
                and _is_open(found[0])
                and "sum" not in line.text
            ):
                yield Hit(facts.line(line.cell, line.row), _message(found[0]))


def _downloads(facts: Facts) -> Iterator[tuple[ast.Call, str]]:
    for source in sources(facts):
        address = source.text or next((str(n.value) for n in source.literals if URL.match(str(n.value))), "")
        if URL.match(address):
            yield source.call, address
    for call in facts.calls_of(*_DOWNLOADS):
        if not any(k.arg in _HASHED and not _is_none(k.value) for k in call.keywords):
            file = "urlopen" not in facts.qualified(call.func) or _becomes_rows(call, facts)
            for argument in [*call.args[:2], *(k.value for k in call.keywords if k.arg in ("url", "origin", "id"))]:
                address = _address(argument, facts)
                if address and (file or FILE.search(address)):
                    yield call, address
                    break
    for call in facts.methods(*_GETS):
        name = facts.qualified(call.func)
        if name.startswith(("requests.", "httpx.", "urllib3.")) and call.args:
            address = _address(call.args[0], facts)
            if address and (_is_file(address) or _becomes_rows(call, facts)):
                yield call, address


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _address(node: ast.expr, facts: Facts) -> str:
    """The address that an expression is, as far as it is known."""
    value = facts.value(node)
    if value is None:
        return (
            node.value
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and URL.match(node.value)
            else ""
        )
    known = [t for t in texts(value) if URL.match(t)]
    if known:
        return min(known)
    if value.axis or value.origin:
        return ""
    for step in facts.flow.back(value, stop=lambda v: bool(v.axis or v.origin)):
        made = step.value.made
        if isinstance(made, ast.Constant) and isinstance(made.value, str) and URL.match(made.value):
            return made.value
    return ""


def _is_file(address: str) -> bool:
    path = address.split("?")[0].split("#")[0]
    return FILE.search(path) is not None and not re.search(r"\.(?:html?|pdf)$", path, re.IGNORECASE)


def _becomes_rows(call: ast.Call, facts: Facts) -> bool:
    """Whether the answer is read as a file: its text or bytes reach a reader of tables."""
    for reader in facts.methods(
        "read_csv", "read_excel", "read_table", "read_parquet", "ZipFile", "read_json", "read_html"
    ):
        value = facts.value(reader.args[0]) if reader.args else None
        if value is not None and any(
            s.value.made is call for s in facts.flow.back(value, stop=lambda v: v.made is call)
        ):
            return True
    return False


def _is_open(address: str) -> bool:
    path = address.split("?")[0].split("#")[0]
    return _VERSIONED.search(address) is None and _MODEL.search(path) is None


def _message(address: str) -> str:
    return f"{address.split('?')[0][:70]} may hold other rows tomorrow: name a version, or compare a checksum"
