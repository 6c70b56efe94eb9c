"""What a secret looks like: token formats, names that say so, addresses with a password; and what is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.patterns import Lazy, lazy

LONGEST = 20_000
"""Longer lines hold pictures and data, no secrets that a person typed."""

_FORMATS = (
    ("an AWS access key", ("AKIA", "ASIA", "ABIA", "ACCA"), r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"),
    (
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b",
    ),
    ("a GitLab token", ("glpat-",), r"\bglpat-[\w-]{20,}"),
    ("a Slack token", ("xox",), r"\bxox[abeoprs]-[\w-]{10,}"),
    ("a Slack token", ("hooks.slack.com",), r"hooks\.slack\.com/services/T\w+/B\w+/\w+"),
    ("a Stripe key", ("sk_live_", "sk_test_", "rk_live_", "rk_test_"), r"\b[rs]k_(?:live|test)_[0-9a-zA-Z]{16,}"),
    (
        "a provider's API key",
        ("sk-",),
        r"\bsk-(?=[\w-]*\d)(?=[\w-]*[A-Z])(?:[a-z]{2,10}\d{0,2}-)*[A-Za-z0-9_-]{20,}",
    ),
    (
        "a Google API key",
        ("AIza", "GOCSPX-", "ya29."),
        r"\bAIza[0-9A-Za-z_-]{35}\b|\bGOCSPX-[\w-]{20,}|\bya29\.[\w-]{20,}",
    ),
    ("a Hugging Face token", ("hf_",), r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("a web token", ("eyJ",), r"\beyJ[\w-]{10,}\.eyJ[\w-]{8,}\.[\w-]{10,}"),
    ("a private key", ("-----BEGIN",), r"-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----"),
    ("a SendGrid key", ("SG.",), r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ("a Twilio key", ("SK",), r"\bSK[0-9a-f]{32}\b"),
    ("a package index token", ("npm_", "pypi-AgE"), r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{50,})\b"),
    ("a Databricks token", ("dapi",), r"\bdapi[0-9a-f]{32}\b"),
    ("a storage account key", ("AccountKey=",), r"\bAccountKey=[A-Za-z0-9+/=]{40,}"),
    ("a bot token", (":AA",), r"(?<=\d):AA[\w-]{32,34}\b"),
    (
        "an authorization header",
        ("Bearer ", "Basic "),
        r"\b(?:Bearer|Basic)\s+(?=[^\s\"']{0,2000}\d)[A-Za-z0-9._~+/-]{16,}=*",
    ),
)
"""What it is, texts of which it begins with one, and its form: looked for at those texts only."""

HINTS = tuple((what, hint, lazy(form)) for what, hints, form in _FORMATS for hint in hints)
SHORTEST = 15
"""No token is shorter."""

_MOST_PLACES = 200
_DIGITS = lazy(r"\d{8,10}$")

_ADDRESS = lazy(
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://(?P<user>[^\s:/@\"'<>{}$]{0,64}):(?P<password>[^\s/@\"'<>{}]{1,128})@[\w.\[-]"
)

_SAYS_SECRET = lazy(
    r"pass(?:word|wd|phrase|wort)|(?<![a-z])pwd?(?![a-z])|secret|api_?key|access_?key|account_?key|auth_?key|private_?key|encryption_?key|signing_?key"
    r"|subscription_?key|client_?key|token|credential|authorization|(?<![a-z])pat(?![a-z])",
)
_SAYS_OTHER = lazy(
    r"(?:url|uri|endpoint|path|file|filename|dir|folder|name|field|column|col|cols|columns|id|ids|hash|pattern|rule|rules|style|type|regex|policy|len|length"
    r"|env|var|header|prefix|suffix|label|hint|prompt|message|msg|error|count|size|limit|max|min|expiry|expires|ttl|index|idx|embedding|embeddings|counts|set|map"
    r"|list|text|texts|tokens|dict|freq|pos|tag|lemma|form|version|algorithm|required|enabled|vault|manager|scope|provider|kind|format|strength|words|parallelism|sha\d*|md5|digest|fingerprint|checksum)$"
)
_PLACEHOLDER = lazy(
    r"^(?:|\W+|x+|\*+|\.+|none|null|nil|true|false|todo|tbd|pass(?:word|wd|phrase)?|pwd?|user(?:name)?|secret\w*|token|key|my[_-].*|your.*|change.?me|placeholder|dummy|example"
    r"|sample|redacted|removed|hidden|string|str|value|default|empty|\w*(?:key|token|password|secret)_?here|insert.*|enter.*|put.*|fill.*|api.?key|access.?token)$",
    re.IGNORECASE,
)
_TEMPLATE = lazy(r"<[^<>]*>|\$\{?\w|\{[^{}]*\}|%\(\w+\)s|\[[^\[\]]*\]$|\.\.\.|…")
_SHOUTED = lazy(r"^[A-Z][A-Z0-9_]*$")


@dataclass(frozen=True)
class Secret:
    """A secret in a text: the characters from `start` to `end`, what it is, and its value."""

    start: int
    end: int
    what: str
    value: str


def formatted(text: str) -> Iterator[Secret]:
    """Tokens that their format gives away."""
    if len(text) < SHORTEST:
        return
    for what, hint, form in HINTS:
        if hint in text:
            yield from _of_format(text, what, hint, form)


def _of_format(text: str, what: str, hint: str, form: Lazy) -> Iterator[Secret]:
    start = text.find(hint)
    for _ in range(_MOST_PLACES):
        if start < 0:
            return
        found = form.match(text, start)
        digits = _DIGITS.search(text, max(0, start - 10), start) if found is not None and hint == ":AA" else None
        if found is not None and (hint != ":AA" or digits is not None):
            begin = digits.start() if digits is not None else found.start()
            whole = text[begin : found.end()]
            value = whole.split(None, 1)[-1] if what == "an authorization header" else whole
            if not is_placeholder(value):
                yield Secret(begin, found.end(), what, value)
        start = text.find(hint, start + len(hint))


def addresses(text: str) -> Iterator[Secret]:
    """Passwords in addresses: `postgresql://user:password@host`."""
    if "@" not in text:
        return
    start = text.find("://")
    for _ in range(_MOST_PLACES):
        if start < 0:
            return
        at = text.find("@", start, start + 200)
        found = _ADDRESS.search(text, max(0, start - 31), at + 4) if at > 0 else None
        if found is not None and not is_placeholder(found["password"]) and not _SHOUTED.match(found["password"]):
            yield Secret(found.start(), found.end(), "a password in an address", found["password"])
        start = text.find("://", max(start + 3, found.end() if found is not None else 0))


def in_query(text: str) -> Iterator[Secret]:
    """Keys in the query of an address: `https://maps.example/v1?api_key=…`."""
    if "://" not in text or "=" not in text:
        return
    for found in _QUERY.finditer(text):
        if says_secret(found["name"]) and is_secret_value(found["name"], found["value"]):
            yield Secret(found.start(), found.end(), f"the value of {found['name']}", found["value"])


def in_connection(text: str) -> Iterator[Secret]:
    """Passwords in connection strings of other forms: `SERVER=db;UID=sa;PWD=…`, `jdbc:…?user=sa&password=…`."""
    if _CONNECTION.search(text):
        for found in _CONNECTION_PASSWORD.finditer(text):
            if not is_placeholder(found["value"]) and not _SHOUTED.match(found["value"]):
                yield Secret(found.start(), found.end(), "a password in a connection string", found["value"])


_QUERY = lazy(r"[?&](?P<name>[\w.-]{2,40})=(?P<value>[^\s&#\"'<>{}$]{6,300})")
_CONNECTION = lazy(r"\b(?:SERVER|DRIVER|DATA SOURCE|UID|USER ID|HOST)\s*=|^jdbc:|\bhost=\S+.*\buser=", re.IGNORECASE)
_CONNECTION_PASSWORD = lazy(r"(?:^|[;&? ])(?:PWD|PASSWORD)\s*=\s*(?P<value>[^;&\s\"'{}$<>]{3,128})", re.IGNORECASE)
_OPTION = lazy(
    r"(?:\s-u|\s--user)[ =]?(?P<user>[\w.@-]{1,64}):(?P<pair>[^\s\"'{}$]{4,128})"
    r"|\bmysql\w*\b.*\s-p(?P<mysql>[^\s\"'{}$]{4,128})"
    r"|\s--(?:password|token|api-key|secret)[ =](?P<option>[^\s\"'{}$-][^\s\"'{}$]{3,128})"
)


def in_command(text: str) -> Iterator[Secret]:
    """Secrets among the options of a shell command: `curl -u user:password`, `mysql -pPASSWORD`, `--token …`."""
    for found in _OPTION.finditer(text):
        value = found["pair"] or found["mysql"] or found["option"]
        if not is_placeholder(value) and not _SHOUTED.match(value):
            yield Secret(found.start(), found.end(), "a password in a shell command", value)


def is_strong(name: str) -> bool:
    """Whether a name says secret beyond doubt: not `token` alone, which a text has as well as an account."""
    words = name.lower().replace("-", "_")
    return (
        says_secret(name)
        and re.search(r"pass|pwd|secret|api_?key|access|auth_|private|client|bearer|credential|account", words)
        is not None
    )


def says_secret(name: str) -> bool:
    """Whether a name says that it holds a secret: `X-Api-Key`, `DB_PASSWORD`; not `password_rule`, `token_url`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    return _SAYS_SECRET.search(words) is not None and _SAYS_OTHER.search(words.rstrip("_")) is None


def is_secret_value(name: str, value: str) -> bool:
    """Whether a text held under a name that says secret is one: no placeholder, no path, no word of a tokenizer."""
    if (
        len(value) < 4
        or len(value) > 4096
        or re.search(r"\s", value.strip())
        or is_placeholder(value)
        or _SHOUTED.match(value)
    ):
        return False
    if (
        value.startswith(("/", "./", "~", "http://", "https://", "env:", "vault:", "arn:", "(?", "^", "projects/"))
        or "\\" in value
    ):
        return False
    if re.sub(r"\W|_", "", value).lower() == re.sub(r"\W|_", "", name).lower():
        return False
    words = name.lower().replace("-", "_")
    if re.search(r"pass|pwd|(?<![a-z])pw(?![a-z])", words):
        return True
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))
    return len(value) >= 8 and (mixed or len(value) >= 24) and re.fullmatch(r"[\w.~+/=:@!#$%^&*-]+", value) is not None


def is_placeholder(value: str) -> bool:
    """Whether a text only stands where a secret would: `<password>`, `YOUR_KEY`, `****`, `${TOKEN}`."""
    bare = value.strip().strip("\"'`")
    return bool(_PLACEHOLDER.match(bare) or _TEMPLATE.search(bare)) or len(set(bare)) <= 2


_WORDS = ("pass", "pwd", "secret", "token", "key", "credential", "auth")
_IS_GIVEN = lazy(r"[\w.\-]{0,40}[\"'`]?\]?\s{0,8}(?:=>|=|:(?!:)|is\b)\s{0,8}[rbuf]?[\"'`]")


def said_near(lower: str) -> Iterator[int]:
    """Where a word stands that a name of a secret holds, and a quoted value after it: at most fifty places a word."""
    for word in _WORDS:
        start = lower.find(word)
        for _ in range(50):
            if start < 0:
                break
            if _IS_GIVEN.match(lower, start) is not None:
                yield start
            start = lower.find(word, start + len(word))


_WRITTEN = lazy(
    r"""(?P<name>[\w.\-]{2,60})["'`]?\]?\s*(?:=|:(?!:)|=>|\bis\b)\s*(?:[rbuf]?(?P<quote>["'`])(?P<quoted>[^"'`\n]{4,300})(?P=quote)|(?P<bare>[^\s"'`<>{}()\[\],;]{6,200}))"""
)


def written(text: str, bare: bool = False) -> Iterator[Secret]:
    """Secrets that are written after a name in prose, in a magic or in an output: `password = "…"`, `'token': '…'`.

    With `bare`, also without quotes (`%env API_KEY=…`), where the value holds digits.
    """
    for found in _WRITTEN.finditer(text):
        name, value = found["name"], found["quoted"] or found["bare"] or ""
        if found["quoted"] is None and not (bare and re.search(r"\d", value)):
            continue
        if says_secret(name) and is_secret_value(name, value.strip()):
            yield Secret(found.start(), found.end(), f"the value of {name}", value.strip())
