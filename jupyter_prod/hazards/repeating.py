"""What calls do when they are made again on their own result: tables for `idempotence`."""

from __future__ import annotations

CHANGING = frozenset(
    """shift diff pct_change cumsum cumprod cummax cummin add sub mul div truediv pow rsub rdiv radd rmul add_prefix
        add_suffix append extend sample transpose melt pivot pivot_table stack unstack value_counts count size nunique
        describe corr cov isnull isna notnull notna duplicated batch unsqueeze merge join to_crs_twice subtract multiply
        divide log log1p exp sqrt square swapaxes
    """.split()
)
"""Methods whose second use gives something else."""

OTHER_KIND = frozenset(
    """to_numpy tolist to_list toarray todense toPandas to_pandas to_frame numpy compute json items keys as_matrix
        collect split splitlines decode encode getvalue timestamp isoformat strftime
    """.split()
)
"""Methods of which the result has no such method any more."""

OTHER_KIND_ATTRIBUTES = frozenset({"values", "text", "content"})
PLAIN = frozenset(
    """dropna query sort_values sort_index copy fillna astype drop_duplicates head tail rename replace loc iloc round
        ffill bfill interpolate convert_dtypes infer_objects
    """.split()
)
_FUNCTIONS = {
    "log": "numpy.log numpy.log2 numpy.log10 numpy.log1p math.log math.log10 math.log1p scipy.stats.boxcox",
    "exp": "numpy.exp numpy.expm1 numpy.square numpy.sqrt numpy.power numpy.reciprocal math.exp math.sqrt math.pow",
    "grows": """numpy.append numpy.concatenate numpy.vstack numpy.hstack numpy.column_stack numpy.insert numpy.dstack
        numpy.r_ pandas.concat numpy.pad itertools.chain tensorflow.concat torch.cat numpy.repeat numpy.tile""",
    "joins": "pandas.merge pandas.merge_asof pandas.merge_ordered os.path.join",
    "shrinks": "numpy.delete numpy.diff",
    "turns": """numpy.transpose numpy.roll numpy.flip numpy.flipud numpy.fliplr numpy.expand_dims numpy.swapaxes
        numpy.moveaxis numpy.rollaxis numpy.cumsum numpy.gradient numpy.negative numpy.invert numpy.logical_not
        tensorflow.expand_dims cv2.flip cv2.rotate""",
    "breaks": """json.loads ast.literal_eval pandas.cut pandas.qcut datetime.datetime.strptime numpy.argmax numpy.argmin
        cv2.cvtColor keras.utils.to_categorical tensorflow.keras.utils.to_categorical pandas.melt pandas.pivot_table
        base64.b64decode""",
    "draws": "sklearn.utils.shuffle sklearn.utils.resample sklearn.model_selection.train_test_split",
}
KIND_OF = {name: kind for kind, names in _FUNCTIONS.items() for name in names.split()}
DT = frozenset(
    """year month day hour minute second week weekday dayofweek day_name month_name date time strftime to_period
        quarter dayofyear total_seconds days isocalendar tz_localize
    """.split()
)
ARITHMETIC = frozenset({"Add", "Sub", "Mult", "Div", "FloorDiv", "Pow", "MatMult"})
