"""`jupyter-prod init`: writes the CI parts into a repository."""

from __future__ import annotations

from pathlib import Path

import click

from jupyter_prod.errors import DONE, UsableError

PARTS = {
    "settings": ("jupyter-prod.toml", "jupyter-prod.toml"),
    "pre-commit": (".pre-commit-config.yaml", "pre-commit.yaml"),
    "github": (".github/workflows/notebooks.yml", "github.yml"),
    "gitlab": (".gitlab-ci.yml", "gitlab.yml"),
    "charter": ("charter.yaml", "charter.yaml"),
}
"""Part → the file that it is written to, and the one that it is written from."""

_JOINED = ("pre-commit", "gitlab")
_OURS = "jupyter-prod-lint"


@click.command(epilog="Exit codes: 0 done, 2 unusable input or arguments, 3 internal error.")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="What to write.  [default: what fits]"
)
@click.pass_context
def init(context: click.Context, /, folder: Path, parts: tuple[str, ...]) -> None:
    """Write into a repository what lets its CI lint notebooks. What is there is kept; a hook or job is joined to it.

    Without --part: settings, a pre-commit hook, a charter to fill in, and GitHub's or GitLab's part where FOLDER has
    the other's traces or its remote names it.

    \b
    Examples:
      jupyter-prod init
      jupyter-prod init pilots --part github --part charter
    """
    if not folder.is_dir():
        raise UsableError("is no folder", str(folder))
    for part in parts or _fitting(folder):
        click.echo(_write(folder, part))
    context.exit(DONE)


def _fitting(folder: Path) -> list[str]:
    found = ["settings", "pre-commit", "charter"]
    config = folder / ".git" / "config"
    remote = config.read_text(encoding="utf-8", errors="replace") if config.is_file() else ""
    if "gitlab" in remote or (folder / ".gitlab-ci.yml").exists():
        found.append("gitlab")
    if "github" in remote or (folder / ".github").exists():
        found.append("github")
    return found


def _write(folder: Path, part: str) -> str:
    name, source = PARTS[part]
    target = folder / name
    text = (Path(__file__).parents[1] / "lint" / "parts" / source).read_text(encoding="utf-8")
    try:
        if target.exists() and part not in _JOINED:
            return f"{name} is there already: left as it is"
        if target.exists():
            held = target.read_text(encoding="utf-8")
            if _OURS in held:
                return f"{name} has it already"
            if part == "pre-commit":
                if not held.rstrip().endswith(("\n", "]")) and "repos:" not in held:
                    raise UsableError("has no `repos:` to join", str(target), "add the hook by hand")
                text = held.rstrip("\n") + "\n" + text
            else:
                text = held.rstrip("\n") + "\n\n" + text
            target.write_text(text, encoding="utf-8")
            return f"{name}: joined"
        if part == "pre-commit":
            text = "repos:\n" + text
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UsableError(f"can't be written ({getattr(e, 'strerror', None) or 'no UTF-8'})", str(target)) from None
    return f"{name}: written"
