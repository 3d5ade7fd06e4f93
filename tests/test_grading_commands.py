"""The way of an instructor, a command a step, from the assignment to what students get back."""

import csv
import json
import re
import zipfile
from pathlib import Path

import nbgraders
import pytest
from labs import PATIENCE, started
from nbgraders import grading

from grading.__main__ import main
from grading.folder import Folder
from grading.sets import SETS
from grading.variants import VARIANTS

FIRST, SECOND = "sign_of_the_bias", "sure_gate"
MARKUP = "</pre><script>window.pwned=1</script><img src=x onerror='window.pwned=1'>"


def solved(folder: Folder, name: str, student: str, *left: str) -> Path:
    """The notebook of a student who solves the exercises but those that are left."""
    settled = folder.settled(name)
    release = folder.place("release", name) / (student if settled.students else "") / f"{name}.ipynb"
    notebook = json.loads(release.read_text())
    solutions = {question.drawn.exercise: question.solution for question in settled.assignment.questions(student)}
    for cell in notebook["cells"]:
        if cell["id"] not in left:
            cell["source"] = solutions.get(cell["id"], cell["source"])
    path = folder.root / "in" / f"{student}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(notebook))
    return path


def hostile(path: Path):
    """Put markup wherever a student can put something."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["id"] == SECOND:
            cell["source"] = f"# {MARKUP}\nraise ValueError({MARKUP!r})\n{cell['source']}"
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": MARKUP}}]
    notebook["cells"].append({"cell_type": "markdown", "id": "more", "metadata": {}, "source": MARKUP})
    path.write_text(json.dumps(notebook))


def here(capsys, folder: Path, *arguments: str) -> str:
    """What a command says that runs in this process: an environment of its own would be read anew each time."""
    assert main([*arguments, "--class", str(folder)]) == 0
    return capsys.readouterr().out


@pytest.fixture(scope="module")
def graded(tmp_path_factory, kept_in_a_sandbox):
    """A class that was assigned a set, handed it in, was graded, and got it back."""
    root = tmp_path_factory.mktemp("room") / "Spring class"
    grading(root.parent, "begin", root.name)
    (root / "students.csv").write_text("id,first_name,last_name\nanna,Anna,A\nben,Ben,B\neve,Eve,E\nzoe,Zoe,Z\n")
    grading(root, "assign", "warm-up", FIRST, f"{SECOND}:2", "--due", "2027-03-12 18:00")
    folder = Folder(root)
    solved(folder, "warm-up", "anna")
    solved(folder, "warm-up", "ben", SECOND)
    hostile(solved(folder, "warm-up", "eve"))
    (root / "in" / "notes.txt").write_text("?")
    told = grading(root, "collect", "warm-up", "in")
    assert "notes.txt is no notebook" in told and "Nothing yet from zoe" in told and "3 students handed in" in told
    assert "3 students are in the gradebook" in grading(root, "grade", "warm-up")
    grading(root, "return", "warm-up")
    return folder


def table(folder: Folder) -> dict[str, dict[str, str]]:
    """The marks that are given back, by student."""
    with open(folder.place("returned", "warm-up") / "marks.csv", encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@nbgraders.needed
def test_what_is_given_back(graded):
    marks = {who: (row[FIRST], row[SECOND], row["total"]) for who, row in table(graded).items()}
    assert marks == {"anna": ("1", "2", "3"), "ben": ("1", "0", "1"), "eve": ("1", "0", "1"), "zoe": ("", "", "")}
    assert (graded.place("returned", "warm-up") / "report.html").exists()
    assert not graded.place("feedback", "warm-up", "zoe").exists()


@nbgraders.needed
def test_a_page_of_feedback_asks_nobody_and_fits_a_phone(graded, browser):
    context = browser.new_context(viewport={"width": 360, "height": 700}, color_scheme="dark")
    page, asked, faults = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    for student in ("anna", "ben", "eve"):
        page.goto((graded.place("feedback", "warm-up", student) / "warm-up.html").as_uri())
        for answer in page.locator("summary").all():
            answer.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && window.pwned === undefined")
    assert MARKUP in page.locator("pre").last.inner_text() and "1 of 3 points" in page.locator("main").inner_text()
    assert len(asked) == 3 and faults == []
    context.close()


@nbgraders.needed
def test_formgrader_shows_the_same_marks_and_a_mark_given_there_stays(graded, browser, tmp_path, capsys):
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    context.set_default_timeout(1000 * PATIENCE)
    with started([nbgraders.BIN / "grading", "look", "--"], tmp_path, graded.root) as address:
        page = context.new_page()
        page.goto(f"{address}/formgrader/gradebook/warm-up/warm-up")
        links = page.locator("a.name-shown, td a[href*='/submissions/']")
        links.first.wait_for(state="attached")
        named = links.evaluate_all("links => links.map(link => [link.textContent.trim(), link.getAttribute('href')])")
        places = {name.partition(", ")[2].lower(): address + href for name, href in named if ", " in name}
        for student, marks in {"anna": ["1", "2"], "eve": ["1", "0"], "ben": ["1", "0"]}.items():
            page.goto(places[student])
            page.wait_for_function(
                "[...document.querySelectorAll('input.score')].every(field => field.placeholder !== '')"
            )
            assert page.locator("input.score").evaluate_all("fields => fields.map(field => field.placeholder)") == marks
            assert page.evaluate("window.pwned") is None
        assert "Nothing here yet" in page.locator("#notebook").first.inner_text()
        with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
            page.locator(f"#{SECOND}").fill("1.5")
            page.locator(f"#{SECOND}").blur()
        with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT"):
            page.locator(f"#{SECOND}-comment").fill("Nearly <b>there</b>.")
            page.locator(f"#{SECOND}-comment").blur()
    context.close()
    here(capsys, graded.root, "grade", "warm-up")
    here(capsys, graded.root, "return", "warm-up")
    assert [table(graded)["ben"][column] for column in (FIRST, SECOND, "total")] == ["1", "1.5", "2.5"]
    assert (
        "Nearly &lt;b&gt;there&lt;/b&gt;." in (graded.place("feedback", "warm-up", "ben") / "warm-up.html").read_text()
    )


@nbgraders.needed
def test_what_formgrader_opens_has_no_markup_of_a_student(graded):
    notebook = json.loads((graded.place("autograded", "warm-up", "eve") / "warm-up.ipynb").read_text())
    released = json.loads((graded.place("release", "warm-up") / "warm-up.ipynb").read_text())
    assert [cell["id"] for cell in notebook["cells"]] == [cell["id"] for cell in released["cells"]]
    assert not any("pwned" in cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert {(output["output_type"], output["name"]) for output in outputs} == {("stream", "stdout")}


@nbgraders.needed
def test_a_set_is_for_nobody_elses_eyes(graded):
    assert (graded.place("source", "warm-up") / "assignment.json").stat().st_mode & 0o777 == 0o600
    assert (
        graded.root.stat().st_mode & 0o777 == 0o700 and (graded.root / "gradebook.db").stat().st_mode & 0o777 == 0o600
    )
    key = graded.settled("warm-up").assignment.key
    shown = [path for path in graded.root.rglob("*") if path.is_file() and "source" not in path.parts]
    assert len(shown) > 10 and not any(key.encode() in path.read_bytes() for path in shown)


@nbgraders.needed
def test_the_exchange(tmp_path, kept_in_a_sandbox, capsys):
    from grading import gradebook

    folder = Folder.begin(tmp_path / "class")
    with (folder.root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\nc.ExchangeCollect.check_owner = False\n")
        file.write(f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    here(capsys, folder.root, "assign", "warm-up", FIRST)
    here(capsys, folder.root, "release", "warm-up")
    for student in ("anna", "mallory"):  # as their own menus do it
        api = gradebook.api(folder)
        api.coursedir.assignment_id, api.coursedir.student_id = "warm-up", student
        home = tmp_path / student
        home.mkdir()
        api.exchange.FetchAssignment(
            authenticator=api.authenticator, coursedir=api.coursedir, assignment_dir=str(home)
        ).start()
        notebook = home / "warm-up" / "warm-up.ipynb"
        if student == "anna":
            notebook.write_bytes(solved(folder, "warm-up", student).read_bytes())
        api.exchange.Submit(authenticator=api.authenticator, coursedir=api.coursedir, assignment_dir=str(home)).start()
    # What a student hands in lies in a folder of theirs: they may put a link there, to what the instructor can read.
    (stolen,) = (tmp_path / "exchange").glob("*/inbound/mallory+*")
    (stolen / "warm-up.ipynb").unlink()
    (stolen / "warm-up.ipynb").symlink_to(folder.place("source", "warm-up") / "assignment.json")
    inbound = stolen.parent
    for odd in ("eve+warm-up+soon+x", "eve?+warm-up+2027-03-12 10:00:00 UTC+x", "+warm-up+2027-03-12 10:00:00 UTC+x"):
        (inbound / odd).mkdir()
    told = here(capsys, folder.root, "collect", "warm-up")
    assert "1 student handed in" in told and re.search(r"mallory.* has links to other files", told)
    assert told.count("names no student and no time") == 3 and [
        path.parent.name for path in folder.root.glob("submitted/*/*")
    ] == ["anna"]
    here(capsys, folder.root, "grade", "warm-up")
    here(capsys, folder.root, "return", "warm-up", "--exchange")
    (page,) = (tmp_path / "exchange").glob("*/feedback/*.html")
    assert "1 of 1 point" in page.read_text()


# --- without nbgrader


@pytest.fixture
def room(tmp_path, monkeypatch):
    """The folder of a class, in which one is; beside it lists of students that are none."""
    (tmp_path / "nobody.csv").write_text("id\n")
    (tmp_path / "up.csv").write_text("id\nan/na\n")
    monkeypatch.chdir(Folder.begin(tmp_path / "class").root)
    return tmp_path / "class"


MISTAKES = {
    "an exercise that is not there": (["assign", "x", "sure_gates"], "Did you mean sure_gate?"),
    "a set that is not ready": (["assign", "part-5"], "Did you mean part-"),
    "points that are none": (["assign", "x", "sure_gate:two"], "as in sure_gate:2"),
    "no points": (["assign", "x", "sure_gate:0"], "as in sure_gate:2"),
    "an exercise twice": (["assign", "x", "sure_gate", "sure_gate:2"], "sure_gate is there twice"),
    "a name that leads elsewhere": (["assign", "../x", "sure_gate"], "can't be the name of a set"),
    "a list that is not there": (["assign", "x", "sure_gate", "--students", "nobody.csv"], "nobody.csv"),
    "a list of nobody": (["assign", "x", "sure_gate", "--students", "../nobody.csv"], "names nobody"),
    "a list with a folder": (["assign", "x", "sure_gate", "--students", "../up.csv"], "can't have"),
    "a set that was not assigned": (["grade", "x"], "There is no set x here"),
    "collecting for no set": (["collect", "x", "."], "There is no set x here"),
    "another folder": (["grade", "x", "--class", ".."], "Begin one: grading begin"),
    "a class twice": (["begin", "."], "is left as it is"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_words(room, mistake, capsys):
    arguments, words = MISTAKES[mistake]
    before = sorted(room.rglob("*"))
    assert main(arguments) == 1
    assert words in capsys.readouterr().err and sorted(room.rglob("*")) == before


def test_a_date_that_is_none(room, capsys):
    with pytest.raises(SystemExit):
        main(["assign", "x", "sure_gate", "--due", "next Friday"])
    assert "2027-03-12 18:00" in capsys.readouterr().err


def test_what_can_be_assigned_is_listed(capsys):
    assert main(["exercises"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in [*VARIANTS, *SETS])
    assert told.index("sign_of_the_bias") < told.index("variance_after") < told.index("paired_chance")  # the book's order


def test_each_student_gets_a_notebook_of_their_own(room):
    from grading.assignment import Assignment
    from grading.folder import Settled

    settled = Settled(Assignment("x", {SECOND: 1.0}, "a key", each=True), {SECOND: 3}, None, ("anna", "ben"))
    folder = Folder(room)
    folder.hand_out(settled)
    folder.settle(settled)
    assert folder.settled("x") == settled
    own = {who: (room / "release" / "x" / who / "x.ipynb").read_bytes() for who in ("anna", "ben")}
    assert own["anna"] != own["ben"]
    with zipfile.ZipFile(room / "release" / "x.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"{who}/x.ipynb": data for who, data in own.items()
        }
    # An exchange gives everybody the same.
    assert main(["release", "x"]) == 1


def test_a_set_is_assigned_once(room, capsys):
    from grading.assignment import Assignment
    from grading.folder import Settled

    Folder(room).settle(Settled(Assignment("x", {SECOND: 1.0}, "a key"), {SECOND: 3}))
    assert main(["assign", "x", FIRST]) == 1 and "key must not be lost" in capsys.readouterr().err
    assert main(["grade", "x"]) == 1 and "Nothing of x has been collected" in capsys.readouterr().err
    assert main(["return", "x"]) == 1 and "has not been graded" in capsys.readouterr().err
    assert main(["assign", "X ", FIRST]) == 1


def test_a_link_is_not_what_a_student_handed_in(room):
    secret = room / "secret.ipynb"
    secret.write_text("{}")
    for link in ("submitted/eve/x/x.ipynb", "submitted/fay"):
        (room / link).parent.mkdir(parents=True, exist_ok=True)
        if link.endswith(".ipynb"):
            (room / link).symlink_to(secret)
        else:
            (room / "elsewhere" / "x").mkdir(parents=True)
            (room / "elsewhere" / "x" / "x.ipynb").write_text("{}")
            (room / link).symlink_to(room / "elsewhere")
    files, astray = Folder(room).handed_in("x")
    assert files == {} and len(astray) == 2 and all("a link" in line for line in astray)
