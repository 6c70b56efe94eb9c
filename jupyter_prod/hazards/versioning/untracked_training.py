"""JPV05 untracked-training."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import role, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Fit

_TRACKERS = frozenset(
    """mlflow wandb comet_ml neptune clearml aim dvclive sacred tensorboardX tensorboard trackio swanlab dagshub verta
    guild polyaxon azureml mlrun keepsake trains aimstack neptune_scale layer weave nni determined metaflow vertexai
    pytorch_lightning.loggers lightning.pytorch.loggers torch.utils.tensorboard sagemaker.experiments
    google.cloud.aiplatform
    """.split()
)
_CALLBACKS = frozenset(
    "TensorBoard CSVLogger BackupAndRestore WandbCallback WandbMetricsLogger MLflowCallback SummaryWriter "
    "MLFlowLogger WandbLogger TensorBoardLogger CometLogger NeptuneLogger create_file_writer".split()
)
_PREPARES = frozenset({"transformer", "resampler", "splitter"})


class UntrackedTraining(Rule):
    code = "JPV05"
    slug = "untracked-training"
    severity = "info"
    step = 4
    title = "A model trained with no record of the run"
    what = """
    Finds models that are fitted in a notebook that uses no experiment tracking: no MLflow, Weights & Biases, Comet,
    Neptune, ClearML, DVCLive, TensorBoard or the like. Each model is found once, at its first fit; scalers, encoders
    and other steps of preparation are none.
    """
    why = """
    After a month nobody knows which parameters, data and code made the model that serves, or what the other attempts
    scored. Without a record the next version can't be shown to be better.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        rows = pd.read_csv("churn.csv")
        forest = RandomForestClassifier(n_estimators=300)
        forest.fit(rows[["age", "calls"]], rows["left"])  # JPV05
        """,
        """
        import pandas as pd
        from sklearn.cluster import KMeans
        from sklearn.preprocessing import StandardScaler
        rows = pd.read_csv("shops.csv")
        scaled = StandardScaler().fit_transform(rows)
        rows["segment"] = KMeans(5).fit_predict(scaled)  # JPV05
        """,
    )
    good = (
        """
        import mlflow
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        mlflow.autolog()
        rows = pd.read_csv("churn.csv")
        forest = RandomForestClassifier(n_estimators=300)
        forest.fit(rows[["age", "calls"]], rows["left"])
        """,
        """
        import pandas as pd
        from sklearn.preprocessing import StandardScaler
        rows = pd.read_csv("shops.csv")
        scaled = StandardScaler().fit_transform(rows)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The training stage records parameters, metrics, the data's hash and the model's version at each run.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        fits = facts.program.of(Fit)
        if not fits or is_tracked(facts):
            return
        told: set[int] = set()
        for fit in fits:
            place = facts.place(fit.node)
            made = id(fit.estimator.made) if fit.estimator.made is not None else id(fit.estimator)
            if place is None or made in told or fit.inside or _prepares(fit):
                continue
            told.add(made)
            name = short(fit.estimator) or ast.unparse(fit.node.func)[:40]
            yield Hit(place, f"the training of `{name}` leaves no record: track its parameters, data and scores")


def is_tracked(facts: Facts) -> bool:
    """Whether a notebook uses something that keeps a record of its runs."""
    kept = facts.kept.get("tracked")
    if isinstance(kept, bool):
        return kept
    named = set(facts.naming.imports.values())
    found = any(name == t or name.startswith(f"{t}.") for name in named for t in _TRACKERS)
    found = found or any(True for _ in facts.methods(*_CALLBACKS))
    if not found:
        keywords = (k for call in facts.calls for k in call.keywords if k.arg in ("report_to", "log_experiment"))
        found = any(
            not (isinstance(k.value, ast.Constant) and k.value.value in ("none", None, False)) for k in keywords
        )
    facts.kept["tracked"] = found
    return found


def _prepares(fit: Fit) -> bool:
    return role(fit.estimator) in _PREPARES
