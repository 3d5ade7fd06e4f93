"""A class is graded from outside: every kind of student gets the mark that is due, and the honest beside them keep theirs."""

import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest

from grading import sandbox
from grading.assignment import Assignment
from grading.course import Course, most_claims
from grading.judge import NotStarted, Verdict, judge
from grading.variants import VARIANTS
from tools import classroom

ROOT = Path(__file__).resolve().parent.parent
LIMITS = sandbox.Limits(patience=8, memory=(1 << 30) + 4096)  # processes are known by their memory
TRACE = "left-by-a-student"

pytestmark = pytest.mark.usefixtures("kept_in_a_sandbox")


@pytest.fixture(scope="module")
def class_of_all(tmp_path_factory):
    """The files of the class, by student, and the shares that are due."""
    return classroom.enrol(tmp_path_factory.mktemp("in"), classroom.assignment(), honest=4)


@pytest.fixture(scope="module")
def graded(class_of_all, tmp_path_factory):
    """The class, graded once: for each student the shares that were given, those that are due, and the report."""
    asked, (files, due) = classroom.assignment(), class_of_all
    reports = Course(asked, tmp_path_factory.mktemp("done"), LIMITS).grade(files)
    most = most_claims(asked.questions(), LIMITS)
    return {
        report.student: ({v.exercise: v.share(most[v.exercise]) for v in report.verdicts}, due[report.student], report)
        for report in reports
    }


@pytest.mark.parametrize("student", [*classroom.KINDS, *classroom.NOTEBOOKS])
def test_every_kind_gets_the_mark_that_is_due(graded, student):
    given, due, report = graded[student]
    assert given == pytest.approx(due), report


def test_the_honest_keep_their_marks_beside_all_of_them(graded):
    honest = [given for student, (given, _, _) in graded.items() if student.startswith("honest")]
    assert len(honest) == 4 and all(set(given.values()) == {1.0} for given in honest)


def test_nothing_is_left_behind(graded):
    places = [Path("/tmp"), Path("/"), Path.home(), ROOT, ROOT / "lib", ROOT / "grading", Path("/home")]
    assert not [place for place in places if (place / TRACE).exists()]
    assert not _running(b"sleep\x0098765") and not _running(b"grading.worker\x00%d" % LIMITS.memory)


def test_what_is_lost_is_never_a_zero(graded):
    for given, _, report in graded.values():
        for verdict in report.verdicts:
            assert (given[verdict.exercise] is None) == bool(verdict.lost)
            assert not (verdict.lost and verdict.claims)


def test_what_was_lost_says_how(graded):
    lost = {student: {v.lost for v in report.verdicts if v.lost} for student, (_, _, report) in graded.items()}
    assert lost["asleep"] == {"it took too long"} and lost["kills itself"] == {"its process ended"}
    assert lost["an empty file"] == {"the notebook can't be read"}
    assert lost["an endless loop"] <= {"it took more than 5 seconds of a processor", "it took too long"}


def test_a_wrong_answer_is_told_why(graded):
    report = graded["a wrong sign"][2]
    texts = [text for verdict in report.verdicts for holds, text in verdict.claims if not holds]
    assert len(texts) == 1 and "your bias is" in texts[0]


def test_what_is_told_can_be_written_anywhere(graded):
    texts = [text for _, _, report in graded.values() for v in report.verdicts for _, text in v.claims] + [
        text for _, _, report in graded.values() for v in report.verdicts for text in v.errors
    ]
    assert all(text.isprintable() or set(text) & set("\n\t\xa0") for text in texts)
    "".join(texts).encode()


# --- every exercise that can be handed out


@pytest.fixture(scope="module")
def asked():
    return Assignment("all of it", dict.fromkeys(VARIANTS, 1), "a key").questions()


@pytest.fixture(scope="module")
def stubs(asked):
    cells = {question.drawn.exercise: [question.stub] for question in asked}
    return {verdict.exercise: verdict for verdict in judge(asked, cells)}


def test_the_solution_of_every_variant_is_right_from_outside(asked):
    assert min(most_claims(asked).values()) >= 1


@pytest.mark.parametrize("exercise", VARIANTS)
def test_the_stub_is_greeted_from_outside(exercise, stubs):
    verdict = stubs[exercise]
    assert not verdict.lost and verdict.share(1) == 0 and "Nothing here yet" in verdict.claims[-1][1]


# --- resuming


@pytest.fixture
def some(class_of_all, tmp_path):
    """A few of the class, what they are asked, and a folder for their verdicts."""
    names = ["the chapter's way", "blank", "one of three", "an error in the cell", "no notebook", "honest 0", "honest 1"]
    return classroom.assignment(), {name: class_of_all[0][name] for name in names}, tmp_path / "done"


def _judged_now(course, files):
    """Grade; return the reports, and of whom the verdicts are new."""
    settled, before = [], {path: path.stat().st_mtime_ns for path in course.store.iterdir()}
    reports = course.grade(files, progress=lambda students: (settled.append(each) or each for each in students))
    assert sorted(settled) == sorted(files)
    new = [path for path in course.store.iterdir() if before.get(path) != path.stat().st_mtime_ns]
    return reports, sorted(json.loads(path.read_text())["student"] for path in new)


def test_grading_again_does_only_what_changed(some, tmp_path):
    asked, files, store = some
    files = {name: tmp_path / f"{k}.ipynb" for k, name in enumerate(files)} | {"gone": tmp_path / "nowhere"}
    for name, path in files.items():
        if name != "gone":
            path.write_bytes(some[1][name].read_bytes())
    first, done = _judged_now(Course(asked, store, LIMITS), files)
    assert done == sorted(files)
    assert _judged_now(Course(asked, store, LIMITS), files) == (first, [])
    files["blank"].write_bytes(files["the chapter's way"].read_bytes())
    third, done = _judged_now(Course(asked, store, LIMITS), files)
    assert done == ["blank"] and [r for r in third if r.student != "blank"] == [r for r in first if r.student != "blank"]


@pytest.mark.parametrize("whom", ["the grader alone", "the grader and its judges"])
def test_a_grading_that_is_killed_goes_on(some, class_of_all, graded, whom):
    """Ten times killed: the verdicts are those of a grading that was left in peace, and nothing is left running.

    One student's answer sleeps for longer than the test waits, so that no judge ends because it is done.
    """
    asked, files, store = some
    moments = random.Random(whom)
    limits = sandbox.Limits(patience=600, memory=LIMITS.memory + (4096 if "alone" in whom else 8192))
    mine = b"grading.worker\x00%d" % limits.memory

    def grade():
        os.setsid()
        Course(asked, store, limits).grade({"asleep": class_of_all[0]["asleep"], **files})

    for _ in range(10):
        grader = multiprocessing.get_context("fork").Process(target=grade)
        grader.start()
        time.sleep(moments.uniform(0.05, 0.8))
        (os.kill if "alone" in whom else os.killpg)(grader.pid, signal.SIGKILL)
        grader.join()
        assert _ends(lambda: not _running(mine)), "a judge or a student's process goes on"
    reports = Course(asked, store, limits).grade(files)
    assert [report.verdicts for report in reports] == [graded[name][2].verdicts for name in files]
    assert {path.suffix for path in store.iterdir()} == {".json"} and len([*store.iterdir()]) == len(files)


def _running(command: bytes) -> list[Path]:
    """The processes with this in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if command in (process / "cmdline").read_bytes():
                found.append(process)
        except OSError:  # it has ended meanwhile
            pass
    return found


def _ends(comes_true, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not comes_true() and time.monotonic() < until:
        time.sleep(0.02)
    return comes_true()


def test_two_gradings_of_a_class_do_not_meet(some, monkeypatch):
    asked, files, store = some
    course = Course(asked, store, LIMITS)
    monkeypatch.setattr("grading.course.time.sleep", lambda seconds: None)
    with course._locked(), pytest.raises(ValueError, match="Somebody else"):
        Course(asked, store, LIMITS).grade(files)


# --- a worker or a judge that dies


@pytest.fixture
def tried(monkeypatch, tmp_path):
    """Judging that fails for "blank" in ways that a test settles; a list of who was judged, and how often."""
    log, ways = tmp_path / "tried", iter(())

    def judging(questions, answers, *given):
        blank = any("..." in cell for cells in answers.values() for cell in cells)
        before = log.read_text() if log.exists() else ""
        log.write_text(before + ("b" if blank else "o"))
        way = list(ways_of[0])[before.count("b")] if blank else "judge"
        if way == "die":
            os._exit(1)
        if way == "not started":
            raise NotStarted("no room")
        if way == "lost":
            return iter([Verdict(each.drawn.exercise, lost="its process ended", unlucky=True) for each in questions])
        return judge(questions, answers, *given)

    ways_of = [ways]
    monkeypatch.setattr("grading.course.judge", judging)

    def settle(*ways):
        ways_of[0] = ways
        return lambda: log.read_text().count("b")

    return settle


def test_what_was_lost_is_tried_again_alone(some, tried):
    asked, files, store = some
    times = tried("lost", "judge")
    blank, honest = Course(asked, store, LIMITS).grade({name: files[name] for name in ("blank", "honest 0")})
    assert times() == 2 and blank.alone and not any(verdict.lost for verdict in blank.verdicts)
    assert all(verdict.right for verdict in honest.verdicts) and not honest.alone


@pytest.mark.parametrize("way", ["lost", "die", "not started"])
def test_what_is_lost_twice_is_reported(some, tried, way, capfd):
    asked, files, store = some
    times = tried(way, way, "judge")
    blank, honest = Course(asked, store, LIMITS).grade({name: files[name] for name in ("blank", "honest 0")})
    assert times() == 2 and [verdict.share(1) for verdict in blank.verdicts] == [None] * 4
    assert all(verdict.right for verdict in honest.verdicts)
    assert ("no room" in capfd.readouterr().err) == (way == "not started")
    # What a student may have done stays so; what the machine did is tried again the next time.
    (again,) = Course(asked, store, LIMITS).grade({"blank": files["blank"]})
    assert times() == (2 if way == "lost" else 3) and any(verdict.lost for verdict in again.verdicts) == (way == "lost")


def test_a_grading_that_ends_before_the_second_try_has_it_later(some, tried, monkeypatch):
    asked, files, store = some
    times = tried("lost", "judge")

    side_by_side = Course._side_by_side

    def stopped(course, waiting, places, workers):
        if workers == 1:
            raise KeyboardInterrupt
        return side_by_side(course, waiting, places, workers)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Course, "_side_by_side", stopped)
        Course(asked, store, LIMITS).grade({"blank": files["blank"]})
    assert times() == 1
    (blank,) = Course(asked, store, LIMITS).grade({"blank": files["blank"]})
    assert times() == 2 and not any(verdict.lost for verdict in blank.verdicts)


def test_a_check_that_gives_up_is_no_zero(some, class_of_all, monkeypatch):
    asked, _, store = some
    monkeypatch.setattr("lib.check.recurrent.shown", lambda value: [][0])
    (report,) = Course(asked, store, LIMITS).grade({"a wrong sign": class_of_all[0]["a wrong sign"]})
    lost = {verdict.exercise: verdict.lost for verdict in report.verdicts if verdict.share(1) is None}
    assert list(lost) == [classroom.TARGET] and lost[classroom.TARGET].startswith("its check gave up: IndexError")


# --- what a student's process sees


def _says(code: str) -> str:
    """What some code writes in a sandbox."""
    process = sandbox.start(LIMITS, code=f"import os, sys\nsay = sys.stderr.write\n{code}")
    return process.communicate(timeout=60)[1].decode()


def test_it_sees_a_python_and_lib():
    seen = set(_says("for name in os.listdir('/'): say(name + '\\n')").split())
    python = {path.parts[1] for path in sandbox.shown()}
    assert seen == {"bin", "course", "dev", "etc", "desk", "lib", "lib64", "usr"} & {*os.listdir("/"), "course", "desk"} | python
    assert set(_says("for name in os.listdir('/course'): say(name + '\\n')").split()) == {"lib", "grading"}
    ours = set(_says("for name in os.listdir('/course/grading'): say(name + '\\n')").split())
    assert ours == {"__init__.py", "values.py", "wire.py", "worker.py"}
    assert _says("for name in os.listdir('/course/lib/check'): say(name + ' ')").split() in (["__init__.py"], ["__init__.py", "__pycache__"])
    assert set(_says("for name in os.listdir('/dev') + os.listdir('/etc'): say(name + '\\n')").split()) == {"null", "urandom", "ld.so.cache"}


def test_it_knows_nothing_of_who_started_it():
    names = set(_says("for name in os.environ: say(name + '\\n')").split())
    assert names <= {"PATH", "HOME", "TMPDIR", "MPLCONFIGDIR", "LANG", "PWD", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED",
                     "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "LD_LIBRARY_PATH"}  # fmt: skip


def test_a_class_that_students_could_read_is_refused():
    with pytest.raises(ValueError, match="may read what is in"):
        Course(classroom.assignment(), sandbox.shown()[-1] / "class")
