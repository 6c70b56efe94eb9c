"""The command line: {% if cookiecutter.level == "service" %}train, predict, serve, key{% else %}run{% endif %}."""

from __future__ import annotations

import argparse
{%- if cookiecutter.level == "notebook-job" %}
import json
{%- else %}
import os
{%- endif %}
import sys
from collections.abc import Sequence
{%- if cookiecutter.level == "service" %}
from pathlib import Path
{%- endif %}

from .errors import Unusable
{%- if cookiecutter.level == "notebook-job" %}
from .files import write_text
{%- endif %}
from .settings import artifacts, load


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when done, 2 with one line on what can't be used."""
{%- if cookiecutter.level != "notebook-job" %}
    os.environ.setdefault("MPLBACKEND", "Agg")  # nobody watches the notebook's plots
{%- endif %}
    options = _parser().parse_args(argv)
    try:
        return int(options.command(options))
    except Unusable as error:
        print(f"{{ cookiecutter.command }}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="{{ cookiecutter.command }}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
{%- if cookiecutter.level == "service" %}

    train = commands.add_parser("train", help="run the pipeline and register its model")
    _takes_settings(train)
    train.set_defaults(command=_train)

    predict = commands.add_parser("predict", help="score a file: CSV, Parquet or JSON lines")
    predict.add_argument("input", type=Path, metavar="INPUT")
    predict.add_argument("output", type=Path, metavar="OUTPUT")
    predict.set_defaults(command=_predict)

    serve = commands.add_parser("serve", help="answer requests over HTTP")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.set_defaults(command=_serve)

    key = commands.add_parser("key", help="make an API key; prints it and the line that lets it in")
    key.add_argument("caller")
    key.add_argument("scopes", nargs="+", choices=["predict", "outcomes", "metrics"])
    key.set_defaults(command=_key)
{%- else %}

    run = commands.add_parser("run", help="run the {% if cookiecutter.level == "batch" %}pipeline{% else %}notebook{% endif %}")
    _takes_settings(run)
    run.set_defaults(command=_run)
{%- endif %}
    return parser


def _takes_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="NAME=VALUE", type=_assignment
    )
{%- if cookiecutter.level != "notebook-job" %}
    parser.add_argument("--seed", type=int, help="plant this seed in the global random generators")
{%- endif %}


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value
{% if cookiecutter.level == "service" %}

def _train(options: argparse.Namespace) -> int:
    from .release import release  # the pipeline's libraries take seconds to load
    from .runs import execute, lineage, report

    settings, home = load(dict(options.settings)), artifacts()
    done = execute(settings, home / "outputs", options.seed)
    data = lineage(settings, done)
    model = release(done, data, home / "registry")
    report(home / "metrics.json", done, data, model)
    print(f"version {model['version']} is the champion; metrics in {home / 'metrics.json'}")
    return 0


def _predict(options: argparse.Namespace) -> int:
    from .batch import predict
    from .registry import load as load_release

    scored, rejected = predict(load_release(artifacts() / "registry"), options.input, options.output)
    print(f"{scored} rows scored, {rejected} rejected")
    if rejected:
        print(f"reasons in {options.output}.rejected", file=sys.stderr)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from .service import serve

    serve(options.host, options.port, artifacts())
    return 0


def _key(options: argparse.Namespace) -> int:
    from .service.auth import new_key

    key, line = new_key(options.caller, options.scopes)
    print(f"key, shown only now: {key}\nline for the keys file: {line}")
    return 0
{% elif cookiecutter.level == "batch" %}

def _run(options: argparse.Namespace) -> int:
    from .contracts import keep  # the pipeline's libraries take seconds to load
    from .runs import agreed, execute, lineage, report

    settings, home = load(dict(options.settings)), artifacts()
    done = execute(settings, home / "outputs", options.seed)
    for contract in agreed(done).values():
        keep(contract)
    report(home / "metrics.json", done, lineage(settings, done))
    print(f"done; metrics in {home / 'metrics.json'}, files in {home / 'outputs'}")
    return 0
{% else %}

def _run(options: argparse.Namespace) -> int:
    from nbclient.exceptions import CellExecutionError  # takes a second to load

    from .notebook_run import lineage, run_notebook

    settings, home = load(dict(options.settings)), artifacts()
    try:
        run_notebook(settings, home)
    except CellExecutionError as error:
        print(f"{{ cookiecutter.command }}: {error.ename}: {error.evalue}; see {home / 'run.ipynb'}", file=sys.stderr)
        return 1
    told = {"metrics": {}, "data": lineage(settings)}
    write_text(home / "metrics.json", json.dumps(told, indent=2) + "\n")
    print(f"done; see {home / 'run.ipynb'}, files in {home / 'outputs'}")
    return 0
{% endif %}
