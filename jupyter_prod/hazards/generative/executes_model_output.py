"""JPG10 executes-model-output."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.model_calls import answered, uses_models
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.providers import providers

_SINKS = {
    "builtins.eval": "runs as Python",
    "builtins.exec": "runs as Python",
    "builtins.compile": "runs as Python",
    "os.system": "runs in a shell",
    "os.popen": "runs in a shell",
    "subprocess.getoutput": "runs in a shell",
    "subprocess.getstatusoutput": "runs in a shell",
    "asyncio.create_subprocess_shell": "runs in a shell",
    "pandas.read_sql": "runs as SQL",
    "pandas.read_sql_query": "runs as SQL",
    "sqlalchemy.text": "runs as SQL",
    "duckdb.sql": "runs as SQL",
    "duckdb.query": "runs as SQL",
    "duckdb.execute": "runs as SQL",
    "pandasql.sqldf": "runs as SQL",
}
_PROGRAMS = (
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
)
_METHODS = {
    "execute": "runs as SQL",
    "executescript": "runs as SQL",
    "exec_driver_sql": "runs as SQL",
    "run_cell": "runs as Python",
    "run_code": "runs as code",
    "exec_command": "runs in a shell",
}


class ExecutesModelOutput(Rule):
    code = "JPG10"
    slug = "executes-model-output"
    severity = "error"
    step = 4
    title = "What a model writes is run"
    what = """
    Finds text of a model that reaches `eval`, `exec`, a shell or a database as a statement, and tools and agents of
    frameworks that run what the model writes. A table of allowed functions, bound parameters of a fixed query, and
    `ast.literal_eval` are none.
    """
    why = """
    Whoever can write into the prompt (a customer, a supplier, a web page) can then run code or SQL with the rights of
    the service: `drop table`, or a copy of the customers sent elsewhere.
    """
    bad = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        reply = client.responses.create(model="gpt-4o-2024-08-06", input="Write a pandas expression")
        result = eval(reply.output_text)  # JPG10
        """,
        """
        import sqlite3
        import anthropic
        client = anthropic.Anthropic(timeout=30)
        db = sqlite3.connect("orders.db")
        def ask(text):
            reply = client.messages.create(model="claude-3-5-sonnet-20241022", max_tokens=300, messages=[text])
            return reply.content[0].text
        def lookup(question):
            query = ask("Write SQL for: " + question)
            return db.execute(query).fetchall()  # JPG10
        """,
        """
        from langchain_experimental.tools import PythonREPLTool
        tools = [PythonREPLTool()]  # JPG10
        """,
    )
    good = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        TOOLS = {"price": {"chair": 89.0}.get}
        reply = client.responses.create(model="gpt-4o-2024-08-06", input="price of a chair? Answer in JSON")
        step = json.loads(reply.output_text)
        price = TOOLS[step["tool"]](step["article"])
        """,
        """
        import sqlite3
        from openai import OpenAI
        client = OpenAI(timeout=30)
        db = sqlite3.connect("orders.db")
        reply = client.responses.create(model="gpt-4o-2024-08-06", input="Which article?")
        rows = db.execute("select price from articles where name = ?", (reply.output_text,)).fetchall()
        """,
    )
    conversion = "yours"
    conversion_note = """
    The statement is kept as it is, and the level says so. Let the model choose among functions that you wrote.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        if not uses_models(facts):
            return
        for name, how in _SINKS.items():
            for call in facts.calls_of(name):
                yield from _hit(call, how, facts)
        for call in facts.calls_of(*_PROGRAMS):
            yield from _hit(call, "runs in a shell" if "shell" in given(call) else "runs as a program", facts)
        for name, how in _METHODS.items():
            for call in facts.methods(name):
                if isinstance(call.func, ast.Attribute) and facts.qualified(call.func) not in _SINKS:
                    yield from _hit(call, how, facts)
        told = providers().told
        for call in facts.methods(*told["executes"]):
            yield from _framework(call, facts)
        for call in facts.methods("from_llm"):
            yield from _framework(call, facts)


def _hit(call: ast.Call, how: str, facts: Facts) -> Iterator[Hit]:
    keys = given(call)
    text = (
        call.args[0]
        if call.args
        else next((keys[k] for k in ("sql", "args", "query", "cmd", "statement") if k in keys), None)
    )
    if isinstance(text, (ast.List, ast.Tuple)):
        text = text.elts[0] if text.elts else None  # the program itself, not what it is given
    if text is None or isinstance(text, ast.Constant) or answered(text, facts) is None:
        return
    place = facts.place(call)
    if place is not None:
        yield Hit(
            place,
            f"what the model writes {how} at `{ast.unparse(call.func)[:50]}`: let it choose among your own functions",
        )


def _runs(node: ast.AST, facts: Facts) -> bool:
    """Whether a call makes an agent that runs what the model writes."""
    told = providers().told
    if not isinstance(node, ast.Call):
        return False
    parts = facts.qualified(node.func).split(".")
    return parts[0] in told["executes_from"] and parts[-1] in told["executes"]


def _framework(call: ast.Call, facts: Facts) -> Iterator[Hit]:
    told = providers().told
    parts = facts.qualified(call.func).split(".")
    if parts[0] not in told["executes_from"]:
        return
    name = next((p for p in parts if p in told["executes"]), None)
    if any(_runs(a, facts) for a in facts.parents(call)):
        return  # a tool of an agent that is told itself
    place = facts.place(call)
    if name is not None and place is not None:
        yield Hit(
            place,
            f"`{name}` runs the {told['executes'][name]} that the model writes: let it choose among your own functions",
        )
