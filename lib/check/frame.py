"""The frame of every check: it runs a reader's answer, says what holds and what does not, and never raises.

A check only calls what it is given and looks at the data that comes back. It is a
generator of claims, made with the `exercise` decorator:

    @exercise
    def double(answer):
        yield from same(answer, [1.0, -2.0], expected=[2.0, -4.0])

`double(f)` prints the verdict for a reader; `double.claims(f)` returns it as data, for
a page or for grading.
"""
from __future__ import annotations

import copy
import functools
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

BLANK = "Nothing here yet: replace the ... with your answer and run the cell again."


class Claim(NamedTuple):
    """One thing that should hold for an answer.

    Parameters
    ----------
    holds : bool
        Whether it does.
    text : str
        What holds; or what was expected and what was found, with the input that shows it.
    """

    holds: bool
    text: str


class Wrong(Exception):
    """An answer that can't be judged any further; the message is for the reader."""


def exercise(judge: Callable[..., Iterator[Claim]]) -> Callable[..., None]:
    """Make a check from a generator of claims.

    Parameters
    ----------
    judge : generator function
        Takes the reader's answers and yields a `Claim` for each thing that it looked at.
        It may raise `Wrong` where the rest has become meaningless.

    Returns
    -------
    callable
        Takes the answers, prints the verdict, returns None. It never raises, whatever an
        answer does; only stopping the kernel by hand still works. Its attribute `claims`
        takes the same answers and returns the list of claims.
    """

    def claims(*answers) -> list[Claim]:
        found: list[Claim] = []
        try:
            if any(answer is ... for answer in answers):
                raise Wrong(BLANK)
            for claim in judge(*answers):
                found.append(claim)
        except KeyboardInterrupt:
            raise
        except Wrong as wrong:
            found.append(Claim(False, str(wrong)))
        except BaseException as error:  # an answer may raise anything, SystemExit too
            found.append(Claim(False, f"Your answer could not be judged: {told(error)}"))
        return found

    @functools.wraps(judge)
    def check(*answers) -> None:
        print(verdict(claims(*answers)))

    check.claims = claims
    return check


def verdict(claims: list[Claim]) -> str:
    """Write claims as the lines that a reader sees.

    Parameters
    ----------
    claims : list of Claim
        At least one.
    """
    if [claim.text for claim in claims] == [BLANK]:
        return BLANK
    lines = [f"{'✓' if claim.holds else '✗'} {claim.text}" for claim in claims]
    if all(claim.holds for claim in claims):
        lines.append("All of it holds. Well done.")
    return "\n".join(lines)


def ask(function, *inputs, name: str = "your function"):
    """Call a reader's function on copies of the inputs and return what comes back.

    Parameters
    ----------
    function : anything
        What the reader gave; it should be callable.
    *inputs
        The arguments. Lists of numbers are passed as arrays.
    name : str, optional
        How to call the function in a message.

    Raises
    ------
    Wrong
        If it can't be called, raises, changes its input, or returns nothing.
    """
    if not callable(function):
        raise Wrong(f"{_start(name)} should be a function; this is {described(function)}.")
    given = [np.asarray(value, float) if isinstance(value, list) else value for value in inputs]
    passed = copy.deepcopy(given)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(*passed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise Wrong(f"{_start(name)} stops with an error for {_listed(given)}: {told(error)}") from None
    if result is ...:
        raise Wrong(BLANK)
    if result is None:
        raise Wrong(f"{_start(name)} returns nothing for {_listed(given)}: is there a return at its end?")
    for before, after in zip(given, passed):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            raise Wrong(f"{_start(name)} changes the array that it is given, {shown(before)}: make a new one instead.")
    return result


def numbers(value, shape: tuple[int, ...] | None = None, name: str = "your answer") -> np.ndarray:
    """Take what a reader gave as an array of real numbers.

    Parameters
    ----------
    value : anything
    shape : tuple of int, optional
        The shape that it must have.
    name : str, optional
        How to call it in a message.

    Raises
    ------
    Wrong
        If it is not made of numbers, or has another shape.
    """
    if value is ...:
        raise Wrong(BLANK)
    try:
        array = np.asarray(value)
    except Exception:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise Wrong(f"{_start(name)} should be made of numbers; this is {described(value)}.")
    if shape is not None and array.shape != shape:
        raise Wrong(f"{_start(name)} should have {_shape(shape)}; it has {_shape(array.shape)}.")
    return array.astype(float)


def same(function, *inputs, expected, tolerance: float = 1e-9, name: str = "your function") -> Iterator[Claim]:
    """Claim that a reader's function gives the expected numbers for some inputs.

    Parameters
    ----------
    function : anything
        What the reader gave.
    *inputs
        The arguments of one call; lists of numbers are passed as arrays.
    expected : number, list or array
        What should come back, of the same shape.
    tolerance : float, optional
        Largest difference, relative to the larger of 1 and the expected size.
    name : str, optional
        How to call the function in a message.
    """
    expected = np.asarray(expected, float)
    result = numbers(ask(function, *inputs, name=name), expected.shape, f"what {name} returns for {_listed(inputs)}")
    wrong = ~close(result, expected, tolerance)
    if not wrong.any():
        yield Claim(True, f"{_start(name)} is right for {_listed(inputs)}.")
        return
    where = tuple(np.argwhere(wrong)[0])
    if len(inputs) == 1 and np.shape(inputs[0]) == expected.shape and expected.ndim:
        at = shown(np.asarray(inputs[0])[where])
    else:
        at = _listed(inputs) + (f" at place {list(map(int, where))}" if where else "")
    yield Claim(False, f"For {at} {name} should give {shown(expected[where])}; it gives {shown(result[where])}.")


def equal(value, expected, what: str, tolerance: float = 1e-9) -> Iterator[Claim]:
    """Claim that a number or an array that a reader gave is the expected one.

    Parameters
    ----------
    value : anything
        What the reader gave.
    expected : number, list or array
        What it should be, of the same shape. It is not told to the reader.
    what : str
        What the value is, as the start of a sentence: "The slope at 0".
    tolerance : float, optional
        Largest difference, relative to the larger of 1 and the expected size.
    """
    expected = np.asarray(expected, float)
    given = numbers(value, expected.shape, what)
    holds = bool(close(given, expected, tolerance).all())
    yield Claim(holds, f"{what} is right." if holds else f"{what} is not {shown(given)}: measure again.")


def close(a, b, tolerance: float) -> np.ndarray:
    """Where two arrays agree, within a tolerance relative to the larger of 1 and b's size; nan agrees with nan."""
    with np.errstate(invalid="ignore"):
        return (np.abs(a - b) <= tolerance * np.maximum(1, np.abs(b))) | (a == b) | (np.isnan(a) & np.isnan(b))


def shown(value) -> str:
    """A value as a reader would write it, cut to one short line."""
    try:
        if isinstance(value, (np.ndarray, np.generic, float)):
            text = np.array2string(np.asarray(value), precision=6, threshold=12, separator=", ", suppress_small=True)
        else:
            text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "..."


def described(value) -> str:
    """What kind of thing a value is, and the value."""
    return f"a {type(value).__name__}, {shown(value)}"


def told(error: BaseException) -> str:
    """An error in one line, as Python names it."""
    if isinstance(error, RecursionError):
        return "RecursionError: it calls itself without an end."
    try:
        return f"{type(error).__name__}: {error}".split("\n")[0]
    except Exception:
        return type(error).__name__


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(inputs) -> str:
    return ", ".join(shown(np.asarray(value, float) if isinstance(value, list) else value) for value in inputs) or "no input"


def _shape(shape: tuple[int, ...]) -> str:
    return f"the shape {shape}" if shape else "no axes: a single number"
