"""JPG09 personal-data-to-provider."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.model_calls import ModelCall, asking, asks_model, chats, model_calls, uses_models
from jupyter_prod.hazards.prompts import behind, is_untrusted
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_COLUMN = lazy(
    r"""(?:\w+_)?(?:e_?mail|phone|telephone|mobile|ssn|iban|passport|dob|birth_?date|date_of_birth|surname|last_?name|first_?name
        |full_?name|customer_?name|patient_?name|employee_?name|home_?address|private_?address|street_?address|postal_?address
        |national_?id|social_security\w*|credit_?card\w*|card_number|signatory|diagnosis)(?:_(?:address|number|no|nr))?s?""",
    re.VERBOSE | re.IGNORECASE,
)
_MAIL = lazy(r"[\w.+-]{1,64}@(?P<domain>[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})")
_RESERVED = lazy(r"(?:.*\.)?(?:example|test|invalid|localhost|domain|email|acme|company|foo|bar|xyz)(?:\.\w+)*")
_NOBODY = lazy(
    r"(?:john|jane)?[._-]?(?:doe|smith)@|(?:your|my|user|test|name|someone|info|support|noreply|no-reply|admin)[\w.-]*@"
)
_NUMBER = lazy(r"\b\d{3}-\d{2}-\d{4}\b|\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}\b")
_SELECT = lazy(r"\bselect\b(?P<what>.{1,500}?)\bfrom\b", re.IGNORECASE | re.DOTALL)
_ASKED = lazy(
    r"""e-?mail\saddress|phone\snumber|telephone|(?:private|home|postal|street)\saddress|dates?\sof\sbirth|birth\s?dates?|passport
      |social\ssecurity|national\sid|signator(?:y|ies)|patient(?:'s)?\sname|full\snames?|\biban\b|bank\saccount""",
    re.VERBOSE | re.IGNORECASE,
)
_ASKS = lazy(r"\b(?:extract|list|find|identify|name|return|collect|give|pull|get|retrieve)\b", re.IGNORECASE)
_CURES = lazy(r"anonymi|redact|mask|scrub|pseudonym|deidentif|de_identif|sanitiz|hash|encrypt")


class PersonalDataToProvider(Rule):
    code = "JPG09"
    slug = "personal-data-to-provider"
    severity = "error"
    step = 3
    title = "Personal data are sent to somebody else's model"
    what = """
    Finds names, addresses, phone numbers and the like in what an outside model is given: columns of that name, columns
    selected by a query, values in a typed text, and documents out of which the prompt asks for them. A model on this
    machine is none; redacted text is the cure.
    """
    why = """
    Sending personal data to a provider is a transfer to a third party: it needs a contract, a legal basis and often
    a place of processing, and it can't be taken back. Legal and security decide that, before the pilot is live.
    """
    bad = (
        """
        import pandas as pd
        from openai import OpenAI
        client = OpenAI(timeout=30)
        staff = pd.read_csv("staff.csv")
        for mail in staff["email"]:
            client.responses.create(model="gpt-4o-2024-08-06", input=f"Is this a private address? {mail}")  # JPG09
        """,
        """
        import sqlite3
        import litellm
        db = sqlite3.connect("orders.db")
        rows = db.execute("select full_name, phone from requesters").fetchall()
        prompt = "Who is likely to overspend?" + str(rows)
        verdict = litellm.completion("gpt-4o-2024-08-06", [{"role": "user", "content": prompt}], timeout=20)  # JPG09
        """,
        """
        import anthropic
        client = anthropic.Anthropic(timeout=30)
        def ask(text):
            turns = [{"role": "user", "content": text}]
            return client.messages.create(model="claude-3-5-sonnet-20241022", max_tokens=99, messages=turns)
        contract = open("contract.txt").read()
        terms = ask("Extract the signatories and their private addresses. " + contract)  # JPG09
        """,
    )
    good = (
        """
        import pandas as pd
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reviews = pd.read_csv("reviews.csv")
        for text in reviews["text"]:
            client.responses.create(model="gpt-4o-2024-08-06", input=f"Is this review friendly? {text}")
        print(reviews["email"].nunique())
        """,
        """
        import pandas as pd
        import ollama
        staff = pd.read_csv("staff.csv")
        for mail in staff["email"]:
            ollama.generate(model="llama3.1:8b", prompt=f"Is this a private address? {mail}")
        """,
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.responses.create(model="gpt-4o-2024-08-06", input="Tell support@example.com that we are late.")
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion sends what the notebook sends. Leave the columns out, redact the text, or use a model of your own; and
    let the charter name the approval.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts):
            return
        outside = [c for c in model_calls(facts) if not c.local]
        if not outside:
            return
        said: set[int] = set()
        for node, arguments in _sent(facts, outside):
            found = next((e for a in arguments for e in _evidence(a, facts)), None)
            place = facts.place(node)
            if found is not None and place is not None and id(found[0]) not in said:
                said.add(id(found[0]))
                yield Hit(place, f"{found[1]} is sent to an outside model: leave it out, or redact it before")


def _sent(facts: Facts, outside: list[ModelCall]) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Where texts are handed over: first to the notebook's own functions that ask, then to the model itself."""
    for node in facts.methods(*asking(facts)):
        if id(node) not in chats(facts) and asks_model(node, facts):
            yield node, [*node.args, *(k.value for k in node.keywords)]
    for call in outside:
        yield call.node, list(call.prompts())


def _evidence(argument: ast.expr, facts: Facts) -> Iterator[tuple[ast.AST, str]]:
    """What in an argument is personal: an expression and what to call it; nothing where it was redacted."""
    value = facts.value(argument)
    nodes = list(behind(argument, facts))
    calls = [n for n in nodes if isinstance(n, ast.Call)]
    if any(_CURES.search(facts.qualified(c.func).rsplit(".", 1)[-1]) for c in calls):
        return
    if value is not None:
        column = _column(value, facts)
        if column is not None:
            yield column
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _in_text(node, node.value, calls, facts)


def _column(value: Value, facts: Facts) -> tuple[ast.AST, str] | None:
    asked = chats(facts)
    for number, step in enumerate(facts.flow.back(value, stop=lambda v: id(v.made) in asked)):
        if number > 4000:
            return None
        now = step.value
        if isinstance(now.column, str) and now.axis and _is_personal(now.column) and now.made is not None:
            return now.made, f"column {now.column!r}"
        if isinstance(now.made, ast.Subscript) and isinstance(now.made.slice, ast.Constant):
            key = now.made.slice.value
            if isinstance(key, str) and _is_personal(key) and now.axis:
                return now.made, f"column {key!r}"
    return None


def _is_personal(column: str) -> bool:
    return len(column) < 80 and _COLUMN.fullmatch(column) is not None


def _in_text(node: ast.Constant, text: str, calls: list[ast.Call], facts: Facts) -> Iterator[tuple[ast.AST, str]]:
    selected = _SELECT.search(text[:2000])
    if selected and isinstance(facts.parent(node), (ast.Call, ast.Assign, ast.BinOp)):
        names = [n for n in re.findall(r"\w+", selected["what"]) if _is_personal(n)]
        if names:
            yield node, f"column {names[0]!r}"
            return
    short = text[:20_000]
    mails = [m for m in _MAIL.finditer(short) if not _is_invented(m)]
    if mails:
        yield node, f"the e-mail address {_veiled(mails[0][0])}"
    elif _NUMBER.search(short):
        yield node, "a personal number in the text"
    elif _ASKED.search(short) and _ASKS.search(short) and any(is_untrusted(c, facts) for c in calls):
        asked = _ASKED.search(short)
        assert asked is not None
        yield node, f"a document out of which the prompt asks for {' '.join(asked[0].split())!r}"


def _is_invented(mail: re.Match[str]) -> bool:
    """Whether an address is nobody's: of a reserved domain, of John Doe, a placeholder."""
    return _RESERVED.fullmatch(mail["domain"].lower()) is not None or _NOBODY.match(mail[0].lower()) is not None


def _veiled(mail: str) -> str:
    name, _, domain = mail.partition("@")
    return f"{name[:1]}…@{domain}"
