"""What may differ from the book in an exercise that is handed out, so that the published solution does not answer it.

The keyword-only parameters of a check are its settings, and their defaults are the book's. A variant
draws other ones from a key that only the instructor has, and says which words of the page change with
them. With the book's settings no word changes: the tests hold that, so a page can't drift away from here.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lib import check
from lib.check.vanishing import settling_gain

NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()


def _nothing(rng) -> dict:
    return {}


@dataclass(frozen=True)
class Variant:
    """How one exercise may differ.

    Parameters
    ----------
    draw : function
        From a random generator to the settings that the text tells: keywords of the check.
    words : function
        From these settings, as keywords, to the words that change: a dict from a phrase of the page
        (its text, its stub or its solution) to what stands there instead.
    unseen : function, optional
        From a random generator to settings that nobody is told: the inputs of the marking.
    """

    draw: Callable[..., dict]
    words: Callable[..., dict[str, str]]
    unseen: Callable[..., dict] = _nothing


@dataclass(frozen=True)
class Drawn:
    """The variant of an exercise that one key gives.

    Parameters
    ----------
    exercise : str
        The name of its check.
    settings, unseen : dict
        Keywords of the check: those that the text tells, and those that it does not.
    """

    exercise: str
    settings: dict
    unseen: dict

    def rewritten(self, text: str) -> str:
        """A piece of the page, with the words of this variant."""
        words = VARIANTS[self.exercise].words(**self.settings)
        changes = {" ".join(old.split()): new for old, new in words.items()}
        # A phrase may be broken into lines anywhere; "4" does not stand in "0.4", nor "rate 1" in "rate 10".
        either = "|".join(r"\s+".join(map(re.escape, old.split(" "))) for old in sorted(changes, key=len, reverse=True))
        return re.sub(rf"(?<![\w.])(?:{either})(?!\w|\.\d)", lambda found: changes[" ".join(found[0].split())], text)

    def told(self) -> str:
        """The settings as the check's call tells them: ", sure=0.95"."""
        return "".join(f", {name}={value!r}" for name, value in self.settings.items())


def drawn(key: str, exercise: str, who: str = "") -> Drawn:
    """Draw the variant of an exercise.

    Parameters
    ----------
    key : str
        The instructor's secret.
    exercise : str
        The name of its check.
    who : str, optional
        The student, where each gets a variant of their own.

    Raises
    ------
    ValueError
        If the exercise has no variants.
    """
    if exercise not in VARIANTS:
        raise ValueError(f"{exercise} has no variants, so its published solution would answer it. There are: {', '.join(VARIANTS)}.")
    variant, book = VARIANTS[exercise], settings_of_the_book(exercise)
    seed = hashlib.sha256("\n".join([key, exercise, who]).encode()).digest()
    rng = np.random.default_rng(list(seed))
    while (settings := variant.draw(rng)) == {name: book[name] for name in settings}:
        pass  # the book's own would be answered by its solution
    return Drawn(exercise, settings, variant.unseen(rng))


def settings_of_the_book(exercise: str) -> dict:
    """The settings of a check, by name, as the book has them."""
    parameters = inspect.signature(getattr(check, exercise)).parameters.values()
    return {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}


# --- how numbers are drawn and written ----------------------------------------------------


def _one_of(rng, low: float, high: float, step: float) -> float:
    """A number from low to high in steps, as short as a reader would write it."""
    return float(f"{low + step * rng.integers(round((high - low) / step) + 1):.6g}")


def _some(rng, low: float, high: float, count: int) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in rng.uniform(low, high, count))


# --- chapter by chapter -------------------------------------------------------------------


def _sign_of_the_bias(weights, threshold) -> dict[str, str]:
    first, second = weights
    return {
        "3 x_1 + 2 x_2": f"{first} x_1 + {second} x_2",
        "is above 4": f"is above {threshold}",
        "weights are 3 and 2": f"weights are {first} and {second}",
        "bias is 4": f"bias is {threshold}",
        "yet 4 + 0": f"yet {threshold} + 0",
        "bias = -4": f"bias = {-threshold}",
    }


def _sure_gate(sure) -> dict[str, str]:
    times = f"{sure / (1 - sure):.10g}"
    return {
        "0.99": f"{sure:g}",
        "at most 0.01": f"at most {1 - sure:.6g}",
        "np.log(99)": f"np.log({times})",
        "1/99": f"1/{times}",
    }


def _folded_pieces(layers, folds) -> dict[str, str]:
    way = ["up", *["down", "up"] * folds][:folds]
    way = ", ".join(way[:-1]) + f", and {way[-1]} again"
    between = "".join(f", -{k} / {folds}" for k in range(1, folds))
    turns = "".join(f", [{2 * folds * (-1) ** k}]" for k in range(1, folds))
    return {
        "A layer of three hinges": f"A layer of {NUMBERS[folds]} hinges",
        "into *three*: up, down, and up again": f"into *{NUMBERS[folds]}*: {way}",
        "Five such": f"{NUMBERS[layers].capitalize()} such",
        "Dense([[1, 1, 1]], [1, -1 / 3, -2 / 3], relu)": f"Dense([{[1] * folds}], [1{between}], relu)",
        "Dense([[3], [-6], [6]], [-3], identity)": f"Dense([[{folds}]{turns}], [-{folds}], identity)",
        "* 4 + [last]": f"* {layers - 1} + [last]",
        "3 * 5": f"{folds} * {layers}",
    }


def _largest_rate(rate) -> dict[str, str]:
    return {
        "rate 10": f"rate {rate:g}",
        "10 * 2 / limit": f"{rate:g} * 2 / limit",
        "descend(sgd, 10, steps=5)": f"descend(sgd, {rate:g}, steps=5)",
    }


def _from_the_answer(at) -> dict[str, str]:
    return {
        "sum 3": f"sum {at:g}",
        "\\tanh 3": f"\\tanh {at:g}",
        "tanh(3)": f"tanh({at:g})",
        "tanh.derivative(3)": f"tanh.derivative({at:g})",
    }


def _when_it_settles(level) -> dict[str, str]:
    near = round(settling_gain(level), 2)
    return {
        "near 0.25": f"near {level:g}",
        "settles at 0.25": f"settles at {level:g}",
        "np.arange(1.29, 1.34, 0.01)": f"np.arange({near - 0.02:.2f}, {near + 0.03:.2f}, 0.01)",
        "- 0.25)": f"- {level:g})",
    }


def _leaky_price(below) -> dict[str, str]:
    return {
        "below 10": f"below {below}",
        "slope_for_ten": f"slope_for_{NUMBERS[below]}",
        "< 10": f"< {below}",
    }


def _centred_relu(slope) -> dict[str, str]:
    other = f"leaky_relu({slope:g})" if slope else "relu"
    return {
        "\\max(z, 0) - c": f"\\max(z, {f'{slope:g} z' if slope else '0'}) - c",
        "shift = expect(relu)": f"{'from lib import leaky_relu' * bool(slope)}\nshift = expect({other})".lstrip(),
        "moments(relu)": f"moments({other})",
        "relu.derivative(z)": f"{other}.derivative(z)",
    }


def _mended_units(alpha) -> dict[str, str]:
    return {
        "for α = 1 at $x = 0$": f"for α = {alpha:g} at $x = 0$",
        "jump = 1 * np.exp(0 - 1)": f"jump = {alpha:g} * np.exp(0 - 1)",
    }


def _dead_share(most) -> dict[str, str]:
    meant = f"dead; here a unit counts as dead if it speaks on at most {NUMBERS[most]} of the examples. Predict"
    return {
        "dead. Predict": meant if most else "dead. Predict",
        "np.all(a == 0, axis=0).mean()": f"(np.sum(a != 0, axis=0) <= {most}).mean()" if most else "np.all(a == 0, axis=0).mean()",
    }


def _gate_slope(factor) -> dict[str, str]:
    by = "" if factor == 1 else f"{factor:g}"
    times = f"{by} * " if by else ""
    return {
        "x\\,\\Phi(x)": f"x\\,\\Phi({by}x)",
        "np.vectorize(math.erf)(x / math.sqrt(2))": f"np.vectorize(math.erf)({times}x / math.sqrt(2))",
        "Phi + x * np.exp(-(x**2) / 2)": f"Phi + {times}x * np.exp(-({f'({times}x)' if by else 'x'}**2) / 2)",
        "steepest = math.sqrt(2)": f"steepest = math.sqrt(2){f' / {by}' if by else ''}",
    }


def _forget_bias(left) -> dict[str, str]:
    half = left == 0.5
    return {
        "half of a cell": "half of a cell" if half else f"{left:g} of a cell",
        "\\tfrac12": "\\tfrac12" if half else f"{left:g}",
        "np.log(2) / n": "np.log(2) / n" if half else f"-np.log({left:g}) / n",
    }


def _other_weights(fixed) -> dict[str, str]:
    times = "" if fixed == 1 else f"{fixed:g}"
    return {
        "(0, 1) a fixed point": f"(0, {fixed:g}) a fixed point",
        "variance τ. What": f"variance {times}τ. What",
        "`solve_for(0, tau)`": f"`solve_for(0, {f'{times} * ' * bool(times)}tau)`",
        "scale = solve_for(0, tau)": f"scale = solve_for(0, {f'{times} * ' * bool(times)}tau)",
    }


def _variance_after(times) -> dict[str, str]:
    twice = times == 2
    return {
        "doubles the variance of": "doubles the variance of" if twice else f"makes {times:g} times as much of the variance of",
        "keep_to_double": "keep_to_double" if twice else "keep_to_grow",
        "(v + m**2) / (2 * v + m**2)": f"(v + m**2) / ({times:g} * v + m**2)",
    }


def _leaky_growth(more) -> dict[str, str]:
    tenth = more == 0.1
    return {
        "less than a tenth": "less than a tenth" if tenth else f"less than {more:g}",
        "slope_for_tenth": "slope_for_tenth" if tenth else "slope_for_that",
        "growth(tried) < 1.1": f"growth(tried) < {1 + more:g}",
    }


def _unfair(letters) -> dict[str, str]:
    page = {f"**{old}.**": f"**{new}.**" for old, new in zip("ABCDEF", letters, strict=True)}
    return page | {f'"{old}":': f'"{new}":' for old, new in zip("ABCDEF", letters, strict=True)}


VARIANTS = {
    "sign_of_the_bias": Variant(
        lambda rng: {"weights": tuple(map(int, rng.integers(2, 10, 2))), "threshold": int(rng.integers(5, 90))},
        _sign_of_the_bias,
    ),
    "sure_gate": Variant(lambda rng: {"sure": _one_of(rng, 0.9, 0.998, 0.002)}, _sure_gate),
    "folded_pieces": Variant(
        lambda rng: dict(zip(("layers", "folds"), map(int, rng.choice([(3, 3), (4, 3), (6, 3), (3, 4), (4, 4), (5, 4), (3, 5), (4, 5)])))),
        _folded_pieces,
    ),
    "sigmoid_slope": Variant(
        lambda rng: {"level": _one_of(rng, 0.004, 0.1, 0.002)},
        lambda level: {"fallen to 0.01": f"fallen to {level:g}", "> 0.01": f"> {level:g}"},
    ),
    "largest_rate": Variant(lambda rng: {"rate": int(rng.integers(3, 40))}, _largest_rate),
    "from_the_answer": Variant(lambda rng: {"at": _one_of(rng, 1.5, 4.5, 0.1)}, _from_the_answer),
    "when_it_settles": Variant(lambda rng: {"level": _one_of(rng, 0.1, 0.5, 0.02)}, _when_it_settles),
    "leaky_price": Variant(lambda rng: {"below": int(rng.integers(4, 17))}, _leaky_price),
    "centred_relu": Variant(lambda rng: {"slope": _one_of(rng, 0.02, 0.4, 0.02)}, _centred_relu),
    "mended_units": Variant(lambda rng: {"alpha": _one_of(rng, 0.2, 3, 0.1)}, _mended_units),
    "dead_share": Variant(lambda rng: {"most": int(rng.integers(1, 4))}, _dead_share),
    "gate_slope": Variant(
        lambda rng: {"factor": _one_of(rng, 1.2, 4, 0.1)}, _gate_slope, lambda rng: {"x": _some(rng, -3, 3, 7)}
    ),
    "forget_bias": Variant(
        lambda rng: {"left": _one_of(rng, 0.1, 0.9, 0.05)}, _forget_bias, lambda rng: {"moments": _some(rng, 0.3, 200, 6)}
    ),
    "other_weights": Variant(
        lambda rng: {"fixed": _one_of(rng, 0.5, 3, 0.25)}, _other_weights, lambda rng: {"taus": _some(rng, 0.5, 2, 4)}
    ),
    "variance_after": Variant(
        lambda rng: {"times": _one_of(rng, 1.5, 6, 0.25)},
        _variance_after,
        lambda rng: {"cases": tuple(zip(_some(rng, -2, 2, 5), _some(rng, 0, 3, 5), _some(rng, 0.3, 1, 5), strict=True))},
    ),
    "leaky_growth": Variant(
        lambda rng: {"more": _one_of(rng, 0.03, 0.18, 0.01)}, _leaky_growth, lambda rng: {"slopes": _some(rng, 0, 1, 5)}
    ),
    "unfair": Variant(lambda rng: {"letters": "".join(map(str, rng.permutation(list("ABCDEF"))))}, _unfair),
    "not_normal": Variant(
        lambda rng: {"level": _one_of(rng, 0.03, 0.2, 0.01)},
        lambda level: {"skewness below 0.1": f"skewness below {level:g}", "/ 0.1) ** 2": f"/ {level:g}) ** 2"},
    ),
}
