"""`train`, `run` and `serve`, with nothing but the standard library around the pipeline."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

from . import pipeline, registry
from .settings import artifacts, load


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["train", "run", "serve"])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    if options.command == "serve":
        serve(options.port)
        return
    if options.seed is not None:
        random.seed(options.seed)
        np.random.seed(options.seed % 2**32)
    home = artifacts()
    (home / "outputs").mkdir(parents=True, exist_ok=True)
    os.chdir(home / "outputs")
    metrics, model, learned = pipeline.run(load(dict(text.split("=", 1) for text in options.set)))
    (home / "metrics.json").write_text(json.dumps({"metrics": metrics}))
    if options.command == "train":
        registry.save(home / "registry", model, learned)


def serve(port: int) -> None:
    release = registry.load(artifacts() / "registry")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, {"status": "ready"})

        def do_POST(self) -> None:
            rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["rows"]
            try:
                predictions, chances = pipeline.answer(release.model, rows, release.learned)
                self.answer(200, {"predictions": predictions, "probabilities": chances})
            except ValueError as error:
                self.answer(422, {"detail": str(error)})

        def answer(self, status: int, body: object) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    HTTPServer(("127.0.0.1", port), Handler).serve_forever()


main()
