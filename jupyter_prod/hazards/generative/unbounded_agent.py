"""JPG12 unbounded-agent."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.loops import bounds, calls_in, ends, is_endless
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.model_calls import answered, asks_model, uses_models
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.knowledge.providers import providers

_PACKAGES = frozenset(
    """crewai autogen autogen_agentchat autogen_ext smolagents agents pydantic_ai phi agno camel semantic_kernel
    haystack
    """.split()
)


class UnboundedAgent(Rule):
    code = "JPG12"
    slug = "unbounded-agent"
    severity = "warning"
    step = 4
    title = "An agent that stops when it likes"
    what = """
    Finds loops that ask a model until the model says that it is done, step limits that are switched off
    (`max_iterations=None`) or above 1,000, and teams of agents without any condition to stop. The frameworks' own
    defaults (`AgentExecutor` 15, LangGraph 25) are limits.
    """
    why = """
    Two agents thank each other until the budget is spent; a tool that fails is tried for ever. Each step costs money
    and may have effects. A limit turns that into an error that somebody sees.
    """
    bad = (
        """
        import json
        from openai import OpenAI
        client = OpenAI(timeout=30)
        turns = []
        while True:  # JPG12
            reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=turns)
            step = json.loads(reply.choices[0].message.content)
            if step["tool"] == "finish":
                break
            turns.append(reply.choices[0].message)
        """,
        """
        from langchain.agents import AgentExecutor
        executor = AgentExecutor(agent=None, tools=[], max_iterations=None)  # JPG12
        """,
        """
        from langchain_openai import ChatOpenAI
        from langgraph.prebuilt import create_react_agent
        agent = create_react_agent(ChatOpenAI(model="gpt-4o-2024-08-06", timeout=30), tools=[])
        agent.invoke({"messages": []}, config={"recursion_limit": 10_000})  # JPG12
        """,
    )
    good = (
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        turns = []
        for _ in range(8):
            reply = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=turns)
            if reply.choices[0].finish_reason == "stop":
                break
            turns.append(reply.choices[0].message)
        """,
        """
        from langchain.agents import AgentExecutor
        from sklearn.linear_model import LogisticRegression
        executor = AgentExecutor(agent=None, tools=[], max_iterations=6)
        model = LogisticRegression(max_iter=5000)
        """,
        """
        from openai import OpenAI
        client = OpenAI(timeout=30)
        while True:
            question = input("? ")
            if question == "quit":
                break
            print(client.responses.create(model="gpt-4o-2024-08-06", input=question).output_text)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The loop is kept as it is. Bound its steps, its time and its cost, and raise where a bound is reached.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        packages = {name.split(".")[0] for name in facts.naming.imports.values()}
        if not (uses_models(facts) or packages & _PACKAGES):
            return
        yield from _limits(facts)
        yield from _teams(facts)
        loops: list[ast.While | ast.For] = [*facts.nodes_of(ast.While), *facts.nodes_of(ast.For)]
        for loop in loops:
            said = _loop(loop, facts)
            place = facts.place(loop)
            if said and place is not None:
                yield Hit(Place(place.cell, place.row, place.column, place.row, place.column + 5), said)


def _limits(facts: Facts) -> Iterator[Hit]:
    told = providers().told["agents"]
    keywords = set(told["keywords"])
    for call in facts.calls:
        keys = given(call)
        for keyword in keywords & keys.keys():
            if _is_agents(call, facts) and _is_no_limit(keys[keyword], facts):
                yield from _said(keys[keyword], keyword, facts)
    for settings in facts.nodes_of(ast.Dict):
        for key, value in zip(settings.keys, settings.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "recursion_limit" and _is_no_limit(value, facts):
                yield from _said(value, "recursion_limit", facts)


def _said(node: ast.expr, keyword: str, facts: Facts) -> Iterator[Hit]:
    place = facts.place(node)
    if place is not None:
        yield Hit(
            place,
            f"`{keyword}={ast.unparse(node)[:30]}` is no limit: let the agent take as many steps as its work needs",
        )


def _is_agents(call: ast.Call, facts: Facts) -> bool:
    name = facts.qualified(call.func)
    package = name.split(".")[0]
    if package in _PACKAGES or package in providers().told["frameworks"]:
        return True
    return name.startswith(".") and name.rsplit(".", 1)[-1] in providers().sends


def _is_no_limit(node: ast.expr, facts: Facts) -> bool:
    if isinstance(node, ast.Constant) and node.value is None:
        return True
    if isinstance(node, ast.Call) and ast.unparse(node) in ("float('inf')", "float('infinity')"):
        return True
    if isinstance(node, ast.Attribute) and node.attr in ("inf", "maxsize"):
        return True
    value = facts.value(node)
    number = (
        node.value if isinstance(node, ast.Constant) else value.const if value is not None and value.known() else None
    )
    return isinstance(number, (int, float)) and number > providers().told["agents"]["most"]


def _teams(facts: Facts) -> Iterator[Hit]:
    told = providers().told["agents"]
    for call in facts.methods(*told["open"]):
        name = facts.qualified(call.func)
        last = name.rsplit(".", 1)[-1]
        place = facts.place(call)
        keys = given(call)
        if name.split(".")[0] not in told["open_from"] or place is None or "**" in keys:
            continue
        if not set(told["open"][last]) & keys.keys():
            yield Hit(place, f"`{last}` has no condition to stop: give it `{told['open'][last][-1]}`")


def _loop(loop: ast.While | ast.For, facts: Facts) -> str:
    calls = list(calls_in([*loop.body, *([loop.test] if isinstance(loop, ast.While) else [])]))
    if any(facts.qualified(c.func) == "builtins.input" for c in calls) or not any(asks_model(c, facts) for c in calls):
        return ""
    if isinstance(loop, ast.For):
        if ends(loop) and _is_huge(loop.iter, facts):
            return "the loop asks a model more than 1,000 times until the model says that it's done: that is no limit"
        return ""
    if bounds(loop, facts):
        return ""
    if is_endless(loop):
        return "`while True` asks a model until the model says that it's done: bound the number of steps"
    if _asks_answer(loop.test, loop, facts):
        return "the model decides when the loop ends: bound the number of steps"
    return ""


def _asks_answer(test: ast.expr, loop: ast.While, facts: Facts) -> bool:
    """Whether the loop's test looks at what a model answered in the loop."""
    bound = {
        n.id
        for s in loop.body
        for a in ast.walk(s)
        if isinstance(a, ast.Assign)
        for t in a.targets
        for n in ast.walk(t)
        if isinstance(n, ast.Name)
    }
    names = [n for n in ast.walk(test) if isinstance(n, ast.Name) and n.id in bound]
    return any(answered(n, facts) is not None for n in names)


def _is_huge(node: ast.expr, facts: Facts) -> bool:
    if isinstance(node, ast.Call) and facts.qualified(node.func) in (
        "itertools.count",
        "itertools.repeat",
        "itertools.cycle",
    ):
        return True
    if not (isinstance(node, ast.Call) and facts.qualified(node.func) == "builtins.range" and node.args):
        return False
    last = node.args[-1] if len(node.args) < 3 else node.args[1]
    if isinstance(last, ast.BinOp) and isinstance(last.op, ast.Pow):
        sides = (last.left, last.right)
        numbers = [s.value for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, int)]
        return len(numbers) == 2 and 1 < numbers[0] <= 1000 and 3 < numbers[1] <= 100
    return _is_no_limit(last, facts)
