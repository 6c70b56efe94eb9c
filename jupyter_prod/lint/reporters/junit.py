"""JUnit XML, for CI servers that show tests: a suite a notebook, a failed case a finding."""

from __future__ import annotations

from xml.etree import ElementTree

from jupyter_prod.lint.reporters.told import Told, where
from jupyter_prod.patterns import lazy

_NOT_XML = lazy("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(told: Told) -> str:
    """Suites by notebook; one without findings has one case that passed."""
    suites = ElementTree.Element("testsuites", name="jupyter-prod")
    by_file = told.by_file()
    total = failures = 0
    for filename in dict.fromkeys([*map(str, told.checked), *by_file]):
        findings = by_file.get(filename, [])
        count = max(1, len(findings))
        total, failures = total + count, failures + len(findings)
        named = {"name": _xml(filename), "tests": str(count), "failures": str(len(findings)), "errors": "0"}
        suite = ElementTree.SubElement(suites, "testsuite", named)
        if not findings:
            ElementTree.SubElement(suite, "testcase", name="lint", classname=_xml(filename))
        for f in findings:
            case = ElementTree.SubElement(
                suite, "testcase", name=f"{f.code} {f.slug}", classname=_xml(filename), line=str(f.place.row)
            )
            failure = ElementTree.SubElement(case, "failure", message=_xml(f.message), type=f.severity)
            failure.text = _xml(f"{where(f)}: {f.code} {f.message}")
    suites.set("tests", str(total))
    suites.set("failures", str(failures))
    suites.set("errors", "0")
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _xml(text: str) -> str:
    return _NOT_XML.sub("�", text)
