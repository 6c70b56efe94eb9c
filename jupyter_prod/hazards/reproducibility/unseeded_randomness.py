"""JPR04 unseeded-randomness."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge import knowledge

_SEEDS = {
    "numpy.random.seed": ("numpy",),
    "random.seed": ("random",),
    "torch.manual_seed": ("torch",),
    "torch.cuda.manual_seed_all": (),
    "tensorflow.random.set_seed": ("tensorflow",),
    "tensorflow.set_random_seed": ("tensorflow",),
    "tensorflow.keras.utils.set_random_seed": ("tensorflow", "numpy", "random"),
    "keras.utils.set_random_seed": ("tensorflow", "numpy", "random"),
    "transformers.set_seed": ("torch", "numpy", "random", "tensorflow"),
    "pytorch_lightning.seed_everything": ("torch", "numpy", "random"),
    "lightning.seed_everything": ("torch", "numpy", "random"),
    "lightning.pytorch.seed_everything": ("torch", "numpy", "random"),
    "fastai.basics.set_seed": ("torch", "numpy", "random"),
    "fastai.torch_core.set_seed": ("torch", "numpy", "random"),
    "accelerate.utils.set_seed": ("torch", "numpy", "random"),
    "imgaug.seed": ("numpy",),
}
"""Calls that seed → the generators they seed."""


@dataclass(frozen=True)
class _Draw:
    """How a call draws: from which generator, with which keywords as a seed, and when it draws at all."""

    generator: str
    seeds: tuple[str, ...] = ("random_state",)
    only_if: tuple[str, object] | None = None
    default_on: bool = True
    what: str = "draws at random"
    place: int | None = None


_ESTIMATORS = frozenset(
    """RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor ExtraTreeClassifier
        ExtraTreeRegressor BaggingClassifier BaggingRegressor RandomTreesEmbedding IsolationForest AdaBoostClassifier
        AdaBoostRegressor MLPClassifier MLPRegressor BernoulliRBM SGDClassifier SGDRegressor SGDOneClassSVM Perceptron
        PassiveAggressiveClassifier PassiveAggressiveRegressor KMeans MiniBatchKMeans BisectingKMeans SpectralClustering
        GaussianMixture BayesianGaussianMixture TruncatedSVD FastICA SparsePCA MiniBatchSparsePCA DictionaryLearning
        LatentDirichletAllocation TSNE MDS RandomizedSearchCV HalvingRandomSearchCV GaussianRandomProjection
        SparseRandomProjection RBFSampler Nystroem RANSACRegressor UMAP BalancedRandomForestClassifier
        EasyEnsembleClassifier RUSBoostClassifier BalancedBaggingClassifier FactorAnalysis QuantileTransformer
        HDBSCANless SMOTE ADASYN BorderlineSMOTE SVMSMOTE KMeansSMOTE SMOTENC SMOTEN RandomOverSampler
        RandomUnderSampler SMOTEENN SMOTETomek ClusterCentroids
    """.split()
)
"""Estimators whose `fit` draws with their defaults."""

_IF = {
    "GradientBoostingClassifier": ("subsample", 1.0),
    "GradientBoostingRegressor": ("subsample", 1.0),
    "DecisionTreeClassifier": ("splitter", "best"),
    "DecisionTreeRegressor": ("splitter", "best"),
    "SVC": ("probability", False),
    "NuSVC": ("probability", False),
    "LogisticRegression": ("solver", "lbfgs liblinear newton-cg newton-cholesky"),
    "LogisticRegressionCV": ("solver", "lbfgs liblinear newton-cg newton-cholesky"),
    "Ridge": ("solver", "auto svd cholesky lsqr sparse_cg lbfgs"),
    "PCA": ("svd_solver", "auto full covariance_eigh arpack"),
    "Lasso": ("selection", "cyclic"),
    "ElasticNet": ("selection", "cyclic"),
    "HistGradientBoostingClassifier": ("early_stopping", "auto False"),
    "HistGradientBoostingRegressor": ("early_stopping", "auto False"),
    "KFold": ("shuffle", False),
    "StratifiedKFold": ("shuffle", False),
    "StratifiedGroupKFold": ("shuffle", False),
    "DummyClassifier": ("strategy", "prior most_frequent constant"),
}
"""Those that draw only where a parameter is not the value (or one of the values) given here."""

_SPLITTERS = frozenset(
    "ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold".split()
)
_OWN = ("sklearn.", "imblearn.", "umap.")

_FUNCTIONS = {
    "sklearn.model_selection.train_test_split": _Draw("numpy", only_if=("shuffle", False), what="splits at random"),
    "sklearn.utils.resample": _Draw("numpy", what="samples at random"),
    "sklearn.utils.shuffle": _Draw("numpy", what="shuffles"),
    "sklearn.datasets.make_classification": _Draw("numpy"),
    "sklearn.datasets.make_regression": _Draw("numpy"),
    "sklearn.datasets.make_blobs": _Draw("numpy"),
    "sklearn.datasets.make_moons": _Draw("numpy"),
    "sklearn.datasets.make_circles": _Draw("numpy", only_if=("noise", None)),
    "sklearn.inspection.permutation_importance": _Draw("numpy"),
    "frame.sample": _Draw("numpy", what="samples rows"),
    "series.sample": _Draw("numpy", what="samples rows"),
    "groupby.sample": _Draw("numpy", what="samples rows"),
    "torch.utils.data.random_split": _Draw("torch", ("generator",), what="splits at random", place=2),
    "torch.utils.data.RandomSampler": _Draw("torch", ("generator",), what="samples at random"),
    "torch.utils.data.WeightedRandomSampler": _Draw("torch", ("generator",), what="samples at random"),
    "torch.utils.data.SubsetRandomSampler": _Draw("torch", ("generator",), what="samples at random"),
    "torch.utils.data.DataLoader": _Draw(
        "torch",
        ("generator", "sampler", "batch_sampler"),
        only_if=("shuffle", False),
        default_on=False,
        what="shuffles",
    ),
    "numpy.random.default_rng": _Draw("", ("seed",), what="makes a generator", place=0),
    "numpy.random.RandomState": _Draw("", ("seed",), what="makes a generator", place=0),
    "numpy.random.Generator": _Draw("", ("bit_generator",), what="makes a generator", place=0),
    "numpy.random.PCG64": _Draw("", ("seed",), what="makes a generator", place=0),
    "random.Random": _Draw("", ("x",), what="makes a generator", place=0),
    "scipy.stats.bootstrap": _Draw("numpy", ("random_state", "rng")),
}

_TORCH = frozenset(
    "rand randn randint randperm rand_like randn_like randint_like normal bernoulli multinomial poisson".split()
)
_TORCH_LAYERS = frozenset(
    """Linear Conv1d Conv2d Conv3d ConvTranspose2d LSTM GRU RNN Embedding Transformer TransformerEncoderLayer Bilinear
        MultiheadAttention
    """.split()
)
_KERAS = ("keras.layers.", "tensorflow.keras.layers.", "keras.api.layers.")
_KERAS_LAYERS = frozenset(
    "Dense Conv1D Conv2D Conv3D LSTM GRU SimpleRNN Embedding Bidirectional ConvLSTM2D SeparableConv2D".split()
)
_TENSORFLOW = frozenset(
    """tensorflow.random.normal tensorflow.random.uniform tensorflow.random.shuffle tensorflow.random.truncated_normal
    """.split()
)


class UnseededRandomness(Rule):
    code = "JPR04"
    slug = "unseeded-randomness"
    severity = "warning"
    step = 4
    title = "A random step without a seed"
    what = """
    Finds splits, samples, estimators, layers and random numbers that are drawn without a seed of their own, where
    the generator they draw from was not seeded before either: NumPy's for pandas and scikit-learn, `random`'s,
    PyTorch's, TensorFlow's. Estimators that draw nothing with their parameters are none, nor is a sample that is
    only looked at.
    """
    why = """
    The numbers can't be reproduced: a second run gives another model and another score, and nobody can tell a
    change for the better from luck.
    """
    bad = (
        """
        from sklearn.model_selection import train_test_split as tts
        train, test = tts([1, 2, 3, 4])  # JPR04
        """,
        """
        from sklearn.ensemble import RandomForestRegressor
        forest = RandomForestRegressor(n_estimators=300)  # JPR04
        """,
        """
        import numpy as np
        import torch
        np.random.seed(1)
        order = torch.randperm(10)  # JPR04
        """,
        """
        import random
        rows = list(range(10))
        random.shuffle(rows)  # JPR04
        """,
    )
    good = (
        """
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import KFold, train_test_split
        options = {"random_state": 5}
        train, test = train_test_split([1, 2, 3, 4], **options)
        forest = RandomForestRegressor(random_state=5)
        folds = KFold(5)
        """,
        """
        import numpy as np
        import pandas as pd
        np.random.seed(5)
        rows = pd.read_csv("rows.csv").sample(frac=0.3)
        """,
        """
        from sklearn.linear_model import LogisticRegression
        model = LogisticRegression(C=2)
        """,
    )
    fix = "unsafe"
    fix_note = "Adds a seed."
    conversion = "resolved"
    conversion_note = """
    Seeds become settings. Where the notebook has none, verification plants the same seed in the notebook and in the
    project, and says so.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        seeded = _seeded(facts)
        for call in facts.calls:
            draw = _draw(call, facts)
            if draw is None or _has_seed(call, draw, facts) or _only_looked_at(call, facts):
                continue
            statement = facts.statement(call)
            when = statement.index if statement is not None else 0
            if draw.generator and seeded.get(draw.generator, 1 << 60) <= when:
                continue
            place = facts.place(call)
            if place is not None:
                yield Hit(place, f"`{_called(call)}` {draw.what} without a seed: two runs give different numbers")


def _seeded(facts: Facts) -> dict[str, int]:
    """Each generator that is seeded → the first statement that does it, also by calling a function that does."""
    found: dict[str, int] = {}
    inside: dict[int, tuple[str, ...]] = {}
    for call in facts.calls:
        generators = _SEEDS.get(facts.qualified(call.func))
        if not generators or _is_none(call):
            continue
        function = next(
            (a for a in facts.parents(call) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))), None
        )
        if function is not None:
            inside[id(function)] = inside.get(id(function), ()) + generators
            continue
        statement = facts.statement(call)
        for generator in generators:
            found[generator] = min(found.get(generator, 1 << 60), statement.index if statement is not None else 0)
    for statement in facts.program.statements:
        for function_id, generators in inside.items():
            if function_id in statement.trace.calls:
                for generator in generators:
                    found[generator] = min(found.get(generator, 1 << 60), statement.index)
    return found


def _is_none(call: ast.Call) -> bool:
    given = [*call.args, *(k.value for k in call.keywords)]
    return not given or (isinstance(given[0], ast.Constant) and given[0].value is None)


def _draw(call: ast.Call, facts: Facts) -> _Draw | None:
    """How a call draws; None where it doesn't."""
    name = facts.qualified(call.func)
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    last = name.rsplit(".", 1)[-1]
    if name.startswith(_OWN):
        if last in _ESTIMATORS or last in _SPLITTERS:
            return _Draw("numpy", what="splits at random" if last in _SPLITTERS else "draws at random")
        if last in _IF:
            return _Draw("numpy", only_if=_IF[last], default_on=False)
        return None
    known = knowledge().function(name)
    if known is not None and known["rows"] == "draws":
        return _Draw("random" if name.startswith("random.") else "numpy", ())
    if name.startswith("random.") and last in (
        "shuffle",
        "sample",
        "choice",
        "choices",
        "randint",
        "random",
        "uniform",
        "gauss",
        "randrange",
        "normalvariate",
    ):
        return _Draw("random", ())
    if name.startswith("torch.") and name.count(".") == 1 and last in _TORCH:
        return _Draw("torch", ("generator",))
    if name.startswith("torch.nn.") and last in _TORCH_LAYERS and _is_outermost_layer(call, facts):
        return _Draw("torch", (), what="starts from random weights")
    if name.startswith(_KERAS) and last in _KERAS_LAYERS and _is_outermost_layer(call, facts):
        return _Draw("tensorflow", (), what="starts from random weights")
    if name in _TENSORFLOW:
        return _Draw("tensorflow", ("seed",))
    return _of_unknown(call, name) if isinstance(call.func, ast.Attribute) else None


def _of_unknown(call: ast.Call, name: str) -> _Draw | None:
    """Methods of what the program model doesn't know, where name and keywords leave no doubt."""
    keywords = {k.arg for k in call.keywords}
    if name.endswith(".train_test_split"):
        return _Draw("numpy", ("seed", "random_state"), only_if=("shuffle", False), what="splits at random")
    if name == ".sample" and keywords & {"frac", "n"} and not keywords & {"seed", "random_state"}:
        return _Draw("numpy", what="samples rows")
    return None


def _is_outermost_layer(call: ast.Call, facts: Facts) -> bool:
    """One finding a network: the first layer of its class, function or `Sequential`, else of its cell."""
    parents = list(facts.parents(call))
    container = next(
        (a for a in parents if isinstance(a, (ast.ClassDef, ast.FunctionDef)) or _is_sequence(a, facts)), parents[-1]
    )
    first = next(
        (n for n in _in_order(container) if isinstance(n, ast.Call) and n is not container and _is_layer(n, facts)),
        None,
    )
    return first is call


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _is_sequence(node: ast.AST, facts: Facts) -> bool:
    return isinstance(node, ast.Call) and facts.qualified(node.func).endswith("Sequential")


def _is_layer(call: ast.Call, facts: Facts) -> bool:
    name = facts.qualified(call.func)
    last = name.rsplit(".", 1)[-1]
    return (name.startswith("torch.nn.") and last in _TORCH_LAYERS) or (
        name.startswith(_KERAS) and last in _KERAS_LAYERS
    )


def _has_seed(call: ast.Call, draw: _Draw, facts: Facts) -> bool:
    given = _given(call, facts)
    if given is None:
        return True  # **options of which nothing is known
    for name in draw.seeds:
        if name in given:
            value = given[name]
            if not (isinstance(value, ast.Constant) and value.value is None):
                return True
    if draw.place is not None and draw.place < len(call.args):
        return True
    if draw.only_if is not None:
        name, quiet = draw.only_if
        if name not in given:
            return not draw.default_on
        return _is_quiet(given[name], quiet, facts)
    return False


def _is_quiet(node: object, quiet: object, facts: Facts) -> bool:
    """Whether a parameter has a value with which nothing is drawn; an unknown value is taken for one."""
    if isinstance(node, ast.Constant):
        const: object = node.value
    else:
        value = facts.value(node) if isinstance(node, ast.AST) else None
        if value is None or not value.known():
            return True
        const = value.const
    if isinstance(quiet, str):
        return str(const) in quiet.split()
    return const == quiet


def _given(call: ast.Call, facts: Facts) -> dict[str, ast.expr] | None:
    """The keywords of a call, also those that a known dictionary brings; None where an unknown one may bring any."""
    found: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            found[keyword.arg] = keyword.value
            continue
        if isinstance(keyword.value, ast.Dict):
            found.update(
                {
                    k.value: v
                    for k, v in zip(keyword.value.keys, keyword.value.values, strict=True)
                    if isinstance(k, ast.Constant)
                }
            )
            continue
        value = facts.value(keyword.value)
        if value is None or value.kind != "dict" or not value.keys:
            return None
        found.update({k: keyword.value for k in value.keys if isinstance(k, str)})
    return found


def _only_looked_at(call: ast.Call, facts: Facts) -> bool:
    """A draw for a picture, or a sample of rows that is bound to nothing: somebody looks at a few rows."""
    for above in facts.parents(call):
        value = facts.value(above) if isinstance(above, ast.Call) else None
        if value is not None and value.kind == "figure":
            return True
    if not facts.qualified(call.func).endswith(".sample"):
        return False
    inner: ast.AST = call
    for above in facts.parents(call):
        if isinstance(above, ast.Expr):
            return True
        if (
            isinstance(above, ast.Call)
            and inner is not above.func
            and facts.qualified(above.func) not in ("builtins.print", "builtins.display", "IPython.display.display")
        ):
            return False
        if not isinstance(above, (ast.Attribute, ast.Call, ast.Subscript)):
            return False
        inner = above
    return False


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).split("\n")[0][-50:]
