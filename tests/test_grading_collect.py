"""What was handed in, under the names that folders, Canvas, Moodle and nbgrader give it."""

import zipfile

import pytest

from grading.collect import MOST, collect

FORMS = {
    "a folder": ["anna.ipynb", "ben.ipynb"],
    "Canvas": ["anna_12345_678901_Set 1.ipynb", "ben_LATE_12346_678902_Set 1-1.ipynb"],
    "Moodle, in folders": ["anna_4711_assignsubmission_file_/Set 1.ipynb", "ben_4712_assignsubmission_file_/my own.ipynb"],
    "Moodle, without": ["anna_4711_assignsubmission_file_Set 1.ipynb", "ben_4712_assignsubmission_file_x.ipynb"],
    "nbgrader": ["submitted/anna/Set 1/Set 1.ipynb", "submitted/ben/Set 1/Set 1.ipynb"],
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_whose_it_is(tmp_path, form, packed):
    source = tmp_path / "in"
    for name in FORMS[form]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(f"of {name}")
    if packed:
        with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
            for name in FORMS[form]:
                archive.write(source / name, name)
        source = tmp_path / "in.zip"
    found, astray = collect(source, tmp_path / "out")
    assert {who: path.read_text() for who, path in found.items()} == dict(zip(("anna", "ben"), (f"of {n}" for n in FORMS[form])))
    assert astray == []


def test_nothing_is_dropped_in_silence(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("anna_1_2_a.pdf", "x")
        archive.writestr("somewhere/else/a.ipynb", "x")
        archive.writestr("ben_1_2_a.ipynb", "first")
        archive.writestr("ben_1_3_a-1.ipynb", "second")
        archive.writestr("cleo_1_2_bomb.ipynb", bytes(MOST + 1))
        archive.writestr("__MACOSX/._ben.ipynb", "x")
    found, astray = collect(tmp_path / "in.zip", tmp_path / "out")
    assert [*found] == ["ben"] and found["ben"].read_text() == "second"
    assert len(astray) == 4 and all(any(part in line for line in astray) for part in ("pdf", "whose", "more than one", "20 MB"))


def test_a_path_leads_nowhere_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("../../evil.ipynb", "x")
        archive.writestr("/evil_1_2_a.ipynb", "x")
        archive.writestr(".._1_2_a.ipynb", "x")
    found, _ = collect(tmp_path / "in.zip", tmp_path / "out")
    assert all(path.resolve().parent == tmp_path / "out" for path in found.values())
    assert {path.name for path in tmp_path.iterdir()} == {"in.zip", "out"}
