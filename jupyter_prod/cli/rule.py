"""`jupyter-prod rule`: explains a rule, or lists them all."""

from __future__ import annotations

import json
from typing import Any

import click

from jupyter_prod.errors import DONE, UsableError


@click.command(epilog="Exit codes: 0 done, 2 no such rule, 3 internal error.")
@click.argument("name", metavar="[CODE_OR_SLUG]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
@click.pass_context
def rule(context: click.Context, name: str | None, as_json: bool) -> None:
    """Explain a rule: what it finds, why that is a hazard in production, what to write instead.

    Without a name, the rules are listed.

    \b
    Examples:
      jupyter-prod rule JPM01
      jupyter-prod rule absolute-path
      jupyter-prod rule
    """
    from jupyter_prod.hazards import all_rules, find_rule
    from jupyter_prod.hazards.page import page

    if name is None:
        if as_json:
            click.echo(json.dumps([_as_json(r) for r in all_rules()], indent=2, ensure_ascii=False))
        for r in () if as_json else all_rules():
            click.echo(f"{r.code}  {r.slug:<24}{r.severity:<9}{r.title}")
        context.exit(DONE)
    found = find_rule(name)
    if found is None:
        raise UsableError(f"no rule is called {name!r}", do="`jupyter-prod rule` lists them")
    click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False) if as_json else page(found), nl=as_json)
    context.exit(DONE)


@click.command(epilog="Exit codes: 0 done, 2 unusable arguments, 3 internal error.")
@click.option("--select", default="ALL", metavar="RULES", help="Codes, slugs, groups or steps; commas part them.")
@click.option("--json", "as_json", is_flag=True, help="Tell them as JSON.")
@click.pass_context
def rules(context: click.Context, /, select: str, as_json: bool) -> None:
    """List the rules, a line each, an own rule of this folder's settings among them.

    \b
    Examples:
      jupyter-prod rules
      jupyter-prod rules --select JPM,step-1
    """
    from pathlib import Path

    from jupyter_prod.lint.choosing import chosen_rules
    from jupyter_prod.lint.own_rules import own_rules
    from jupyter_prod.lint.settings import Settings, settings_for

    names = tuple(name.strip() for name in select.split(",") if name.strip())
    found = chosen_rules(Settings(names), own_rules(settings_for(Path())))
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], indent=2, ensure_ascii=False))
    else:
        for one in found:
            fix = {"safe": "*", "unsafe": "!"}.get(one.fix, " ")
            click.echo(f"{one.code:<6} {one.severity:<8}{one.step} {fix} {one.slug:<26}{one.title}")
        click.echo("\nThird column: step of the playbook. * has a safe fix, ! has one that needs consent.")
    context.exit(DONE)


def _as_json(found: Any) -> dict[str, Any]:
    keys = (
        "code",
        "slug",
        "severity",
        "step",
        "title",
        "what",
        "why",
        "fix",
        "fix_note",
        "conversion",
        "conversion_note",
    )
    told: dict[str, Any] = {key: getattr(found, key) for key in keys}
    for key in ("what", "why", "fix_note", "conversion_note"):
        told[key] = " ".join(told[key].split())
    return {**told, "bad": list(found.bad), "good": list(found.good)}
