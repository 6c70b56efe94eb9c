"""The folders that code writes into."""

from __future__ import annotations

import pytest

from jupyter_prod.scaffold.writes import write_folders


@pytest.mark.parametrize(
    ("source", "folders"),
    [
        ("df.to_csv('out/x.csv')", ["out"]),
        ("df.to_csv('x.csv')", []),
        ("plt.savefig(fname='../figures/a/b.png')", ["../figures/a"]),
        ("df.to_csv(f'out/{name}.csv')", ["out"]),
        ("df.to_csv(f'{OUT}x.csv')\nOUT = 'results/'", ["results"]),
        ("OUT = 'results/'\ndf.to_csv(OUT + 'x.csv')", ["results"]),
        ("df.to_csv(os.path.join('out', name))", ["out"]),
        ("df.to_csv(Path('out') / 'x.csv')", []),
        ("pickle.dump(model, open('models/m.pkl', 'wb'))", ["models"]),
        ("%cd x\n!mkdir y\ndf.to_csv('out/x.csv')", ["out"]),
        ("import os\nos.makedirs('out', exist_ok=True)\ndf.to_csv('out/deep/x.csv')", []),
        ("os.mkdir('out')\ndf.to_csv('out/x.csv')", []),
        ("df.to_csv('/tmp/x.csv')\ndf.to_csv('s3://b/x.csv')\ndf.to_csv('C:/x/y.csv')", []),
        ("print('a/b')\npd.read_csv('in/x.csv')", []),
        ("def (", []),
    ],
)
def test_folders_are_those_of_written_files(source: str, folders: list[str]) -> None:
    assert list(write_folders([source])) == folders
