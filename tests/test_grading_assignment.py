"""The notebook that a student gets: its checks help, tell less than the marking, and are found again in what comes back."""

import json
import re

import pytest

from grading import quiet
from grading.assignment import Assignment
from grading.submission import cells
from grading.variants import VARIANTS


def stubs(*exercises):
    """The cell of a notebook that asks for each exercise's answer."""
    notebook = Assignment("a set", dict.fromkeys(exercises, 1), "a key").notebook()
    return {cell["id"]: cell["source"] for cell in notebook["cells"] if cell["id"] in exercises}


@pytest.mark.parametrize("exercise", VARIANTS)
def test_the_check_in_the_notebook_is_weaker_than_the_marking(exercise):
    """Either the marking has inputs of its own, or the check looks at the form only."""
    unseen = Assignment("a set", {exercise: 1}, "a key").questions()[0].drawn.unseen
    call = re.search(rf"(?m)^check\.{exercise}(\.form)?\((.*)\)$", stubs(exercise)[exercise])
    assert bool(unseen) != bool(call[1])
    assert not any(f"{name}=" in call[2] for name in unseen)


def test_an_answer_is_found_by_its_check(tmp_path):
    """Whatever became of the metadata, and whether the check looks at the claims or at the form."""
    sources = stubs("sure_gate", "forget_bias")
    assert ".form(" in sources["sure_gate"] and ".form(" not in sources["forget_bias"]
    bare = [{"cell_type": "code", "source": source} for source in sources.values()]
    path = tmp_path / "set.ipynb"
    path.write_text(json.dumps({"cells": bare}))
    assert cells(path, sources) == {name: [source] for name, source in sources.items()}


def test_the_worker_knows_no_check():
    """On the student's side the checks take anything and say nothing."""
    for call in (quiet.sure_gate, quiet.sure_gate.form):
        assert call(3, sure=0.95) is None
    assert quiet.sure_gate.claims(3) == []
