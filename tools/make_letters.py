"""Make lib/data/letters.csv.gz from the copy of the UCI set in Debian's package r-cran-mlbench (only ever needed once).

    apt-get download r-cran-mlbench && dpkg -x r-cran-mlbench_*.deb mlbench
    uv run --with rdata python tools/make_letters.py mlbench/usr/lib/R/site-library/mlbench/data/LetterRecognition.rda
"""

import gzip
import sys
from hashlib import sha256
from pathlib import Path

import rdata

TARGET = Path(__file__).parents[1] / "lib" / "data" / "letters.csv.gz"
SOURCE = Path(sys.argv[1])
assert sha256(SOURCE.read_bytes()).hexdigest() == "967a1a3e10b548d7269cbe50182bcecd6365cc58ea07638bbc34c51f17f34f1d"

table = rdata.read_rda(SOURCE)["LetterRecognition"]  # the letter comes first; here the class stands last, as with the digits
rows = [",".join(str(int(number)) for number in (*measures, ord(letter) - ord("A"))) for letter, *measures in table.to_numpy()]
text = "\n".join(rows).encode() + b"\n"
TARGET.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))  # no date inside: the same bytes every time
print(f"{TARGET.name}: {len(rows)} letters, {TARGET.stat().st_size} bytes, sha256 of the text {sha256(text).hexdigest()}")
