"""The gradebook: what the judge found is in it, what a person wrote stays, and lateness costs what it should."""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbgraders
import pytest

from grading.assignment import Assignment
from grading.course import Report
from grading.folder import CONFIG, Folder, Settled
from grading.judge import Verdict

pytestmark = nbgraders.needed
NAME, FIRST, SECOND = "Set 1", "sign_of_the_bias", "sure_gate"
DUE = datetime(2027, 3, 12, 17, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def asked_once():
    """nbgrader starts a program for each new database, to ask it the same."""
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield


def begun(root, **settings):
    """The folder of a class that got one set, with settings of nbgrader's: {"LateDays.grace": 2}."""
    folder = Folder.begin(root)
    with (folder.root / CONFIG).open("a") as file:
        file.writelines(f"c.{name} = {value!r}\n" for name, value in settings.items())
    settled = Settled(Assignment(NAME, {FIRST: 2.0, SECOND: 3.0}, "a key"), {FIRST: 2, SECOND: 2}, DUE)
    folder.hand_out(settled)
    folder.settle(settled)
    return folder


@pytest.fixture
def folder(tmp_path):
    return begun(tmp_path / "class")


def hand_in(folder, student, late=None):
    """A notebook as `collect` leaves it there, so much later than it was due."""
    place = folder.place("submitted", NAME, student)
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder.place("release", NAME) / f"{NAME}.ipynb", place)
    if late is not None:
        (place / "timestamp.txt").write_text(f"{DUE + late:%Y-%m-%d %H:%M:%S.%f} UTC")


def found(student, *shares):
    """What the judge may have found: for each exercise the claims that hold, of two; None for no verdict."""
    verdicts = [
        Verdict(exercise, lost="it took too long") if share is None
        else Verdict(exercise, [(count < share, f"claim {count}") for count in range(2)])
        for exercise, share in zip((FIRST, SECOND), shares)
    ]  # fmt: skip
    return Report(student, verdicts)


def recorded(folder, *reports):
    """The marks after these were recorded as `grade` does it, by student."""
    from grading import gradebook, shown

    shown.autograded(folder, NAME, list(reports))
    gradebook.record(folder, NAME, list(reports))
    return marks(folder)


def marks(folder):
    from grading import gradebook

    return {each.student: each for each in gradebook.marks(folder, NAME)}


def by_hand(folder, student, exercise, score=None, comment=None):
    """What formgrader does when a person gives a mark or writes a comment."""
    from grading import gradebook

    with gradebook.api(folder).gradebook as book:
        if score is not None:
            grade = book.find_grade(exercise, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        if comment is not None:
            book.find_comment(exercise, NAME, NAME, student).manual_comment = comment
        book.db.commit()


def waiting(folder, student):
    """The exercises that nbgrader shows as waiting for a person."""
    from grading import gradebook

    with gradebook.api(folder).gradebook as book:
        (notebook,) = book.find_submission(NAME, student).notebooks
        return {grade.name for grade in notebook.grades if grade.needs_manual_grade}


def test_marks_are_shares_of_the_points_and_a_lost_run_has_none(folder):
    (folder.root / "students.csv").write_text("id,first_name,last_name\nanna,Anna,<i>A\nzoe,Zoe,Z\n")
    for student in ("anna", "ben"):
        hand_in(folder, student)
    told = recorded(folder, found("anna", 2, 1), found("ben", 0, None))
    assert [*told] == ["anna", "ben", "zoe"]
    assert told["anna"].scores == {FIRST: 2.0, SECOND: 1.5} and told["anna"].total == 3.5
    assert told["ben"].scores == {FIRST: 0.0, SECOND: None} and told["ben"].total is None
    assert told["zoe"].scores == {FIRST: None, SECOND: None} and not told["zoe"].handed_in
    assert waiting(folder, "anna") == set() and waiting(folder, "ben") == {SECOND}


def test_nbgrader_knows_the_points_the_due_date_and_names_that_are_no_markup(folder):
    from grading import gradebook

    (folder.root / "students.csv").write_text("id,first_name,last_name\nanna,Anna,<i>A\n")
    hand_in(folder, "anna", late=timedelta(days=-1))
    recorded(folder, found("anna", 2, 2))
    told = gradebook.api(folder).get_submission(NAME, "anna")
    assert (told["score"], told["max_score"], told["last_name"]) == (5.0, 5.0, "iA")
    with gradebook.api(folder).gradebook as book:
        assert book.find_assignment(NAME).duedate == DUE.replace(tzinfo=None)


def test_marks_and_comments_of_a_person_stay(folder):
    hand_in(folder, "anna")
    recorded(folder, found("anna", 0, None))
    by_hand(folder, "anna", FIRST, score=1.25)
    by_hand(folder, "anna", SECOND, score=2.5, comment="Well seen.")
    told = recorded(folder, found("anna", 0, None))["anna"]
    assert told.scores == {FIRST: 1.25, SECOND: 2.5} and told.comments == {SECOND: "Well seen."} and told.total == 3.75
    assert waiting(folder, "anna") == set()
    # Where the judge now finds another mark, the person's stays too, and nbgrader asks them to look again.
    assert recorded(folder, found("anna", 2, None))["anna"].scores == {FIRST: 1.25, SECOND: 2.5}
    assert waiting(folder, "anna") == {FIRST}


def test_recording_again_changes_nothing(folder):
    hand_in(folder, "anna", late=timedelta(days=1))
    assert recorded(folder, found("anna", 1, 2)) == recorded(folder, found("anna", 1, 2))


# --- late


@pytest.mark.parametrize(
    "late, share",
    [
        (timedelta(days=-1), 0.0),
        (timedelta(0), 0.0),
        (timedelta(days=2), 0.0),  # the end of the grace
        (timedelta(days=2, seconds=1), 0.2),
        (timedelta(days=3), 0.2),
        (timedelta(days=3, seconds=1), 0.4),
        (timedelta(days=6, hours=23), 1.0),
        (timedelta(days=400), 1.0),
        (None, 0.0),  # nobody knows when
    ],
)
def test_lateness_takes_off_a_share_for_each_day_begun_after_the_grace(tmp_path, late, share):
    folder = begun(tmp_path / "class", **{"LateDays.grace": 2, "LateDays.per_day": 0.2})
    hand_in(folder, "anna", late)
    told = recorded(folder, found("anna", 2, 1))["anna"]
    assert told.penalty == pytest.approx(share * 3.5) and told.total == pytest.approx((1 - share) * 3.5)


def test_nothing_is_taken_off_unless_somebody_says_so(folder):
    hand_in(folder, "anna", timedelta(days=100))
    assert recorded(folder, found("anna", 2, 2))["anna"].penalty == 0


def test_what_is_taken_off_follows_marks_by_hand_and_extensions(tmp_path):
    from grading import gradebook

    folder = begun(tmp_path / "class", **{"LateDays.per_day": 0.5})
    hand_in(folder, "anna", timedelta(hours=1))
    assert recorded(folder, found("anna", 0, 0))["anna"].penalty == 0
    by_hand(folder, "anna", FIRST, score=2.0)
    assert marks(folder)["anna"].penalty == 1.0
    with gradebook.api(folder).gradebook as book:
        book.grant_extension(NAME, "anna", days=1)
    assert marks(folder)["anna"].penalty == 0


# --- nbgrader's own buttons


def test_nbgraders_own_grading_is_refused_and_harms_nothing(folder):
    from grading import gradebook

    hand_in(folder, "anna")
    notebook = folder.place("submitted", NAME, "anna") / f"{NAME}.ipynb"
    trace = folder.root / "trace"
    told = json.loads(notebook.read_text())
    told["cells"][-1]["source"] = f"open({str(trace)!r}, 'w')"
    notebook.write_text(json.dumps(told))
    before = recorded(folder, found("anna", 2, 2))
    written = (folder.place("autograded", NAME, "anna") / f"{NAME}.ipynb").read_bytes()
    done = gradebook.api(folder).autograde(NAME, "anna")
    assert not done["success"] and "grading grade" in done["error"] and not trace.exists()
    assert (
        marks(folder) == before and (folder.place("autograded", NAME, "anna") / f"{NAME}.ipynb").read_bytes() == written
    )


def test_nbgraders_own_generating_releases_no_key(folder):
    from grading import gradebook

    gradebook.api(folder).generate_assignment(NAME)
    assert not any(b"a key" in path.read_bytes() for path in folder.root.glob("release/**/*") if path.is_file())


# --- the configuration


@pytest.mark.parametrize("line", ["c.LateDays.grace = 'two'", "c.LateDays.grace = 2 days", "c.Exchange.root = 5", "1 / 0"])
def test_a_mistake_in_the_configuration_is_told(folder, line):
    with (folder.root / CONFIG).open("a") as file:
        file.write(line)
    hand_in(folder, "anna", timedelta(days=1))
    with pytest.raises(ValueError, match=f"{CONFIG} can't be used"):
        recorded(folder, found("anna", 2, 2))


# --- another database


def test_a_gradebook_that_cannot_be_reached_is_told_without_its_password(tmp_path):
    folder = begun(tmp_path / "class", **{"CourseDirectory.db_url": "postgresql+psycopg://me:secret@127.0.0.1:1/none"})
    with pytest.raises(ValueError, match="can't be used") as told:
        marks(folder)
    assert "secret" not in str(told.value) and "127.0.0.1" in str(told.value)


def test_a_gradebook_in_postgresql(tmp_path, postgresql):
    folder = begun(tmp_path / "class", **{"CourseDirectory.db_url": postgresql})
    hand_in(folder, "anna", timedelta(hours=-1))
    recorded(folder, found("anna", 1, None))
    by_hand(folder, "anna", SECOND, score=0.5, comment="“Čo?”")
    told = recorded(folder, found("anna", 1, None))["anna"]
    assert told.scores == {FIRST: 1.0, SECOND: 0.5} and told.total == 1.5 and told.comments == {SECOND: "“Čo?”"}
    assert not (folder.root / "gradebook.db").exists()


@pytest.fixture
def postgresql():
    """The address of an empty database on a server of its own, which ends with the test."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb") or (str(programs[-1] / "initdb") if programs else None)
    if not found:
        pytest.skip("there is no PostgreSQL server (Debian, Ubuntu: apt install postgresql)")
    # A server refuses to be root, and the path of its socket has to be short.
    user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg") as home:
        if user:
            shutil.chown(home, **user)
        run = {"cwd": home, "check": True, "stdout": subprocess.DEVNULL, **user}
        subprocess.run([found, "-D", f"{home}/data", "-U", "me", "--auth=trust", "--no-sync"], **run)
        server = [Path(found).with_name("pg_ctl"), "-D", f"{home}/data", "-w", "-l", f"{home}/log"]
        subprocess.run([*server, "-o", f"-k {home} -c listen_addresses='' -c fsync=off", "start"], **run)
        try:
            yield f"postgresql+psycopg://me@/postgres?host={home}"
        finally:
            subprocess.run([*server, "-m", "immediate", "stop"], **run)
