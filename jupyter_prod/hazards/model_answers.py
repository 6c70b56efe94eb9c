"""Where a program reads what a model wrote."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.model_calls import ModelCall, answered, uses_models
from jupyter_prod.hazards.prompts import behind

_READS = {
    "json.loads": "json.loads",
    "simplejson.loads": "json.loads",
    "orjson.loads": "orjson.loads",
    "ujson.loads": "ujson.loads",
    "json5.loads": "json5.loads",
    "yaml.safe_load": "yaml.safe_load",
    "yaml.load": "yaml.load",
    "ast.literal_eval": "literal_eval",
    "builtins.float": "float",
    "builtins.int": "int",
    "xml.etree.ElementTree.fromstring": "fromstring",
}
_FORMS = frozenset({"response_format", "response_schema", "output_config", "text_format", "response_model", "format"})
_CHECKS = frozenset(
    """validate model_validate parse_obj from_dict TypeAdapter validate_python isinstance issubset iter_errors is_valid
        Draft7Validator fullmatch
    """.split()
)
_STRUCTURES = frozenset({"with_structured_output", "as_structured_llm"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, eq=False)
class Parsing:
    """A call that reads a model's text; `guarded` where a schema or an error path stands by."""

    node: ast.Call
    name: str
    call: ModelCall
    guarded: bool


def parsings(facts: Facts) -> list[Parsing]:
    """All of a notebook; found once."""
    kept = facts.kept.get("parsings")
    if isinstance(kept, list):
        return kept
    found: list[Parsing] = []
    if uses_models(facts):
        for qualified, name in _READS.items():
            for node in facts.calls_of(qualified):
                call = answered(node.args[0], facts) if node.args and _is_text(node.args[0], facts) else None
                if call is not None:
                    found.append(Parsing(node, name, call, _is_formed(call, facts) or _is_guarded(node, facts)))
    facts.kept["parsings"] = found
    return found


_NO_TEXT = frozenset(
    """usage usage_metadata prompt_tokens completion_tokens total_tokens input_tokens output_tokens created embedding
        embeddings logprob logprobs score scores
    """.split()
)


def _is_text(node: ast.expr, facts: Facts) -> bool:
    """Whether this may be what the model wrote: no count of it, no usage, no vector, no comparison."""
    if isinstance(node, (ast.Compare, ast.BoolOp)):
        return False
    for number, part in enumerate(behind(node, facts)):
        if number > 500:
            break
        if isinstance(part, ast.Attribute) and part.attr in _NO_TEXT:
            return False
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in ("len", "getattr"):
            return False
    return True


def _is_formed(call: ModelCall, facts: Facts) -> bool:
    """Whether the provider is asked for a form: a schema, JSON mode, a class."""
    if call.told.get("parsed"):
        return True
    if call.wrapped and isinstance(call.node.func, ast.Attribute):
        for node in behind(call.node.func.value, facts):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _STRUCTURES:
                return True
            if isinstance(node, ast.Call) and facts.qualified(node.func).rsplit(".", 1)[-1].endswith("OutputParser"):
                return True
    for made in (call.node, *call.setups):
        keys = given(made)
        if _FORMS & keys.keys():
            return True
        if isinstance(made.func, ast.Attribute) and made.func.attr == "with_structured_output":
            return True
        for keyword in {"generation_config", "config", "options"} & keys.keys():
            settings = keys[keyword]
            if any(
                (
                    isinstance(n, ast.keyword)
                    and n.arg in ("response_schema", "response_mime_type", "response_json_schema")
                )
                or (
                    isinstance(n, ast.Constant)
                    and n.value in ("response_schema", "response_mime_type", "response_json_schema")
                )
                for n in ast.walk(settings)
            ):
                return True
    return False


def _is_guarded(node: ast.Call, facts: Facts) -> bool:
    if _in_try(node, facts):
        return True
    function = next((a for a in facts.parents(node) if isinstance(a, _FUNCTIONS)), None)
    if function is not None and any(_in_try(c, facts) for c in facts.methods(function.name)):
        return True
    holder = facts.parent(node)
    if isinstance(holder, ast.Call) and holder.func is not node and _builds_checked(holder, facts):
        return True  # Terms(**json.loads(text)), Terms.model_validate(json.loads(text))
    if (
        isinstance(holder, ast.keyword)
        and isinstance(above := facts.parent(holder), ast.Call)
        and _builds_checked(above, facts)
    ):
        return True
    return _is_checked_later(node, facts)


def _in_try(node: ast.AST, facts: Facts) -> bool:
    inner = node
    for above in facts.parents(node):
        if isinstance(above, ast.Try) and inner in above.body and above.handlers:
            return True
        inner = above
    return False


def _builds_checked(call: ast.Call, facts: Facts) -> bool:
    last = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
    return last in _CHECKS or last in _models(facts)


def _models(facts: Facts) -> set[str]:
    """Classes of the notebook that check what they are given: pydantic's."""
    kept = facts.kept.get("checking_classes")
    if not isinstance(kept, set):
        kept = {
            c.name
            for c in facts.nodes_of(ast.ClassDef)
            if any(ast.unparse(b).rsplit(".", 1)[-1] in ("BaseModel", "RootModel", "Struct", "Schema") for b in c.bases)
        }
        facts.kept["checking_classes"] = kept
    return kept


def _is_checked_later(node: ast.Call, facts: Facts) -> bool:
    """Whether what was read is handed to a check, or looked at in a test that raises or leaves."""
    for call in facts.methods(*_CHECKS, *_models(facts)):
        for argument in [*call.args, *(k.value for k in call.keywords)]:
            if _comes_from(argument, node, facts):
                return True
    for test in [i.test for i in facts.nodes_of(ast.If)] + [a.test for a in facts.nodes_of(ast.Assert)]:
        has_in = any(isinstance(c, ast.Compare) and isinstance(c.ops[0], (ast.In, ast.NotIn)) for c in ast.walk(test))
        if has_in and _comes_from(test, node, facts):
            return True
    return False


def _comes_from(expression: ast.expr, node: ast.Call, facts: Facts) -> bool:
    value = facts.value(expression)
    if value is not None:
        return any(step.value.made is node for step in facts.flow.back(value))
    holder = facts.parent(node)
    if isinstance(holder, ast.Assign) and isinstance(holder.targets[0], ast.Name):
        name = holder.targets[0].id
        return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(expression))
    return False
