"""What was handed in, under the names that folders, Canvas, Moodle and nbgrader give it; and what strangers put into it."""

import os
import stat
import unicodedata
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading import collect as collecting
from grading.folder import CONFIG, Folder
from grading.hand_in import EXCHANGE, NBGRADER, hand_in
from grading.students import Names, Student
from grading.submission import MOST

FORMS = {
    "a folder": ["anna.ipynb", "ben.ipynb"],
    "a folder each": ["anna/Set 1.ipynb", "ben/my own.ipynb"],
    "Canvas": ["smithanna_12345_678901_Set 1.ipynb", "oneillben_LATE_12346_678902_Set 1-1.ipynb"],
    "Canvas, unpacked into a folder": ["x submissions/smithanna_1_2_a.ipynb", "x submissions/oneillben_3_4_a.ipynb"],
    "Moodle, in folders": ["Anna Smith_4711_assignsubmission_file_/Set 1.ipynb", "Ben ONeill_4712_assignsubmission_file_/a/b.ipynb"],
    "Moodle, in folders since 4.1": ["Anna Smith_4711_assignsubmission_file/a.ipynb", "Ben ONeill_4712_assignsubmission_file/b.ipynb"],
    "Moodle, without": ["Anna Smith_4711_assignsubmission_file_Set 1.ipynb", "Ben ONeill_4712_assignsubmission_file_x_1_2_y.ipynb"],
    "Moodle, last names first": ["Smith Anna_4711_assignsubmission_file_/a.ipynb", "O'Neill, Ben_4_assignsubmission_file_/a.ipynb"],
    "nbgrader": ["submitted/anna/Set 1/Set 1.ipynb", "submitted/ben/Set 1/Set 1.ipynb"],
    "the exchange": ["inbound/anna+Set 1+2026-11-20 10:00:00.5 UTC+x/Set 1.ipynb", "inbound/ben+Set 1+2026-11-20 11:00:00.5 UTC/Set 1.ipynb"],
    "e-mail addresses": ["a.smith@example.org.ipynb", "B@Example.org/a.ipynb"],
}  # fmt: skip
LIST = "id,first_name,last_name,email\nanna,Anna,Smith,a.smith@example.org\nben,Ben,O'Neill,b@example.org\n"


def collect(source, klass, name):
    klass.mkdir(exist_ok=True)
    (klass / CONFIG).touch()
    return collecting.collect(source, Folder(klass), name)


@pytest.fixture
def klass(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "students.csv").write_text(LIST)
    return tmp_path / "class"


def folder(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "in"


def packed(tmp_path, files, name="in.zip"):
    with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, text in files.items() if isinstance(files, dict) else files:
            archive.writestr(inside, text)
    return tmp_path / name


def collected(klass, name="Set 1"):
    return {path.parts[-3]: path.read_text() for path in klass.glob(f"submitted/*/{name}/{name}.ipynb")}


@pytest.mark.parametrize("make", [folder, packed])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_whose_it_is(tmp_path, klass, form, make):
    source = make(tmp_path, {name: f"of {name}" for name in FORMS[form]})
    count, lines = collect(source, klass, "Set 1")
    assert collected(klass) == dict(zip(("anna", "ben"), (f"of {name}" for name in FORMS[form])))
    assert count == 2 and [line for line in lines if not line.startswith("Late, says Canvas")] == []


def test_without_a_list_the_names_are_taken_as_they_are(tmp_path):
    files = {
        "anna.ipynb": "1",
        "smithben_1_2_x.ipynb": "2",
        "Jo Lee_3_assignsubmission_file_/x.ipynb": "3",
        "x/cleo/Set 1/y.ipynb": "4",
    }
    count, lines = collect(packed(tmp_path, files), tmp_path / "class", "Set 1")
    assert (
        collected(tmp_path / "class") == {"anna": "1", "smithben": "2", "Jo Lee": "3", "cleo": "4"}
        and count == 4
        and lines == []
    )


def test_without_a_list_a_name_in_a_folder_of_any_name_is_nobodys(tmp_path):
    files = {"more/anna.ipynb": "?", unicodedata.normalize("NFD", "zoë.ipynb"): "z"}
    count, lines = collect(packed(tmp_path, files), tmp_path / "class", "Set 1")
    assert collected(tmp_path / "class") == {"zoë": "z"} and lines == ["more/anna.ipynb: whose is it?"]


def test_names_that_fit_two_or_none_are_listed(tmp_path, klass):
    (klass / "students.csv").write_text(LIST + "anna2,Anna,Smith,a2@example.org\n")
    files = {
        "smithanna_1_2_a.ipynb": "?",
        "Cleo_1_assignsubmission_file_/a.ipynb": "?",
        "anna/ben.ipynb": "?",
        "anna2.ipynb": "2",
    }
    count, lines = collect(packed(tmp_path, files), klass, "Set 1")
    assert collected(klass) == {"anna2": "2"} and count == 1
    assert "smithanna_1_2_a.ipynb may be of anna, anna2: whose is it?" in lines
    assert "anna/ben.ipynb may be of anna, ben: whose is it?" in lines
    assert "Cleo_1_assignsubmission_file_/a.ipynb: whose is it?" in lines
    assert lines[-1] == "Nothing yet from anna, ben."


def test_without_a_list_two_of_one_name_are_listed(tmp_path):
    files = {"leejo_1_2_a.ipynb": "1", "leejo_7_8_a.ipynb": "2", "Max.ipynb": "3", "max.ipynb": "4", "zoe.ipynb": "5"}
    _, lines = collect(packed(tmp_path, files), tmp_path / "class", "Set 1")
    assert collected(tmp_path / "class") == {"zoe": "5"}
    assert [line.split(";")[0] for line in lines] == [
        f"There is more than one {who}" for who in ("Max", "leejo", "max")
    ]


def test_accents_may_be_written_either_way(tmp_path, klass):
    (klass / "students.csv").write_text(unicodedata.normalize("NFC", "id,first_name,last_name\nzoë,Zoë,Øre\n"))
    for form in ("NFC", "NFD"):
        for name in ("zoë.ipynb", "Zoë Øre_1_assignsubmission_file_/a.ipynb", "ØREZOË_1_2_a.ipynb"):
            source = packed(tmp_path, {unicodedata.normalize(form, name): form + name})
            assert collect(source, klass, "Set 1")[0] == 1
            assert collected(klass) == {"zoë": form + name}


def test_utf8_is_read_where_the_zip_does_not_say_so(tmp_path, klass):
    (klass / "students.csv").write_text("id,first_name,last_name\nzoe,Zoë,Müller\n", encoding="utf-8")
    path = packed(tmp_path, {"müllerzoë_1_2_a.ipynb": "x"})
    data = path.read_bytes()
    central = data.index(b"PK\1\2")
    path.write_bytes(data[:6] + b"\0\0" + data[8 : central + 8] + b"\0\0" + data[central + 10 :])  # no flag of UTF-8
    assert zipfile.ZipFile(path).namelist() != ["müllerzoë_1_2_a.ipynb"]
    assert collect(path, klass, "Set 1") == (1, []) and collected(klass) == {"zoe": "x"}


# --- several of one student


def test_the_latest_is_taken_and_the_others_are_listed(tmp_path, klass):
    files = {"smithanna_1_300_a-1.ipynb": "new", "smithanna_1_200_a.ipynb": "old"}
    _, lines = collect(packed(tmp_path, files), klass, "Set 1")
    assert collected(klass) == {"anna": "new"}
    assert "anna has handed in more than one; smithanna_1_300_a-1.ipynb is taken, not smithanna_1_200_a.ipynb." in lines


def test_the_notebook_that_was_handed_out_is_known_by_its_name(tmp_path, klass):
    at = "Anna Smith_1_assignsubmission_file_/"
    _, lines = collect(
        packed(tmp_path, {at + "Set 1 (2).ipynb": "it", at + "scratch.ipynb": "?", at + "old/Set 1.ipynb": "?"}),
        klass,
        "Set 1",
    )
    assert collected(klass) == {"anna": "it"} and "scratch.ipynb" in lines[0]


def test_nothing_is_taken_where_nothing_says_which_is_later(tmp_path, klass):
    at = "Anna Smith_1_assignsubmission_file_/"
    count, lines = collect(packed(tmp_path, {at + "a.ipynb": "1", at + "b.ipynb": "2"}), klass, "Set 1")
    assert count == 0 and collected(klass) == {} and "nothing says which is the later" in lines[0]
    assert collect(packed(tmp_path, {at + "a.ipynb": "1", at + "b.ipynb": "1"}), klass, "Set 1")[0] == 1


def test_a_file_that_is_no_notebook_is_listed_where_there_is_none(tmp_path, klass):
    files = {"smithanna_1_2_a.pdf": "x", "oneillben_3_4_a.pdf": "x", "oneillben_3_5_a.ipynb": "b"}
    _, lines = collect(packed(tmp_path, files), klass, "Set 1")
    assert lines == ["anna has handed in smithanna_1_2_a.pdf, and no notebook.", "Nothing yet from anna."]
    _, lines = collect(
        packed(tmp_path, {"Anna Smith_1_assignsubmission_onlinetext_/onlinetext.html": "x"}), klass, "Set 1"
    )
    assert "no notebook" in lines[0] and collected(klass) == {"ben": "b"}


def test_the_class_itself_is_no_source(tmp_path, klass):
    for source in (klass, tmp_path):
        with pytest.raises(ValueError, match="holds the class itself"):
            collect(source, klass, "Set 1")


# --- times

SHEET = """\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 71,Anna Smith,a.smith@example.org,Submitted for grading,,10.00,Yes,"Wednesday, 10 June 2026, 2:14 PM",-,
Participant 72,Ben O'Neill,b@example.org,Submitted for grading,,10.00,Yes,"{ben}",-,
"""


def stamp(klass, who, name="Set 1"):
    path = klass / "submitted" / who / name / "timestamp.txt"
    return path.read_text() if path.exists() else None


def test_the_worksheet_tells_who_and_when(tmp_path, klass, monkeypatch):
    source = folder(tmp_path, {"Grades-1.csv": SHEET.format(ben="Mittwoch, 10. Juni 2026, 14:14")})
    packed(source, {f"Participant_{n}_assignsubmission_file_/a.ipynb": str(n) for n in (71, 72, 73)}, "C-1.zip")
    _, lines = collect(source, klass, "Set 1")
    assert collected(klass) == {"anna": "71", "ben": "72"}
    assert (
        stamp(klass, "anna") == f"{datetime(2026, 6, 10, 14, 14).astimezone().astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    )
    assert stamp(klass, "ben") is None and lines[0].startswith("1 times of the worksheet can't be read")
    assert lines[1] == "C-1/Participant_73_assignsubmission_file_/a.ipynb: whose is it?"


def test_a_group_before_the_name_is_no_riddle_with_the_worksheet(tmp_path, klass):
    inside = {"Group A-Anna Smith_71_assignsubmission_file_/a.ipynb": "x"}
    assert collect(packed(tmp_path, inside), klass, "Set 1")[0] == 0
    assert collect(packed(tmp_path, inside | {"Grades.csv": SHEET.format(ben="-")}), klass, "Set 1")[0] == 1
    assert collected(klass) == {"anna": "x"}


def test_a_students_table_is_no_worksheet(tmp_path, klass):
    forged = SHEET.format(ben="-").replace("71", "72").replace("Participant 72,Ben O'Neill,b@", "Participant 99,X,x@")
    at = "Anna Smith_1_assignsubmission_file_"
    for inside in (f"{at}/", at + "_", "anna/"):
        files = {inside + "Grades.csv": forged, "Ben ONeill_72_assignsubmission_file_/a.ipynb": "b"}
        assert collect(packed(tmp_path, files), klass, "Set 1")[0] == 1 and collected(klass) == {"ben": "b"}
        assert stamp(klass, "ben") is None


def test_times_of_nbgrader_are_kept_and_others_are_not_made_up(tmp_path, klass):
    at = "submitted/anna/Set 1/"
    moodle = "Ben ONeill_1_assignsubmission_file_/"
    files = {
        at + "Set 1.ipynb": "1",
        at + "timestamp.txt": "2026-06-10 12:00:00 UTC\n",
        moodle + "a.ipynb": "2",
        moodle + "timestamp.txt": "2020-01-01",
    }
    _, lines = collect(packed(tmp_path, files), klass, "Set 1")
    assert stamp(klass, "anna") == "2026-06-10 12:00:00.000000 UTC" and stamp(klass, "ben") is None and lines == []


def test_what_canvas_calls_late_is_said(tmp_path, klass):
    _, lines = collect(packed(tmp_path, {"oneillben_LATE_1_2_a.ipynb": "x"}), klass, "Set 1")
    assert "late policy knows nothing of it: ben." in lines[0] and stamp(klass, "ben") is None


# --- again


def test_collecting_again_replaces_what_has_changed_only(tmp_path, klass):
    first = {"anna.ipynb": "1", "ben.ipynb": "2"}
    collect(packed(tmp_path, first), klass, "Set 1")
    paths = {who: klass / "submitted" / who / "Set 1" / "Set 1.ipynb" for who in ("anna", "ben")}
    for path in paths.values():
        os.utime(path, (1, 1))
    assert collect(packed(tmp_path, first | {"ben.ipynb": "3"}), klass, "Set 1") == (2, [])
    assert (
        paths["anna"].stat().st_mtime == 1
        and paths["ben"].stat().st_mtime > 1
        and collected(klass) == {"anna": "1", "ben": "3"}
    )
    _, lines = collect(packed(tmp_path, {"anna.ipynb": "4"}), klass, "Set 1")
    assert lines == ["Collected before, and not in this: ben."] and collected(klass) == {"anna": "4", "ben": "3"}
    assert not [path for path in klass.rglob("*") if path.name.endswith(".part")]


def test_what_is_older_does_not_replace_what_is_newer(tmp_path, klass):
    def handed_in(hour, text):
        return packed(tmp_path, {f"anna+Set 1+2026-06-10 {hour}:00:00 UTC/Set 1.ipynb": text})

    collect(handed_in(12, "noon"), klass, "Set 1")
    _, lines = collect(handed_in(11, "before"), klass, "Set 1")
    assert collected(klass) == {"anna": "noon"} and "is older than what was collected before" in lines[0]
    collect(handed_in(13, "later"), klass, "Set 1")
    assert collected(klass) == {"anna": "later"} and stamp(klass, "anna").startswith("2026-06-10 13")
    collect(packed(tmp_path, {"anna.ipynb": "by hand"}), klass, "Set 1")
    assert collected(klass) == {"anna": "by hand"} and stamp(klass, "anna") is None


def test_another_assignment_of_the_class_is_not_taken_for_this_one(tmp_path, klass):
    for name in ("Set 1", "Set 2"):
        (klass / "source" / name).mkdir(parents=True)
        (klass / "source" / name / "assignment.json").touch()
    files = {
        "submitted/anna/Set 1/Set 1.ipynb": "1",
        "submitted/anna/Set 2/Set 2.ipynb": "2",
        "submitted/ben/Set 2/Set 2.ipynb": "2",
    }
    collect(packed(tmp_path, files), klass, "Set 1")
    assert collected(klass) == {"anna": "1"}
    assert collect(klass / "submitted", klass, "Set 1") == (1, ["Nothing yet from ben."])
    collect(packed(tmp_path, {"Set 1/anna.ipynb": "3", "Set 2/anna.ipynb": "4"}), klass, "Set 1")
    assert collected(klass) == {"anna": "3"}


# --- what strangers put into it


def test_a_path_leads_nowhere_else(tmp_path, klass):
    names = ["../../evil.ipynb", "/evil_1_2_a.ipynb", ".._1_2_a.ipynb", "../anna/../../Set 1/x.ipynb", "submitted/../Set 1/Set 1.ipynb",
             "._1_assignsubmission_file_/a.ipynb", "..\\..\\evil.ipynb", "C:\\evil.ipynb", "a\0b.ipynb", "-rf.ipynb", ".hidden.ipynb",
             "con:.ipynb", "\x1b[2Jx.ipynb", "x\n.ipynb", " .ipynb", "~.ipynb/..", "*.ipynb"]  # fmt: skip
    for listed in (True, False):
        if not listed:
            (klass / "students.csv").unlink()
        source = packed(tmp_path, dict.fromkeys(names, "x"))
        (klass / CONFIG).touch()
        before = set(tmp_path.rglob("*"))
        count, lines = collect(source, klass, "Set 1")
        assert count == 0 and set(tmp_path.rglob("*")) == before
        assert all(line.isprintable() for line in lines)
        assert len(lines) >= 12


def test_a_student_can_not_hand_in_for_another(tmp_path, klass):
    names = [
        "Anna Smith_1_assignsubmission_file_/Ben ONeill_2_assignsubmission_file_/Set 1.ipynb",
        "Anna Smith_1_assignsubmission_file_Ben ONeill_2_assignsubmission_file_Set 1.ipynb",
        "Anna Smith_1_assignsubmission_file_/submitted/ben/Set 1/Set 1.ipynb",
        "Anna Smith_1_assignsubmission_file_/oneillben_1_2_Set 1.ipynb",
        "smithanna_1_2_oneillben_3_4_Set 1.ipynb",
        "smithanna_1_2_..\\Ben ONeill_2_assignsubmission_file_\\Set 1.ipynb",
        "submitted/anna/Set 1/ben/Set 1/Set 1.ipynb",
        "anna+Set 1+2026-06-10 12:00:00 UTC/ben+Set 1+2026-06-10 12:00:00 UTC/Set 1.ipynb",
        "anna/oneillben_1_2_Set 1.ipynb",
        "anna/Ben ONeill_2_assignsubmission_file_/Set 1.ipynb",
    ]
    for name in names:
        collect(packed(tmp_path, {name: "forged"}), klass, "Set 1")
        assert "ben" not in collected(klass), name


# What an LMS or nbgrader writes before what a student writes, and whether a student can make folders there.
BEFORE = {
    "Anna Smith_1_assignsubmission_file_/": True, "Anna Smith_1_assignsubmission_file/": True, "Anna Smith_1_assignsubmission_file_": False,
    "x/Anna Smith_1_assignsubmission_file_/": True, "smithanna_1_2_": False, "smithanna_LATE_1_2_": False, "x/smithanna_1_2_": False,
    "submitted/anna/Set 1/": True, "anna+Set 1+2026-06-10 12:00:00 UTC/": True, "inbound/anna+Set 1+2026-06-10 12:00:00 UTC+x/": True,
}  # fmt: skip
PIECES = st.sampled_from(["/", "\\", "_", "_1_2_", "ben", "oneillben", "Ben ONeill", "Ben ONeill_2_assignsubmission_file_", "Set 1", "+Set 1+", ".ipynb",
                          "2026-06-10 12:00:00 UTC", "..", ".", " ", "submitted", "_LATE_3_4_", "b@example.org", "\n", "\0", ".csv", "timestamp.txt", "é"])  # fmt: skip


@settings(max_examples=1000)
@given(st.sampled_from(list(BEFORE)), st.lists(PIECES, max_size=9).map("".join))
def test_nothing_that_a_student_writes_makes_it_anothers(before, own):
    path = before + (own if BEFORE[before] else own.replace("/", ""))
    names = Names([Student("anna", "Anna", "Smith"), Student("ben", "Ben", "O'Neill", "b@example.org")])
    told = hand_in(path, bytes, "Set 1")
    assert names.whose([told.who, *told.within.split("/")]) != {"ben"}
    if told.form in (NBGRADER, EXCHANGE):
        assert told.who == "anna"  # whose time is told there


def test_links_are_not_followed(tmp_path, klass):
    (tmp_path / "secret").write_text("the key")
    source = folder(tmp_path, {"ben.ipynb": "b"})
    (source / "anna.ipynb").symlink_to(tmp_path / "secret")
    (source / "more").symlink_to(tmp_path)
    os.mkfifo(source / "cleo.ipynb")
    _, lines = collect(source, klass, "Set 1")
    assert collected(klass) == {"ben": "b"}
    assert lines[:3] == [
        "anna.ipynb is a link, and is not followed.",
        "cleo.ipynb is no file, and is not followed.",
        "more is a link, and is not followed.",
    ]
    entry = zipfile.ZipInfo("anna.ipynb")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    _, lines = collect(packed(tmp_path, [(entry, "/etc/passwd"), ("ben.ipynb", "b")]), klass, "Set 1")
    assert collected(klass) == {"ben": "b"} and lines[0] == "anna.ipynb is a link, and is not followed."


def test_a_bomb_is_not_unpacked(tmp_path, klass):
    path = packed(tmp_path, {"anna.ipynb": bytes(MOST + 1), "ben.ipynb": "b"})
    _, lines = collect(path, klass, "Set 1")
    assert path.stat().st_size < MOST / 100 and collected(klass) == {"ben": "b"}
    assert lines[0] == "anna.ipynb of anna can't be read: it has more than 20 MB."
    with pytest.raises(ValueError, match="more than 20000 files"):
        collect(packed(tmp_path, {f"{number}.txt": "" for number in range(20_001)}), klass, "Set 1")


def test_a_zip_within_a_zip_stays_closed(tmp_path, klass):
    inner = packed(tmp_path, {"Set 1.ipynb": "x"}, "inner.zip").read_bytes()
    for make in (
        packed,
        lambda at, files: (
            [folder(at, {"x": ""}).joinpath(name).write_bytes(data) for name, data in files.items()] and at / "in"
        ),
    ):
        _, lines = collect(make(tmp_path, {"smithanna_1_2_work.zip": inner}), klass, "Set 1")
        assert collected(klass) == {} and "anna has handed in smithanna_1_2_work.zip, and no notebook." in lines


def test_a_zip_that_a_student_laid_into_a_folder_stays_closed(tmp_path, klass):
    source = folder(tmp_path, {"Anna Smith_1_assignsubmission_file_/a.ipynb": "a", "ben/a.ipynb": "b"})
    for place in ("Anna Smith_1_assignsubmission_file_", "ben"):
        packed(source / place, {f"{number}.ipynb": "" for number in range(3)}, "work.zip")
    assert collect(source, klass, "Set 1") == (2, []) and collected(klass) == {"anna": "a", "ben": "b"}


def test_a_broken_zip_in_a_folder_is_listed(tmp_path, klass):
    source = folder(tmp_path, {"anna.ipynb": "a", "C-1.zip": "PK"})
    _, lines = collect(source, klass, "Set 1")
    assert collected(klass) == {"anna": "a"} and "C-1.zip is a broken zip" in lines[0]


def test_what_is_broken_is_said_and_the_rest_is_taken(tmp_path, klass):
    path = packed(tmp_path, {"anna.ipynb": "a" * 1000, "ben.ipynb": "b"})
    data = path.read_bytes()
    at = data.index(b"anna.ipynb") + 10
    path.write_bytes(data[:at] + bytes(5) + data[at + 5 :])
    _, lines = collect(path, klass, "Set 1")
    assert collected(klass) == {"ben": "b"} and lines[0].startswith("anna.ipynb of anna can't be read: it is broken")
    locked = packed(tmp_path, {"anna.ipynb": "a"})
    data = bytearray(locked.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    locked.write_bytes(data)
    assert collect(locked, klass, "Set 1")[1][0] == "anna.ipynb of anna can't be read: it has a password."


def test_one_name_twice_in_a_zip_is_one_student_twice(tmp_path, klass):
    with pytest.warns(UserWarning, match="Duplicate"):
        source = packed(tmp_path, [("anna.ipynb", "1"), ("anna.ipynb", "2")])
    _, lines = collect(source, klass, "Set 1")
    assert collected(klass) == {} and "nothing says which is the later" in lines[0]


@pytest.mark.parametrize("name, data, said", [
    ("no.zip", None, "There is no "), ("a.zip", b"not a zip", "neither a folder nor a zip"), ("a.tar.gz", b"\x1f\x8b", "Unpack other archives"),
    ("a.zip", b"PK\5\6" + bytes(18), "There is nothing in"), ("a.zip", b"PK\5\6" + bytes(4) + b"\1\0\1\0" + b"\x2e\0\0\0" + bytes(6), "broken zip"),
])  # fmt: skip
def test_what_is_no_archive_is_told(tmp_path, klass, name, data, said):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises((ValueError, FileNotFoundError), match=said):
        collect(tmp_path / name, klass, "Set 1")


def test_what_systems_leave_beside_files_is_no_line(tmp_path, klass):
    files = [
        "__MACOSX/._anna.ipynb",
        "x/.DS_Store",
        "._ben.ipynb",
        "Thumbs.db",
        ".ipynb_checkpoints/anna-checkpoint.ipynb",
    ]
    assert collect(packed(tmp_path, dict.fromkeys(files, "x") | {"anna.ipynb": "a"}), klass, "Set 1") == (
        1,
        ["Nothing yet from ben."],
    )


def test_much_that_is_nobodys_is_counted(tmp_path, klass):
    _, lines = collect(packed(tmp_path, {f"{number}.txt": "" for number in range(100)}), klass, "Set 1")
    assert len(lines) == 22 and lines[20] == "80 more files are nobody's."


# --- the list of students


@pytest.mark.parametrize("text, said", [
    ("id,email\n,a@b\n", "no id in the row 'a@b'"), ("id\na/b\n", "'a/b' has a character"), ("id\n.a\n", "can't be the name"),
    ("id\n..\n", "can't be the name"), ("id\na\na\n", "is there twice"), ("id\nA\na\n", "differ only"), ("id\na\nA\n", "differ only"), ("id\ne\u0301a\n\u00e9a\n", "is there twice"),
    ("id\na\0b\n", "no table"), ('id,x\na,"b\n', None),
])  # fmt: skip
def test_a_list_that_is_not_right_is_told(tmp_path, klass, text, said):
    (klass / "students.csv").write_text(text, encoding="utf-8")
    source = packed(tmp_path, {"a.ipynb": "a"})
    if said is None:
        assert collect(source, klass, "Set 1")[0] == 1
    else:
        with pytest.raises(ValueError, match=f"students.csv.*{said}"):
            collect(source, klass, "Set 1")


LISTS = {
    "Canvas": 'Student,ID,SIS User ID,SIS Login ID,Section,Set 1 (9)\n"    Points Possible",,,,,7\n"Smith, Anna",11,S1,anna,A,\n'
              '"Smith, Anna",12,S2,ann2,A,\n"Student, Test",13,,x,A,\n',
    "Canvas, in German": 'Student;ID;SIS User ID;SIS Login ID;Section;Set 1 (9)\n"    Points Possible";;;;;"7,0"\n"Smith, Anna";11;S1;anna;A;\n'
                         '"Smith, Anna";12;S2;ann2;A;\n',
    "Moodle's": "First name,Last name,Email address,ID number,Username\nAnna,Smith,a@b,77,anna\nAnna,Smith,c@d,78,ann2\n",
    "by hand": "id\tfirst_name\tlast_name\nanna\tAnna\tSmith\nann2\tAnna\tSmith\n",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("origin", LISTS)
def test_lists_of_an_lms_are_read_as_they_are(tmp_path, klass, origin, encoding):
    (klass / "students.csv").write_text(LISTS[origin], encoding=encoding)
    files = (
        {"smithanna_11_5_a.ipynb": "1", "smithanna_12_6_a.ipynb": "2"}
        if "Canvas" in origin
        else {"anna.ipynb": "1", "ann2/x.ipynb": "2"}
    )
    assert collect(packed(tmp_path, files), klass, "Set 1") == (2, [])
    assert collected(klass) == {"anna": "1", "ann2": "2"}
