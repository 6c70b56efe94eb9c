"""Where rows come from: the calls that read data, with the literals and the text of their paths."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import opened, path_of, texts
from jupyter_prod.patterns import lazy
from jupyter_prod.program.events import Read
from jupyter_prod.program.values import Value

FILE = lazy(
    r"\.(?:csv|tsv|txt|xlsx?|xlsm|xlsb|ods|json|jsonl|ndjson|geojson|parquet|feather|arrow|pkl|pickle|npy|npz|h5|hdf5?|mat|sav|dta|sas7bdat"
    r"|rds|orc|avro|xml|ya?ml|db|sqlite3?|shp|nc|tiff?|wav|zip|gz|bz2|xz|tar|tgz|7z|dat|data|log|arff|libsvm|html?|pdf|root|fits)$",
    re.IGNORECASE,
)
"""A path ends like a file of data."""

URL = lazy(r"(?:https?|ftp)://", re.IGNORECASE)
_REMOTE = lazy(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|/)|[\w.+-]+@")
_TABLES = (
    "polars",
    "dask.dataframe",
    "geopandas",
    "modin.pandas",
    "cudf",
    "vaex",
    "pyarrow",
    "xarray",
    "databricks.koalas",
)
_READERS = frozenset(
    """numpy.fromfile scipy.io.loadmat scipy.io.arff.loadarff scipy.io.wavfile.read netCDF4.Dataset librosa.load
        soundfile.read h5py.File rasterio.open fiona.open pyreadstat.read_sav pyreadr.read_r datatable.fread
        pandas.ExcelFile csv.reader os.listdir os.scandir os.walk glob.glob glob.iglob torchvision.datasets.ImageFolder
        torchvision.datasets.DatasetFolder keras.preprocessing.image_dataset_from_directory
        tensorflow.keras.preprocessing.image_dataset_from_directory tensorflow.keras.utils.image_dataset_from_directory
        keras.utils.image_dataset_from_directory tensorflow.keras.utils.text_dataset_from_directory
        tensorflow.keras.preprocessing.text_dataset_from_directory tensorflow.data.TFRecordDataset
        tensorflow.data.TextLineDataset lightgbm.Dataset xgboost.DMatrix vaex.open surprise.Dataset.load_from_file
        builtins.open io.open codecs.open gzip.open bz2.open lzma.open pickle.load joblib.load dill.load json.load
        yaml.load yaml.safe_load toml.load tomllib.load
    """.split()
)
_METHODS = frozenset(
    """flow_from_directory read_text read_bytes glob rglob iterdir textFile wholeTextFiles load_from_file
    """.split()
)
_SPARK = frozenset({"csv", "json", "parquet", "orc", "load", "text", "table"})
_LOADERS = lazy(
    r"(?:^|\.)(?:\w*(?:PDF|Directory|CSV|Text|JSON|Markdown|Docx?2?txt|Word|HTML|Excel|Notebook|PyMuPDF|Unstructured)\w*Loader"
    r"|SimpleDirectoryReader)$"
)
_LISTS = frozenset({"glob", "iglob", "rglob", "listdir", "scandir", "walk", "iterdir"})
_MAKES_PATHS = frozenset(
    """join Path PurePath PosixPath joinpath format str sorted list tuple dict replace strip abspath normpath fspath
        expanduser expandvars resolve with_suffix with_name as_posix absolute items values keys get zip enumerate
        open ExcelFile
    """.split()
)


@dataclass(frozen=True, eq=False)
class Source:
    """A call that reads: `literals` are the constants that its path is made of, `text` the path as far as it is known.

    `begins`: the path begins with a literal, not with something unknown as an environment variable.
    """

    call: ast.Call
    name: str
    path: ast.expr
    literals: tuple[ast.Constant, ...]
    text: str
    begins: bool
    event: Read | None = None

    @property
    def place(self) -> ast.expr:
        """Where to point: the literal that names the file, else the path as it is put together."""
        if len(self.literals) == 1:
            return self.literals[0]
        held = [n for n in self.literals if isinstance(n.value, str) and self.text.endswith(n.value.lstrip("./"))]
        return held[-1] if held else self.path


def sources(facts: Facts) -> list[Source]:
    """The calls that read data, in order."""
    kept = facts.kept.get("sources")
    if isinstance(kept, list):
        return kept
    found: dict[int, Source] = {}
    for call, event, name in _readers(facts):
        path = _path(call, name, facts)
        if path is not None and id(call) not in found:
            literals, text, begins = _text_of(path, facts)
            if literals or text:
                found[id(call)] = Source(call, name, path, literals, text, begins, event)
    facts.kept["sources"] = answer = list(found.values())
    return answer


def _readers(facts: Facts) -> Iterator[tuple[ast.Call, Read | None, str]]:
    for event in facts.program.record.events:
        if isinstance(event, Read) and event.format not in ("sql", "clipboard", "dataset"):
            yield event.node, event, event.qualified
    for call in facts.calls:
        name = facts.qualified(call.func)
        last = name.rsplit(".", 1)[-1]
        if (
            name in _READERS
            or (
                name.startswith("pandas.read_")
                and last not in ("read_sql", "read_sql_query", "read_sql_table", "read_clipboard", "read_gbq")
            )
            or (name.startswith(_TABLES) and last.startswith(("read_", "scan_", "open_")))
            or (last in _METHODS and not name.startswith(("frame.", "series.")))
            or (last in _SPARK and _is_spark(call))
            or (("Loader" in last or "Reader" in last) and _LOADERS.search(name) is not None)
        ):
            yield call, None, name


def _is_spark(call: ast.Call) -> bool:
    """`spark.read.csv(…)`, `spark.read.format("csv").option(…).load(…)`."""
    inner: ast.AST = call.func
    for _ in range(12):
        if isinstance(inner, ast.Attribute):
            if inner.attr == "read":
                return True
            inner = inner.value
        elif isinstance(inner, ast.Call):
            inner = inner.func
        else:
            return False
    return False


def _path(call: ast.Call, name: str, facts: Facts) -> ast.expr | None:
    last = name.rsplit(".", 1)[-1]
    if (
        last in ("read_text", "read_bytes", "iterdir", "glob", "rglob")
        and isinstance(call.func, ast.Attribute)
        and not name.startswith("glob.")
    ):
        return call.func.value
    if last == "open" and not _reads(call):
        return None
    path = path_of(call)
    file = opened(facts, path)
    if file is not None:
        return path_of(file) if file is not call else path
    if last in ("load", "safe_load") and name.startswith(("pickle", "json", "yaml", "toml", "dill")):
        return None  # of a file object: what opens it is told
    return path


def _reads(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
    mode = next((m.value for m in modes if isinstance(m, ast.Constant) and isinstance(m.value, str)), "r")
    return not set(mode) & set("wax+")


def _text_of(path: ast.expr, facts: Facts) -> tuple[tuple[ast.Constant, ...], str, bool]:
    value = facts.value(path)
    if value is None:
        literals = [n for n in ast.walk(path) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        names = [n for n in ast.walk(path) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        text = literals[0].value if len(literals) == 1 and isinstance(path, ast.Constant) else ""
        head = _head(path, facts)
        held = [facts.program.names[n.id] for n in names if n.id in facts.program.names]
        for other in held:
            literals += _constants(other, facts)
        return tuple(dict.fromkeys(literals)), str(text), isinstance(head, ast.Constant)
    if value.axis and value.kind not in ("file", "text"):
        return (), "", False
    literals = _constants(value, facts)
    known = texts(value)
    text = min(known) if known else ""
    begins = bool(text) or isinstance(_head(path, facts), ast.Constant)
    if not begins and literals and all(FILE.search(str(n.value)) for n in literals):
        begins = True  # one of several paths in a list
    return tuple(literals), text.replace("\\", "/"), begins


def _constants(value: Value, facts: Facts) -> list[ast.Constant]:
    """The literals that a path is put together from; none where it was listed by a call that is told itself."""

    def enough(step: Value) -> bool:
        made = step.made
        if step.axis or step.origin or (isinstance(made, ast.Call) and _last(made) not in _MAKES_PATHS):
            return True
        return isinstance(made, ast.Constant)

    found: list[ast.Constant] = []
    for step in facts.flow.back(value, stop=enough):
        made = step.value.made
        if isinstance(made, ast.Call) and _last(made) in _LISTS:
            return []
        if isinstance(made, ast.Constant) and isinstance(made.value, str):
            found.append(made)
    return list(dict.fromkeys(found))


def _last(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )


def _head(node: ast.AST | None, facts: Facts, depth: int = 0) -> ast.AST | None:
    """What a path begins with: `"data"` in `f"{folder}/x.csv"` where the notebook says `folder = "data"`."""
    for _ in range(30):
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.JoinedStr) and node.values:
            node = node.values[0]
        elif isinstance(node, ast.FormattedValue):
            node = node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("format", "joinpath", "glob", "rglob")
        ):
            node = node.func.value
        elif (
            isinstance(node, ast.Call)
            and node.args
            and facts.qualified(node.func).rsplit(".", 1)[-1] in ("join", "Path", "PurePath", "str", "sorted", "list")
        ):
            node = node.args[0]
        elif isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)):
            value = facts.value(node)
            made = value.made if value is not None else None
            if made is None or made is node:
                return node
            node = made
        else:
            return node
    return node


def is_remote(text: str) -> bool:
    """Whether a path is an address: `s3://…`, `https://…`, `dbfs:/…`."""
    return _REMOTE.match(text) is not None
