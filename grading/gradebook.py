"""Write the marks of an assignment into nbgrader's gradebook, for its formgrader, its exchange and its exports.

    .venv-grading/bin/python -m grading.gradebook "Set 1" sqlite:///gradebook.db

It runs in an environment of its own (`make grading`), so it reads files and imports nothing of the course.
What a person has written there, marks and comments, stays; what has no verdict waits for a person.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path


def write(folder: Path, url: str) -> int:
    """Write the marks; return how many students they are of.

    Parameters
    ----------
    folder : Path
        That of the assignment, with `assignment.json` and `marks.csv`.
    url : str
        Of the database, as SQLAlchemy has it.
    """
    from nbgrader.api import Gradebook

    settled = json.loads((folder / "assignment.json").read_text(encoding="utf-8"))
    name = settled["name"]
    with (folder / "marks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with Gradebook(url) as book:
        book.update_or_create_assignment(name)
        book.update_or_create_notebook(name, name)
        for exercise, points in settled["exercises"].items():
            book.update_or_create_grade_cell(exercise, name, name, max_score=points, cell_type="code")
            book.update_or_create_solution_cell(exercise, name, name)
        for row in rows:
            book.update_or_create_student(row["student"])
            book.update_or_create_submission(name, row["student"])
            for exercise in settled["exercises"]:
                grade = book.find_grade(exercise, name, name, row["student"])
                grade.auto_score = float(row[exercise]) if row[exercise] else None
                grade.needs_manual_grade = not row[exercise] and grade.manual_score is None
        book.db.commit()
    return len(rows)


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1]), sys.argv[2])} students are in the gradebook.")
