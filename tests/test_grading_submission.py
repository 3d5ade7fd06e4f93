"""What was handed in is read, whatever became of it, and where nothing can be kept in a sandbox nobody else's code runs."""

import json
import os

import pytest

from grading import sandbox
from grading.assignment import Assignment
from grading.course import Course
from grading.judge import NotStarted, judge
from grading.submission import Unreadable, cells
from grading.worker import Answer
from tools import classroom


def notebook(*sources):
    return {"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]}


def test_the_cells_of_an_exercise_are_found_without_metadata(tmp_path):
    sources = ["help = 1", "k = 2\ncheck.sure_gate(k, sure=0.9)", "x = 3", "def bias_for(n): ...\n  check.forget_bias(bias_for)", "y = 4"]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook(*sources)))
    assert cells(path, {"sure_gate", "forget_bias"}) == {"sure_gate": sources[:2], "forget_bias": sources[2:4]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_it_is_read_in_any_kind_of_unicode(tmp_path, encoding):
    path = tmp_path / "a.ipynb"
    path.write_bytes(json.dumps(notebook("π = 3\ncheck.sure_gate(π)"), ensure_ascii=False).encode(encoding))
    assert cells(path, {"sure_gate"}) == {"sure_gate": ["π = 3\ncheck.sure_gate(π)"]}


@pytest.mark.parametrize("text", ["", "3", "[]", "{}", '{"cells": [3]}', '{"cells": [{"cell_type": "code"}]}', "[" * 100_000])
def test_what_is_no_notebook_says_so(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(Unreadable, match="no notebook"):
        cells(path, {"sure_gate"})


def test_what_is_no_file_says_so(tmp_path):
    os.mkfifo(tmp_path / "pipe")  # it would never be read to its end
    for path in (tmp_path, tmp_path / "gone", tmp_path / "pipe"):
        with pytest.raises(Unreadable, match="no file"):
            cells(path, {"sure_gate"})


@pytest.mark.parametrize("line", ["%matplotlib inline", "!ls", "np.log?", "?print", "%%time"])
def test_what_only_a_notebook_understands_is_left_out(line):
    answer = Answer()
    assert answer.run([f"{line}\nx = 3"]) == [None] and answer.value("x") == 3


def test_what_looks_like_it_is_kept():
    answer = Answer()
    assert answer.run(["x = (7\n     % 4)\ny = '''\n!ls\n'''"]) == [None]
    assert answer.value("x") == 3 and answer.value("y") == "\n!ls\n"


def test_without_a_sandbox_nobody_elses_code_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "trouble", lambda: "it is not found. Debian, Ubuntu: apt install bubblewrap")
    asked = Assignment("one", {"sure_gate": 1}, "secret")
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        Course(asked, tmp_path)
    Course(asked, tmp_path, wrapped=False)


def test_whoever_says_so_has_it_judged_without_one():
    questions = classroom.assignment().questions()
    cells = {question.drawn.exercise: [question.solution] for question in questions} | {"sure_gate": ["import os; os._exit(0)"]}
    first, *others = judge(questions, cells, wrapped=False)
    assert first.lost == "its process ended" and first.share(1) is None
    assert len(others) == 3 and all(verdict.right for verdict in others)


def test_a_worker_that_does_not_start_says_why(monkeypatch):
    start, (question, *_) = sandbox.start, classroom.assignment().questions()
    monkeypatch.setattr(sandbox, "start", lambda limits, *_: start(limits, wrapped=False, code="import sys; sys.exit('no room')"))
    with pytest.raises(NotStarted, match="no room"):
        next(judge([question], {question.drawn.exercise: [question.stub]}))


def test_the_key_is_not_shown():
    asked = Assignment("one", {"sure_gate": 1}, "secret")
    assert "secret" not in repr(asked) + str(asked.notebook())
