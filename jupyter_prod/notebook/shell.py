"""What a shell line in a cell does: installs packages, only shows something, or changes the world."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from jupyter_prod.notebook.nouns import Disposition
from jupyter_prod.patterns import lazy

_SEPARATOR = lazy(r"""("(?:\\.|[^"\\])*"|'[^']*')|&&|\|\||[;|\n]|(?<![>&])&(?!>)""")
_INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
_PIP_VALUED = frozenset(
    "-i --index-url --extra-index-url -f --find-links -t --target -c --constraint --prefix --root --proxy --timeout "
    "--retries --cert --trusted-host --progress-bar --platform --python-version --upgrade-strategy --no-binary "
    "--only-binary --python -p --cache-dir --src --default-timeout".split()
)
_CONDA_VALUED = frozenset("-c --channel -n --name -p --prefix --file --solver --repodata-fn".split())
_SHOWS = frozenset(
    "ls ll dir pwd head tail cat wc nvidia-smi which whoami echo printf free df du lscpu lsb_release uname date tree "
    "file stat grep find nproc top ps java env printenv nvcc hostname type md5sum sha256sum less more man history "
    "cd jupyter cut sort uniq tr awk column".split()
)
_ASKS = ("--version", "-V", "--help", "-h")
_MAKES = {
    "wget": "downloads a file",
    "curl": "downloads",
    "gdown": "downloads a file",
    "kaggle": "downloads from Kaggle",
    "git": "brings files from a repository",
    "unzip": "unpacks files",
    "tar": "unpacks files",
    "7z": "unpacks files",
    "gunzip": "unpacks files",
    "mkdir": "makes a folder",
    "cp": "copies files",
    "mv": "moves files",
    "rm": "deletes files",
    "touch": "makes a file",
    "apt-get": "installs system packages",
    "apt": "installs system packages",
    "yum": "installs system packages",
    "brew": "installs system packages",
    "npm": "installs Node packages",
    "python": "runs another Python program",
    "python3": "runs another Python program",
}


@dataclass(frozen=True)
class ShellLine:
    """What becomes of a shell line: see Magic."""

    disposition: Disposition
    why: str
    packages: tuple[str, ...] = ()


def judge_shell(text: str) -> ShellLine:
    """What a shell line without its `!` means to a program: its worst command decides."""
    packages: list[str] = []
    shown = obstacle = ""
    for command in _commands(_without_comment(text)):
        words = _words(command)
        if not words:
            continue
        found = _installed(words)
        if found is not None and not isinstance(found, str):
            packages += found
        elif isinstance(found, str):
            obstacle = obstacle or found
        elif _writes(command):
            obstacle = obstacle or "writes a file from the shell"
        elif words[0] in _SHOWS or words[-1] in _ASKS:
            shown = words[0]
        else:
            obstacle = (
                obstacle or f"{_MAKES.get(words[0], f'runs {words[0]} in a shell')}, which a program can't rely on"
            )
    if obstacle:
        return ShellLine("obstacle", obstacle, tuple(packages))
    if packages:
        return ShellLine("dependency", "installs packages: they become dependencies", tuple(packages))
    if shown == "cd":
        return ShellLine("dropped", "changes the folder of its own shell only")
    return ShellLine("dropped", "only shows something" if shown else "does nothing")


def judge_installer(name: str, arguments: str) -> ShellLine:
    """What `%pip`, `%conda`, `%mamba` and their like mean."""
    return judge_shell(f"{name} {arguments}")


def _installed(words: list[str]) -> list[str] | str | None:
    """The requirements that an install command names, a sentence where they can't be told, None for other commands."""
    words = _from_installer(words)
    if not words:
        return None
    installer, rest = words[0], words[1:]
    verbs = [word for word in rest if not word.startswith("-")]
    if installer == "uv":
        rest = rest[1:] if verbs[:1] == ["pip"] else rest
        verbs = verbs[1:] if verbs[:1] == ["pip"] else verbs
        if verbs[:1] == ["add"]:
            verbs[0], rest = "install", ["install" if word == "add" else word for word in rest]
    if not verbs or verbs[0] not in ("install", "update", "upgrade", "uninstall", "remove", "create"):
        return []
    if verbs[0] in ("uninstall", "remove"):
        return []
    if verbs[0] == "create":
        return "makes another environment"
    rest = [word for n, word in enumerate(rest) if not (word == verbs[0] and word not in rest[:n])]
    if any("$" in word or "{" in word for word in rest):
        return "installs packages whose names a variable holds"
    return _requirements(rest, conda=installer not in ("pip", "uv"))


def _from_installer(words: list[str]) -> list[str]:
    """The command from `pip`, `conda`, … on, whatever runs it: sudo, `python -m`, `{sys.executable} -m`."""
    while words and (words[0] == "sudo" or re.fullmatch(r"[A-Z_]+=\S*", words[0]) or words[0] in ("yes", "!")):
        words = words[1:]
    if len(words) > 2 and words[1] == "-m" and re.fullmatch(r"\S*(python\S*|\{?\$?\{?sys\.executable\}*)", words[0]):
        words = words[2:]
    if not words:
        return []
    name = words[0].rsplit("/", 1)[-1].removesuffix(".exe")
    name = "pip" if re.fullmatch(r"pip[\d.]*", name) else name
    return [name, *words[1:]] if name in _INSTALLERS else []


def _requirements(words: list[str], *, conda: bool) -> list[str]:
    found: list[str] = []
    valued = _CONDA_VALUED if conda else _PIP_VALUED
    rest = iter(words)
    for word in rest:
        if word in ("-r", "--requirement"):
            found.append(f"-r {next(rest, '')}".strip())
        elif word.startswith("--requirement="):
            found.append(f"-r {word.partition('=')[2]}")
        elif word.startswith("-r") and len(word) > 2 and not word.startswith("--"):
            found.append(f"-r {word[2:]}")
        elif conda and word in ("--file", "-f"):
            found.append(f"-r {next(rest, '')}".strip())
        elif word in ("-e", "--editable"):
            found.append(f"-e {next(rest, '')}".strip())
        elif word in valued:
            next(rest, None)
        elif not word.startswith("-") and word not in ("pip", "conda"):  # an installer that renews itself
            found.append(_pip_spelling(word) if conda else word)
    return found


def _pip_spelling(word: str) -> str:
    word = word.rpartition("::")[2]
    return re.sub(r"(?<![=<>!~])=(?!=)([^=]+)(=.*)?$", r"==\1", word)


def _commands(text: str) -> list[str]:
    """The single commands of a line, cut at separators that no quotes protect."""
    found, start = [], 0
    for match in _SEPARATOR.finditer(text):
        if match[1] is None:
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


def _words(command: str) -> list[str]:
    """Shell words without redirections."""
    try:
        found = shlex.split(command)
    except ValueError:  # an open quote: the shell would complain too
        found = command.split()
    words: list[str] = []
    skip = False
    for word in found:
        if skip:
            skip = False
        elif re.fullmatch(r"\d*>{1,2}|&>{1,2}|<", word):
            skip = True
        elif re.match(r"(\d|&)?>{1,2}(?!=)", word):
            continue
        else:
            words.append(word)
    return words


def _writes(command: str) -> bool:
    quoteless = re.sub(r"'[^']*'|\"[^\"]*\"", "", command)
    return any("/dev/null" not in target and "&" not in target for target in re.findall(r"\d*>{1,2}\s*\S*", quoteless))


def _without_comment(text: str) -> str:
    return re.sub(r"(^|\s)#(?!\w+=)[^'\"]*$", "", text, flags=re.MULTILINE)
