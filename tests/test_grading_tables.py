"""The marks as tables: what people, Canvas and Moodle get, and that no cell runs."""

import csv
from dataclasses import dataclass, field

import pytest

from grading import tables
from grading.assignment import Assignment
from grading.folder import Folder, Settled


@dataclass(frozen=True)
class Marks:  # the gradebook's, which needs nbgrader
    student: str
    scores: dict
    comments: dict = field(default_factory=dict)
    penalty: float = 0.0
    total: float | None = None
    handed_in: bool = True


MARKS = [
    Marks("anna", {"sure_gate": 2.0, "forget_bias": 1.255}, {"sure_gate": "well done"}, 0.5, 2.755),
    Marks("ben", {"sure_gate": 0.0, "forget_bias": 0.0}, {}, 0.0, 0.0),
    Marks("cleo", {"sure_gate": 1.0, "forget_bias": None}),
    Marks("zoe", {"sure_gate": None, "forget_bias": None}, handed_in=False),
]
LIST = "id,first_name,last_name,email\nanna,Anna,Smith,a@x.org\nben,Ben,O'Neill,b@x.org\ncleo,Cleo,Ångström,\nzoe,,,z@x.org\n"


@pytest.fixture
def klass(tmp_path):
    folder = Folder.begin(tmp_path / "class")
    folder.settle(
        Settled(Assignment("Set 1", {"sure_gate": 2, "forget_bias": 5}, "key"), {"sure_gate": 1, "forget_bias": 3})
    )
    (folder.root / "students.csv").write_text(LIST, encoding="utf-8")
    return folder


def written(klass, name):
    with (klass.root / "returned" / "Set 1" / name).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_marks_csv_says_why_a_place_is_empty(klass):
    said = tables.write(klass, "Set 1", MARKS)
    assert written(klass, "marks.csv") == [
        [
            "student",
            "first_name",
            "last_name",
            "email",
            "sure_gate",
            "forget_bias",
            "late_penalty",
            "total",
            "out_of",
            "note",
        ],
        ["anna", "Anna", "Smith", "a@x.org", "2", "1.25", "0.5", "2.75", "7", ""],
        ["ben", "Ben", "O'Neill", "b@x.org", "0", "0", "0", "0", "7", ""],
        ["cleo", "Cleo", "Ångström", "", "1", "", "0", "", "7", "to be marked: forget_bias"],
        ["zoe", "", "", "z@x.org", "", "", "", "", "7", "nothing handed in"],
    ]
    assert said == ["Without a mark, as they wait for yours: cleo."]


def test_canvas_gets_its_five_columns_and_the_points(klass):
    tables.write(klass, "Set 1", MARKS)
    assert written(klass, "canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Set 1"],
        ["    Points Possible", "", "", "", "", "7"],
        ["Smith, Anna", "", "anna", "anna", "", "2.75"],
        ["O'Neill, Ben", "", "ben", "ben", "", "0"],
        ["Ångström, Cleo", "", "cleo", "cleo", "", ""],
        ["zoe", "", "zoe", "zoe", "", ""],
    ]


def test_moodle_gets_an_address_a_grade_and_feedback(klass):
    tables.write(klass, "Set 1", MARKS)
    head, anna, _, cleo, zoe = written(klass, "moodle.csv")
    assert head == ["ID", "Full name", "Email address", "Set 1", "Set 1 feedback"]
    assert anna == [
        "anna",
        "Anna Smith",
        "a@x.org",
        "2.75",
        "sure_gate: 2 of 2 (well done); forget_bias: 1.25 of 5; late: 0.5 taken off",
    ]
    assert cleo[3:] == ["", "sure_gate: 1 of 2; forget_bias: no mark yet"] and zoe == ["zoe", "zoe", "z@x.org", "", ""]


def test_only_what_people_and_moodle_open_begins_with_the_mark_of_utf8(klass):
    tables.write(klass, "Set 1", MARKS)
    place = klass.root / "returned" / "Set 1"
    marked = {path.name for path in place.iterdir() if path.read_bytes().startswith(b"\xef\xbb\xbf")}
    assert marked == {"marks.csv", "moodle.csv"} and len(list(place.iterdir())) == 3


# --- filling in what an LMS has exported

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Root Account,Section,Set 0 (41),Set 1 (42),Current Score
,,,,,,,Manual Posting,
    Points Possible,,,,,,10.00,{points},(read only)
"Smith, Anna",101,S1,anna,x.edu,A,9.00,,90
"Neill, Benny",102,S2,BEN,x.edu,A,8.00,5.00,80
"Ångström, Cleo",103,S3,ca12,x.edu,A,8.00,3.00,80
"Stone, Pat",104,S4,ps,x.edu,A,8.00,4.00,80
"Student, Test",105,,t,x.edu,A,,,
"""


@pytest.mark.parametrize("separator", ",;")
def test_canvas_gets_its_own_rows_back(klass, tmp_path, separator):
    text = CANVAS.format(points="7.00")
    if separator == ";":
        rows = list(csv.reader(text.splitlines()))
        text = "\n".join(";".join(cell.replace(".00", ",00") for cell in row) for row in rows)
    (tmp_path / "exported.csv").write_text(text, encoding="utf-8-sig")
    said = tables.write(klass, "Set 1", MARKS, canvas=tmp_path / "exported.csv")
    rows = written(klass, "canvas.csv")
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Section", "Set 1 (42)"]
    marks = [row[-1].replace(",", ".") for row in rows[1:]]
    assert marks == ["Manual Posting", "7.00", "2.75", "0", "3.00", "4.00", ""]
    assert [row[1] for row in rows[3:]] == ["101", "102", "103", "104", "105"]
    assert said == ["Without a mark, as they wait for yours: cleo."]


def test_what_canvas_and_the_class_do_not_share_is_said(klass, tmp_path):
    path = tmp_path / "exported.csv"
    path.write_text(CANVAS.format(points="10.00").replace("BEN", "bn"), encoding="utf-8")
    said = tables.write(klass, "Set 1", MARKS, canvas=path)
    assert said[:2] == [
        "In Canvas Set 1 has 10 points, here 7.",
        f"Not in {path}, nor are their marks in what is made of it: ben.",
    ]
    path.write_text(CANVAS.format(points="7").replace("S1,anna", "ben,anna"), encoding="utf-8")
    assert f"In {path} it is not clear who is Smith, Anna (anna or ben)." in tables.write(
        klass, "Set 1", MARKS, canvas=path
    )
    assert [row[-1] for row in written(klass, "canvas.csv")][3:5] == ["", "0"]


@pytest.mark.parametrize("text, said", [
    ("a,b\n1,2\n", "no gradebook of Canvas's"), ("", "no gradebook of Canvas's"), ("\0", "can't be read"),
    ("Student,ID,Section,Set 2 (1)\n", r"0 columns called Set 1. Its assignments: Set 2 \(1\)"), ("Student,ID,Section,Set 1 (1),Set 1 (2)\n", "2 columns"),
])  # fmt: skip
def test_what_is_no_export_of_canvas_is_told(klass, tmp_path, text, said):
    (tmp_path / "exported.csv").write_text(text)
    with pytest.raises(ValueError, match=said):
        tables.write(klass, "Set 1", MARKS, canvas=tmp_path / "exported.csv")
    with pytest.raises(ValueError, match="no grading worksheet|can't be read"):
        tables.write(klass, "Set 1", MARKS, moodle=tmp_path / "exported.csv")
    with pytest.raises(FileNotFoundError, match="There is no "):
        tables.write(klass, "Set 1", MARKS, canvas=tmp_path / "another.csv")


def test_moodles_worksheet_is_filled_in(klass, tmp_path):
    path = tmp_path / "Grades.csv"
    head = "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade),Feedback comments"
    rows = ["Participant 1,Anna Smith,A@x.org,Submitted,,7.00,Yes,-,old", "Participant 2,Cleo Ångström,,Submitted,4.00,7.00,Yes,-,mine",
            "Participant 3,Ben ONeill,,Submitted,,7.00,Yes,-,"]  # fmt: skip
    path.write_text("\n".join([head, *rows]), encoding="utf-8-sig")
    said = tables.write(klass, "Set 1", MARKS, moodle=path)
    table = written(klass, "moodle.csv")
    assert [row[:4] + row[5:8] for row in table] == [
        (line := text.split(","))[:4] + line[5:8] for text in [head, *rows]
    ]
    assert [row[4] for row in table] == ["Grade", "2.75", "4.00", "0"]
    assert (
        table[2][8] == "mine"
        and table[1][8].startswith("sure_gate: 2 of 2")
        and said == ["Without a mark, as they wait for yours: cleo."]
    )
    path.write_text(path.read_text(encoding="utf-8-sig").replace("7.00", "100.00"), encoding="utf-8")
    assert tables.write(klass, "Set 1", MARKS, moodle=path)[0] == "In Moodle Set 1 has 100 points, here 7."


# --- cells that would run


@pytest.mark.parametrize(
    "evil",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1+1", "x;=1+1", "x,@a", "x\n=1", '"=1'],
)
def test_no_cell_is_a_formula(klass, evil):
    with (klass.root / "students.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "first_name", "last_name", "email"], ["anna", evil, evil, evil]])
    tables.write(klass, "Set 1", [Marks("anna", {"sure_gate": 1, "forget_bias": 1}, {"sure_gate": evil}, 0, 2)])
    for name in ("marks.csv", "canvas.csv", "moodle.csv"):
        text = (klass.root / "returned" / "Set 1" / name).read_text(encoding="utf-8-sig")
        for separator in ",;\t":  # whichever it is where the spreadsheet is at home
            for row in csv.reader(text.splitlines(), delimiter=separator):
                assert not [cell for cell in row if cell.strip().strip('"').strip()[:1] in tuple("=+-@\uff1d")], (
                    name,
                    row,
                )


@pytest.mark.parametrize("cell", ["", "-", "3", "-3", "+4.5", "7,00", "a-b", "O'Neill", "x@y.org", "C+", "2026-06-10"])
def test_what_is_no_formula_stays(cell):
    assert tables.harmless(cell) == cell


@pytest.mark.parametrize(
    "value, text",
    [
        (None, ""),
        (0.0, "0"),
        (-0.0, "0"),
        (10, "10"),
        (1 / 3, "0.33"),
        (2.5, "2.5"),
        (1234567.891, "1234567.89"),
        (1e-9, "0"),
    ],
)
def test_numbers_of_points(value, text):
    assert tables.number(value) == text
