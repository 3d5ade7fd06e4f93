"""The frame of the checks: it survives anything, and what it says helps."""

import json
import math
import threading
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from exercises import changed
from nonsense import NONSENSE

from lib import check as checks
from lib.check.frame import (
    BLANK,
    FORM,
    Claim,
    Wrong,
    ask,
    described,
    equal,
    exercise,
    numbers,
    same,
    shown,
    told,
    verdict,
)


@exercise
def double(answer):
    """A check of one function, element by element."""
    yield from same(answer, [1.0, -2.0], expected=[2.0, -4.0])
    yield from same(answer, 3.0, expected=6.0)


@exercise
def slope_at_zero(answer):
    yield from equal(answer, 0.25, "The slope at 0", 1e-3)


@exercise
def corner(x, y, function):
    """A check of two values and a function of two inputs."""
    yield from equal(x, [1.0, 2.0], "The first number")
    yield from equal(y, [[1.0]], "The table")
    yield from same(function, 1.0, [2.0, 3.0], expected=[12.0, 13.0], name="your sum")


RIGHT = ([1, 2], np.ones((1, 1)), lambda a, b: 10 * a + b)


def said(check, *answers, capsys):
    """The lines that a check prints; it returns nothing and leaves stderr alone."""
    assert check(*answers) is None
    out, err = capsys.readouterr()
    assert err == ""
    return out


# --- nothing breaks it -------------------------------------------------------------------


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_gets_one_friendly_verdict(name, place, capsys):
    out = said(corner, *changed(RIGHT, place, NONSENSE[name]), capsys=capsys)
    faults = [line for line in out.splitlines() if line.startswith("✗")]
    assert out.endswith(f"{BLANK}\n") or len(faults) == 1
    assert "All of it holds" not in out and "Traceback" not in out and " at 0x" not in out
    assert "could not be judged" not in out, "the frame has no words of its own for this"
    assert all(20 < len(line) < 420 for line in faults)


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_everywhere(name, capsys):
    said(double, NONSENSE[name], capsys=capsys)
    said(slope_at_zero, NONSENSE[name], capsys=capsys)
    said(corner, *[NONSENSE[name]] * 3, capsys=capsys)


def test_claims_are_data():
    assert double.claims(lambda x: 2 * x) == [
        (True, "Your function is right for [1, -2]."),
        (True, "Your function is right for 3."),
    ]
    for name in NONSENSE:
        claims = corner.claims(NONSENSE[name], *RIGHT[1:])
        assert all(type(claim) is Claim and type(claim.holds) is bool and type(claim.text) is str for claim in claims)
        assert not all(claim.holds for claim in claims)
        json.dumps(claims)


def test_form_says_why_it_cannot_be_judged_and_nothing_else(capsys):
    fine = f"{FORM}\n"
    assert said(slope_at_zero.form, 0.25, capsys=capsys) == said(slope_at_zero.form, 7, capsys=capsys) == fine
    assert said(slope_at_zero.form, ..., capsys=capsys) == f"{BLANK}\n"
    assert said(slope_at_zero.form, "a", capsys=capsys).startswith("✗ The slope at 0 should be made of numbers")
    assert said(corner.form, [3, 4], np.ones(2), RIGHT[2], capsys=capsys) == (
        "✗ The table should be an array of shape (1, 1); it is an array of shape (2,).\n"
    )
    assert said(corner.form, 1, capsys=capsys) == (
        "✗ check.corner looks at 3 answers: x, y, function. It was given 1 answer.\n"
    )
    assert said(double.form, lambda x: x / "2", capsys=capsys).startswith("✗ Your function stops with an error")


def test_numpy_truth_becomes_plain():
    @exercise
    def judge(answer):
        yield Claim(np.bool_(True), "fine")

    assert type(judge.claims(1)[0].holds) is bool


def test_the_reader_can_stop_it():
    def stop(*_):
        raise KeyboardInterrupt

    class Stops:
        __array__ = __repr__ = __call__ = stop

    class StopsError(Exception):
        __str__ = stop

    def fails(x):
        raise StopsError

    for answer in (stop, Stops(), fails):
        with pytest.raises(KeyboardInterrupt):
            double(answer)
        with pytest.raises(KeyboardInterrupt):
            double.claims(answer)
    with pytest.raises(KeyboardInterrupt):
        slope_at_zero(Stops())


def test_a_check_that_fails_itself_still_says_something(capsys):
    @exercise
    def broken(answer):
        yield Claim(True, "The first part is right.")
        raise IndexError("tuple index out of range")

    assert said(broken, 1, capsys=capsys).splitlines() == [
        "✓ The first part is right.",
        "✗ Your answer could not be judged: IndexError: tuple index out of range",
    ]


def test_nothing_to_judge_is_no_success(capsys):
    @exercise
    def each(answer):
        for value in answer:
            yield from equal(value, 1.0, "The value")

    assert said(each, [], capsys=capsys) == "✗ There is nothing to judge in your answer.\n"
    assert "All of it holds" in said(each, [1.0], capsys=capsys)


def test_the_settings_of_the_session_stay():
    before = np.geterr(), list(warnings.filters)
    double(lambda x: np.log(-x) + x / 0)
    assert (np.geterr(), list(warnings.filters)) == before


def test_numpy_complaints_are_no_fault(capsys):
    def careless(x):
        np.log(np.zeros(3)) / 0
        return 2 * x

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "All of it holds" in said(double, careless, capsys=capsys)


def test_it_works_in_another_thread(capsys):
    thread = threading.Thread(target=double, args=[lambda x: 2 * x])
    thread.start()
    thread.join()
    assert "All of it holds" in capsys.readouterr().out


# --- what it says ------------------------------------------------------------------------


def test_all_right(capsys):
    assert said(double, lambda x: x + x, capsys=capsys) == (
        "✓ Your function is right for [1, -2].\n✓ Your function is right for 3.\nAll of it holds. Well done.\n"
    )
    assert said(slope_at_zero, 0.2504, capsys=capsys) == "✓ The slope at 0 is right.\nAll of it holds. Well done.\n"


def test_the_stub_is_greeted(capsys):
    def stub(x): ...

    def stub_with_words(x):
        """The double of x."""
        ...

    for answer in (..., stub, stub_with_words, lambda x: ..., lambda x: [..., ...]):
        assert said(double, answer, capsys=capsys) == BLANK + "\n"
    assert said(slope_at_zero, ..., capsys=capsys) == BLANK + "\n"
    assert said(corner, [1, 2], [[1]], ..., capsys=capsys) == BLANK + "\n"
    assert said(corner, (..., ...), [[1]], max, capsys=capsys) == BLANK + "\n"


def test_a_function_that_lacks_its_return_is_not_called_blank(capsys):
    def forgets(x):
        y = 2 * x  # noqa: F841

    assert said(double, forgets, capsys=capsys) == (
        "✗ Your function returns nothing for [1, -2]: it needs a return at its end (print only shows a value).\n"
    )


RETURNED = "What your function returns for [1, -2] should be "
FAULTS = {
    "wrong at one place": (np.abs, "For 1 your function should give 2; it gives 1."),
    "wrong at another": (lambda x: 2 * np.abs(x), "For -2 your function should give -4; it gives 4."),
    "nan": (lambda x: np.where(x < 0, np.nan, 2), "For -2 your function should give -4; it gives nan (not a number)."),
    "a hair off": (lambda x: 2 * x + 1e-8, "For 1 your function should give 2; it gives 2.0000000099999999."),
    "called already": (6.0, "it is a float, 6. Give the function itself, without brackets after its name."),
    "one number for many": (lambda x: 2.0, RETURNED + "an array of shape (2,); it is a single number."),
    "a column": (lambda x: x[:, None], RETURNED + "an array of shape (2,); it is an array of shape (2, 1)."),
    "text": (lambda x: "4", RETURNED + "made of numbers; this is a string, '4'."),
    "complex": (lambda x: 2 * x + 0j, RETURNED + "made of real numbers; this is an array, [ 2.+0.j, -4.+0.j]."),
    "ragged": (lambda x: [[2], [3, 4]], RETURNED + "numbers in rows of one length; this is a list, [[2], [3, 4]]."),
    "two inputs": (lambda x, alpha: x, "Your function is called with 1 input, [1, -2]; it takes x, alpha."),
    "no input": (lambda: 2, "Your function is called with 1 input, [1, -2]; it takes none."),
    "a needed keyword": (lambda x, *, alpha: x, "Your function is called with 1 input, [1, -2]; it takes x, alpha."),
    "in place": (lambda x: x.__imul__(2), "changes the array that it is given, [1, -2]: make a new one instead."),
    "if of an array": (lambda x: x if x > 0 else 0, "np.where chooses for each number in it, if can't."),
    "math of an array": (lambda x: math.exp(x), "np.exp takes one, math.exp only a single number."),
    "an error": (lambda x: x / [][0], "stops with an error for [1, -2]: IndexError: list index out of range"),
    "an endless call": (NONSENSE["a function that recurses endlessly"], "it calls itself without an end."),
}


@pytest.mark.parametrize(("answer", "text"), FAULTS.values(), ids=FAULTS)
def test_faults_of_a_function(answer, text, capsys):
    first = said(double, answer, capsys=capsys).splitlines()[0]
    assert first.startswith("✗ ") and first.endswith(text)


@pytest.mark.parametrize(
    ("answer", "text"),
    {
        "wrong": (0.5, "The slope at 0 is not 0.5: measure again."),
        "nan": (float("nan"), "The slope at 0 is not nan (not a number): measure again."),
        "an array": ([0.25], "The slope at 0 should be a single number; it is an array of shape (1,)."),
        "a function": (abs, "The slope at 0 should be made of numbers; this is a function, <built-in function abs>."),
        "text": ("0.25", "The slope at 0 should be made of numbers; this is a string, '0.25'."),
        "nothing": (None, "The slope at 0 should be made of numbers; this is None."),
    }.values(),
)
def test_faults_of_a_value(answer, text, capsys):
    assert said(slope_at_zero, answer, capsys=capsys) == f"✗ {text}\n"


def test_the_expected_value_is_not_told():
    for answer in (0.5, None, [0.0], np.nan):
        assert "0.25" not in slope_at_zero.claims(answer)[0].text


def test_answers_left_out_or_too_many(capsys):
    wanted = "✗ check.corner looks at 3 answers: x, y, function. It was given "
    assert said(corner, capsys=capsys) == wanted + "no answers.\n"
    assert said(corner, 1, capsys=capsys) == wanted + "1 answer.\n"
    assert said(corner, 1, 2, 3, 4, capsys=capsys) == wanted + "4 answers.\n"
    double(answr=abs)
    assert capsys.readouterr().out == "✗ check.double looks at 1 answer: answer. It was given 1 answer.\n"


def test_answers_by_name(capsys):
    double(answer=lambda x: 2 * x)
    assert "All of it holds" in capsys.readouterr().out
    double(answer=...)
    assert capsys.readouterr().out == BLANK + "\n"


def test_a_check_has_its_own_name_and_help():
    assert double.__name__ == "double" and double.__doc__ == "A check of one function, element by element."


def test_what_was_right_before_stays_said(capsys):
    out = said(double, lambda x: 2 * x if np.ndim(x) else 5.0, capsys=capsys)
    assert out == "✓ Your function is right for [1, -2].\n✗ For 3 your function should give 6; it gives 5.\n"


def test_places_in_answers_of_another_shape(capsys):
    out = said(corner, [1, 2], [[1]], lambda a, b: a * b, capsys=capsys)
    assert out.splitlines()[-1] == "✗ For 1, [2, 3] at place [0] your sum should give 12; it gives 2."


# --- the parts ---------------------------------------------------------------------------


def test_inputs_are_copies_and_lists_become_arrays():
    x = np.array([1.0, 2.0])
    with pytest.raises(Wrong, match="changes the array"):
        ask(lambda a: a.sort() or a.fill(0) or a, x)
    assert x.tolist() == [1.0, 2.0]
    seen = ask(lambda *a: a, [1, 2], 3, "word")
    assert isinstance(seen[0], np.ndarray) and seen[0].dtype == float and seen[1:] == (3, "word")


def test_nan_in_the_input_is_no_change():
    assert ask(lambda a: a, np.array([np.nan, 1.0])).shape == (2,)


def test_all_ways_to_write_numbers():
    for value in ([1, 2], (1.0, 2.0), np.array([1, 2], np.float32), [np.int8(1), np.float64(2)], range(1, 3)):
        np.testing.assert_array_equal(numbers(value, (2,)), [1.0, 2.0])
    np.testing.assert_array_equal(numbers([Fraction(1, 2), 2**70]), [0.5, 2.0**70])
    np.testing.assert_array_equal(numbers([True, False]), [1.0, 0.0])
    assert numbers(np.float32(3)).dtype == float


def test_what_numbers_expects_may_be_nan_or_infinite():
    expected = [np.inf, -np.inf, np.nan]
    assert list(same(lambda x: expected, [1.0, 2.0, 3.0], expected=expected))[0].holds
    for other in ([np.inf, np.inf, np.nan], [1.0, -np.inf, np.nan], [np.inf, -np.inf, 0.0]):
        assert not list(same(lambda x, other=other: other, [1.0, 2.0, 3.0], expected=expected))[0].holds


def test_tolerance_is_relative_to_large_numbers_only():
    def judged(given, wanted):
        return list(equal(given, wanted, "It", tolerance=1e-3))[0].holds

    assert judged(1000.9, 1000) and not judged(1002, 1000)
    assert judged(0.0009, 0) and not judged(0.002, 0)


def test_words():
    assert shown(np.array([1.0, -0.5, 1 / 3])) == "[1, -0.5, 0.333333]"
    assert shown(2.0) == "2" and shown(2) == "2" and shown(1e-12) == "1e-12"
    assert len(shown("x" * 1000)) == 90 and shown(np.zeros(10**6)) == "[0, 0, 0, ..., 0, 0, 0]"
    assert described(np.ones(2)) == "an array, [1, 1]" and described(3) == "an int, 3" and described(None) == "None"
    assert told(ValueError("one\ntwo")) == "ValueError: one" and told(ValueError()) == "ValueError"
    assert len(told(ValueError("x" * 1000))) < 220


def test_verdict():
    assert verdict([Claim(True, "a"), Claim(False, "b")]) == "✓ a\n✗ b"
    assert verdict([Claim(False, BLANK)]) == BLANK


def test_no_exercise_has_the_name_of_a_module_of_checks():
    """Loading the module would bind its name in the package, over that of the exercise."""
    modules = {file.stem for file in Path(checks.__file__).parent.glob("*.py")}
    exercises = {name for name, thing in vars(checks).items() if hasattr(thing, "claims")}
    assert len(exercises) >= 20 and not modules & exercises
