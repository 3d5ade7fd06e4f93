"""The frame of every check: it runs a reader's answer, says what holds and what does not, and never raises.

A check only calls what it is given and looks at the data that comes back. It is a
generator of claims, made with the `exercise` decorator::

    @exercise
    def double(answer):
        yield from same(answer, [1.0, -2.0], expected=[2.0, -4.0])

`double(f)` prints the verdict for a reader; `double.claims(f)` returns it as data, for
a page or for grading; `double.form(f)` prints only what keeps the answer from being judged.
"""

from __future__ import annotations

import copy
import dis
import functools
import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from numbers import Real
from typing import NamedTuple

import numpy as np

BLANK = "Nothing here yet: replace the ... with your answer and run the cell again."
UNJUDGED = "Your answer could not be judged"  # the check itself gave up, where no claim foresaw such an answer
FORM = "Your answer has the right form. Whether it is right, the marking will say."

# What numpy and Python say where an array meets code for one number, and what helps then.
_HINTS = {
    "truth value of an array": "It gets a whole array at once; np.where chooses for each number in it, if can't.",
    "converted to Python scalar": "It gets a whole array at once; np.exp takes one, math.exp only a single number.",
}


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
        It may raise `Wrong` where the rest has become meaningless. What it takes by keyword
        only are settings, with the book's values as their defaults: an assignment may have others.

    Returns
    -------
    callable
        Takes the answers, prints the verdict, returns None. It never raises, whatever an
        answer does; only stopping the kernel by hand still works. Its attribute `claims`
        takes the same answers and returns the list of claims, at least one. Its attribute
        `form` takes them too, and prints only why they can't be judged (blank, not a number,
        of another shape), or that they can.
    """

    def judged(*answers, **named) -> Iterator[Claim]:
        if any(answer is ... for answer in (*answers, *named.values())):
            raise Wrong(BLANK)
        try:
            inspect.signature(judge).bind(*answers, **named)
        except TypeError:
            parameters = inspect.signature(judge).parameters.values()
            wanted = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
            raise Wrong(
                f"check.{judge.__name__} looks at {_counted(len(wanted), 'answer')}: {', '.join(wanted)}. "
                f"It was given {_counted(len(answers) + len(named), 'answer')}."
            ) from None
        yield from judge(*answers, **named)

    def looked_at(*answers, **named) -> tuple[list[Claim], str | None]:
        """What was found, and why no more could be, if something kept it from being judged."""
        found: list[Claim] = []
        # A reader's numpy may complain; the verdict says what matters.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                for claim in judged(*answers, **named):
                    found.append(Claim(bool(claim.holds), claim.text))
            except KeyboardInterrupt:
                raise
            except Wrong as wrong:
                return found, str(wrong)
            except BaseException as error:  # an answer may raise anything, SystemExit too
                return found, f"{UNJUDGED}: {told(error)}"
        return found, None if found else "There is nothing to judge in your answer."

    def claims(*answers, **named) -> list[Claim]:
        found, hindrance = looked_at(*answers, **named)
        return [*found, Claim(False, hindrance)] if hindrance else found

    def form(*answers, **named) -> None:
        hindrance = looked_at(*answers, **named)[1]
        print(verdict([Claim(False, hindrance)]) if hindrance else FORM)

    @functools.wraps(judge)
    def check(*answers, **named) -> None:
        print(verdict(claims(*answers, **named)))

    check.claims, check.form = claims, form
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
        raise Wrong(
            f"{_start(name)} can't be called: it is {described(function)}. "
            "Give the function itself, without brackets after its name."
        )
    given = [np.asarray(value, float) if isinstance(value, list) else value for value in inputs]
    _fits(function, given, name)
    passed = copy.deepcopy(given)
    try:
        result = function(*passed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise Wrong(f"{_start(name)} stops with an error for {_listed(given)}: {told(error)}") from None
    if result is ... or (result is None and _is_blank(function)):
        raise Wrong(BLANK)
    if result is None:
        raise Wrong(
            f"{_start(name)} returns nothing for {_listed(given)}: "
            "it needs a return at its end (print only shows a value)."
        )
    for before, after in zip(given, passed, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            raise Wrong(f"{_start(name)} changes the array that it is given, {shown(before)}: make a new one instead.")
    return result


def _fits(function, inputs, name: str) -> None:
    signature = _safely(lambda: inspect.signature(function), None)
    if signature is None:  # some built-in functions have none
        return
    try:
        signature.bind(*inputs)
    except TypeError:
        raise Wrong(
            f"{_start(name)} is called with {_counted(len(inputs), 'input')}, {_listed(inputs)}; "
            f"it takes {', '.join(signature.parameters) or 'none'}."
        ) from None


def _is_blank(function) -> bool:
    """Whether a function's body is still the `...` of the stub."""
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    return _safely(lambda: {step.opname for step in dis.get_instructions(function)} <= idle, False)


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
    if value is ... or (isinstance(value, (list, tuple)) and any(part is ... for part in value)):
        raise Wrong(BLANK)
    array = _safely(lambda: np.asarray(value), None)
    if array is None and isinstance(value, (list, tuple)):
        raise Wrong(f"{_start(name)} should be numbers in rows of one length; this is {described(value)}.")
    if array is not None and array.dtype.kind == "O" and all(isinstance(part, Real) for part in array.flat):
        array = _safely(lambda: array.astype(float), None)  # fractions, and whole numbers beyond 64 bits
    if array is None or array.dtype.kind not in "biuf":
        kind = "real numbers" if array is not None and array.dtype.kind == "c" else "numbers"
        raise Wrong(f"{_start(name)} should be made of {kind}; this is {described(value)}.")
    if shape is not None and array.shape != shape:
        raise Wrong(f"{_start(name)} should be {_shape(shape)}; it is {_shape(array.shape)}.")
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
        at = shown(np.asarray(inputs[0], float)[where])
    else:
        at = _listed(inputs) + (f" at place {list(map(int, where))}" if where else "")
    # As many digits as it takes to tell the two apart.
    digits = 6 if shown(expected[where]) != shown(result[where]) else 17
    wanted, given = shown(expected[where], digits), shown(result[where], digits)
    yield Claim(False, f"For {at} {name} should give {wanted}; it gives {given}.")


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
        near = np.abs(a - b) <= tolerance * np.maximum(1, np.abs(b))
    return (near & np.isfinite(b)) | (a == b) | (np.isnan(a) & np.isnan(b))


# --- words -------------------------------------------------------------------------------


def shown(value, digits: int = 6) -> str:
    """A value as a reader would write it, cut to one short line."""
    text = _safely(lambda: _written(value, digits), "one that can't be printed")
    text = re.sub(" at 0x[0-9a-fA-F]+", "", " ".join(text.split()))  # an address in memory tells nothing
    return text if len(text) <= 90 else text[:87] + "..."


def _written(value, digits: int) -> str:
    if not isinstance(value, (np.ndarray, np.generic, float)):
        return repr(value)
    if np.ndim(value) == 0 and value != value:
        return "nan (not a number)"
    form = {"float_kind": lambda number: f"{number:.{digits}g}"}
    return np.array2string(np.asarray(value), threshold=12, separator=", ", formatter=form)


_KINDS = {"ndarray": "array", "str": "string", "builtin_function_or_method": "function", "type": "class"}


def described(value) -> str:
    """What kind of thing a value is, and the value: "a list, [1, 2]"."""
    if value is None:
        return "None"
    kind = _safely(lambda: str(type(value).__name__), "thing")
    kind = _KINDS.get(kind, kind)
    return f"{'an' if kind[:1] in 'aeioAEIO' else 'a'} {kind}, {shown(value)}"


def told(error: BaseException) -> str:
    """An error in one line, as Python names it."""
    if isinstance(error, RecursionError):
        return "RecursionError: it calls itself without an end."
    kind = _safely(lambda: str(type(error).__name__), "an error")
    text = " ".join(_safely(lambda: str(error), "").split("\n")[0].split())[:200]
    hint = next((hint for sign, hint in _HINTS.items() if sign in text), "")
    return ". ".join(filter(None, [f"{kind}: {text}" if text else kind, hint]))


def _safely(call: Callable, otherwise):
    """What a call returns; `otherwise` where the reader's code inside it raises, whatever it raises."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _listed(inputs) -> str:
    texts = [shown(np.asarray(value, float) if isinstance(value, list) else value) for value in inputs]
    return ", ".join(texts) or "no input"


def _shape(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "a single number"
