"""Make lib/data/digits.csv.gz from scikit-learn's copy of the UCI digits (only ever needed once).

    uv run --with scikit-learn python tools/make_digits.py
"""

import gzip
from hashlib import sha256
from pathlib import Path

from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[1] / "lib" / "data" / "digits.csv.gz"

images, labels = load_digits(return_X_y=True)
rows = [",".join(str(int(number)) for number in (*image, label)) for image, label in zip(images, labels)]
text = "\n".join(rows).encode() + b"\n"
TARGET.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))  # no date inside: the same bytes every time
print(f"{TARGET.name}: {len(rows)} images, {TARGET.stat().st_size} bytes, sha256 of the text {sha256(text).hexdigest()}")
