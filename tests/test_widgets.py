"""Figures that move: their frames, their controls, and how they answer to a wrong one."""

import html
import json
import re
from itertools import product
from types import SimpleNamespace
from xml.etree import ElementTree

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import curves, elu, explore, identity, plot, relu, sigmoid, tanh, widgets
from lib.pictures import Picture
from lib.widgets import MOST_FRAMES, shared_pieces

KERNEL = SimpleNamespace(kernel=object())
WIDGET = "application/vnd.jupyter.widget-view+json"


def line(slope=1.0, height=0.0):
    return curves({"line": ([0, 1], [height, height + slope])}, title=f"slope {slope:g}", window=(0, 1, -9, 9))


def read(figure):
    """What a page finds in a figure: its data, and the picture that it shows first."""
    text = figure.html()
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)[1])
    shown = re.search(r'<div class="panels".*?</div>', text, re.DOTALL)[0]
    return data, shown


def frames_of(data):
    return ["".join(data["pieces"][piece] for piece in frame) for frame in data["frames"]]


def own(markup):
    """Markup without the part of its ids that says whose they are."""
    return re.sub("p[0-9a-f]{7}-", "", markup)


def control(given, function=line, name="slope"):
    return explore(function, **{name: given}).controls[0]


# --- pieces ------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet="ab<>/ =é\n", max_size=30), max_size=8))
def test_pieces_make_the_texts_again(texts):
    pieces, sequences = shared_pieces(texts)
    assert ["".join(pieces[piece] for piece in sequence) for sequence in sequences] == texts
    assert len(set(pieces)) == len(pieces)


def test_what_is_shared_is_stored_once():
    frames = [f"<svg><g>a long beginning</g><path d='{i}'/><g>a long end</g></svg>" for i in range(50)]
    pieces, sequences = shared_pieces(frames)
    assert len(pieces) == 52 and all(len(sequence) == 3 for sequence in sequences)


def test_pieces_of_one_text_and_of_none():
    assert shared_pieces(["<a><b/></a>"]) == (["<a><b/></a>"], [[0]])
    assert shared_pieces([]) == ([], [])


# --- frames ------------------------------------------------------------------------------


def test_frames_are_the_pictures_of_all_settings():
    figure = explore(line, slope=(1, 3, 1), height=[-2, 2])
    data, shown = read(figure)
    made = frames_of(data)
    pictures = [line(slope, height) for slope, height in product([1, 2, 3], [-2, 2])]
    assert shown == made[0] and list(map(own, made)) == [own(picture.html) for picture in pictures]
    assert len(set(made)) == 6


def test_it_opens_with_the_functions_default():
    def f(slope=2, height="low"):
        return line(slope, {"low": -1, "high": 1}[height])

    figure = explore(f, slope=range(5), height=["high", "low"])
    data, shown = read(figure)
    assert figure.start == {"slope": 2, "height": "low"}
    assert [entry["start"] for entry in data["controls"]] == [2, 1]
    assert shown == frames_of(data)[2 * 2 + 1] and own(shown) == own(f().html)
    assert repr(figure) == f"A figure that moves with slope, height. {f().alt}"


def test_frames_are_sound_and_share_their_ids():
    data, _ = read(explore(elu, alpha=(0.5, 2, 0.5)))
    names = [re.findall(r' id="([^"]*)"', frame) for frame in frames_of(data)]
    assert names[0] and all(name == names[0] for name in names)
    for frame in frames_of(data):
        ElementTree.fromstring(frame)


def test_a_figure_has_other_ids_than_its_first_picture():
    first = re.findall(r' id="([^"]*)"', plot(elu(1)).html)
    assert first and not set(first) & set(re.findall(r' id="([^"]*)"', explore(elu, alpha=(1, 2, 1)).html()))


def test_two_figures_on_a_page_have_different_ids():
    figures = (explore(elu, alpha=(1, 2, 1)), explore(lambda alpha=2.0: plot(elu(alpha)), alpha=(1, 2, 1)))
    a, b = (set(re.findall(r' id="([^"]*)"', read(figure)[1])) for figure in figures)
    assert a and b and a.isdisjoint(b)


def test_one_figure_is_the_same_text_every_time():
    assert explore(line, slope=(0, 2, 0.5)).html() == explore(line, slope=(0, 2, 0.5)).html()


def test_a_figure_is_small():
    assert len(explore(elu, alpha=(0.1, 3, 0.1)).html()) < 60_000


# --- controls ----------------------------------------------------------------------------


def test_a_slider():
    made = control((0, 1, 0.1))
    assert made.kind == "slider" and made.values == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert made.texts[0] == "0.0" and made.texts[3] == "0.3" and made.texts[-1] == "1.0"
    assert control((-2, 2, 1)).texts == ("−2", "−1", "0", "1", "2")
    assert control((0, 5)).values == tuple(0.25 * i for i in range(21))
    assert control((0, 1, 0.3)).values == (0, 0.3, 0.6, 0.9), "it stops before the end where the step doesn't hit it"


@given(st.integers(1, 60), st.sampled_from([0.1, 0.05, 0.2, 0.01, 0.3, 1e-4]), st.integers(-20, 20))
def test_stops_of_a_slider_are_round(count, step, first):
    low = round(first * step, 10)
    values = control((low, low + count * step, step)).values
    assert len(values) == count + 1
    assert all(value == round(value, 10) for value in values)


def test_whole_sliders_stay_whole():
    assert all(type(value) is int for value in control((0, 10, 2)).values)
    assert all(isinstance(value, int) for value in control(range(3)).values)


def test_a_choice():
    made = control([1, 2.5, -0.1 - 0.2])
    assert made.kind == "choice" and made.values == (1, 2.5, -0.1 - 0.2) and made.texts == ("1", "2.5", "−0.3")
    named = control({"gentle": 0.1, "steep": 9})
    assert named.texts == ("gentle", "steep") and named.values == (0.1, 9)


def test_a_choice_of_activations_is_written_with_their_names():
    made = control([sigmoid, tanh, relu], lambda h=tanh: plot(h), "h")
    assert made.texts == ("sigmoid", "tanh", "ReLU") and made.start == 1
    assert explore(lambda h: h, h=[sigmoid, relu]).picture(h=relu) == plot(relu)


def test_a_sequence():
    made = control(range(0, 301, 100))
    assert made.kind == "sequence" and made.texts == ("0", "100", "200", "300")
    assert control(range(3, 0, -1)).values == (3, 2, 1)


def test_choices_of_things_that_do_not_compare():
    def f(table=np.eye(2)):  # noqa: B008
        return plot(identity)

    assert control([np.zeros(2), np.eye(2), np.ones((3, 3))], f, "table").start == 1
    assert control([True, False], lambda on=False: plot(relu), "on").start == 1
    assert control(["a", "b"], lambda name="c": plot(relu), "name").start == 0


def test_a_default_between_two_stops_opens_at_the_nearest():
    assert explore(lambda slope=0.34: line(slope), slope=(0, 1, 0.1)).start == {"slope": 0.3}
    assert explore(lambda slope=99: line(slope), slope=(0, 1, 0.1)).start == {"slope": 1.0}


def test_names_lose_their_underscores():
    figure = explore(lambda learning_rate=1: line(learning_rate), learning_rate=(0, 2, 1))
    assert read(figure)[0]["controls"][0]["label"] == "learning rate"
    assert "<b>learning rate</b> (0 to 2). Shown here: <span>learning rate = 1</span>." in figure.html()


WRONG = {
    "unknown": (lambda: explore(line, step=(0, 1)), "explore moves parameters of line: slope, height; given: step"),
    "none": (lambda: explore(line), "explore moves parameters of line: slope, height; given: no control"),
    "no parameters": (lambda: explore(lambda: 1, a=(0, 1)), "it has none; given: a"),
    "more needed": (lambda: explore(lambda a, b: 1, a=(0, 1)), "also needs b: give it a control, or a default value"),
    "one value": (lambda: explore(line, slope=[1]), r"The control slope has nothing to move between: it can only be \[1\]"),
    "no values": (lambda: explore(line, slope=range(0)), "nothing to move between"),
    "one stop": (lambda: explore(line, slope=(0, 1, 2)), "nothing to move between"),
    "many frames": (lambda: explore(line, slope=(0, 1, 1e-3), height=range(9)), "1001 × 9 = 9009 frames; take wider steps"),
    "step 0": (lambda: explore(line, slope=(0, 1, 0)), "in steps of 0: low must be below high, the step above 0"),
    "step below 0": (lambda: explore(line, slope=(0, 1, -1)), "the step above 0"),
    "reversed": (lambda: explore(line, slope=(1, 0, 0.1)), "The slider slope goes from 1 to 0"),
    "nan": (lambda: explore(line, slope=(0, float("nan"), 0.1)), "low must be below high"),
    "infinite": (lambda: explore(line, slope=(0, float("inf"), 0.1)), "low must be below high"),
    "four": (lambda: explore(line, slope=(1, 2, 3, 4)), r"write \(low, high\) or \(low, high, step\), or a list for a choice"),
    "single": (lambda: explore(line, slope=(1,)), r"write \(low, high\)"),
    "strings": (lambda: explore(line, slope=("a", "b")), "or a list for a choice"),
    "a string": (lambda: explore(line, slope="abc"), "The control slope is 'abc'; write"),
    "a number": (lambda: explore(line, slope=3), "The control slope is 3; write"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_control_is_answered_in_words(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_function_that_draws_nothing():
    with pytest.raises(TypeError, match="plot draws an Activation"):
        explore(lambda a: None, a=[1, 2]).html()


def test_as_many_frames_as_are_allowed():
    assert len(explore(line, slope=range(MOST_FRAMES)).controls[0].values) == MOST_FRAMES


# --- the markup around them --------------------------------------------------------------

HOSTILE = '</script><script>alert("1")</script><!-- & \'<b>'


def test_hostile_labels_do_no_harm():
    def f(choice=HOSTILE):
        return line()

    figure = explore(f, choice=[HOSTILE, "<!--<script>"])
    text = figure.html()
    assert text.count("</script>") == 1 and "<!--" not in text  # so no script begins or ends inside
    data, _ = read(figure)
    assert data["controls"][0]["texts"] == [HOSTILE, "<!--<script>"]
    caption = re.search("<figcaption>(.*?)</figcaption>", text)[1]
    assert html.escape(HOSTILE) in caption and "alert" in caption and "<script" not in caption


def test_a_figure_says_what_moves_even_where_nothing_does():
    text = explore(line, slope=(0, 2, 0.5), height=[0, 1]).html()
    said = "This figure moves: <b>slope</b> (0.0 to 2.0) and <b>height</b> (0, 1). Shown here: <span>slope = 1.0, height = 0</span>."
    assert f"<figcaption>{said}</figcaption>" in text
    assert text.startswith('<figure class="explore"><div class="panels" role="img" aria-label="slope 1.')


# --- with a kernel -----------------------------------------------------------------------


def parts(widget):
    *rows, picture = widget.children
    return rows, picture


def test_a_live_slider_draws_between_the_frames():
    rows, picture = parts(explore(line, slope=(0, 2, 0.5)).widget())
    (slider,) = rows
    assert isinstance(slider, ipywidgets.FloatSlider) and (slider.value, slider.min, slider.max) == (1, 0, 2)
    assert slider.step == pytest.approx(0.05) and picture.value == line(1).html
    slider.value = 1.35
    assert picture.value == line(1.35).html


def test_a_live_slider_of_whole_numbers():
    rows, picture = parts(explore(line, slope=(0, 6, 2)).widget())
    assert isinstance(rows[0], ipywidgets.IntSlider) and rows[0].step == 2
    rows[0].value = 4
    assert picture.value == line(4).html


def test_a_live_choice():
    rows, picture = parts(explore(lambda h=tanh: plot(h), h=[sigmoid, tanh]).widget())
    assert isinstance(rows[0], ipywidgets.ToggleButtons) and picture.value == plot(tanh).html
    rows[0].value = "sigmoid"
    assert picture.value == plot(sigmoid).html
    rows[0].index = 1
    assert picture.value == plot(tanh).html


def test_a_live_choice_of_arrays():
    def f(table=None):
        return line(float(np.sum(table)))

    rows, picture = parts(explore(f, table={"one": np.ones(1), "three": np.ones(3)}).widget())
    rows[0].value = "three"
    assert picture.value == line(3).html


@pytest.mark.parametrize("steps", [range(0, 9, 2), range(8, -1, -2)])
def test_a_live_sequence_can_play(steps):
    rows, picture = parts(explore(lambda slope=4: line(slope), slope=steps).widget())
    play, slider = rows[0].children
    assert isinstance(play, ipywidgets.Play) and (play.min, play.max, play.value) == (0, 4, 2)
    slider.index = 4
    assert picture.value == line(steps[4]).html


def test_two_live_controls():
    rows, picture = parts(explore(line, slope=(0, 2, 0.5), height=[0, 5]).widget())
    rows[0].value, rows[1].index = 2.0, 1
    assert picture.value == line(2, 5).html


def test_without_a_kernel_there_is_html_only():
    data = explore(line, slope=(0, 1, 1))._repr_mimebundle_()
    assert set(data) == {"text/html", "text/plain"}


def test_with_a_kernel_there_is_a_widget_too(monkeypatch):
    monkeypatch.setattr(widgets, "get_ipython", lambda: KERNEL)
    figure = explore(line, slope=(0, 1, 1))
    data = figure._repr_mimebundle_()
    assert {"text/html", "text/plain", WIDGET} <= set(data)
    assert data["text/html"] == figure.html() and data["text/plain"] == repr(figure)


def test_in_plain_ipython_there_is_no_widget(monkeypatch):
    monkeypatch.setattr(widgets, "get_ipython", lambda: SimpleNamespace())
    assert WIDGET not in explore(line, slope=(0, 1, 1))._repr_mimebundle_()


def test_a_picture_is_what_the_function_gives_or_a_plot_of_it():
    assert isinstance(explore(line, slope=(0, 1, 1)).picture(slope=1), Picture)
    assert explore(elu, alpha=(1, 2, 1)).picture(alpha=2) == plot(elu(2))
