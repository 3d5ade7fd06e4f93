# usage: trim.py WHEEL FOLDER    put into FOLDER what a page needs of a wheel, the same bytes each time
import json
import os
import re
import sys
import zipfile

source, folder = sys.argv[1:]
KEEP = re.compile(r"(DejaVu.*|cm[a-z0-9]+|STIX.*)\.ttf$")
DROP = {
    "numpy": r"/tests/|\.pyi$|\.a$|/include/|numpy/f2py/|/pkgconfig/|_pyinstaller|numpy/conftest",
    "matplotlib": r"/tests/|\.pyi$|/sample_data/|/fonts/(afm|pdfcorefonts)/|/mpl-data/images/|sphinxext|web_backend/",
}
drop = re.compile(DROP.get(os.path.basename(source).split("-")[0], r"/tests/|\.pyi$"))


def fontlist(text):
    fonts = json.loads(text)
    fonts["ttflist"] = [font for font in fonts["ttflist"] if KEEP.search(font["fname"])]
    fonts["afmlist"] = []
    return json.dumps(fonts).encode()


whole = zipfile.ZipFile(source)
gone = set()
with zipfile.ZipFile(os.path.join(folder, os.path.basename(source)), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as part:
    for item in sorted(whole.infolist(), key=lambda item: item.filename.endswith("RECORD")):
        name = item.filename
        if drop.search(name) or ("/fonts/ttf/" in name and name.endswith(".ttf") and not KEEP.search(name)):
            gone.add(name)
            continue
        content = whole.read(item)
        if name == "matplotlib/fontlist.json":
            content = fontlist(content)
            gone.add(name)  # its hash in RECORD is no longer true
        if name.endswith(".dist-info/RECORD"):
            lines = content.decode().splitlines()
            content = ("\n".join(line for line in lines if line.split(",")[0] not in gone) + "\n").encode()
        entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        part.writestr(entry, content, compresslevel=9)
