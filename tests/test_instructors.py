"""The page for instructors names what is there: figures, their settings, the numbers that they show, exercises, sets."""

from __future__ import annotations

import html
import itertools
import json
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from grading.__main__ import parsed
from grading.sets import SETS
from grading.variants import VARIANTS
from tools import rules

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "reference" / "instructors.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[([^]]*)\]\(\.\./chapters/(\w+)\.ipynb#([\w-]+)\)")
DEFINED = {label.lower(): address for label, address in re.findall(r"(?m)^\[(.+)\]: (\S+)$", PAGE)}
PAGE = re.sub(r"(?m)^\[.+\]: \S+$", "", PAGE)
PAGE = re.sub(r"\[([^]]+)\](?!\()", lambda link: f"{link[0]}({DEFINED[link[1].lower()]})", PAGE)
SETTING = re.compile(r"`([a-z][\w ]*) = ([^`]+)`")


def entries() -> list[str]:
    """What to show in each chapter, an entry an item; and the rows of beliefs."""
    chapters = PAGE.split("## What to show, and what to ask")[1]
    items = re.findall(r"(?ms)^- (.*?)(?=^- |^#|\Z)", chapters)
    return items + [row for row in chapters.splitlines() if row.startswith("|") and LINK.search(row)]


def sections(text: str) -> list[tuple[str, str]]:
    """The sections that an entry leads to; of an exercise nothing is told."""
    return [(name, anchor) for _, name, anchor in LINK.findall(text) if not anchor.startswith("exercise-")]


@cache
def cells(name: str, anchor: str) -> list[dict]:
    """The code cells of a section."""
    found, here = [], None
    for cell in rules.Notebook(ROOT / "chapters" / f"{name}.ipynb").cells:
        for _, title in rules.headings(cell["source"]) if cell["cell_type"] == "markdown" else []:
            here = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        if here == anchor and cell["cell_type"] == "code":
            found.append(cell)
    return found


@cache
def frames(name: str, anchor: str) -> tuple[dict[str, set[str]], list[str]]:
    """Of the figures of a section: the settings of each control, and what each frame says of itself."""
    controls, told = {}, []
    for cell in cells(name, anchor):
        for _, text in rules.outputs(cell):
            for figure in re.findall(r'(?s)<script type="application/json">(.*?)</script>', text):
                figure = json.loads(figure)
                for control in figure["controls"]:
                    controls.setdefault(control["label"], set()).update(control["texts"])
                for frame in figure["frames"]:
                    drawn = "".join(figure["pieces"][part] if isinstance(part, int) else part for part in frame)
                    told += re.findall(r'aria-label="([^"]*)"', html.unescape(drawn))
    return controls, told


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: LINK.search(entry)[1])
def test_each_setting_can_be_set_and_each_number_is_shown(entry):
    controls, told = {}, []
    for section in sections(entry):
        told += [rules.heard(cell) + cell["source"] for cell in cells(*section)] + frames(*section)[1]
        controls |= frames(*section)[0]
    assert [setting for setting in SETTING.findall(entry) if setting[1] not in controls.get(setting[0], ())] == []
    shown = [number for text in told for number in rules.numbers(text)]
    prose = LINK.sub(lambda link: "" if link[3].startswith("exercise-") else link[1], entry)
    claims = rules.numbers(rules.spoken(prose))
    missing = [
        text
        for value, unit, percent, text in claims
        if (unit < 1 or percent or value > 20)
        and not any(
            abs(found * factor - value) <= 0.500001 * unit
            for (found, *_), factor in itertools.product(shown, (1, 100) if percent else (1,))
        )
    ]
    assert missing == []


def test_the_plans_go_through_all_chapters_and_show_figures_that_are_told_below():
    parts = re.split(r"(?m)^### (\d+)\. .*$", PAGE.split("## Beliefs")[0])
    told = {number: [title.lower() for title, *_ in LINK.findall(text)] for number, text in zip(parts[1::2], parts[2::2])}
    for plan, meetings in (("Eight", 8), ("Four", 4)):
        text = PAGE.split(f"## {plan} meetings")[1].split("\n## ")[0]
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"(?m)^\| \d.*", text)]
        assert [number for number, *_ in rows] == [str(k + 1) for k in range(meetings)]
        last = 0
        for _, chapters, figures, _ in rows:
            first, end = map(int, re.findall(r"\[(\d+)\]", chapters))
            assert (first, end) == (last + 1, last + 16 // meetings)
            last = end
            shown, known = [title.lower() for title, *_ in LINK.findall(figures)], [told[str(k)] for k in range(first, end + 1)]
            assert set(shown) <= set(itertools.chain(*known))
            if plan == "Four":
                assert shown == [entries[0] for entries in known]


def test_the_beliefs_come_one_from_each_chapter_each_with_an_exercise():
    rows = re.findall(r"(?m)^\| .*\(\.\./.*", PAGE.split("## Beliefs")[1])
    assert len(rows) == 16
    for row in rows:
        [(number, _, anchor)] = [link for link in LINK.findall(row) if link[2].startswith("exercise-")]
        assert anchor.startswith(f"exercise-{number.split('.')[1]}-")


def test_each_command_of_the_tutorial_is_one_and_each_exercise_and_set_is_there():
    text = (ROOT / "reference" / "grading.md").read_text(encoding="utf-8")
    commands = [line for block in re.findall(r"(?s)```bash\n(.*?)```", text) for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in commands if line.startswith("grading ")]
    assert {command[0] for command in commands} >= {"begin", "assign", "release", "collect", "grade", "look", "return"}
    for command in commands:
        given = parsed(command)  # or it exits
        exercises = [each.partition(":")[0] for each in getattr(given, "exercises", [])]
        assert set(exercises) <= set(VARIANTS)
        assert exercises or command[0] != "assign" or given.set in SETS
    assert set(re.findall(r"`((?:part|mid|final)[\w-]*)`", PAGE)) == set(SETS)
