"""Environments are found as asked, named in one line where they are wrong, and pinned to what they hold."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_prod.environment import Environment, choose_environment, constraints, facts, requirements
from jupyter_prod.errors import UsableError

HELD = Environment(
    Path("/env/bin/python"),
    "3.10.13",
    {
        "scikit-learn": "1.1.3",
        "numpy": "1.23.5",
        "scipy": "1.9.3",
        "joblib": "1.2.0",
        "pandas": "1.5.3",
        "pillow": "10.0.0",
        "torch": "2.1.0+cpu",
        "opencv-python": "4.8.0.76",
        "openpyxl": "3.1.2",
        "six": "1.16.0",
        "python-dateutil": "2.8.2",
        "google-auth": "2.0",
        "protobuf": "4.25.0",
    },
    {
        "sklearn": ("scikit-learn",),
        "numpy": ("numpy",),
        "pandas": ("pandas",),
        "PIL": ("pillow",),
        "torch": ("torch",),
        "cv2": ("opencv-python",),
        "google": ("google-auth", "protobuf"),
        "dateutil": ("python-dateutil",),
    },
    {"pandas": ("numpy", "python-dateutil"), "python-dateutil": ("six",)},
)


@pytest.fixture(autouse=True)
def _no_kernels_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "none"))


def kernel(tmp_path: Path, name: str, program: str, language: str = "python") -> None:
    folder = tmp_path / "jupyter" / "kernels" / name
    folder.mkdir(parents=True)
    spec = {"argv": [program, "-m", "ipykernel_launcher"], "language": language}
    (folder / "kernel.json").write_text(json.dumps(spec))


def test_facts_know_this_interpreter() -> None:
    held = facts(Path(sys.executable))
    assert held.version == sys.version.split()[0]
    assert held.distributions["pytest"] == pytest.__version__
    assert held.modules["yaml"] == ("pyyaml",)
    assert "packaging" in held.requires["pytest"]


def test_an_asked_python_wins_over_every_other(tmp_path: Path) -> None:
    kernel(tmp_path, "python3", "/nowhere/python")
    found = choose_environment(tmp_path / "a.ipynb", python=Path(sys.executable), kernel_name="python3")
    assert found.python == Path(sys.executable)
    assert "--python" in found.why


@pytest.mark.parametrize("made", [None, "text", "folder"])
def test_a_python_that_is_none_is_said_in_one_line(tmp_path: Path, made: str | None) -> None:
    path = tmp_path / "python"
    if made == "text":
        path.write_text("no")
    elif made == "folder":
        path.mkdir()
    with pytest.raises(UsableError) as caught:
        choose_environment(tmp_path / "a.ipynb", python=path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_program_that_is_no_python_is_said(tmp_path: Path) -> None:
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\necho something else\n")
    path.chmod(0o755)
    with pytest.raises(UsableError, match="not a working Python"):
        choose_environment(tmp_path / "a.ipynb", python=path)


def test_the_notebooks_kernel_is_used_where_its_python_is_there(tmp_path: Path) -> None:
    kernel(tmp_path, "Pilot", sys.executable)
    found = choose_environment(tmp_path / "a.ipynb", kernel_name="pilot")
    assert found.python == Path(sys.executable)
    assert "kernel pilot" in found.why


def test_a_kernel_whose_python_is_gone_is_passed_over_unless_asked_for(tmp_path: Path) -> None:
    kernel(tmp_path, "gone", str(tmp_path / "bin" / "python"))
    assert choose_environment(tmp_path / "a.ipynb", kernel_name="gone").why == "the current interpreter"
    with pytest.raises(UsableError, match="is not there"):
        choose_environment(tmp_path / "a.ipynb", kernel="gone")


def test_an_unknown_kernel_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    kernel(tmp_path, "pilot", sys.executable)
    with pytest.raises(UsableError, match=r"installed: .*pilot"):
        choose_environment(tmp_path / "a.ipynb", kernel="pilto")


def test_a_kernel_of_another_language_is_refused(tmp_path: Path) -> None:
    kernel(tmp_path, "ir", "/usr/bin/R", "R")
    with pytest.raises(UsableError, match="its language is R"):
        choose_environment(tmp_path / "a.ipynb", kernel="ir")


def test_the_environment_beside_is_found_above_up_to_the_repository_and_not_run(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    notebook = repository / "notebooks" / "a.ipynb"
    notebook.parent.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(repository / ".venv")], check=True)
    packages = next((repository / ".venv").glob("lib/python3*/site-packages"))
    (packages / "pilot-1.5.dist-info").mkdir()
    (packages / "pilot-1.5.dist-info" / "METADATA").write_text("Name: Pilot\nVersion: 1.5\n")
    (packages / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n")

    found = choose_environment(notebook)

    assert found.python == repository / ".venv" / "bin" / "python"
    assert found.distributions == {"pilot": "1.5"}
    assert found.version == sys.version.split()[0]
    assert not (tmp_path / "ran").exists()
    assert choose_environment(tmp_path / "a.ipynb").why == "the current interpreter"


def test_imports_become_pinned_distributions_with_what_decides_their_numbers() -> None:
    pinned, unknown = requirements(["sklearn.linear_model", "os", "PIL", "json"], HELD)
    assert pinned == ("joblib==1.2.0", "numpy==1.23.5", "pillow==10.0.0", "scikit-learn==1.1.3", "scipy==1.9.3")
    assert unknown == ()


def test_local_versions_and_desktop_builds_are_exchanged_for_what_a_server_can_install() -> None:
    assert requirements(["torch", "cv2"], HELD)[0] == (
        "numpy==1.23.5",
        "opencv-python-headless==4.8.0.76",
        "torch==2.1.0",
    )


def test_formats_bring_their_readers() -> None:
    assert "openpyxl==3.1.2" in requirements(["pandas"], HELD, ["xlsx"])[0]
    assert "pyarrow" in requirements(["pandas"], HELD, [".parquet"])[0]


def test_known_distributions_that_the_environment_lacks_have_no_version_and_strangers_are_named() -> None:
    pinned, unknown = requirements(["xgboost", "prep"], HELD)
    assert "xgboost" in pinned
    assert unknown == ("prep",)


def test_one_of_several_distributions_is_chosen_for_a_shared_import() -> None:
    assert requirements(["google.auth"], HELD)[0] == ("google-auth==2.0",)


@pytest.mark.parametrize(("version", "expected"), [("3.11.7", False), ("3.12.1", True)])
def test_setuptools_stands_in_for_distutils_where_python_has_none(version: str, expected: bool) -> None:
    held = replace(HELD, version=version, distributions={**HELD.distributions, "setuptools": "69.0"})
    assert ("setuptools==69.0" in requirements(["PIL"], held)[0]) is expected
    assert "setuptools==69.0" in requirements(["pkg_resources"], held)[0]


def test_constraints_are_the_rest_of_what_was_installed_along() -> None:
    assert constraints(["pandas==1.5.3", "numpy==1.23.5"], HELD) == ("python-dateutil==2.8.2", "six==1.16.0")
