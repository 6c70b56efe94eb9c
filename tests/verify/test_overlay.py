"""What the service needs is laid behind the environment's own libraries, and never put into it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prod.environment import Environment, facts
from jupyter_prod.verify import Unfitting
from jupyter_prod.verify.overlay import overlay


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment that has an old typing_extensions, as some libraries pin it, and nothing else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    packages = next((tmp_path / "env").glob("lib/python3*/site-packages"))
    (packages / "typing_extensions-4.5.0.dist-info").mkdir()
    (packages / "typing_extensions-4.5.0.dist-info" / "METADATA").write_text(
        "Name: typing_extensions\nVersion: 4.5.0\n"
    )
    return facts(tmp_path / "env" / "bin" / "python")


def test_nothing_is_installed_where_nothing_is_missing() -> None:
    assert overlay(facts(Path(sys.executable)), ("pytest", "pyyaml")) is None


def test_what_is_missing_fits_what_is_there_and_is_kept(bare: Environment, tmp_path: Path) -> None:
    before = sorted((tmp_path / "env").rglob("*"))
    made = overlay(bare, ("starlette", "h11"))
    assert made is not None
    names = {path.name for path in (made / "packages").iterdir()}
    assert {"starlette", "h11"} <= names
    assert not [name for name in names if name.startswith("typing_extensions-") and "4.5.0" not in name]
    assert sorted((tmp_path / "env").rglob("*")) == before
    assert overlay(bare, ("starlette", "h11")) == made


def test_the_environments_own_libraries_come_first(bare: Environment, tmp_path: Path) -> None:
    made = overlay(bare, ("h11",))
    assert made is not None
    packages = next((tmp_path / "env").glob("lib/python3*/site-packages"))
    (packages / "h11.py").write_text("own = True\n")
    done = subprocess.run(
        [str(bare.python), "-c", "import h11, sys; print(h11.own, sys.path[-1])"],
        env={"PYTHONPATH": str(made / "start"), "JUPYTER_PROD_OVERLAY": str(made / "packages")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", str(made / "packages")]


def test_libraries_that_can_not_be_had_are_said_and_leave_nothing(bare: Environment, tmp_path: Path) -> None:
    with pytest.raises(Unfitting) as caught:
        overlay(bare, ("no-such-distribution-of-anybody",))
    assert "no-such-distribution-of-anybody" in caught.value.obstacle.what
    assert list((tmp_path / "cache" / "jupyter-prod" / "overlays").iterdir()) == []
