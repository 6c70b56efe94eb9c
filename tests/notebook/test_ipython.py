"""IPython syntax to Python: what becomes of each command, and what holds of every cell."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prod.notebook import Cell, PythonCell, python_source
from jupyter_prod.notebook.magics import LISTINGS


def python(source: str) -> PythonCell:
    return python_source(Cell(number=3, id=None, kind="code", source=source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nimport os", "pass\nimport os"),
        ("% matplotlib inline", "pass"),
        ("x = 1\n!ls -l\nx", "x = 1\npass\nx"),
        ("df.head?", "pass"),
        ("?df", "pass"),
        ("pd.read_csv??  # how", "pass"),
        ("if a:\n    %time f(x)\nelse:\n    !rm x", "if a:\n    f(x)\nelse:\n    pass"),
        ("for i in x:\n\t%who", "for i in x:\n\tpass"),
        ("!pip install a \\\n    b \\\n    c\nx = 1", "pass\n\n\nx = 1"),
        ("files = !ls *.csv", "files = get_ipython().getoutput('ls *.csv')"),
        ("d['a'] = !ls", "d['a'] = get_ipython().getoutput('ls')"),
        ("h = %env HOME", "h = get_ipython().run_line_magic('env', 'HOME')"),
        ("y = %time f(x)", "y =       f(x)"),
        ("%time y = f(a,\n  b)\nz = 1", "y = f(a,\n  b)\nz = 1"),
        ("%prun -s cumulative -l 5 f(x)", "f(x)"),
        ("%lprun -f f -f g h(x)", "h(x)"),
        ("%time !ls", "pass"),
        ("%time %time f()", "f()"),
        ("%time \\\n  f()", "f()\n"),
        ("%time", "pass"),
        ("%timeit x = f()", "pass"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n\n%%capture out\nx = 1", "\n\n\nx = 1"),
        ("%%time\n%%capture\nx = 1", "\n\nx = 1"),
        ("%%timeit\nx = 1\ny = 2", "\n\n"),
        ("%%bash\nls\n", "\n\n"),
        ("%%R -i df\nx <- 1", "\n"),
        ("%%writefile a.py\nx = 1", "\n"),
        ("%%script false --no-raise-error\nx = 1", "\n"),
        ("%cd data/raw", "import os; os.chdir('data/raw')"),
        ("%cd ~/data", "import os; os.chdir(os.path.expanduser('~/data'))"),
        ("%env KEY=a b", "import os; os.environ['KEY'] = 'a b'"),
        ("pip install xgboost", "pass"),
        ("cd ..", "pass"),
        ("/f x", "pass"),
        ("  x = 1\n  if x:\n    y = 2", "x = 1\nif x:\n  y = 2"),
        (">>> x = 1\n>>> for i in x:\n...     y = 2", "x = 1\nfor i in x:\n    y = 2"),
        ("In [3]: x = 1", "x = 1"),
    ],
)
def test_ipython_becomes_python(source, expected):
    read = python(source)
    if source == "cd ..":
        expected = "import os; os.chdir('..')"
    assert read.source == expected
    assert read.error is None


@pytest.mark.parametrize(
    "source",
    [
        "s = '''\n%matplotlib inline\n!ls\n'''",
        's = f"""\n!{x}\n"""',
        "# %matplotlib inline\n# !ls",
        "z = (a\n%b)",
        "z = a \\\n%b",
        "z = [\n  1,\n  -2\n%b]",
        "x = a %b",
        "x %= b",
        "x != y",
        "assert a == b % c",
        "ls = [1]\nls",
        "time = 3\ntime -1",
        "import time\ntime",
        "env",
        "run",
        "env = 1\nenv / 2",
        "s = 'what?'",
        "s = '# no' ; t = 1  # really?",
        "print('50 %')\nprint(f'{x:%d}')",
        "def f(run):\n    run (1)\n",
        "x = {'a': 1}\n\n\nx['a']",
    ],
)
def test_ordinary_python_is_left_alone(source):
    read = python(source)
    assert (read.source, read.magics, read.error) == (source, (), None)


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        ("!pip install pandas==1.5 'numpy>=1.2,<2' scikit-learn", ("pandas==1.5", "numpy>=1.2,<2", "scikit-learn")),
        ("%pip install -q -U --user xgboost", ("xgboost",)),
        ("!pip3 -q install seaborn  # plots", ("seaborn",)),
        ("!{sys.executable} -m pip install shap", ("shap",)),
        ("!python3 -m pip install shap", ("shap",)),
        ("!sudo /opt/conda/bin/pip install shap", ("shap",)),
        ("!pip install -r requirements.txt -c limits.txt", ("-r requirements.txt",)),
        ("!pip install --index-url http://x y", ("y",)),
        ("!pip install git+https://github.com/a/b@v1#egg=b", ("git+https://github.com/a/b@v1#egg=b",)),
        ("!pip install \"torch>=2; python_version<'4'\"", ("torch>=2; python_version<'4'",)),
        ("!pip install a > /dev/null 2>&1", ("a",)),
        ("!pip install a && pip install b; pip install c | tail -1", ("a", "b", "c")),
        ("%conda install -y -c conda-forge lightgbm=3.3", ("lightgbm==3.3",)),
        ("!mamba install conda-forge::polars", ("polars",)),
        ("!uv pip install --system a", ("a",)),
        ("pip install a", ("a",)),
        ("%%bash\npip install a\npip install b", ("a", "b")),
        ("!pip install a \\\n  b", ("a", "b")),
        ("!pip install --upgrade pip a", ("a",)),
    ],
)
def test_an_install_is_a_dependency(source, packages):
    (magic,) = python(source).magics
    assert (magic.disposition, magic.packages) == ("dependency", packages)


@pytest.mark.parametrize(
    ("source", "disposition"),
    [
        ("%matplotlib inline", "dropped"),
        ("%load_ext autoreload", "dropped"),
        ("%config InlineBackend.figure_format = 'retina'", "dropped"),
        ("%timeit f()", "dropped"),
        ("!ls", "dropped"),
        ("!head -3 data.csv | cut -c1-20", "dropped"),
        ("!nvidia-smi", "dropped"),
        ("!python --version", "dropped"),
        ("!cd data", "dropped"),
        ("!pip list", "dropped"),
        ("!pip uninstall -y x", "dropped"),
        ("%%html\n<b>", "dropped"),
        ("x?", "dropped"),
        ("%time f()", "kept"),
        ("%%time\nf()", "kept"),
        ("%pylab inline", "kept"),
        ("%env A=1", "kept"),
        ("%run other.ipynb", "obstacle"),
        ("!wget http://example.org/a.csv", "obstacle"),
        ("!ls > files.txt", "obstacle"),
        ("!ls && unzip a.zip", "obstacle"),
        ("!pip install {package}", "obstacle"),
        ("x = !ls", "obstacle"),
        ("%store -r df", "obstacle"),
        ("%%bash\nmake all", "obstacle"),
        ("%%R\nx <- 1", "obstacle"),
        ("%%writefile a.py\nx = 1", "obstacle"),
        ("%%nobody_knows\nx = 1", "obstacle"),
        ("%nobody_knows x", "obstacle"),
        ("x = 1\n%%time\ny = 2", "obstacle"),
        ("%env A=$B", "obstacle"),
        ("/f x", "obstacle"),
    ],
)
def test_each_command_is_judged(source, disposition):
    (magic,) = python(source).magics
    assert (magic.disposition, magic.cell) == (disposition, 3)
    assert magic.why


def test_magics_know_their_line_and_text():
    read = python("x = 1\n\n    # note\nif x:\n    !pip install a \\\n      b\n%who")
    assert [(m.line, m.name, m.text) for m in read.magics] == [(5, "!", "!pip install a b"), (7, "who", "%who")]


def test_a_shift_says_where_the_code_was():
    read = python("if x:\n    %time f(y)")
    line = read.source.split("\n")[1]
    assert "if x:\n    %time f(y)".split("\n")[1][read.shifts[2] + line.index("f(") :] == "f(y)"


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("x = 1\nprint 'a'", 2, 1, "Python 2: print is a statement"),
        ("print 'a', b", 1, 1, "Python 2: print is a statement"),
        ("try:\n    f()\nexcept ValueError, e:\n    pass", 3, 8, "Python 2: Python 3 writes `except X as e`"),
        ("if a <> b:\n    pass", 1, 6, "Python 2: Python 3 writes != for <>"),
        ("x = (1,", 1, 5, "was never closed"),
        ("x = 1\0", 1, 1, ""),
        ("%who\n  y = = 1", 2, 3, "unexpected indent"),
    ],
)
def test_what_is_no_python_is_said_with_its_place(source, line, column, message):
    error = python(source).error
    assert error is not None
    assert message in error.message and error.message
    assert error.line == line
    assert abs(error.column - column) <= 1  # versions of Python differ by one here


@pytest.mark.parametrize(
    "source", ["(" * 5000, "-" * 100_000 + "1", "x = " + "[" * 500 + "]" * 500, "a." * 50_000 + "b"]
)
def test_code_nested_beyond_all_measure_is_no_crash(source):
    read = python(source)
    assert read.error is not None or read.tree is not None


def test_other_kinds_of_cells_are_blank():
    read = python_source(Cell(number=1, id=None, kind="markdown", source="# a\n%b\n"))
    assert (read.source, read.magics, read.error) == ("\n\n", (), None)


def test_an_invalid_escape_is_not_shouted(recwarn):
    assert python("x = '\\d'").error is None
    assert not recwarn.list


IPYTHON = [
    "%time ",
    "%%time",
    "%%bash",
    "!",
    "?",
    "pip install a",
    "ls",
    "%matplotlib inline",
    "/f",
    ",",
    ";",
    "$",
    "=!",
]
PYTHON = ["x", " = ", "'", '"', '"""', "(", ")", "#", "if x:", "{", "}", "é", "f'{", ">>> ", "In [1]: "]
LINES = ["\n", "\n    ", "\\", "\\\n", "\t", "\r\n", "\r", "\x0c"]
FRAGMENTS = st.sampled_from([*IPYTHON, *PYTHON, *LINES])
CELLS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=30).map("".join))


@given(CELLS)
def test_lines_are_kept_and_nothing_is_raised(source):
    read = python(source)
    lines = source.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert read.source.count("\n") == lines
    assert (read.error is None) == (read.tree is not None)
    for magic in read.magics:
        assert 1 <= magic.line <= lines + 1
    if read.error:
        assert 1 <= read.error.line <= lines + 1 and read.error.column >= 1


@given(CELLS)
def test_what_is_python_already_stays_as_it_is(source):
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    if source.lstrip("\n")[:1].isspace() or "In [" in source:
        return  # IPython dedents it, or takes an annotation for a pasted prompt
    read = python(source)
    if any(magic.name in LISTINGS for magic in read.magics):
        return  # a bare name that IPython takes for its magic
    assert (read.source, read.magics) == (source, ())


@given(
    st.lists(
        st.sampled_from(["x = 1", "y = x % 2", "z = (x,\n     y)", "s = '''\n%a\n'''", "if x:\n    y = 2"]), min_size=1
    )
)
def test_code_around_a_magic_stays_at_its_place(statements):
    code = "\n".join(statements)
    assert python(f"{code}\n%matplotlib inline\n{code}").source == f"{code}\npass\n{code}"
