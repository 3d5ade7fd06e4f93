"""A class is graded from outside: every kind of student gets the mark that is due, and the honest beside them keep theirs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grading import sandbox
from grading.__main__ import main
from grading.assignment import Assignment
from grading.course import Course, most_claims
from grading.judge import judge
from grading.submission import cells
from grading.variants import VARIANTS
from tools import classroom

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not sandbox.available(), reason="there is no bubblewrap")
LIMITS = sandbox.Limits(patience=6, memory=1 << 30)
TRACE = "left-by-a-student"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded once: by student and exercise what came of it, and what should have."""
    folder = tmp_path_factory.mktemp("class")
    asked = classroom.assignment()
    files, shares = classroom.enrol(folder / "in", asked, honest=2)
    reports = Course(asked, folder / "done", LIMITS).grade(files)
    most = most_claims(asked.questions(), LIMITS)
    return {
        report.student: ({v.exercise: v.share(most[v.exercise]) for v in report.verdicts}, shares[report.student], report)
        for report in reports
    }


@pytest.mark.parametrize("student", [*classroom.KINDS, *classroom.NOTEBOOKS, "honest 0", "honest 1"])
def test_every_kind_gets_the_mark_that_is_due(graded, student):
    given, due, report = graded[student]
    assert given == pytest.approx(due), report


def test_nothing_is_left_behind(graded):
    places = [Path("/tmp"), Path("/"), Path.home(), ROOT, ROOT / "lib", ROOT / "grading", Path("/home")]
    assert not [place for place in places if (place / TRACE).exists()]
    assert b"sleep\x001000" not in b"".join(_command(process) for process in Path("/proc").glob("[0-9]*"))


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_a_wrong_answer_is_told_why(graded):
    report = graded["a wrong sign"][2]
    texts = [text for verdict in report.verdicts for holds, text in verdict.claims if not holds]
    assert len(texts) == 1 and "your bias is" in texts[0]


def test_what_was_lost_says_how(graded):
    lost = {student: [v.lost for v in report.verdicts if v.lost] for student, (_, _, report) in graded.items()}
    assert lost["an endless loop"] == ["it took too long"] and lost["kills itself"] == ["its process ended"]
    assert set(lost["an empty file"]) == {"the notebook can't be read"}


@pytest.mark.parametrize("exercise", VARIANTS)
def test_the_solution_of_a_variant_is_right_from_outside(exercise):
    asked = Assignment("one", {exercise: 1}, "a key")
    assert most_claims(asked.questions(), sandbox.Limits())[exercise] >= 1


@pytest.mark.parametrize("exercise", VARIANTS)
def test_the_stub_is_greeted_from_outside(exercise, tmp_path):
    asked = Assignment("one", {exercise: 1}, "a key")
    (question,) = asked.questions()
    (verdict,) = judge([question], {exercise: [question.stub]}, LIMITS)
    assert not verdict.lost and verdict.share(1) == 0 and "Nothing here yet" in verdict.claims[-1][1]


# --- resuming


@pytest.fixture
def some(tmp_path):
    """A small class, and a course for it."""
    asked = classroom.assignment()
    files, _ = classroom.enrol(tmp_path / "in", asked, honest=1)
    names = ["the chapter's way", "blank", "one of three", "an error in the cell", "no notebook", "honest 0"]
    return asked, {name: files[name] for name in names}, tmp_path / "done"


def test_grading_again_does_only_what_changed(some):
    asked, files, store = some
    first = Course(asked, store, LIMITS).grade(files)
    done = []
    again = Course(asked, store, LIMITS).grade(files, progress=lambda each: (done.append(name) or name for name in each))
    assert again == first and done == []
    files["blank"].write_bytes(files["the chapter's way"].read_bytes())
    third = Course(asked, store, LIMITS).grade(files, progress=lambda each: (done.append(name) or name for name in each))
    assert done == ["blank"] and [r for r in third if r.student != "blank"] == [r for r in first if r.student != "blank"]


def test_a_grading_that_was_killed_goes_on(some, tmp_path):
    asked, files, store = some
    whole = Course(asked, tmp_path / "whole", LIMITS).grade(files)
    code = f"""
from pathlib import Path
from grading import sandbox
from grading.course import Course
files = {{name: Path(path) for name, path in {[(name, str(path)) for name, path in files.items()]}}}
Course(classroom.assignment(), Path({str(store)!r}), sandbox.Limits(patience=6, memory=1 << 30)).grade(files)
"""
    for seconds in (0.5, 1.2, 2.0, 2.9):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert Course(asked, store, LIMITS).grade(files) == whole


def test_a_judge_that_dies_gives_no_mark(some, monkeypatch):
    asked, files, store = some
    monkeypatch.setattr("grading.course.judge", lambda *given: os._exit(1))
    (report,) = Course(asked, store, LIMITS).grade({"blank": files["blank"]})
    assert [verdict.share(1) for verdict in report.verdicts] == [None] * 4 and "come to an end" in report.verdicts[0].lost
    monkeypatch.undo()
    (report,) = Course(asked, store, LIMITS).grade({"blank": files["blank"]})
    assert not report.lost


# --- the commands


def test_an_assignment_is_handed_out_graded_and_written_down(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "students.txt").write_text("anna\nben\n")
    assert main(["assign", "Set 1", "sure_gate:2", "forget_bias", "--students", "students.txt"]) == 0
    assert main(["assign", "Set 1", "sure_gate"]) == 1 and "must not be lost" in capsys.readouterr().out
    settled = json.loads(Path("Set 1/assignment.json").read_text())
    asked = Assignment("Set 1", settled["exercises"], settled["key"], each=True)
    Path("in").mkdir()
    for who, solved in [("anna", "anna"), ("ben", "anna")]:  # ben has copied
        notebook = json.loads(Path(f"Set 1/release/{who}.ipynb").read_text())
        solutions = {question.drawn.exercise: question.solution for question in asked.questions(solved)}
        for cell in notebook["cells"]:
            cell["source"] = solutions.get(cell["id"], cell["source"])
        Path(f"in/{who}.ipynb").write_text(json.dumps(notebook))
    Path("in/cleo.ipynb").write_text("?")
    assert main(["grade", "Set 1", "in"]) == 0
    assert Path("Set 1/marks.csv").read_text().split() == ["student,sure_gate,forget_bias", "anna,2.0,1.0", "ben,0.0,0.0", "cleo,,"]
    assert "No mark for cleo" in capsys.readouterr().out


# --- what holds without running anything


def test_without_bubblewrap_nobody_elses_code_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "available", lambda: False)
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        Course(classroom.assignment(), tmp_path)


def test_the_cells_of_an_exercise_are_found_without_metadata(tmp_path):
    sources = ["help = 1", "k = 2\ncheck.sure_gate(k, sure=0.9)", "x = 3", "def bias_for(n): ...\n  check.forget_bias(bias_for)", "y = 4"]
    notebook = {"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook))
    assert cells(path, {"sure_gate", "forget_bias"}) == {"sure_gate": sources[:2], "forget_bias": sources[2:4]}


def test_the_key_is_not_shown():
    assert "secret" not in repr(Assignment("one", {"sure_gate": 1}, "secret"))
    assert "secret" not in str(Assignment("one", {"sure_gate": 1}, "secret").notebook())
