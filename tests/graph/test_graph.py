"""The inferred pipeline: what it holds, and that a notebook's text stays text in every drawing."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from jupyter_prod.cli.main import main
from jupyter_prod.graph import Graph, as_mermaid, as_svg, as_text, build
from jupyter_prod.graph.nouns import Edge, Node
from jupyter_prod.plan.planning import draft
from jupyter_prod.program import understand
from tests.hazards.examples import notebook_of

CHURN = Path(__file__).parents[2] / "examples" / "churn" / "churn.ipynb"

SUPERVISED = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
# %%
rows = pd.read_csv("customers.csv")
# %%
rows["age"] = rows["age"] / 100
# %%
train, test = train_test_split(rows, random_state=1)
# %%
model = LogisticRegression().fit(train[["age"]], train["left"])
# %%
print(accuracy_score(test["left"], model.predict(test[["age"]])))
"""

REPORT = """
import pandas as pd
sales = pd.read_csv("sales.csv")
# %%
by_month = sales.groupby("month").sum()
# %%
by_month.to_csv("months.csv")
# %%
by_month.describe().to_csv("summary.csv")
"""

NASTY = 'a"b<script>alert(1)</script>]-->|x| `c` #quot; {d}; \x1b[31m & \n end'


def graph_of(example: str) -> Graph:
    program = understand(notebook_of(example))
    return build(program, draft(program), "example.ipynb")


def test_a_supervised_notebook_shows_inputs_stages_model_and_metric() -> None:
    graph = graph_of(SUPERVISED)

    assert graph.level == "service"
    by_kind = {kind: [n for n in graph.nodes if n.kind == kind] for kind in ("input", "stage", "model", "metric")}
    assert [n.label for n in by_kind["input"]] == ["customers.csv"]
    assert [n.label for n in by_kind["stage"]] == ["features", "training", "evaluation"]
    assert by_kind["model"][0].label == "model: LogisticRegression"
    assert "accuracy_score" in by_kind["metric"][0].label
    assert by_kind["input"][0].cells == (2,)
    labels = {n.id: n.label for n in graph.nodes}
    assert ("customers.csv", "features") in {(labels[e.source], labels[e.target]) for e in graph.edges}
    assert ("training", "model: LogisticRegression") in {(labels[e.source], labels[e.target]) for e in graph.edges}


def test_a_report_shows_the_slices_that_its_files_need() -> None:
    graph = graph_of(REPORT)

    assert graph.level == "batch"
    assert [n.label for n in graph.nodes if n.kind == "stage"] == ["prepare", "write months.csv", "write summary.csv"]
    assert [n.label for n in graph.nodes if n.kind == "file"] == ["months.csv", "summary.csv"]
    assert graph.reasons


def test_edges_only_lead_forward_and_name_known_nodes() -> None:
    for example in (SUPERVISED, REPORT):
        graph = graph_of(example)
        place = {node.id: number for number, node in enumerate(graph.nodes)}
        assert all(place[edge.source] < place[edge.target] for edge in graph.edges)


def test_cells_are_told_as_ranges() -> None:
    assert Node("n1", "stage", "x", (3, 4, 5, 8)).where == "cells 3-5, 8"
    assert Node("n1", "stage", "x", (2,)).where == "cell 2"
    assert Node("n1", "stage", "x").where == ""


def nasty_graph() -> Graph:
    nodes = (Node("n1", "input", NASTY, (1,)), Node("n2", "stage", NASTY), Node("n3", "file", NASTY))
    return Graph(NASTY, "batch", nodes, (Edge("n1", "n2", (NASTY,)), Edge("n2", "n3"), Edge("n1", "n3")), (NASTY,))


def test_svg_is_xml_whatever_the_notebook_holds() -> None:
    root = ElementTree.fromstring(as_svg(nasty_graph()))

    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names == {"svg", "title", "defs", "marker", "path", "rect", "g", "text"}


def test_mermaid_lets_no_sign_of_its_own_through() -> None:
    drawn = as_mermaid(nasty_graph())

    lines = drawn.splitlines()
    assert len(lines) == 1 + 3 + 3
    for label in re.findall(r'"([^"]*)"', drawn):
        plain = re.sub(r"#\d+;|<br/>", "", label)
        assert not set(plain) & set('"<>|[]{}`#;&')
    assert "\x1b" not in drawn


def test_text_lets_no_control_character_through() -> None:
    assert all(c.isprintable() or c == "\n" for c in as_text(nasty_graph()))


def test_an_empty_notebook_is_drawn_too() -> None:
    graph = graph_of("x = 1")

    assert "reads no data" in as_text(graph)
    assert as_mermaid(graph).startswith("flowchart")
    ElementTree.fromstring(as_svg(graph))


@pytest.mark.parametrize("form", ["text", "mermaid", "svg"])
def test_the_command_draws_a_pilot(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(CHURN), "--format", form]) == 0

    assert "telco" in capsys.readouterr().out


def test_the_command_tells_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(CHURN), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["level"] == "service"
    assert {"id", "kind", "label", "cells"} == set(told["nodes"][0])
    assert {"source", "target", "names"} == set(told["edges"][0])


def test_no_notebook_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.ipynb").write_text("no json", encoding="utf-8")

    assert main(["graph", str(tmp_path / "a.ipynb")]) == 2

    assert capsys.readouterr().err.count("\n") == 1
