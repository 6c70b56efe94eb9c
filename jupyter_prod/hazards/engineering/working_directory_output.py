"""JPE15 working-directory-output."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import path_of
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.pipeline import is_parameter
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_WRITES = """to_csv to_excel to_json to_parquet to_pickle to_feather to_hdf to_html to_stata to_latex to_markdown to_orc
    to_xml to_file to_netcdf savefig save_model save_weights save_pretrained write_csv write_parquet write_html
    write_image write_text write_bytes imwrite sink_parquet""".split()
_FUNCTIONS = {
    "joblib.dump": 1,
    "sklearn.externals.joblib.dump": 1,
    "torch.save": 1,
    "numpy.save": 0,
    "numpy.savetxt": 0,
    "numpy.savez": 0,
    "numpy.savez_compressed": 0,
    "pandas.ExcelWriter": 0,
    "keras.models.save_model": 1,
    "tensorflow.keras.models.save_model": 1,
    "imageio.imwrite": 0,
    "scipy.io.savemat": 0,
}
_ELSEWHERE = lazy(r"(?:/|~|[A-Za-z]:[\\/]|\\\\|[a-z][a-z0-9+.]*:/|\$|%)")


class WorkingDirectoryOutput(Rule):
    code = "JPE15"
    slug = "working-directory-output"
    severity = "info"
    step = 2
    title = "A result written to wherever the notebook happens to run"
    what = """
    Finds files written under a relative path that is typed in: tables, models, pictures. Absolute paths are
    absolute-path; a folder from a parameter or the environment is none.
    """
    why = """
    The working directory of a job is somewhere else, often read-only, and gone when the container stops. Results
    belong in a place that the configuration names and that somebody keeps.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        sales.to_csv("report.csv")  # JPE15
        """,
        """
        import joblib
        from sklearn.linear_model import Ridge
        model = Ridge().fit([[1.0]], [2.0])
        joblib.dump(model, "out/model.joblib")  # JPE15
        """,
        """
        with open("scores.txt", "w") as file:  # JPE15
            file.write("0.8")
        """,
    )
    good = (
        """
        import os
        from pathlib import Path
        import pandas as pd
        out = Path(os.environ["OUT_DIR"])
        sales = pd.read_csv("sales.csv")
        sales.to_csv(out / "report.csv")
        """,
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        text = sales.to_csv()
        with open("sales.csv") as file:
            head = file.readline()
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Outputs are written below a folder that is a setting.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        said: set[str] = set()
        for call, path in _written(facts):
            place = facts.place(call)
            text = _relative(path, facts)
            if place is not None and text and text not in said and not is_parameter(path, facts):
                said.add(text)
                yield Hit(
                    place, f"{text!r} is written to the working directory: write below a folder that is a parameter"
                )


def _written(facts: Facts) -> Iterator[tuple[ast.Call, ast.expr]]:
    for name, at in _FUNCTIONS.items():
        for call in facts.calls_of(name):
            path = next((v for k, v in given(call).items() if k in ("filename", "f", "file", "path", "fname")), None)
            path = path or (call.args[at] if len(call.args) > at else None)
            if path is not None:
                yield call, path
    for call in facts.methods(*_WRITES):
        if isinstance(call.func, ast.Attribute) and facts.qualified(call.func) not in _FUNCTIONS:
            path = call.func.value if call.func.attr in ("write_text", "write_bytes") else path_of(call)
            if path is not None:
                yield call, path
    for call in facts.calls_of("builtins.open", "io.open", "gzip.open", "codecs.open"):
        mode = given(call).get("mode", call.args[1] if len(call.args) > 1 else None)
        if (
            isinstance(mode, ast.Constant)
            and isinstance(mode.value, str)
            and set(mode.value) & set("wax")
            and call.args
        ):
            yield call, call.args[0]


def _relative(path: ast.expr, facts: Facts) -> str:
    value = facts.value(path)
    const = (
        value.const if value is not None and value.known() else path.value if isinstance(path, ast.Constant) else None
    )
    if not isinstance(const, str) or not const.strip() or len(const) > 300 or _ELSEWHERE.match(const):
        return ""
    return const
