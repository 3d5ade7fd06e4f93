"""Figures: what they draw, what they say to who can't see, and how they answer to wrong input."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from gallery import WALK, picture
from hypothesis import given
from hypothesis import strategies as st
from test_pictures import texts

import lib
from lib import (
    Activation,
    History,
    Network,
    arrows,
    bars,
    curves,
    dense,
    dense_network,
    diagram,
    elu,
    family,
    flow,
    gelu,
    heatmap,
    identity,
    images,
    leaky_relu,
    plot,
    prelu,
    regions,
    relu,
    sigmoid,
    spread,
    step,
    surface,
    tanh,
    xor,
)
from lib.amounts import _shade
from lib.labels import spread_apart
from lib.looks import LOOKS, SERIES, looks_of
from lib.pictures import COLOURS

X = np.linspace(-1, 1, 21)
NAMES = {value: name for name, value in COLOURS.items()}


def written(made):
    return [text for panel in made.panels for text, *_ in texts(panel)]


def paths(made, colour):
    """The lines of the data drawn in a colour, as arrays of points."""
    found = []
    for panel in made.panels:
        for element in ElementTree.fromstring(panel).iter():
            if f"stroke:var(--fig-{colour}," in element.get("style", "") and element.get("clip-path"):
                numbers = re.findall(r"-?[\d.]+", element.get("d"))
                found.append(np.array(numbers, float).reshape(-1, 2))
    return found


# --- looks -------------------------------------------------------------------------------


def test_looks_of_activations_are_unlike_each_other():
    assert len(set(map(str, LOOKS.values()))) == len(LOOKS)
    assert len(set(map(str, SERIES))) == len(SERIES)
    assert {name for name, _ in (*LOOKS.values(), *SERIES)} <= set(COLOURS)


def test_every_activation_has_its_look():
    fixed = [value for value in vars(lib).values() if isinstance(value, Activation)]
    families = [leaky_relu(0.2), elu(2.0), lib.celu(2.0), lib.swish(2.0), lib.sigmoid_of(3.0)]
    assert len(fixed) > 10
    for activation in fixed + families:
        assert activation.name.split("(")[0] in LOOKS, activation.name


def test_an_activation_looks_the_same_everywhere():
    assert looks_of(["tanh", "a", "sigmoid"])["sigmoid"] == looks_of(["sigmoid"])["sigmoid"]
    assert len(paths(plot([tanh, sigmoid]), "red")) == len(paths(plot([sigmoid, relu]), "red")) == 2


def test_a_family_shares_its_colour_and_no_dash():
    looks = looks_of([f"ELU({alpha})" for alpha in range(8)])
    assert {colour for colour, _ in looks.values()} == {COLOURS["purple"]}
    assert len(set(map(str, looks.values()))) == 8
    assert len(looks_of([f"ELU({alpha})" for alpha in range(40)])) == 40


# --- labels ------------------------------------------------------------------------------

HEIGHTS = st.lists(st.floats(-2, 3), min_size=1, max_size=12)


@given(HEIGHTS)
def test_labels_never_overlap_and_keep_their_order(heights):
    placed = spread_apart(heights, 0.05, 0, 1)
    assert placed.min() >= -1e-9 and placed.max() <= 1 + 1e-9
    assert len(heights) == 1 or np.diff(np.sort(placed)).min() >= 0.05 - 1e-9
    assert (np.argsort(heights, kind="stable") == np.argsort(placed, kind="stable")).all()


@given(HEIGHTS)
def test_labels_stay_where_there_is_room(heights):
    spaced = 0.06 * np.arange(len(heights)) + 0.01
    np.testing.assert_allclose(spread_apart(spaced, 0.05, 0, 1), spaced, atol=1e-12)


def test_labels_move_as_little_as_possible():
    np.testing.assert_allclose(spread_apart([0.5, 0.5, 0.5], 0.1, 0, 1), [0.4, 0.5, 0.6])
    np.testing.assert_allclose(spread_apart([0.9, 0.1, 0.9], 0.1, 0, 1), [0.85, 0.1, 0.95])
    np.testing.assert_allclose(spread_apart([0.99, 1.0], 0.1, 0, 1), [0.9, 1.0])
    np.testing.assert_allclose(spread_apart([0.0, 0.0], 0.1, 0, 1), [0.0, 0.1])


def test_more_labels_than_fit_share_the_room():
    placed = spread_apart([0.5] * 30, 0.1, 0, 1)
    assert placed[0] == 0 and placed[-1] == pytest.approx(1) and np.ptp(np.diff(placed)) < 1e-9


@pytest.mark.parametrize("name", ["lines to one point", "lines to the top", "lines to the bottom", "many activations"])
def test_labels_of_hard_cases(name):
    for panel in picture(name).panels:
        entries = texts(panel)
        labels = sorted(y for text, _, y, size, anchor, _ in entries if anchor == "start" and size == 10)
        height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', panel)[1])
        assert len(labels) == 8 and np.diff(labels).min() > 10 and 8 < labels[0] and labels[-1] < height - 20


def test_the_axes_stand_still_while_a_number_in_a_label_changes():
    def axes(alpha):
        return re.search(r"<clipPath.*?</clipPath>", plot(elu(alpha)).panels[0])[0]

    assert axes(0.5) == axes(1.0) == axes(0.25) == axes(2.75)


def test_a_line_that_leaves_the_window_is_named_where_it_leaves():
    made = curves({"steep": (X, 10 * X), "flat": (X, 0 * X)}, window=(-1, 1, -1, 1))
    assert {"steep", "flat"} <= set(written(made))
    assert "away" not in written(curves({"away": (X, X + 9)}, window=(-1, 1, -1, 1)))


def test_names_of_points_and_levels_are_written():
    made = curves(
        {"f": (X, X)}, points={"here": ([0.5], [0.5]), "far": ([9], [9])}, marks={"level": 0.2}, window=(-1, 1, -1, 1)
    )
    assert {"here", "level"} <= set(written(made)) and "far" not in written(made)


# --- what is drawn -----------------------------------------------------------------------


def test_a_curve_is_where_its_numbers_are():
    made = curves({"f": ([0, 1, 2], [0, 5, 0])}, window=(0, 2, 0, 10))
    (line,) = paths(made, "blue")
    (left, bottom), (middle, top), (right, _) = line
    clip = re.search(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', made.panels[0]).groups()
    x, y, width, height = map(float, clip)
    assert left == pytest.approx(x, abs=0.1) and right == pytest.approx(x + width, abs=0.1)
    assert middle == pytest.approx(x + width / 2, abs=0.1)
    assert bottom == pytest.approx(y + height, abs=0.1) and top == pytest.approx(y + height / 2, abs=0.1)


def test_a_jump_stays_a_gap():
    (curve,) = (
        element.get("d")
        for element in ElementTree.fromstring(plot(step).panels[0]).iter()
        if "dasharray:2,2.4" in element.get("style", "")
    )
    assert curve.count("M") == 2


def test_a_slope_of_relu_is_not_drawn_at_its_kink():
    slope = next(line for line in paths(plot(relu), "slate"))
    assert len(np.unique(slope[:, 1].round())) == 2  # 0 and 1, and no point between


def test_bounded_and_unbounded_windows():
    assert "−6" in written(plot(sigmoid)) and "1.0" in written(plot(sigmoid))
    assert "−4" in written(plot(relu)) and "4" in written(plot(relu))
    assert "9" in written(plot(relu, window=(-1, 9, -1, 9))) or "8" in written(plot(relu, window=(-1, 9, -1, 9)))


def test_titles():
    assert written(plot(sigmoid))[-1] == "sigmoid and its slope"
    assert "Mine" in written(plot(sigmoid, title="Mine"))
    assert {"Functions", "Their slopes"} <= set(written(plot([sigmoid, tanh])))


def test_a_history_counts_epochs():
    made = plot(History(list(np.linspace(2, 1, 5)), [0.1] * 5, [], []))
    assert len(made.panels) == 2 and {"0", "1", "2", "3", "4", "epoch", "loss", "accuracy"} <= set(written(made))
    assert len(plot(History([1, 2], [], [], [])).panels) == 1


def test_regions_draw_each_example_in_the_shape_of_its_class():
    made = picture("three regions")
    uses = re.findall(r"<use ", made.svg)
    assert len(uses) == 51


def test_a_table_writes_its_numbers_and_leaves_nan_out():
    made = picture("a labelled table")
    assert {"0.500", "0.123", "1.000", "leaky ReLU(0.01)", "1e-3"} <= set(written(made))
    assert not {"nan", "NaN"} & set(written(made))
    assert len(written(heatmap(np.ones((3, 3)), numbers=False))) == 6


def test_a_table_of_many_sizes_is_shaded_by_powers_of_ten():
    made = heatmap([[1e-9, 1e-3, 0.01, 1], [100, 1e3, 1e9, np.nan]], plain=(0.01, 100), form="{:.0e}")
    assert all(COLOURS[name] in made.svg for name in ("blue", "orange", "slate"))
    assert "largest number is 1e+09, at row 1, column 2, its smallest 1e-09, at row 0, column 0; 2 are below 0.01, 2 above 100" in made.alt
    shades = {value: _shade(value, (0.01, 100)) for value in (0.0, 1e-10, 1e-3, 0.01, 100, 1e3, 1e10)}
    assert [name for name, _ in shades.values()] == ["blue"] * 3 + ["slate"] * 2 + ["orange"] * 2
    assert [round(share, 3) for _, share in shades.values()] == [1, 1, 0.3, 0, 0, 0.3, 1]


def test_tables_of_shares_are_shaded_alike():
    def opacities(made):
        return [float(found) for found in re.findall(r"(?<![\w-])opacity: ?([\d.]+)", made.svg)]

    assert opacities(heatmap([[0.5, 0.25]], top=1)) == opacities(heatmap([[0.5, 0.25, 1.0]]))[:2] != opacities(heatmap([[0.5, 0.25]]))
    assert opacities(heatmap([[3.0, np.nan]], top=1)) == opacities(heatmap([[1.0, np.nan]]))


def test_images_draw_every_pixel_that_is_not_empty():
    made = images([[0, 1, 0.5, 0]])
    strokes = re.findall(r'<path d="([^"]*)"[^>]*stroke-opacity', made.panels[0])
    assert len(strokes) in (1, 2) and picture("dark").panels[0].count("stroke-opacity") == 0


def test_an_axis_of_bars_stands_still():
    def axes(length):
        panel = bars({"a": length, "b": 0.1}, most=1, form="{:.2f}").panels[0]
        return [(text, x) for text, x, _, _, anchor, _ in texts(panel) if anchor == "middle"]

    assert axes(0.2) == axes(1) == axes(0.75)
    assert bars({"a": 1.0}, most=1) == bars({"a": 1.0})


def test_a_long_layer_is_cut_short():
    made = diagram([100, 3])
    assert written(made).count("⋮") == 1 and "100 inputs" in written(made)
    assert len(re.findall("<use ", made.svg)) == 8 + 3


# --- what is said ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    {
        "an activation": "sigmoid: from 0.00247 at x −6 to 0.998 at 6. slope: from 0.00247 at x −6 to 0.00247 at 6, highest 0.25 at 0.",
        "a history": "It learns. loss against epoch. training: from 2.3 at epoch 0 to 0.8 at 2. held out: from 2.3",
        "a network": "64 inputs, then 32 units (leaky ReLU(0.01)), then 32 units (leaky ReLU(0.01)), then 10 units (identity)",
        "a small network": "A network diagram: 1 input, then 1 unit, each layer fully joined to the next.",
        "lines to one point": "height (m) against time (s). line 0: from 0 at time 0 to 0 at 10. line 1: from 0 at time 0 to 0 at 10, highest 25 at 5.",
        "marked": "start: (1, 1). middle: (5, 0.1), (6, 0.2). the end of it: (11, 4.54e−5). A level line marks chance at 0.1.",
        "nothing to see": "diverged: no values. constant: from 0 at x 0 to 0 at 10.",
        "three regions": "class 0: 17 circles, class 1: 17 squares, class 2: 17 diamonds.",
        "a table": "A table of 10 rows and 10 columns; its largest number is 99, at true 9, said 9.",
        "a table of many sizes": "its largest number is 1e+09, at row 6, column 0, its smallest 1e-12, at row 0, column 3; 13 are below 0.01, 9 above 100.",
        "an empty table": "A table of 2 rows and 1 column.",
        "one tile": "A table of 1 row and 1 column; its largest number is 0, at row 0, column 0.",
        "digits": "20 pictures of 8 by 8 pixels, captioned",
        "one digit": "1 picture of 8 by 8 pixels, captioned five.",
        "a surface": "an error between 0 and 14 over w₁ and w₂. sgd: 3 steps from (−1.8, 0.8) to (0, 0). momentum: 3 steps",
        "arrows": "by value: to (2, 1.5), of length 2.5 at 37 degrees. nothing: to (0, 0), of length 0 at 0 degrees.",
        "a flow": "the plane of mean and variance, each 30% of the way that a point is moved; the shortest starts at (0, 1). a signal: 1 step from (0.8, 2)",
        "runs": "sigmoid: median 2, from 1 to 3, 5 runs. leaky ReLU(0.01): median 4, from 4 to 4, 1 run; no value in 1 run.",
        "bars": "Bars: sigmoid 0.25, tanh 1, a much longer label 123457.",
    }.items(),
)  # fmt: skip
def test_alternative_text_is_made_from_the_data(name, words):
    assert words in picture(name).alt


def test_alternative_text_follows_the_data():
    assert curves({"f": (X, X)}).alt != curves({"f": (X, 2 * X)}).alt
    assert bars({"a": 1}).alt != bars({"a": 2}).alt
    assert spread({"a": [1, 2, 3]}).alt != spread({"a": [1, 2, 9]}).alt
    assert heatmap([[1, 2]]).alt != heatmap([[2, 1]]).alt


def test_regions_say_how_many_are_right():
    def model(points):
        return np.asarray(points)[:, 0]

    assert "2 of 4 examples lie in the region of their own class" in regions(model, *xor()).alt


def test_a_sentence_of_ones_own_is_kept():
    for made in (
        curves({"f": (X, X)}, alt="Look here"),
        bars({"a": 1}, alt="Look here"),
        heatmap([[1]], alt="Look here"),
    ):
        assert "Look here. " in made.alt


def test_numbers_are_said_short():
    alt = curves({"f": ([0, 1], [-1.23456e-6, np.inf])}).alt
    assert "−1.23e−6" in alt and "nan" not in alt
    assert "from 0 at x 0 to 0 at 1" in curves({"f": ([-0.0, 1], [-0.0, 0])}).alt


# --- the family --------------------------------------------------------------------------


def test_a_family_is_drawn_and_tabled():
    made = family([sigmoid, relu, gelu, leaky_relu(0.01)])
    assert len(made.panels) == 2
    answers, slopes = ([text for text, *_ in texts(panel)] for panel in made.panels)
    assert {"sigmoid", "ReLU", "GELU", "leaky ReLU", "(0.01)"} <= set(answers) & set(slopes)
    assert {"values", "mean", "turns at", "cost (ReLU)", "0 to 1", "0 to ∞", "−0.17 to ∞", "any", "0.5", "−0.75"} <= set(answers)
    assert {"steepest", "jumps at", "saturates", "can die", "0.25", "1.13", "both", "left", "x ≤ 0", "no"} <= set(slopes)
    assert {"What each answers", "What each slope does"} <= {*answers, *slopes}
    assert "Mine" in written(family([relu], title="Mine"))


def test_rows_of_both_halves_of_a_family_stand_at_one_height():
    names = [{text: y for text, _, y, *_ in texts(panel)} for panel in family([step, relu, elu(1.0)]).panels]
    assert all(names[0][name] == names[1][name] for name in ("step", "ReLU", "ELU(1)"))
    sizes = [re.search("viewBox=\"([^\"]*)\"", panel)[1] for panel in family([step, relu, elu(1.0)]).panels]
    assert sizes[0] == sizes[1]


def test_a_family_is_said_aloud_row_by_row():
    alt = family([relu, gelu, step], alt="Look here").alt
    assert "Look here. A table of 3 activations. ReLU: values 0 to infinity, mean 0.4, turns never, cost 1 times" in alt
    assert "slope is at most 1, jumps at 0, saturates on the left, can die where x ≤ 0." in alt
    assert "turns at −0.75" in alt and "jumps nowhere, saturates on the left, can't die" in alt and "dead everywhere" in alt


def test_a_readers_own_activation_finds_its_place_in_the_family():
    mine = Activation("squared", lambda x: np.maximum(x, 0) ** 2, lambda x: 2 * np.maximum(x, 0))
    made = family([relu, mine])
    assert {"squared", "?", "∞", "0.5"} <= set(written(made)) and "cost unknown" in made.alt


def test_a_member_of_a_family_costs_what_the_usual_one_does():
    def cost(activation):
        return re.search("cost ([^;]*);", family([activation]).alt)[1]

    assert cost(elu(0.3)) == cost(elu(1.0)) != cost(relu) == "1 times that of ReLU"


# --- wrong input -------------------------------------------------------------------------


def test_plot_says_what_it_can_draw():
    for thing in (None, 3.0, "sigmoid", np.tanh, {"a": 1}, np.ones(3)):
        with pytest.raises(
            TypeError, match="plot draws an Activation, a list of them, a History or a Network; this is a"
        ):
            plot(thing)
    for things in ([], [sigmoid, np.tanh], [1, 2], (None,)):
        with pytest.raises(TypeError, match=r"list of activations, as in plot\(\[sigmoid, tanh\]\)"):
            plot(things)


WRONG = {
    "no lines": (lambda: curves({}), r"There is nothing to draw\. Write names and what they stand for, as in curves"),
    "lines in a list": (lambda: curves([(X, X)]), r"Write names and what they stand for.*given: a list"),
    "an array as lines": (lambda: curves(X), "Write names and what they stand for.*given: a ndarray"),
    "a line without x": (lambda: curves({"f": X}), r"The line 'f' should be \(x, y\) or \(x, y, low, high\)"),
    "a line of three": (lambda: curves({"f": (X, X, X)}), r"The line 'f' should be \(x, y\) or"),
    "lengths": (lambda: curves({"f": (X, X[1:])}), "x and y of the line 'f' should be of one length; they are of 21 and 20"),
    "band lengths": (lambda: curves({"f": (X, X, X, X[1:])}), "of the band of 'f' should be of one length"),
    "words as numbers": (lambda: curves({"f": (["a"], [1])}), "x of the line 'f' should be numbers; given: a list, "),
    "a function as y": (lambda: curves({"f": (X, np.tanh)}), "y of the line 'f' should be numbers"),
    "a window of two": (lambda: curves({"f": (X, X)}, window=(0, 1)), r"window is \(left, right, bottom, top\)"),
    "a window upside down": (lambda: curves({"f": (X, X)}, window=(0, 1, 1, 0)), "bottom below top"),
    "a window of nan": (lambda: curves({"f": (X, X)}, window=(0, np.nan, 0, 1)), "left below right"),
    "points": (lambda: curves({"f": (X, X)}, points={"p": ([1], [1, 2])}), "the points 'p' should be of one length"),
    "a flat table": (lambda: heatmap([1, 2, 3]), r"rows and columns; the shape of this is \(3,\)"),
    "a table of nothing": (lambda: heatmap([[]]), r"the shape of this is \(1, 0\)"),
    "a negative table": (lambda: heatmap([[1, -2]]), "numbers from 0 on; in this table stands −2"),
    "a top of nothing": (lambda: heatmap([[1]], top=0), r"top, the number with the darkest tile, must be above 0; given: 0"),
    "a range upside down": (lambda: heatmap([[1]], plain=(2, 1)), r"two numbers above 0, the smaller one first"),
    "a range from nothing": (lambda: heatmap([[1]], plain=(0, 1)), r"plain is \(low, high\)"),
    "an infinite table": (lambda: heatmap([[1, np.inf]]), "heatmap draws amounts"),
    "names for rows": (lambda: heatmap([[1, 2]], rows=["a", "b"]), "This table has 1 rows?, and 2 names"),
    "names for columns": (lambda: heatmap([[1, 2]], columns=["a"]), "This table has 2 columns, and 1 names?"),
    "a table of words": (lambda: heatmap([["a"]]), "table should be numbers"),
    "pictures that are not square": (lambda: images(np.ones((2, 60))), r"side × side numbers, as 64 = 8 × 8.*\(2, 60\)"),
    "cubes": (lambda: images(np.ones((2, 8, 8))), r"the shape of these is \(2, 8, 8\)"),
    "captions": (lambda: images(np.ones((2, 4)), ["a"]), "2 pictures and 1 caption"),
    "points in space": (lambda: regions(len, np.ones((3, 3)), [0, 1, 0]), r"points \(n, 2\).*\(3, 3\)"),
    "labels": (lambda: regions(len, np.ones((3, 2)), [0, 1]), "regions takes points"),
    "negative labels": (lambda: regions(len, np.ones((2, 2)), [1, -1]), "Classes are whole numbers from 0; among these is -1"),
    "a flat error": (lambda: surface(lambda a, b: 1.0, window=(0, 1, 0, 1)), "one number for each pair of weights"),
    "a path in space": (lambda: surface(lambda a, b: a, window=(0, 1, 0, 1), paths={"p": [1, 2]}), "The path 'p'"),
    "no arrows": (lambda: arrows({}, window=(0, 1, 0, 1)), r"as in arrows\("),
    "an arrow in space": (lambda: arrows({"a": (1, 2, 3)}, window=(0, 1, 0, 1)), "The arrow 'a' should end at a pair"),
    "an arrow without an end": (lambda: arrows({"a": (1, np.inf)}, window=(0, 1, 0, 1)), "end at a pair of numbers"),
    "a flow to nowhere": (lambda: flow(lambda a, b: (a, np.nan), window=(0, 1, 0, 1)), "two finite numbers for each point"),
    "a flow to a line": (lambda: flow(lambda a, b: (a,), window=(0, 1, 0, 1)), r"returns \(63, 1\)"),
    "a share of nothing": (lambda: flow(lambda a, b: (a, b), window=(0, 1, 0, 1), share=0), "share, the part of the way"),
    "a path of a flow": (lambda: flow(lambda a, b: (a, b), window=(0, 1, 0, 1), paths={"p": [1]}), "The path 'p' should hold pairs of numbers"),
    "no groups": (lambda: spread({}), r"as in spread\("),
    "a list of runs": (lambda: spread([1, 2]), r"as in spread\("),
    "runs of words": (lambda: spread({"a": ["b"]}), "The runs of 'a' should be numbers"),
    "no bars": (lambda: bars({}), r"as in bars\("),
    "a bar below 0": (lambda: bars({"a": -1}), "bars draws lengths, numbers from 0 on"),
    "a bar beyond the axis": (lambda: bars({"a": 2}, most=1), "No bar may be longer than most, 1; the longest is 2"),
    "a bar of nan": (lambda: bars({"a": np.nan}), "bars draws lengths"),
    "a bar of words": (lambda: bars({"a": "b"}), "The bar 'a' should be numbers?"),
    "a family of one": (lambda: family(relu), r"family takes a list of activations, as in family\(\[sigmoid, relu\]\)"),
    "a family of functions": (lambda: family([relu, np.tanh]), "family takes a list of activations"),
    "an empty family": (lambda: family([]), "There is nothing to draw"),
    "one layer": (lambda: diagram([3]), r"at least two layers, as in diagram\(\[2, 3, 1\]\)"),
    "a layer of nothing": (lambda: diagram([3, 0]), "at least two layers"),
    "names of layers": (lambda: diagram([1, 2, 3], names=["a"]), "Each of the 2 layers after the inputs needs one name"),
}  # fmt: skip


@pytest.mark.parametrize(("draw", "message"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_answered_in_words(draw, message):
    with pytest.raises((TypeError, ValueError), match=message):
        draw()


# --- odd but right -----------------------------------------------------------------------


def test_integers_lists_and_single_numbers_will_do():
    assert curves({"f": ([0, 1], [2, 3])}) == curves({"f": (np.array([0.0, 1.0]), np.array([2.0, 3.0]))})
    assert "1 of 1" in regions(lambda p: np.ones(len(p)), [[0, 0]], [1]).alt
    assert images(np.ones(4)) == images(np.ones((1, 4)))
    assert spread({"a": 1.0}).alt == spread({"a": [1.0]}).alt


def test_a_model_may_answer_in_three_ways():
    def flat(points):
        return points[:, 0]

    def column(points):
        return points[:, :1]

    def classes(points):
        return np.stack([0.5 - points[:, 0], points[:, 0] - 0.5], axis=1)

    assert regions(flat, *xor()) == regions(column, *xor())
    assert regions(classes, *xor()).alt == regions(flat, *xor()).alt


def test_more_classes_than_markers():
    made = regions(
        lambda p: np.tile(np.arange(12.0), (len(p), 1)), np.random.default_rng(0).random((12, 2)), np.arange(12)
    )
    assert "class 11: 1 square" in made.alt


def test_paths_are_drawn_with_each_step_marked():
    made = surface(lambda a, b: a * a + b * b, window=(-2, 2, -1, 1), paths={"p": WALK})
    assert made.svg.count("<use ") == len(WALK) + 1  # and one in the key


def test_gelu_is_where_it_should_be():
    """One curve, measured in the finished picture against the function itself."""
    made = plot(gelu, window=(-4, 4, -1, 4))
    x, y, width, height = map(
        float, re.search(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', made.panels[0]).groups()
    )
    (line,) = paths(made, "orange")
    xs, ys = -4 + 8 * (line[:, 0] - x) / width, 4 - 5 * (line[:, 1] - y) / height
    np.testing.assert_allclose(ys, gelu(xs), atol=0.006)


def test_a_network_is_drawn_from_its_layers():
    network = dense_network(np.random.default_rng(0), [2, 3, 1], tanh)
    assert {"2 inputs", "3, tanh", "1, identity"} <= set(written(plot(network)))
    assert "Mine" in written(plot(network, title="Mine"))


def test_a_layer_without_weights_joins_the_column_before():
    rng = np.random.default_rng(0)
    network = Network([dense(rng, 2, 3, identity), prelu(3), dense(rng, 3, 4, relu), prelu(4), dense(rng, 4, 1, identity)])
    assert {"2 inputs", "3, PReLU", "4, ReLU, PReLU", "1, identity"} <= set(written(plot(network)))
    with pytest.raises(TypeError, match=r"begins with a layer of weights; this one begins with PReLU\(2 units\)"):
        plot(Network([prelu(2), *network.layers]))


@pytest.mark.parametrize("angle", np.linspace(0, 2 * np.pi, 9))
def test_the_name_of_an_arrow_stays_in_the_plane(angle):
    arrow = (0.5, 0.5, 0.66 * np.cos(angle), 0.66 * np.sin(angle))
    made = regions(lambda p: p[:, 0], *xor(), arrows={"w": arrow})
    x, y = next((x, y) for text, x, y, *_ in texts(made.panels[0]) if text == "w")
    frame = re.search(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', made.panels[0]).groups()
    left, top, width, height = map(float, frame)
    assert left + 8 <= x <= left + width - 8 and top + 8 <= y <= top + height
