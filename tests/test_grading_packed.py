"""The pages for the students go back under the names that their LMS knows."""

import zipfile

import pytest

from grading import packed
from grading.collect import collect
from grading.folder import Folder
from grading.hand_in import way_back

WAYS = {
    "Anna Smith_4711_assignsubmission_file_/a/Set 1.ipynb": "Anna Smith_4711_assignsubmission_file_/Set 1.html",
    "x/Anna Smith_4711_assignsubmission_file/my own.ipynb": "Anna Smith_4711_assignsubmission_file_/Set 1.html",
    "Anna Smith_4711_assignsubmission_file_x.ipynb": "Anna Smith_4711_assignsubmission_file_/Set 1.html",
    "smithanna_12_34_a-1.ipynb": "smithanna_12_34_Set 1.html",
    "smithanna_LATE_12_34_../a.ipynb": "anna.html",
    "smithanna_LATE_12_34_a.ipynb": "smithanna_LATE_12_34_Set 1.html",
    "sub/anna/Set 1/Set 1.ipynb": "anna.html",
    "anna.ipynb": "anna.html",
    "..\\..\\x_1_2_a.ipynb": "anna.html",
    "": "anna.html",
}


@pytest.mark.parametrize("path", WAYS)
def test_an_lms_is_given_the_names_that_it_made(path):
    assert way_back(path, "anna", "Set 1") == WAYS[path]


def test_every_page_is_in_the_zip(tmp_path):
    folder = Folder.begin(tmp_path / "class")
    source = tmp_path / "in.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("smithanna_12_34_a.ipynb", "{}")
    collect(source, folder, "Set 1")
    for who in ("smithanna", "ben"):
        page = folder.place("feedback", "Set 1", who) / "Set 1.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"of {who}")
    assert packed.write(folder, "Set 1") == 2
    with zipfile.ZipFile(folder.place("returned", "Set 1") / "feedback.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "smithanna_12_34_Set 1.html": b"of smithanna",
            "ben.html": b"of ben",
        }
