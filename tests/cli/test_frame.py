"""What the frame of the command line promises, whatever the command."""

from __future__ import annotations

import subprocess
import sys
import types

import click
import pytest

from jupyter_prod import __version__
from jupyter_prod.cli import main as frame
from jupyter_prod.errors import UsableError


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch):
    """Puts a command of the test's making among the real ones."""

    def install(run) -> None:
        module = types.ModuleType("tests_made_command")
        module.__spec__ = types.SimpleNamespace(name="tests_made_command")  # type: ignore[assignment]
        module.made = click.command("made")(run)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "tests_made_command", module)
        monkeypatch.setitem(frame.COMMANDS, "made", frame.Entry("tests_made_command:made", "Made by a test."))
        monkeypatch.setitem(frame.COMMANDS, "gone", frame.Entry("jupyter_prod.cli.never_written:gone", "Not there."))

    return install


def raising(error: BaseException):
    def run() -> int:
        raise error

    return run


def test_a_commands_number_is_the_exit_code(command):
    command(lambda: 1)
    assert frame.main(["made"]) == 1


def test_what_the_caller_can_mend_is_one_line_and_2(command, capsys):
    command(raising(UsableError("is empty", "some\nname.ipynb", "save it again")))
    assert frame.main(["made"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "jupyter-prod: some\\nname.ipynb: is empty (save it again)\n"


def test_a_fault_of_ours_is_one_line_and_3(command, capsys, monkeypatch):
    monkeypatch.delenv("JUPYTER_PROD_DEBUG", raising=False)
    command(raising(KeyError("x")))
    assert frame.main(["made"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("jupyter-prod: internal error: KeyError: 'x'; please report it")
    assert said.count("\n") == 1


def test_a_fault_of_ours_shows_its_traceback_when_asked(command, monkeypatch):
    monkeypatch.setenv("JUPYTER_PROD_DEBUG", "1")
    command(raising(KeyError("x")))
    with pytest.raises(KeyError):
        frame.main(["made"])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_ends_cleanly(command, capsys, error):
    command(raising(error))
    assert frame.main(["made"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nope"], ["made", "--nope"], ["made", "surplus"], ["gone"]])
def test_arguments_that_cant_be_used_are_one_line_and_2(command, capsys, arguments):
    command(lambda: 0)
    assert frame.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("jupyter-prod: ") and "--help" in said and said.count("\n") == 1


def test_a_command_that_is_missing_leaves_the_others_alone(command, capsys):
    command(lambda: 0)
    assert frame.main(["--help"]) == 0
    overview = capsys.readouterr().out
    assert "Made by a test." in overview and "Not there." not in overview
    assert frame.main(["made"]) == 0


def test_without_a_command_the_overview_is_shown(capsys):
    assert frame.main([]) == 0
    assert "Examples:" in capsys.readouterr().out


def test_the_version_is_told(capsys):
    assert frame.main(["--version"]) == 0
    assert capsys.readouterr().out == f"jupyter-prod {__version__}\n"


def test_the_frame_imports_nothing_heavy():
    script = (
        "import sys, jupyter_prod.cli.main; "
        "print([m for m in ('rich', 'cookiecutter', 'nbformat', 'IPython', 'yaml', 'ast_grep_py') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
