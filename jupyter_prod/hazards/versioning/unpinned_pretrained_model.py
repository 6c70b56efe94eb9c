"""JPV06 unpinned-pretrained-model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.files import texts
from jupyter_prod.hazards.hub_loaders import LOADERS, Loader
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy

_MOVING = frozenset({"main", "master", "head", "latest", "dev", "develop", ""})
_COMMIT = lazy(r"@[0-9a-f]{7,40}$|[0-9a-f]{40}")
_HUB_NAME = lazy(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_BARE = lazy(
    r"(?:bert|gpt2?|distilbert|distilgpt2|roberta|distilroberta|xlm|xlnet|t5|albert|openai-gpt|ctrl|transfo-xl|camembert"
    r"|flaubert|facebook|google|deberta|electra|all|multi-qa|paraphrase|msmarco|distiluse|stsb|nli|average_word|clip-ViT"
    r"|LaBSE|allenai-specter|gtr-t5|sentence-t5)(?:[-_].*)?",
)
"""Models that the hub knows without an owner."""

_FOLDERS = frozenset(
    """model models output outputs result results checkpoint checkpoints ckpt ckpts data saved save tmp temp weights
    artifact artifacts artefacts logs log drive content runs run trained my_model mymodel saved_model saved_models
    final_model export exports out train training assets files resources src lib pretrained pretrained_models local
    cache experiments exp adapters lora kaggle workspace home mnt root opt
    """.split()
)
_FILES = (
    ".pt",
    ".pth",
    ".bin",
    ".h5",
    ".pkl",
    ".json",
    ".ckpt",
    ".safetensors",
    ".gguf",
    ".onnx",
    ".model",
    ".txt",
    ".zip",
)
_SAVES = ("save_pretrained", "save_model", "save", "push_to_hub", "save_to_disk", "makedirs", "mkdir")


class UnpinnedPretrainedModel(Rule):
    code = "JPV06"
    slug = "unpinned-pretrained-model"
    severity = "warning"
    step = 4
    title = "A pretrained model taken from a hub without a revision"
    what = """
    Finds models, tokenizers and files loaded from Hugging Face, PyTorch Hub, TensorFlow Hub and Kaggle Models by name
    alone, at a branch (`main`), or as the default of a pipeline. A commit or tag as `revision`, a tag behind the
    repository (`pytorch/vision:v0.10.0`), a version at the end of an address, and models on disk are none.
    """
    why = """
    Owners of a model replace its weights under the same name. The next start of the service downloads others, and
    predictions change with no deployment and no entry in any log. A pipeline's default changes with the library.
    """
    bad = (
        """
        from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline
        name = "distilbert-base-uncased"
        tokenizer = AutoTokenizer.from_pretrained(name)  # JPV06
        model = AutoModelForSequenceClassification.from_pretrained("acme/ticket-bert", revision="main")  # JPV06
        quick = pipeline("sentiment-analysis")  # JPV06
        """,
        """
        import torch
        net = torch.hub.load("pytorch/vision", "resnet18", pretrained=True)  # JPV06
        """,
        """
        from sentence_transformers import SentenceTransformer
        from huggingface_hub import hf_hub_download
        encoder = SentenceTransformer("all-MiniLM-L6-v2")  # JPV06
        weights = hf_hub_download(repo_id="acme/clauses", filename="clauses.bin")  # JPV06
        """,
        """
        import tensorflow_hub as hub
        embed = hub.load("https://tfhub.dev/google/universal-sentence-encoder")  # JPV06
        """,
    )
    good = (
        """
        from transformers import AutoModel, AutoTokenizer, pipeline
        REVISION = "86b5e0934494bd15c9632b12f734a8a67f723594"
        tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased", revision=REVISION)
        model = AutoModel.from_pretrained("./models/ticket-bert")
        quick = pipeline("text-classification", model=model, tokenizer=tokenizer)
        """,
        """
        import torch
        import tensorflow_hub as hub
        import spacy
        net = torch.hub.load("pytorch/vision:v0.10.0", "resnet18")
        own = torch.hub.load("/opt/models/ours", "ranker", source="local")
        embed = hub.KerasLayer("https://tfhub.dev/google/nnlm-en-dim50/2")
        nlp = spacy.load("en_core_web_sm")
        """,
        """
        from transformers import AutoModel, Trainer
        model.save_pretrained("ticket-bert/final")
        again = AutoModel.from_pretrained("ticket-bert/final")
        def load(path):
            return AutoModel.from_pretrained(path)
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion keeps the call. Pin the commit that the results were made with: the model's page shows it under
    "Files and versions".
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        own: frozenset[str] | None = None
        for call, loader in _loads(facts):
            place = facts.place(call)
            if place is None or _is_pinned(facts, call, loader):
                continue
            node = _model(call, loader)
            if node is None:
                said = loader.default if not _unpacks(call) else ""
            else:
                names = _names(facts, node)
                if own is None:
                    own = _own_names(facts)
                said = next((s for n in sorted(names) if (s := _open(n, loader, own, facts))), "")
            if said:
                yield Hit(place, said)


def _loads(facts: Facts) -> Iterator[tuple[ast.Call, Loader]]:
    told: set[int] = set()
    for name, loader in LOADERS.items():
        calls = facts.methods(name[1:]) if name.startswith("*") else facts.calls_of(name)
        for call in calls:
            if id(call) not in told and (not name.startswith("*") or _is_class(facts, call)):
                told.add(id(call))
                yield call, loader


def _is_class(facts: Facts, call: ast.Call) -> bool:
    """Whether `X.from_pretrained` is called on a class: of a library, not of the notebook."""
    name = facts.qualified(call.func)
    top = name.partition(".")[0]
    imported = {meant.partition(".")[0] for meant in facts.naming.imports.values()}
    return top in imported and top not in ("spacy", "timesfm", "openai")


def _model(call: ast.Call, loader: Loader) -> ast.expr | None:
    """The expression that names the model."""
    for keyword in call.keywords:
        if keyword.arg in loader.keywords:
            return keyword.value
    return call.args[loader.place] if len(call.args) > loader.place else None


def _unpacks(call: ast.Call) -> bool:
    return any(k.arg is None for k in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args)


def _is_pinned(facts: Facts, call: ast.Call, loader: Loader) -> bool:
    """Whether a revision other than a branch is given, or may be."""
    if _unpacks(call):
        return True
    for keyword in call.keywords:
        if keyword.arg in ("revision", "commit_hash", "code_revision"):
            if keyword.arg == "code_revision":
                continue
            known = _names(facts, keyword.value)
            none = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
            return not none and (not known or any(n.lower() not in _MOVING for n in known))
        if keyword.arg in ("model_kwargs", "model_args") and "revision" in ast.unparse(keyword.value):
            return True
        if keyword.arg == "source" and isinstance(keyword.value, ast.Constant) and keyword.value.value == "local":
            return True
    if loader.pipeline:
        given = {k.arg for k in call.keywords}
        model = _model(call, loader)
        return (model is not None and not _names(facts, model)) or ("model" not in given and "custom_pipeline" in given)
    return False


def _names(facts: Facts, node: ast.expr) -> set[str]:
    """The constant texts that an expression may be; none where something from outside is in it."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    value = facts.value(node)
    if value is None and isinstance(node, ast.Name):
        value = facts.program.names.get(node.id) if not _is_argument(facts, node) else None
    found = texts(value) if value is not None else set()
    if not found and isinstance(node, ast.Name):
        found = _default(facts, node)
    return found


def _is_argument(facts: Facts, node: ast.Name) -> bool:
    for above in facts.parents(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = above.args
            return any(a.arg == node.id for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
    return False


def _default(facts: Facts, node: ast.Name) -> set[str]:
    """The default of the argument that a name is."""
    for above in facts.parents(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = [*above.args.posonlyargs, *above.args.args]
            defaults = dict(zip((a.arg for a in arguments[::-1]), above.args.defaults[::-1], strict=False))
            default = defaults.get(node.id)
            return {default.value} if isinstance(default, ast.Constant) and isinstance(default.value, str) else set()
    return set()


def _open(name: str, loader: Loader, own: frozenset[str], facts: Facts) -> str:
    """What to say of a model's name; empty where it is pinned, or no name on a hub."""
    if loader.kind == "torch":
        repository, _, tag = name.partition(":")
        if not _HUB_NAME.fullmatch(repository) or (tag and tag.lower() not in _MOVING):
            return ""
        return f"{name!r} is whatever its branch holds that day: name a tag, {repository}:TAG"
    if loader.kind == "tfhub":
        if not name.startswith(("https://tfhub.dev/", "https://www.kaggle.com/models/", "https://kaggle.com/models/")):
            return ""
        return "" if re.search(r"/\d+/?(?:\?|$)", name) else f"{name[-60:]!r} names no version: put it at the end, /1"
    if loader.kind == "kaggle":
        return "" if len(name.strip("/").split("/")) != 4 else f"{name!r} names no version: put it at the end, /1"
    if name in own or not _is_hub_name(name, loader, facts) or _COMMIT.search(name):
        return ""
    return f"{name!r} is loaded without a revision: its owner may replace the weights, {loader.advice}"


def _is_hub_name(name: str, loader: Loader, facts: Facts) -> bool:
    if name.startswith((".", "/", "~", "\\")) or "\\" in name or name.endswith(_FILES) or " " in name:
        return False
    if "/" not in name:
        if loader.prefix and re.fullmatch(r"[\w.-]{3,}", name) and "-" in name:
            return not _is_beside(facts, name)
        return _BARE.fullmatch(name) is not None and not _is_beside(facts, name)
    if not _HUB_NAME.fullmatch(name) or name.split("/")[0].lower() in _FOLDERS or "checkpoint-" in name:
        return False
    return not _is_beside(facts, name)


def _is_beside(facts: Facts, name: str) -> bool:
    return facts.project is not None and (facts.project.folder / name).exists()


def _own_names(facts: Facts) -> frozenset[str]:
    """Folders that the notebook saves models to."""
    found: set[str] = set()
    for call in facts.methods(*_SAVES):
        for node in call.args[:2]:
            found |= _names(facts, node)
    for call in facts.calls:
        for keyword in call.keywords:
            if keyword.arg in ("output_dir", "save_directory", "local_dir", "save_path"):
                found |= _names(facts, keyword.value)
    return frozenset(found | {name.rstrip("/") for name in found})
