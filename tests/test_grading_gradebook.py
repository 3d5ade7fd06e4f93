"""The marks in nbgrader's gradebook, where there is an nbgrader: `make grading` sets it up."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-grading" / "bin" / "python"
READ = """
import sys
from nbgrader.api import Gradebook
with Gradebook(sys.argv[1]) as book:
    for who in book.students:
        for grade in book.find_submission("Set 1", who.id).notebooks[0].grades:
            if len(sys.argv) > 2 and who.id == "ben" and grade.name == "b":
                grade.manual_score = float(sys.argv[2])
            print(who.id, grade.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.max_score)
    book.db.commit()
"""


@pytest.mark.skipif(not PYTHON.exists(), reason="make grading has not been called")
def test_marks_are_written_and_a_persons_are_kept(tmp_path):
    folder, url = tmp_path / "Set 1", f"sqlite:///{tmp_path}/gradebook.db"
    folder.mkdir()
    (folder / "assignment.json").write_text(json.dumps({"name": "Set 1", "exercises": {"a": 2.0, "b": 3.0}}))
    marks = folder / "marks.csv"

    def run(*arguments):
        return subprocess.run([PYTHON, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, env=dict(os.environ)).stdout

    marks.write_text("student,a,b\nanna,2.0,1.5\nben,0.0,\n")
    assert "2 students" in run("-m", "grading.gradebook", str(folder), url)
    assert sorted(run("-c", READ, url, "2.5").splitlines()) == [
        "anna a 2.0 None False 2.0",
        "anna b 1.5 None False 3.0",
        "ben a 0.0 None False 2.0",
        "ben b None 2.5 True 3.0",
    ]
    marks.write_text("student,a,b\nanna,1.0,1.5\nben,0.0,\n")
    run("-m", "grading.gradebook", str(folder), url)
    assert sorted(run("-c", READ, url).splitlines()) == [
        "anna a 1.0 None False 2.0",
        "anna b 1.5 None False 3.0",
        "ben a 0.0 None False 2.0",
        "ben b None 2.5 False 3.0",
    ]
