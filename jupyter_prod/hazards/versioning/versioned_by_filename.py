"""JPV08 versioned-by-filename."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import texts
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.patterns import lazy

_WORDS = lazy(r"[A-Z]?[a-z]+\d*|[A-Z]+\d*(?![a-z])|\d+(?:\.\d+)*|\(\d+\)")
_MARKS = lazy(r"(?:untitled|final|copy|copie|kopie|backup|bak|old)\d*", re.IGNORECASE)
_NUMBERED = lazy(
    r"(?:^|[\s_.\-])(?:v|ver|version|rev|take|try|draft)[\s_.\-]?\d+(?:\.\d+)*"
    r"(?=$|[\s_.\-]*(?:$|[\d(]|final|copy|clean|old|new|fixed|tuned|test|draft|wip|backup))",
    re.IGNORECASE,
)
_DUPLICATE = lazy(r"\w ?\(\d{1,2}\)$")
_GLUED = lazy(r"[a-z]_?[vV]\d{1,2}$")
_ARCHITECTURES = lazy(
    r"""(?:yolo|mobile-?net|inception|res-?net\d*|res-?ne[xs]t|deep-?lab|efficient-?net|shuffle-?net|squeeze-?net
        |dense-?net|vgg\d*|ghost-?net|mnas-?net|xception|detectron|squad|glove|elmo|bert|roberta|gpt|llama|mistral|phi
        |qwen|gemma|ada|dall-?e|stable-?diffusion|sd|api|tf|tensorflow|pydantic|ipv?|imagenet|dino|sam|whisper|swin
        |convnext|deberta|electra|python|py|http|tls|ssl|usb|hdf|gen|l[12]|ucf|mnist|cifar|coco|voc|segformer|e5|gte
        |colbert|splade|embed\w*)[\s_.\-]?$""",
    re.IGNORECASE | re.VERBOSE,
)
_OTHER_SENSES = lazy(
    r"""final[\s_.\-]*(?:project|exam|assignment|report|presentation|capstone|task|thesis|paper|year|fantasy|match|round
        |score|grade|lab|homework|test|submission|state|layer|epoch|destination|product|energy)
        |(?:semi|quarter|world[\s_-]?cup|cup|champions[\s_-]?league|nba|super[\s_-]?bowl)[\s_.\-]*final
        |copy[\s_.\-]*(?:number|paste|right|writ|cat|and|vs|deep|shallow)
        |(?:deep|shallow|photo|hard|view|vs)[\s_.\-]*copy
        |old[\s_.\-]*(?:faithful|english|testament|kingdom|age|people)|(?:year|month|week|day|years)s?[\s_.\-]*old""",
    re.IGNORECASE | re.VERBOSE,
)
_WRITES = frozenset(
    """dump save save_model save_weights save_pretrained save_checkpoint savefig savetxt savez savez_compressed saveas
    to_csv to_excel to_parquet to_pickle to_json to_feather to_hdf to_html to_sql to_stata to_disk to_file to_onnx
    to_xml write_csv write_parquet write_json write_excel write_image write_html write_text write_bytes write_feather
    write_table imwrite export export_text upload_file upload_from_filename ExcelWriter ModelCheckpoint put_object
    copyfile
    """.split()
)
_MODES = frozenset("wax")
_MOST = 2000


class VersionedByFilename(Rule):
    code = "JPV08"
    slug = "versioned-by-filename"
    severity = "info"
    step = 4
    title = "A version kept in a file's name"
    what = """
    Finds `final`, `copy`, `old`, `v2`, `(1)` and `Untitled` in the notebook's own name, and in the names of models and
    files that it writes. Names of models in which the number belongs (`mobilenet_v2`) are none; files that are read
    are another rule's.
    """
    why = """
    Nobody knows which of `final`, `final_v2` and `copy` is in production, or what changed between them. Version
    control and a model registry answer both; names don't.
    """
    bad = (
        """
        #@ JPV08
        import pandas as pd
        # %% [name] churn_FINAL_v2.ipynb
        """,
        """
        import joblib
        from sklearn.svm import SVC
        model = SVC().fit([[0], [1]], [0, 1])
        joblib.dump(model, "churn_final2.pkl")  # JPV08
        """,
        """
        #@ JPV08
        import pandas as pd
        scores = pd.DataFrame({"a": [1]})
        OUT = "results/scores_v3.csv"
        scores.to_csv(OUT)  # JPV08
        # %% [name] Untitled3.ipynb
        """,
    )
    good = (
        """
        import pandas as pd
        rows = pd.read_csv("export_final.csv")
        rows.to_csv("scores.csv")
        # %% [name] final-project.ipynb
        """,
        """
        net.save("mobilenet_v2.keras")
        copy = rows.copy()
        plt.savefig(f"curve_v{VERSION}.png")
        # %% [name] finally-a-forecast.ipynb
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project is one versioned repository; each training run registers its model under a version of its own.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        name = facts.notebook.path.name
        mark = version_in(name.partition(".")[0] if name.endswith(".py") else facts.notebook.path.stem)
        if mark:
            yield Hit(
                Place(None), f"the notebook's name says {mark!r}: name it after what it does, git keeps the versions"
            )
        for call in _writing(facts):
            for text in _paths(facts, call):
                mark = version_in(re.split(r"[\\/]", text.rstrip("\\/"))[-1])
                place = facts.place(call)
                if mark and place is not None:
                    yield Hit(
                        place, f"{text[-60:]!r} keeps a version in its name ({mark!r}): use a registry or a run's id"
                    )
                    break


def version_in(name: str) -> str:
    """What of a file's name says a version that a person keeps; empty for none."""
    stem = re.sub(r"\.[A-Za-z]\w{0,8}$", "", name)[:200]
    if _OTHER_SENSES.search(stem):
        return ""
    found = _NUMBERED.search(stem) or _GLUED.search(stem)
    if found is not None and not any(_ARCHITECTURES.search(name) for name in _without(stem, found)):
        return found[0].strip(" _.-")
    if _DUPLICATE.search(stem):
        return stem[stem.rindex("(") :]
    for word in _WORDS.findall(stem):
        if _MARKS.fullmatch(word):
            return str(word)
    return ""


def _without(stem: str, found: re.Match[str]) -> Iterator[str]:
    """What stands before a number that looks like a version."""
    yield stem[: found.start() + 1].rstrip(" _.-")
    yield re.sub(r"[\s_.\-]?[vV]\d[\d.]*$", "", stem[: found.end()])


def _writing(facts: Facts) -> Iterator[ast.Call]:
    yield from islice(facts.methods(*_WRITES), _MOST)
    for call in islice(facts.methods("open"), _MOST):
        modes = [
            a.value
            for a in (*call.args[:2], *(k.value for k in call.keywords if k.arg == "mode"))[0:3]
            if isinstance(a, ast.Constant)
        ]
        if any(isinstance(m, str) and len(m) <= 3 and _MODES & set(m) for m in modes):
            yield call


def _paths(facts: Facts, call: ast.Call) -> Iterator[str]:
    """The constant file names that a call is given, also at the end of a joined path."""
    nodes: list[ast.expr] = [*call.args[:3], *(k.value for k in call.keywords)][:12]
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("open", "write_text", "write_bytes"):
        nodes.append(call.func.value)
    for node in nodes:
        value = facts.value(node)
        if value is not None and value.kind == "file":
            continue  # the call that opens it is told
        known = texts(value) if value is not None else set()
        if known:
            yield from (t for t in sorted(known) if _is_file(t))
            continue
        last = _last(node)
        if isinstance(last, ast.Constant) and isinstance(last.value, str) and _is_file(last.value):
            yield last.value


def _last(node: ast.expr) -> ast.expr:
    """The last part of `folder / "x.csv"`, `os.path.join(folder, "x.csv")`, `open("x.csv")`, `folder + "x.csv"`."""
    for _ in range(10):
        if isinstance(node, ast.BinOp):
            node = node.right
        elif isinstance(node, ast.Call) and node.args and not node.keywords:
            node = node.args[-1 if getattr(node.func, "attr", getattr(node.func, "id", "")) == "join" else 0]
        elif isinstance(node, ast.JoinedStr) and node.values:
            node = node.values[-1]
        else:
            break
    return node


def _is_file(text: str) -> bool:
    return 2 < len(text) < 300 and "\n" not in text and not text.isspace()
