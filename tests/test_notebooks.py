"""Every notebook keeps to the rules, and every rule catches what it is there for."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import chapters, rules

CASES = [(path, rule) for path in chapters.chapters() for rule in rules.rules_for(path)]


@pytest.mark.parametrize("path, rule", CASES, ids=[f"{path.stem}-{rule.__name__}" for path, rule in CASES])
def test_a_notebook_keeps_to_a_rule(path, rule):
    complaints = list(rule(rules.Notebook(path)))
    assert not complaints, "\n".join(complaints)


# --- the rules themselves --------------------------------------------------------------

ALT = "The sigmoid rises from 0 to 1 and crosses 0.5 at zero."
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{ALT}"><path d="M 7.125 3.5"/></svg>'
WORDS = "So we say what the next cell does and what there is to see in it. " * 4


def shown(source, *outputs, tags=(), count=None):
    return new_code_cell(
        source, outputs=list(outputs), execution_count=count, metadata={"tags": list(tags)} if tags else {}
    )


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def result(**data):
    return new_output("execute_result", data={k.replace("_", "/", 1): v for k, v in data.items()}, execution_count=1)


def good_cells():
    exercises = []
    for number in (1, 2, 3):
        exercises += [
            new_markdown_cell(f"### Exercise {number}: find it\n\n{WORDS}"),
            shown("answer = ...\ncheck.it(answer)", printed("Nothing here yet: go on.\n"), tags=["exercise"]),
            shown("answer = 3\ncheck.it(answer)", printed("✓ It is 3.\n"), tags=["solution", "hide-cell"]),
        ]
    return [
        new_markdown_cell(f"# A title\n\n{WORDS} See [the end](#what-to-keep)."),
        shown("from lib import check, plot, sigmoid", result(text_plain="1")),
        new_markdown_cell(
            f"## A claim\n\n{WORDS} The slope is 0.25 at most, that is 25 %; $f(x) = 0.77x$; a step of 0.001."
        ),
        shown("plot(sigmoid, step=0.001)", result(image_svg="x"), printed("0.2496\n")),
        new_markdown_cell(f"## What to keep\n\n{WORDS}"),
        new_markdown_cell("## Exercises\n\nThree."),
        *exercises,
        new_markdown_cell("## Sources\n\n- [A paper](https://example.org), 9.75 pages"),
    ]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Write a notebook that keeps to all rules, changed by a function, and return it as the rules see it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "chapters").mkdir()
    monkeypatch.setattr(chapters.fingerprint, "__defaults__", (tmp_path,))
    monkeypatch.setattr(chapters.is_fresh, "__defaults__", (tmp_path,))

    def make(change=lambda cells: None, afterwards=lambda data: None):
        cells = good_cells()
        code = [cell for cell in cells if cell.cell_type == "code"]
        code[1].outputs[0].data = {"image/svg+xml": SVG, "text/plain": ALT}
        for count, cell in enumerate(code, start=1):
            cell.execution_count = count
        for number, cell in enumerate(cells):
            cell.id = f"cell-{number}"
        change(cells)
        book = chapters.clean(new_notebook(cells=cells), tmp_path)
        afterwards(book)
        path = tmp_path / "chapters" / "good.ipynb"
        path.write_text(nbformat.writes(book) + "\n", encoding="utf-8")
        return rules.Notebook(path)

    return make


def test_a_good_notebook_breaks_no_rule(notebook):
    book = notebook()
    assert [complaint for rule in rules.rules_for(book.path) for complaint in rule(book)] == []


def put(cell, **values):
    """A change: set attributes of the cell with this number."""
    return lambda cells: cells[cell].update(values)


def add(cell, text):
    """A change: add text to the cell with this number."""

    def change(cells):
        cells[cell].source += text

    return change


def also(cell, output):
    def change(cells):
        cells[cell].outputs.append(output)

    return change


def data(cell, **values):
    def change(cells):
        cells[cell].outputs[0].data = {
            key.replace("_", "/", 1).replace("svg", "svg+xml"): v for key, v in values.items()
        }

    return change


def without(cell):
    def change(cells):
        del cells[cell]

    return change


FAULTS = [
    (rules.every_cell_was_run, put(3, execution_count=None)),
    (rules.every_cell_was_run, put(3, execution_count=7)),
    (rules.no_cell_complains, also(3, printed("RuntimeWarning: overflow", name="stderr"))),
    (rules.no_cell_complains, also(3, new_output("error", ename="ValueError", evalue="no", traceback=["no"]))),
    (rules.no_trace_of_a_machine, also(3, printed("/home/ada/course/lib/plots.py"))),
    (rules.no_trace_of_a_machine, also(3, printed(r"C:\Users\ada"))),
    (rules.no_trace_of_a_machine, also(3, printed("<function f at 0x7f3a>"))),
    (rules.cells_are_short, add(3, "\nx = 1" * 10)),
    (rules.cells_are_short, put(3, source="")),
    (rules.cells_are_short, lambda cells: [put(c, source="a\nb\nc\nd")(cells) for c in (1, 3, 7, 10)]),
    (rules.lines_of_code_fit_the_page, add(3, "\nx = 1  #" + "x" * 83)),
    (rules.no_plotting_code, add(3, "\nimport matplotlib")),
    (rules.no_plotting_code, add(3, "\nplt.show()")),
    (rules.pictures_can_be_heard, data(3, image_svg="<svg></svg>")),
    (rules.pictures_can_be_heard, data(3, text_html='<div role="img" aria-label=""><svg></svg></div>')),
    (rules.pictures_can_be_heard, data(3, image_png="AAAA")),
    (rules.plain_markdown, add(2, "\n\n```{note}\nSo.\n```")),
    (rules.plain_markdown, add(2, "\n\n:::{note}\nSo.\n:::")),
    (rules.plain_markdown, add(2, " {cite}`someone`")),
    (rules.plain_markdown, add(2, "\n\n(here)=\n")),
    (rules.plain_markdown, add(2, " and so on[^1]")),
    (rules.headings_make_an_outline, add(2, "\n\n# Another title")),
    (rules.headings_make_an_outline, add(2, "\n\n#### Deep down")),
    (rules.links_lead_somewhere, add(2, " [there](nowhere.ipynb)")),
    (rules.links_lead_somewhere, add(2, " [there](good.ipynb#nowhere)")),
    (rules.links_lead_somewhere, add(2, " [there](#nowhere)")),
    (rules.prose_and_code_are_in_balance, add(2, WORDS * 12)),
    (rules.prose_and_code_are_in_balance, lambda cells: [put(c, source="## So")(cells) for c in (2, 4, 6)]),
    (rules.every_number_was_measured, add(2, " It is 0.26.")),
    (rules.every_number_was_measured, add(2, " It is 0.2497.")),
    (rules.every_number_was_measured, add(2, " It is 26 %.")),
    (rules.every_number_was_measured, add(2, " It is 24.9%.")),
    (rules.every_number_was_measured, add(2, " It is 26 percent.")),
    (rules.every_number_was_measured, add(2, " It is 25–31 %.")),
    (rules.every_number_was_measured, add(2, " It is $0.31$.")),
    (rules.every_number_was_measured, add(2, r" It is $\approx 2.7\cdot 10^{-5}$.")),
    (rules.every_number_was_measured, add(2, " It is 2.6·10⁻¹.")),
    (rules.every_number_was_measured, add(2, " It is 7.125, a point of the figure.")),
    (rules.every_number_was_measured, add(2, " It is 9.75, from the sources.")),
    (rules.a_chapter_ends_in_what_to_keep_exercises_and_sources, put(4, source="## In short")),
    (rules.a_chapter_ends_in_what_to_keep_exercises_and_sources, without(-1)),
    (rules.exercises_are_complete, without(7)),
    (rules.exercises_are_complete, without(8)),
    (rules.exercises_are_complete, put(7, source="answer = 3\ncheck.it(answer)")),
    (rules.exercises_are_complete, put(7, source="answer = ...")),
    (rules.exercises_are_complete, put(8, source="answer = 3\ncheck.another(answer)")),
    (rules.exercises_are_complete, put(8, outputs=[printed("✓ It is odd.\n✗ It should be 3.\n")])),
    (rules.exercises_are_complete, put(7, outputs=[printed("✗ It should be 3.\n")])),
    (rules.nothing_is_hidden_but_solutions, put(8, metadata={"tags": ["solution"]})),
    (rules.nothing_is_hidden_but_solutions, put(3, metadata={"tags": ["hide-input"]})),
    (rules.nothing_is_hidden_but_solutions, put(3, metadata={"tags": ["remove-cell"]})),
    (rules.exercises_are_complete, put(6, source="### Exercise 4: find it")),
]


@pytest.mark.parametrize("rule, fault", FAULTS, ids=[f"{n}-{rule.__name__}" for n, (rule, _) in enumerate(FAULTS)])
def test_a_rule_catches_a_fault(rule, fault, notebook):
    assert list(rule(notebook(fault)))


AGREEING = [
    " It is 0.2496, or 0.250, or 24.96 %.",
    " It is −0.25.",
    " It is 2.5·10⁻¹.",
    r" It is $\approx 0.25$, or $25\,\%$.",
    " A step of 0.1 %.",
    " It was made with Python 3.12.",
    " There are 1,797 images, 10 classes, and `0.999` in code.",
    " [A paper of 0.31](https://example.org/0.32) says so.",
    " Its alternative text says 0.5.",
]


@pytest.mark.parametrize("text", AGREEING)
def test_a_number_that_was_measured_is_left_in_peace(text, notebook):
    assert list(rules.every_number_was_measured(notebook(add(2, text)))) == []


def test_a_change_of_code_makes_a_notebook_stale(notebook):
    def change(book):
        book.cells[3].source += "  # changed"

    assert list(rules.the_outputs_are_fresh(notebook(afterwards=change)))


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.metadata.update(widgets={}),
        lambda book: book.metadata.language_info.update(version="3.12.1"),
        lambda book: book.cells[3].metadata.update(execution={"iopub.status.busy": "2026-01-01"}),
        lambda book: book.cells[3].metadata.update(collapsed=True),
    ],
)
def test_an_editors_traces_are_noticed(change, notebook):
    assert list(rules.the_file_is_as_the_tool_writes_it(notebook(afterwards=change)))
