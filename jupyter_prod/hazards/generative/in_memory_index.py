"""JPG08 in-memory-index."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.model_calls import uses_models
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.providers import providers


class InMemoryIndex(Rule):
    code = "JPG08"
    slug = "in-memory-index"
    severity = "warning"
    step = 2
    title = "An index that dies with the kernel"
    what = """
    Finds vector stores that live in memory and are never saved: `FAISS.from_documents`, `Chroma` without a folder,
    `QdrantClient(":memory:")`, `InMemoryVectorStore`, bare `faiss` indexes.
    """
    why = """
    Each start embeds all documents again: minutes of waiting, the provider's bill once more, and two replicas that may
    answer differently. An index is an artefact: built once, versioned, loaded by the service.
    """
    bad = (
        """
        from langchain_community.vectorstores import FAISS
        from langchain_huggingface import HuggingFaceEmbeddings
        store = FAISS.from_documents([], HuggingFaceEmbeddings())  # JPG08
        """,
        """
        import chromadb
        from qdrant_client import QdrantClient
        client = chromadb.Client()  # JPG08
        other = QdrantClient(":memory:")  # JPG08
        """,
        """
        import faiss
        import numpy as np
        vectors = np.zeros((3, 8), dtype="float32")
        index = faiss.IndexFlatIP(8)  # JPG08
        index.add(vectors)
        """,
    )
    good = (
        """
        from langchain_chroma import Chroma
        from langchain_community.vectorstores import FAISS
        from langchain_huggingface import HuggingFaceEmbeddings
        store = Chroma.from_documents([], HuggingFaceEmbeddings(), persist_directory="index")
        other = FAISS.from_documents([], HuggingFaceEmbeddings())
        other.save_local("faiss_index")
        """,
        """
        import chromadb
        import faiss
        from qdrant_client import QdrantClient
        client = chromadb.PersistentClient(path="index")
        other = QdrantClient(url="https://qdrant.example.org")
        index = faiss.IndexFlatIP(8)
        faiss.write_index(index, "index.faiss")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The index is built as in the notebook, at each start. Give it a folder or a server, and build it in a step of its
    own.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        stores = providers().told["stores"]
        packages = {name.split(".")[0] for name in facts.naming.imports.values()}
        if not (uses_models(facts) or packages & _packages(stores)):
            return
        for name, told in stores["functions"].items():
            for call in facts.calls_of(name):
                yield from _hit(call, name, told, facts)
        for framework in ("langchain", "llama_index", "haystack"):
            for name, told in stores[framework].items():
                for call in _made(name, told, framework, facts):
                    yield from _hit(call, name, told, facts)


def _packages(stores: Mapping[str, Any]) -> set[str]:
    return {name.split(".")[0] for name in stores["functions"]} | {"haystack", "llama_index"}


def _made(name: str, told: Mapping[str, Any], framework: str, facts: Facts) -> Iterator[ast.Call]:
    """Calls of a store's constructor or of the methods that build one."""
    for method in told["calls"]:
        for call in facts.methods(method or name):
            parts = facts.qualified(call.func).split(".")
            if parts[0].startswith(framework) and parts[-1 if not method else -2 :][0] == name:
                yield call


def _hit(call: ast.Call, name: str, told: Mapping[str, Any], facts: Facts) -> Iterator[Hit]:
    keys = given(call)
    place = facts.place(call)
    if place is None or "**" in keys or set(told.get("kept", ())) & keys.keys() or _is_saved(told, facts):
        return
    if name == "chromadb.Client" and call.args:
        return  # its settings may name a folder
    if "memory" in told:
        at = told.get("at")
        where = keys.get(told["memory"], call.args[at] if at is not None and len(call.args) > at else None)
        value = facts.value(where) if where is not None else None
        const = where.value if isinstance(where, ast.Constant) else value.const if value is not None else None
        if const != ":memory:":
            return
    yield Hit(place, f"`{name}` lives in memory and dies with the kernel: keep the index in a folder or on a server")


def _is_saved(told: Mapping[str, Any], facts: Facts) -> bool:
    return any(facts.methods(*told["keeps"])) if "keeps" in told else False
