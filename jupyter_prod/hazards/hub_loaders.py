"""Calls that load a pretrained model from a hub, and where they name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loader:
    """`place` and `keywords` say where the model is named; `default` is said where none is.

    kind      hub (Hugging Face), torch, tfhub or kaggle
    prefix    whether a name without an owner is one too
    advice    how a revision is given
    """

    keywords: tuple[str, ...] = (
        "pretrained_model_name_or_path",
        "model_name_or_path",
        "model_id",
        "repo_id",
        "model_name",
    )
    place: int = 0
    kind: str = "hub"
    default: str = ""
    pipeline: bool = False
    prefix: bool = False
    advice: str = "pin a commit (revision=…)"


_DICT = 'pin a commit (model_kwargs={"revision": …})'
_BY_HAND = "download one commit (snapshot_download with revision=…) and load it from there"
_SENTENCES = Loader(("model_name_or_path", "model_name", "model"), prefix=True)
_EMBEDDINGS = Loader(("model_name", "model", "model_id"), prefix=True, advice=_DICT)
_EMBEDDINGS_BY_HAND = Loader(("model_name", "model", "embedding_model"), prefix=True, advice=_BY_HAND)
_PIPELINE = Loader(
    ("model",),
    1,
    default="the pipeline takes the library's default model of that day: name a model and its revision",
    pipeline=True,
)
_DOWNLOAD = Loader(("repo_id",))
_EMBEDDING_CLASSES = (
    "HuggingFaceEmbeddings",
    "HuggingFaceBgeEmbeddings",
    "HuggingFaceInstructEmbeddings",
    "SentenceTransformerEmbeddings",
)
_LANGCHAIN = (
    "langchain_huggingface",
    "langchain_community.embeddings",
    "langchain.embeddings",
    "langchain_huggingface.embeddings",
)

LOADERS: dict[str, Loader] = {
    "*from_pretrained": Loader(),
    "peft.PeftModel.from_pretrained": Loader(("model_id",), 1),
    "transformers.pipeline": _PIPELINE,
    "transformers.pipelines.pipeline": _PIPELINE,
    "torch.hub.load": Loader(("repo_or_dir", "github"), kind="torch"),
    "torch.hub.load_state_dict": Loader(("repo_or_dir",), kind="torch"),
    "sentence_transformers.SentenceTransformer": _SENTENCES,
    "sentence_transformers.CrossEncoder": _SENTENCES,
    "sentence_transformers.SparseEncoder": _SENTENCES,
    "sentence_transformers.cross_encoder.CrossEncoder": _SENTENCES,
    "sentence_transformers.models.Transformer": Loader(
        ("model_name_or_path",), advice='pin a commit (model_args={"revision": …})'
    ),
    "InstructorEmbedding.INSTRUCTOR": Loader(("model_name_or_path",), advice=_BY_HAND),
    "FlagEmbedding.FlagModel": Loader(("model_name_or_path",), advice=_BY_HAND),
    "FlagEmbedding.BGEM3FlagModel": Loader(("model_name_or_path",), advice=_BY_HAND),
    "FlagEmbedding.FlagReranker": Loader(("model_name_or_path",), advice=_BY_HAND),
    "keybert.KeyBERT": Loader(("model",), prefix=True, advice=_BY_HAND),
    **{f"{module}.{name}": _EMBEDDINGS for module in _LANGCHAIN for name in _EMBEDDING_CLASSES},
    **{f"langchain_community.embeddings.huggingface.{name}": _EMBEDDINGS for name in _EMBEDDING_CLASSES},
    **{f"langchain.embeddings.huggingface.{name}": _EMBEDDINGS for name in _EMBEDDING_CLASSES},
    "langchain_community.cross_encoders.HuggingFaceCrossEncoder": _EMBEDDINGS,
    "langchain_huggingface.HuggingFacePipeline.from_model_id": Loader(("model_id",), advice=_DICT),
    "langchain_community.llms.HuggingFacePipeline.from_model_id": Loader(("model_id",), advice=_DICT),
    "langchain.llms.HuggingFacePipeline.from_model_id": Loader(("model_id",), advice=_DICT),
    "llama_index.embeddings.huggingface.HuggingFaceEmbedding": Loader(("model_name",), prefix=True, advice=_BY_HAND),
    "llama_index.llms.huggingface.HuggingFaceLLM": Loader(("model_name",), 99, advice=_DICT),
    "chromadb.utils.embedding_functions.SentenceTransformerEmbeddingFunction": _EMBEDDINGS_BY_HAND,
    "haystack.components.embedders.SentenceTransformersTextEmbedder": Loader(("model",)),
    "haystack.components.embedders.SentenceTransformersDocumentEmbedder": Loader(("model",)),
    "vllm.LLM": Loader(("model",)),
    "ctranslate2.Generator": Loader(("model_path",), advice=_BY_HAND),
    "simpletransformers.classification.ClassificationModel": Loader(("model_name",), 1, advice=_BY_HAND),
    "simpletransformers.ner.NERModel": Loader(("model_name",), 1, advice=_BY_HAND),
    "huggingface_hub.hf_hub_download": _DOWNLOAD,
    "huggingface_hub.snapshot_download": _DOWNLOAD,
    "huggingface_hub.hf_hub_url": _DOWNLOAD,
    "huggingface_hub.from_pretrained_keras": Loader(),
    "tensorflow_hub.load": Loader(("handle",), kind="tfhub"),
    "tensorflow_hub.KerasLayer": Loader(("handle",), kind="tfhub"),
    "tensorflow_hub.Module": Loader(("spec",), kind="tfhub"),
    "kagglehub.model_download": Loader(("handle",), kind="kaggle"),
}
"""Qualified names, or `*` and a method of whatever class → how it names its model."""
