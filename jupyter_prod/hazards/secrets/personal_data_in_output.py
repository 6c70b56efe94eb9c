"""JPS03 personal-data-in-output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.outputs import Shown, shown_texts
from jupyter_prod.hazards.rule import Fix, Hit, Place, Rule
from jupyter_prod.patterns import lazy

_MOST_PLACES = 60
_BEFORE = lazy(r"[A-Za-z0-9][\w.+-]{0,63}$")
_AFTER = lazy(r"@((?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,4})([a-z]{2,24})(?![\w@-])", re.IGNORECASE)
_ENDS = frozenset("com org net edu gov mil int info biz name io ai app dev co eu me tv cloud online site store".split())
_NOBODY = lazy(
    r"^(?:info|support|contact|no-?reply|do-?not-?reply|admin|help|helpdesk|sales|office|hello|team|webmaster|postmaster|press"
    r"|abuse|security|privacy|feedback|service|git|root|user(?:name)?|me|you|your\S*|name|email|test\w*|foo|bar|someone|x+)$",
    re.IGNORECASE,
)
_NOWHERE = lazy(r"(?:^|\.)(?:example|test|invalid|localhost|domain|email|github|sentry|groups)\.", re.IGNORECASE)
_PHONE = lazy(r"\+[1-9]\d{0,2}[ .\-/]{0,2}\(?\d{1,4}\)?(?:[ .\-/]{0,2}\d{2,8}){1,4}(?![\d.])")
_LOCAL = lazy(
    r"(?<![\d.+\-])(?:\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4}|0\d{2,4}[ /-]\d{3,8}(?:[ -]\d{2,6})?)(?![\d.\-])"
)
_CARD = lazy(r"(?<![\d.])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?![\d.])")
_IBAN = lazy(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_SOCIAL = lazy(r"-(?!00)\d\d-(?!0000)\d{4}(?![\d-])")
_AREA = lazy(r"(?<![\d.-])(?!000|666|9)\d{3}$")
_TAXPAYER = lazy(r"\.\d{3}\.\d{3}-\d\d(?!\d)")
_INSURED = lazy(r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
_SAYS = {
    "phone": ("phone", "mobile", "telefon", "tel.", "fax"),
    "card": ("card", "cc_num", "credit"),
    "account": ("iban", "account", "bank"),
    "national": ("ssn", "social", "national", "passport", "tax_id", "tax id", "cpf", "insurance n", "nino"),
}


class PersonalDataInOutput(Rule):
    code = "JPS03"
    slug = "personal-data-in-output"
    severity = "warning"
    step = 2
    title = "Personal data in a saved output"
    what = """
    Finds values about persons in saved outputs: e-mail addresses, phone numbers, payment cards and bank accounts with a
    right check sum, national identity numbers. Mailboxes of no person (`info@`, `support@`), reserved domains
    (`example.com`), and numbers that only look alike are none.
    """
    why = """
    The output goes into version control with the notebook, and stays in its history. Whoever may read the code then
    reads customers' data, and a request to delete a person's data can't be met any more.
    """
    bad = (
        """
        customers.head(2)
        #>    customer                email   spent
        #> 0     55821  maria.s@adatum.com   41.20
        #> 1     10934  jo.weber@adatum.com   9.95  # JPS03
        """,
        """
        claims[["holder_phone", "iban"]].sample(1).T
        #> holder_phone          +49 171 3920012
        #> iban           DE89370400440532013000  # JPS03
        """,
        """
        print(staff[["name", "national_id"]].head(1).to_string())
        #> name  national_id
        #> Dorothea Lang  078-05-1120  # JPS03
        """,
    )
    good = (
        """
        customers[["customer", "spent"]].head(2)
        #>    customer   spent
        #> 0     55821   41.20
        #> 1     10934    9.95
        """,
        """
        print("questions to support@adatum.com, or see maria@example.com")
        #> questions to support@adatum.com, or see maria@example.com
        """,
        """
        measures.describe()
        #> mean    4111111111111112.5
        #> std     +1.234567890123e+10
        """,
    )
    fix = "safe"
    fix_note = "Clears that output."
    fixed = """
        customers.head(2)
        """
    conversion = "resolved"
    conversion_note = """
    Outputs are cleared from the notebook that the project keeps. What is already in the repository's history stays
    there until somebody removes it.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reported: set[int] = set()
        for output in shown_texts(facts):
            if output.cell in reported:
                continue
            what = next(_personal(output), None)
            if what is not None:
                reported.add(output.cell)
                fix = Fix("safe", "Clear the saved outputs of the cell", clears=(output.cell,))
                yield Hit(Place(output.cell), f"a saved output shows {what}: clear it before you share it", fix=fix)


def _personal(output: Shown) -> Iterator[str]:
    text, lower = output.text, output.lower
    if "@" in text and _address(text):
        yield "e-mail addresses"
    if "+" in text and _phone(text):
        yield "phone numbers"
    if any(word in lower for word in _SAYS["phone"]) and any(True for _ in _LOCAL.finditer(text)):
        yield "phone numbers"
    if any(word in lower for word in _SAYS["account"]) and any(_is_account(m[0]) for m in _IBAN.finditer(text)):
        yield "bank accounts"
    if any(word in lower for word in _SAYS["card"]) and any(_is_card(m[0]) for m in _CARD.finditer(text)):
        yield "payment cards"
    if any(word in lower for word in _SAYS["national"]) and _national(text, lower):
        yield "national identity numbers"


def _address(text: str) -> bool:
    start = text.find("@")
    for _ in range(_MOST_PLACES):
        if start < 0:
            return False
        after = _AFTER.match(text, start)
        before = _BEFORE.search(text, max(0, start - 64), start) if after is not None else None
        if after is not None and before is not None and _is_mailbox(before[0], after[1], after[2]):
            return True
        start = text.find("@", start + 1)
    return False


def _is_mailbox(local: str, domain: str, end: str) -> bool:
    end = end.lower()
    return (
        (end in _ENDS or (len(end) == 2 and end not in ("py", "js", "sh", "md", "ts")))
        and not _NOBODY.match(local)
        and not _NOWHERE.search(domain)
        and re.search(r"[A-Za-z]{2}", local) is not None
    )


def _phone(text: str) -> bool:
    start = text.find("+")
    for _ in range(_MOST_PLACES):
        if start < 0:
            return False
        found = _PHONE.match(text, start)
        if found is not None and (start == 0 or text[start - 1] in " \n\t\"':;,([>|"):
            digits = sum(c.isdigit() for c in found[0])
            parted = re.search(r"\d[ \-/(]", found[0]) is not None or found[0].count(".") > 1
            if 9 <= digits <= 15 and (parted or (digits >= 11 and "." not in found[0])):
                return True
        start = text.find("+", start + 1)
    return False


def _national(text: str, lower: str) -> bool:
    if any(_AREA.search(text, max(0, m.start() - 4), m.start()) for m in _SOCIAL.finditer(text)):
        return True
    if any(word in lower for word in ("insurance n", "nino", "national")) and _INSURED.search(text):
        return True
    return "cpf" in lower and _TAXPAYER.search(text) is not None


def _is_account(text: str) -> bool:
    bare = text.replace(" ", "")
    if not 15 <= len(bare) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = (d if n % 2 == 0 else sum(divmod(d * 2, 10)) for n, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0
