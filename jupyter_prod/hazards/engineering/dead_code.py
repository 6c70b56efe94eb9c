"""JPE14 dead-code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Place, Rule
from jupyter_prod.patterns import lazy

_WORD = lazy(r"[A-Za-z_]\w*")
_CODE = lazy(
    r"""^(?: (?:import|from)\s+[\w.]+ | (?:for|while|if|with|def|class|elif|else|try|return)\b.*:?$
        | [\w.\[\]'", ]+\s*[-+*/]?=(?!=)\s*\S
        | [\w.]+\(.*\)\s*(?:\#.*)?$ | [\w.]+\[.*\] )""",
    re.VERBOSE,
)
_COUNTS = (ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If, ast.With, ast.FunctionDef, ast.Import, ast.ImportFrom)
_NO_EFFECT = (
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.BinOp,
    ast.UnaryOp,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
)
_FOR_EFFECT = frozenset(
    "seaborn mpl_toolkits google.colab readline rlcompleter antigravity this dotenv sklearnex".split()
)


class DeadCode(Rule):
    code = "JPE14"
    slug = "dead-code"
    severity = "info"
    step = 2
    title = "Code that does nothing"
    what = """
    Finds imports and plain assignments that nothing uses, code in comments, and empty cells.
    """
    why = """
    Every reader wonders what it is for, every unused import is a dependency to install, patch and audit, and code in
    comments is never tested again. Git remembers what was there.
    """
    bad = (
        """
        import pandas as pd
        import polars as pl  # JPE14
        rows = pd.read_csv("rows.csv")
        """,
        """
        rows = [1, 2, 3]
        # total = sum(rows)  # JPE14
        # for row in rows:
        #     print(row)
        print(rows)
        """,
        """
        limit = 12  # JPE14
        print("done")
        """,
    )
    good = (
        """
        # the limit is agreed with the depot (see ticket 12)
        limit = 12
        print(limit)
        """,
        """
        import pandas as pd
        %timeit pd.DataFrame()
        # Note: prices = gross prices
        """,
    )
    fixed = """
    import pandas as pd
    rows = pd.read_csv("rows.csv")
    """
    fix = "safe"
    fix_note = "Removes unused imports and empty cells; code in comments is left to you."
    conversion = "resolved"
    conversion_note = """
    What no target needs stays behind and is listed with its reason.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        used = _used(facts)
        yield from _imports(facts, used)
        yield from _names(facts, used)
        for cell in facts.notebook.cells:
            if cell.kind == "code" and not cell.source.strip():
                fix = Fix("safe", "Remove the empty cell", removes=(cell.number,))
                yield Hit(Place(cell.number), "the cell is empty: remove it", fix=fix)
            elif cell.kind == "code" and "#" in cell.source:
                yield from _comments(cell.source, cell.number, facts)


def _used(facts: Facts) -> set[str]:
    """Names that are read anywhere: in code, magics, cells that don't parse, `__all__` and texts for `eval`."""
    used = {n.id for n in facts.nodes_of(ast.Name) if isinstance(n.ctx, (ast.Load, ast.Del))}
    for magic in facts.magics():
        used.update(_WORD.findall(magic.text))
    for cell in facts.program.cells.values():
        if cell.tree is None or cell.error is not None:
            used.update(_WORD.findall(cell.source))
    for function in facts.nodes_of(ast.Global):
        used.update(function.names)
    if any(facts.calls_of("builtins.eval", "builtins.exec", "builtins.globals", "builtins.locals")) or any(
        facts.methods("query", "eval")
    ):
        for text in facts.nodes_of(ast.Constant):
            if isinstance(text.value, str) and len(text.value) < 2000:
                used.update(_WORD.findall(text.value))
    return used


def _imports(facts: Facts, used: set[str]) -> Iterator[Hit]:
    said: set[str] = set()
    imports: list[ast.Import | ast.ImportFrom] = [*facts.nodes_of(ast.Import), *facts.nodes_of(ast.ImportFrom)]
    for node in imports:
        if isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.level):
            continue
        if any(isinstance(a, (ast.Try, ast.If)) for a in facts.parents(node)):
            continue
        unused = [a for a in node.names if _is_unused(a, node, used)]
        place = facts.place(node)
        fresh = [n for a in unused if (n := a.asname or a.name) not in said]
        if place is None or not fresh:
            continue
        said.update(fresh)
        many = "are" if len(fresh) > 1 else "is"
        fix = _removal(facts, node, place) if len(unused) == len(node.names) else _shorter(facts, node, place, unused)
        yield Hit(place, f"{', '.join(f'`{n}`' for n in fresh[:5])} {many} imported and never used: remove it", fix=fix)


def _is_unused(alias: ast.alias, node: ast.Import | ast.ImportFrom, used: set[str]) -> bool:
    if alias.name == "*" or (alias.asname or alias.name.split(".")[0]) in used or alias.name == alias.asname:
        return False
    module = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
    if "." in alias.name and alias.asname is None and isinstance(node, ast.Import):
        return False  # import a.b makes b known to a
    return not any(module == m or module.startswith(m + ".") for m in _FOR_EFFECT - {"seaborn"})


def _removal(facts: Facts, node: ast.stmt, place: Place) -> Fix | None:
    """The statement's whole lines, where nothing else stands on them and it isn't all of a block."""
    lines = next((c.source.split("\n") for c in facts.notebook.cells if c.number == place.cell), [])
    if not isinstance(facts.parent(node), ast.Module) or place.end_row > len(lines):
        return None
    after = lines[place.end_row - 1][place.end_column - 1 :].strip()
    if place.column != 1 or (after and not after.startswith("#")):
        return None
    if place.end_row < len(lines):
        whole = Place(place.cell, place.row, 1, place.end_row + 1, 1)
    elif place.row > 1:
        whole = Place(
            place.cell, place.row - 1, len(lines[place.row - 2]) + 1, place.end_row, len(lines[place.end_row - 1]) + 1
        )
    else:
        return Fix("safe", "Remove the import", removes=(place.cell or 0,))
    return Fix("safe", "Remove the import", (Edit(whole, ""),))


def _shorter(facts: Facts, node: ast.Import | ast.ImportFrom, place: Place, unused: list[ast.alias]) -> Fix | None:
    if place.row != place.end_row:
        return None
    names = [a for a in node.names if a not in unused]
    kept: ast.stmt = (
        ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)
    )
    return Fix("safe", "Remove the unused names", (Edit(place, ast.unparse(kept)),))


def _names(facts: Facts, used: set[str]) -> Iterator[Hit]:
    """Names that a statement of the notebook binds to a plain value, and nothing reads."""
    for statement in facts.program.statements:
        node = statement.node
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or "parameters" in statement.tags:
            continue
        target = node.targets[0]
        if not isinstance(target, ast.Name) or target.id in used or target.id.startswith("_"):
            continue
        if all(isinstance(n, _NO_EFFECT) for n in ast.walk(node.value)):
            place = facts.place(node)
            if place is not None:
                yield Hit(place, f"`{target.id}` is assigned and never used: remove it")


def _comments(source: str, number: int, facts: Facts) -> Iterator[Hit]:
    """Blocks of comment lines that are code: said once each, at their first line of code."""
    lines = source.split("\n")
    row = 0
    while row < len(lines):
        if not lines[row].lstrip().startswith("#"):
            row += 1
            continue
        end = row
        while end < len(lines) and lines[end].lstrip().startswith("#"):
            end += 1
        found = _code_in([_bare(line) for line in lines[row:end]])
        if found is not None:
            place = facts.line(number, row + found + 1)
            yield Hit(place, "code in a comment: remove it, git remembers it")
        row = end


def _bare(line: str) -> str:
    text = line.lstrip().lstrip("#")
    return text[1:] if text.startswith(" ") else text


def _code_in(block: list[str]) -> int | None:
    """The first line of a block of comments from which on it is Python that does something."""
    for start, line in enumerate(block[:50]):
        if len(line) > 300 or not _CODE.match(line):
            continue
        for end in dict.fromkeys((len(block), start + 1)):
            try:
                tree = ast.parse("\n".join(block[start:end]))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            if any(
                isinstance(s, _COUNTS) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)) for s in tree.body
            ):
                return start
    return None
