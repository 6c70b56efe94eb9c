"""What each IPython magic means to a program: the knowledge behind the translation, as data."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_prod.notebook.nouns import Disposition
from jupyter_prod.notebook.shell import judge_installer, judge_shell


@dataclass(frozen=True)
class Meaning:
    """What becomes of a magic: see Magic."""

    disposition: Disposition
    why: str
    packages: tuple[str, ...] = ()


def _table(*rows: tuple[str, str]) -> dict[str, str]:
    return {name: why for names, why in rows for name in names.split()}


TIMERS = frozenset("time prun lprun mprun memit snakeviz pyinstrument scalene".split())
"""Line magics that run the statement after them, with its effects on names."""

KEEPERS = TIMERS | frozenset("capture debug notify heat wandb ipytest chime skip_if_done blackd nb_black".split())
"""Cell magics that run the cell's body as Python in the notebook's own namespace."""

INSTALLERS = frozenset("pip conda mamba micromamba uv".split())
SHELLS = frozenset("system sx ! bash sh cmd script".split())

_LINE_DROPPED = _table(
    ("matplotlib gui colors precision pprint xmode config", "sets how the notebook shows things"),
    ("load_ext reload_ext unload_ext extension install_ext", "loads a notebook extension"),
    ("autoreload aimport", "reloads modules while a person edits them"),
    ("timeit", "times a statement and forgets its result"),
    ("who whos who_ls lsmagic magic quickref page history hist env_list pinfo pinfo2 pdoc pdef psource pfile psearch "
     "pycat pwd ls ll la lf lk ld lx ldir dir dirs ddir dhist cat less more man head tail watermark "
     "version_information tb", "only shows something"),
    ("tensorboard", "shows TensorBoard"),
    ("debug pdb", "starts the debugger"),
    ("logstart logstop logon logoff logstate notebook save pastebin", "keeps a log of the session"),
    ("alias alias_magic unalias rehashx automagic autocall autoawait doctest_mode killbgscripts bookmark",
     "sets up the session"),
    ("load loadpy", "puts a file's text into the cell for a person to run"),
    ("tensorflow_version", "chooses a version on Colab"),
    ("reset reset_selective", "empties the session, which a program starts with"),
    ("javascript html latex", "only shows something"),
    ("connect_info qtconsole clear cls", "is about the session's window"),
    ("flake8_on flake8_off pycodestyle_on pycodestyle_off nb_black black lab_black jupyter_black",
     "formats or checks the notebook"),
)  # fmt: skip

_LINE_OBSTACLES = _table(
    ("run", "runs another notebook or script, whose names it takes over"),
    ("store", "exchanges values with other notebooks"),
    ("macro edit ed recall rep rerun", "runs text that is not in the notebook"),
    ("sql bigquery R Rpush Rpull Rget julia spark", "runs another language"),
    ("mkdir rmdir rm cp mv touch", "changes files from the shell"),
    ("pushd popd", "changes the working folder"),
    ("dotenv", "reads the environment from a file"),
)

_CELL_DROPPED = _table(
    ("html HTML svg SVG latex markdown javascript js", "only shows something"),
    ("timeit", "times its cell and forgets the result"),
    ("mermaid", "only shows something"),
)

_CELL_OBSTACLES = _table(
    ("writefile file", "writes its cell to a file"),
    ("R julia perl ruby sql bigquery spark scala", "is another language's cell"),
    ("python python2 python3 pypy", "runs its cell in another Python process"),
    ("cython fortran cu", "compiles its cell"),
    ("px", "runs its cell on other machines"),
)

AUTOMAGIC = frozenset(
    "pip conda mamba cd ls ll pwd who whos who_ls matplotlib load_ext reload_ext autoreload env run timeit time store "
    "pylab config mkdir rmdir rm cp mv cat less more man pinfo lsmagic pdb reset xdel precision".split()
)
"""Names that IPython takes for magics without their `%` where the line is not Python otherwise."""

LISTINGS = frozenset("ls ll pwd who whos who_ls lsmagic".split())
"""Those of them that people write alone on a line (`ls -l` is a subtraction to Python)."""


def line_meaning(name: str, arguments: str) -> Meaning:
    """What a line magic that has no Python form means."""
    if name in INSTALLERS:
        judged = judge_installer(name, arguments)
        return Meaning(judged.disposition, judged.why, judged.packages)
    if name in SHELLS:
        return shell_meaning(arguments)
    if name == "store" and "-r" not in arguments.split():
        return Meaning("dropped", "keeps a value for other notebooks")
    if name in _LINE_OBSTACLES:
        return Meaning("obstacle", _LINE_OBSTACLES[name])
    if name in _LINE_DROPPED:
        return Meaning("dropped", _LINE_DROPPED[name])
    return Meaning("obstacle", f"%{name} is no magic of IPython's own; what it does is not known")


def cell_meaning(name: str, arguments: str, body: str) -> Meaning:
    """What a cell magic whose body is not run as the notebook's Python means."""
    if name in _CELL_DROPPED:
        return Meaning("dropped", _CELL_DROPPED[name])
    if name in SHELLS:
        judged = shell_meaning(body)
        if judged.disposition == "obstacle":
            return Meaning("obstacle", f"is a shell cell that {judged.why}", judged.packages)
        return judged
    if name in _CELL_OBSTACLES:
        return Meaning("obstacle", _CELL_OBSTACLES[name])
    return Meaning("obstacle", f"%%{name} is no magic of IPython's own; what it does with its cell is not known")


def shell_meaning(text: str) -> Meaning:
    """What a shell line, without its `!`, means."""
    judged = judge_shell(text)
    return Meaning(judged.disposition, judged.why, judged.packages)
