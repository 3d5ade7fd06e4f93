"""Make lib/data/tumours.csv.gz from scikit-learn's copy of the UCI set (only ever needed once).

    uv run --with scikit-learn python tools/make_tumours.py
"""

import gzip
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parents[1] / "lib" / "data" / "tumours.csv.gz"

# The text and not the numbers: each stays as it was written down, with as many digits.
_, *rows = files("sklearn.datasets.data").joinpath("breast_cancer.csv").read_text().split()
text = "\n".join(rows).encode() + b"\n"
TARGET.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))  # no date inside: the same bytes every time
print(f"{TARGET.name}: {len(rows)} tumours, {TARGET.stat().st_size} bytes, sha256 of the text {sha256(text).hexdigest()}")
