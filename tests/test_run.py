"""What book/assets/run.py makes of cells and answers; tests/test_run_here.py does the same in a browser."""

import sys

import pytest
from visits import ROOT

sys.path.insert(0, str(ROOT / "book/assets"))
import run  # noqa: E402

CELLS = [
    "import numpy as np\nfrom lib import check, curves, relu",
    "x = np.arange(3.0)\ncurves({'x': (x, x)}, title='x')",
    "def double(x):\n    return 2 * x",
    "def quadruple(x):\n    return double(double(x))",
    "x = -x\nprint('printed')",
]


@pytest.fixture
def said():
    return []


@pytest.fixture
def page(said):
    deepest = sys.getrecursionlimit()
    yield run.Page(lambda kind, text: said.append((kind, text)))
    sys.setrecursionlimit(deepest)


def go(page, said, source, cells=(), answer=True):
    said.clear()
    page.prepare(cells, source, answer)
    page.run()
    return "".join(text for _, text in said)


@pytest.mark.parametrize(
    ("source", "gives", "takes"),
    [
        ("x = 1\ny = x", {"x", "y"}, set()),
        ("x = x + 1", {"x"}, {"x"}),
        ("x += 1", {"x"}, {"x"}),
        ("import numpy as np, lib.check\nfrom lib import relu as h", {"np", "lib", "h"}, set()),
        ("for n in ns:\n    print(n)", {"n"}, {"ns", "print"}),
        ("[n for n in ns]", set(), {"ns"}),
        ("def f(x):\n    return g(x) + y", {"f"}, {"g", "y"}),
        ("def f():\n    global y\n    y = 1", {"f", "y"}, set()),
        ("f = lambda x: x + y", {"f"}, {"y"}),
        ("class A(B):\n    c = d", {"A"}, {"B", "d"}),
    ],
)
def test_the_names_of_a_cell(source, gives, takes):
    assert run.names(source) == (gives, takes)


def test_what_an_answer_stands_on():
    assert run.needed(CELLS, "answer = 1") == []
    assert run.needed(CELLS, "check.stripe(abs)") == [0]
    assert run.needed(CELLS, "quadruple(2)") == [2, 3]
    assert run.needed(CELLS[:4], "x") == [0, 1]
    assert run.needed(CELLS, "x") == [0, 1, 4]


def test_a_figure_at_the_end_of_a_cell_is_not_drawn_for_others():
    assert run.ground(CELLS[1]) == "x = np.arange(3.0)\n"
    assert run.ground(CELLS[2]) == CELLS[2] and run.ground(CELLS[4]) == CELLS[4]
    assert run.draws(CELLS[1]) and not run.draws(CELLS[0]) and run.draws("import matplotlib")


def test_an_answer_finds_the_chapter_and_leaves_nothing_behind(page, said):
    assert go(page, said, "x", CELLS) == "array([-0., -1., -2.])"  # and what cells print is not said again
    assert go(page, said, "double = None\nquadruple(2)", CELLS) == "8"
    assert "NameError" in go(page, said, "double", CELLS[:2])


def test_cells_run_in_order_and_once(page, said):
    cells = ["runs = []", "runs.append(1)\nprint('ran')", "runs.append(2)"]
    assert go(page, said, "runs", cells, answer=False) == "[1, 2]"
    assert go(page, said, cells[1], cells[:1], answer=False) == "ran\n"
    assert go(page, said, "runs", cells, answer=False) == "[1, 2, 1]"


def test_an_error_of_a_cell_before_is_told_with_its_place(page, said):
    told = go(page, said, "f()", ["", "def f():\n    return 1 / 0"], answer=False)
    assert '  File "cell 3", line 1, in <module>' in told and '  File "cell 2", line 2, in f' in told
    assert "run.py" not in told and told.endswith("ZeroDivisionError: division by zero\n")


def test_a_cell_that_is_no_python_yet(page, said):
    assert not page.prepare(CELLS, "1 +", True)
    assert "SyntaxError" in go(page, said, "1 +", CELLS)
    assert "SyntaxError" in go(page, said, "1", ["1 +"], answer=False)


def test_what_ends_a_program_does_not_end_the_page(page, said):
    assert "SystemExit: 3" in go(page, said, "raise SystemExit(3)")
    assert go(page, said, "1") == "1"


def test_too_much_is_cut(page, said):
    told = go(page, said, f"print('x' * {2 * run.MOST})")
    assert told.count("x") == run.MOST and "the rest is left out" in told
    told = go(page, said, f"for n in range({run.MOST}):\n    print(n % 10)")
    assert told.count("the rest is left out") == 1 and len(told) < run.MOST + 100
    assert sys.stdout.write("") == 0, "the program's own streams are back"


def test_pictures_and_moving_figures_are_shown_as_a_page_needs_them(page, said):
    go(page, said, "from lib import plot, relu\nplot(relu)")
    assert said[0][0] == "html" and said[0][1].startswith('<div class="panels" role="img" aria-label="ReLU')
    go(page, said, "from lib import elu, explore\nexplore(elu, alpha=(1, 2, 1))")
    assert said[0][1].startswith('<figure class="explore">')
    assert go(page, said, "None") == ""


FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.title('Squares & co.')"


@pytest.mark.parametrize(
    ("ending", "kinds"),
    [
        ("", ["text", "html"]),  # the value of the last line stands there too, as in a notebook
        ("plt.show()", ["html"]),
        ("plt.gcf()", ["html"]),
        ("plt.figure()\nplt.figure()\nNone", ["html"] * 3),
        ("plt.show()\nprint('then')\nplt.plot([1])\nplt.show()", ["html", "stdout", "stdout", "html"]),
        ("1 / 0", ["html", "stderr"]),
    ],
)
def test_a_figure_of_the_readers_own_is_shown(page, said, ending, kinds):
    go(page, said, f"{FIGURE}\n{ending}", answer=ending != "plt.show()")
    assert [kind for kind, _ in said] == kinds
    image = next(text for kind, text in said if kind == "html")
    assert image.startswith('<img alt="Squares &amp; co." src="data:image/svg+xml;base64,')
    go(page, said, "1")
    assert said == [("text", "1")], "and it is not shown twice"


def test_a_figure_that_cannot_be_drawn_says_why(page, said):
    assert "Unknown symbol" in go(page, said, f"{FIGURE}\nplt.xlabel(r'$\\nothing$')")
    assert go(page, said, "from matplotlib.figure import Figure\nFigure()").startswith('<img alt="Your figure"')
