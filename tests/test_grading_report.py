"""The report on a class, and the list of answers that are very alike."""

import json
import random
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from visits import Visit

from grading import report
from grading.alike import alike
from grading.assignment import METADATA, Assignment, code_cell
from grading.course import Report
from grading.folder import Folder, Settled
from grading.judge import Verdict

SHORT = {"sure_gate": 2.0, "forget_bias": 5.0}


@dataclass(frozen=True)
class Marks:  # the gradebook's, which needs nbgrader
    student: str
    scores: dict
    comments: dict = field(default_factory=dict)
    penalty: float = 0.0
    total: float | None = None
    handed_in: bool = True


@pytest.fixture
def klass(tmp_path):
    folder = Folder.begin(tmp_path / "class")
    folder.settle(Settled(Assignment("Set 1", SHORT, "key"), {"sure_gate": 1, "forget_bias": 3}))
    return folder


def given(*exercises):
    return report._given(Assignment("Set 1", dict.fromkeys(exercises, 1), "key").questions())


def marks(who, *scores):
    return Marks(who, dict(zip(SHORT, scores)), total=None if None in scores else sum(scores))


def page(klass, reports, marks, answers=None):
    for who, each in (answers or {}).items():
        place = klass.place("autograded", "Set 1", who)
        place.mkdir(parents=True)
        cells = [code_cell(exercise, code) for exercise, code in each.items()]
        text = json.dumps({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})
        (place / "Set 1.ipynb").write_text(text, encoding="utf-8")
    report.write(klass, "Set 1", reports, marks)
    return (klass.root / "returned" / "Set 1" / "report.html").read_text(encoding="utf-8")


class Words(HTMLParser):
    """What a page says, without its markup; and which elements it has."""

    def __init__(self, text):
        super().__init__()
        self.found, self.tags, self.styles = [], set(), False
        self.feed(text)
        self.text = " ".join(" ".join(self.found).split())

    def handle_starttag(self, tag, attributes):
        self.tags |= {tag, *(name for name, _ in attributes)}
        self.styles = tag == "style"

    def handle_data(self, data):
        self.found.append("" if self.styles else data)


def test_each_exercise_is_counted_and_nobody_without_a_mark_is_a_zero(klass):
    reports = [Report("dora", [Verdict("sure_gate", [(True, "")]), Verdict("forget_bias", lost="it took too long")])]
    found = [
        marks("anna", 2.0, 5.0),
        marks("ben", 1.0, 0.0),
        marks("cleo", 0.0, 5.0),
        marks("dora", 2.0, None),
        Marks("emil", {}, handed_in=False),
    ]
    said = Words(page(klass, reports, found)).text
    assert (
        "4 of 5 students handed it in. 3 totals, of 7 points at the most: the median is 5, the mean 4.33. 1 notebook still waits for a mark."
        in said
    )
    assert "Mean Sure, without moving 2 1 1 0 1.25 of 2 A bias for every memory 2 0 1 1 3.33 of 5 The" in said
    assert "dora it took too long" in said and "1 student handed in nothing: emil." in said


def test_wrong_answers_are_grouped_but_for_their_numbers():
    told = [("anna", "At -1.5e-3 it is [1.0, nan], not 2."), ("ben", "At 7 it is [3, 4, 5], not 2."), ("cleo", "log2 of x1 is right."), ("dora", "Nothing here yet"),
            ("fred", "At 0 it is [1. 2. -3.], not 2."),
            ("ben", "At 8 it is [3], not 2."), ("emil", "Nothing here yet")]  # fmt: skip
    found = report.commonest(told)
    assert [(each.text, each.who) for each in found] == [
        ("At … it is […], not ….", ["anna", "ben", "fred"]), ("Nothing here yet", ["dora", "emil"]), ("log2 of x1 is right.", ["cleo"]),
    ]  # fmt: skip
    assert [each.example for each in found] == ["At -1.5e-3 it is [1.0, nan], not 2.", "", ""]


def test_the_histogram_counts_everybody_once_and_says_so():
    picture = report.histogram([0, 0, 0.99, 1, 6.9, 7, 8.5], 7)
    assert (
        picture.alt
        == "Points of 7 students. Bars: 0 to below 1 3, 1 to below 2 1, 2 to below 3 0, 3 to below 4 0, 4 to below 5 0, 5 to below 6 0, 6 to 7 3."
    )
    for most in (0.3, 0.5, 1, 7.5, 10, 11, 99, 100, 3000, 12345):
        rng = random.Random(0)
        totals = [rng.uniform(-1, most + 1) for _ in range(50)]
        counts = [int(text) for text in re.findall(r" (\d+)(?:,|\.$)", report.histogram(totals, most).alt)]
        assert sum(counts) == 50 and len(counts) <= 10


def test_a_student_writes_no_markup(klass):
    evil = "</pre></details><script>alert(1)</script><img src=x onerror=alert(1)>\u202e"
    (klass.root / "students.csv").write_text(f'id,first_name\nanna,"{evil[:-1]}"\n', encoding="utf-8")
    answer = evil + "\n" + WAYS[0]
    reports = [
        Report(who, [Verdict("sure_gate", [(False, evil)]), Verdict("forget_bias", lost=evil)])
        for who in ("anna", evil)
    ]
    found = [marks("anna", 0.0, None), marks(evil.replace("/", ""), 0.0, None)]
    text = page(klass, reports, found, {each.student: {"forget_bias": answer, "sure_gate": answer} for each in found})
    assert Words(text).tags.isdisjoint({"script", "img", "onerror", "src"}) and text.count("<details>") == text.count(
        "</details>"
    )
    assert "default-src 'none'" in text and "alert(1)" in Words(text).text


def test_an_empty_class_has_a_report_too(klass):
    said = Words(page(klass, [], [])).text
    assert "0 of 0 students handed it in." in said and "There are none." in said


def crowd(klass, size=100):
    """The report of a class with all that can be in it."""
    rng, reports, found, answers = random.Random(0), [], [], {}
    for number in range(size):
        who, scores = f"{rng.choice(['anna', 'wolfgang-amadeus', 'a' * 60])}{number}", {}
        verdicts = []
        for exercise, points in SHORT.items():
            share = rng.choice([None, 0, 0.5, 1, 1])
            scores[exercise] = None if share is None else share * points
            wrong = [(False, f"At {rng.random():.3f} it is {rng.random():.3g}, not {'x' * rng.randrange(300)}")] * (
                share != 1
            )
            verdicts.append(Verdict(exercise, wrong, lost="" if share is not None else "it took too long"))
        reports.append(Report(who, verdicts))
        found.append(marks(who, *scores.values()))
        answers[who] = {"forget_bias": WAYS[number] if number < 3 else changed(WAYS[0]) if number == 3 else "pass"}
    return page(
        klass, reports, [*found, *(Marks(f"absent{number}", {}, handed_in=False) for number in range(30))], answers
    )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_the_report_on_a_hundred_is_quiet_fits_and_is_open_to_all(klass, browser, width, scheme):
    assert len(crowd(klass)) < 200_000
    address = (klass.root / "returned" / "Set 1" / "report.html").as_uri()
    with Visit(browser, address, width, scheme) as visit:
        assert visit.complaints == [] and visit.asked == [address]
    with Visit(browser, address, width, scheme, bypass_csp=True) as visit:  # the page lets no script in, axe neither
        visit.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(visit.page).response["violations"]
        assert [(rule["id"], node["target"]) for rule in found for node in rule["nodes"]] == []


# --- alike

# Ways to write one thing, each longer than the solution and with nothing of it.
WAYS = ["""
def steps(z, moved, decay):
    best = float("inf")
    for place, roll in zip(z, moved):
        if place > 8.25:
            return 0
        if roll <= 0:
            continue
        need = (8.25 - place) * (1 - decay) / (roll * decay)
        if need < 1:
            best = min(best, int(np.floor(np.log(1 - need) / np.log(decay))) + 1)
    return best
""", """
def steps(z, moved, decay):
    n = np.arange(0, 5000)
    rolled = moved[:, None] * decay * (1 - decay ** n) / (1 - decay)
    awake = (z[:, None] + rolled > 8.25).any(axis=0)
    if not awake.any():
        return np.inf
    return int(np.argmax(awake))
""", """
def steps(z, moved, decay, n=0):
    if np.max(z) > 8.25:
        return n
    if n > 900:
        return np.inf
    moved = moved * decay
    return steps(z + moved, moved, decay, n + 1)
"""]  # fmt: skip


def changed(code):
    """A copy in disguise: other names, spacing, numbers and comments, and a line more."""
    for name in ("best", "place", "roll", "need", "rolled", "awake"):
        code = re.sub(rf"\b{name}\b", f"my_{name}", code)
    return (
        "# all my own work\nimport math\n"
        + code.replace("    ", "  ").replace("8.25", "8.5").replace("\n  ", "  # so\n  ")
        + "print('done')\n"
    )


def test_a_copy_is_found_in_disguise_and_different_answers_are_not():
    answers = {
        "anna": {"waking": WAYS[0]},
        "ben": {"waking": changed(WAYS[0])},
        "cleo": {"waking": WAYS[1]},
        "dora": {"waking": WAYS[2]},
    }
    (pair,) = alike(answers, dict.fromkeys(answers, given("waking")))
    assert (pair.first, pair.second, pair.exercises) == ("anna", "ben", ["waking"]) and pair.share > 0.9


def test_what_was_given_is_usual_and_what_many_have_written_is_too():
    (question,) = Assignment("Set 1", {"waking": 1}, "key").questions()
    for text in (question.solution, question.stub, question.ground):
        same = {who: {"waking": text} for who in ("anna", "ben")}
        assert alike(same, dict.fromkeys(same, given("waking"))) == []
    for number, pairs in ((2, 1), (5, 10), (6, 0)):
        same = {str(who): {"waking": WAYS[1]} for who in range(number)}
        assert len(alike(same, dict.fromkeys(same, given("waking")))) == pairs


def test_a_short_answer_says_nothing():
    same = {who: {"sure_gate": "my_very_own = 17\nk = my_very_own * 3 - 1"} for who in ("anna", "ben")}
    assert alike(same, dict.fromkeys(same, given("sure_gate"))) == []


def test_what_is_no_code_is_compared_as_well():
    for text in ("", "'''", '"', "def (((", "\0\ud800", "#" * 1000, "'" * 999, "x " * 10_000, WAYS[0][:200] + "'''"):
        alike({who: {"waking": text} for who in ("anna", "ben")}, dict.fromkeys(("anna", "ben"), given("waking")))


def test_a_large_class_takes_seconds():
    rng, usual = random.Random(0), given("waking")
    answers = {
        str(who): {"waking": "\n".join(rng.choices(WAYS[rng.randrange(3)].splitlines(), k=80))} for who in range(300)
    }
    began = time.process_time()
    alike(answers, dict.fromkeys(answers, usual))
    assert time.process_time() - began < 5


def test_both_answers_stand_side_by_side(klass):
    (klass.root / "students.csv").write_text("id,first_name,last_name\nanna,Anna,Smith\n")
    answers = {
        "anna": {"forget_bias": WAYS[0], "sure_gate": "k = 1"},
        "ben": {"forget_bias": changed(WAYS[0]), "sure_gate": "k = 1"},
        "cleo": {},
    }
    said = Words(page(klass, [], [marks(who, 1.0, 1.0) for who in answers], answers)).text
    assert "1 pair of notebooks is very alike." in said and "Anna Smith (anna) and ben:" in said
    assert "need = (8.25 - place)" in said and "my_need = (8.5 - my_place)" in said and "k = 1" not in said
