"""Variants of Part II: the problems of sigmoid."""

from __future__ import annotations

import numpy as np

from lib.check.vanishing import settling_gain

from .draws import NUMBERS, Variant, one_of, some, unless

# --- chapter 5 ----------------------------------------------------------------------------


def _from_the_answer(at) -> dict[str, str]:
    return {
        "sum 3": f"sum {at:g}",
        "\\tanh 3": f"\\tanh {at:g}",
        "tanh(3)": f"tanh({at:g})",
        "tanh.derivative(3)": f"tanh.derivative({at:g})",
    }


def _log_sigmoid(steepness) -> dict[str, str]:
    k = f"{steepness:g}"
    return unless(
        steepness == 1,
        {
            "A cross-entropy needs $\\log \\sigma(x)$": f"A cross-entropy of sigmoids of steepness {k} needs $\\log \\sigma({k}x)$",
            "np.log(stable(x))": f"np.log(stable({k} * x))",
            "e = e^(−|x|)": f"e = e^(−{k}|x|)",
            "log e = x": f"log e = {k}x",
            "np.minimum(x, 0)": f"np.minimum({k} * x, 0)",
            "np.exp(-np.abs(x))": f"np.exp(-{k} * np.abs(x))",
        },
    )


def _sigmoids_as_tanhs(steepness) -> dict[str, str]:
    k = f"{steepness:g}"
    return unless(
        steepness == 1,
        {
            "hidden layer of sigmoids": f"hidden layer of sigmoids of steepness {k}",
            "\\sigma(xW + b)": f"\\sigma({k}\\,(xW + b))",
            "return W / 2, b / 2": f"return {k} * W / 2, {k} * b / 2",
        },
    )


def _any_networks(rng) -> tuple:
    """Two networks of a few inputs, hidden units and outputs."""
    return tuple(tuple(int(count) for count in rng.integers(1, 7, 3)) for _ in range(2))


# --- chapter 6 ----------------------------------------------------------------------------


def _where_tanh_explodes(above) -> dict[str, str]:
    return {
        "is above 1": f"is above {above:g}",
        "= 1 at |wp| = artanh √(1 − 1/|w|), if |w| > 1": f"= {above:g} at |wp| = artanh √(1 − {above:g}/|w|), if |w| > {above:g}",
        "np.sqrt(1 - 1 / size)": f"np.sqrt(1 - {above:g} / size)",
        "if size > 1 else": f"if size > {above:g} else",
        "np.linspace(1, 10, 9001)": f"np.linspace({above:g}, 10, 9001)",
    }


def _the_default(slope) -> dict[str, str]:
    kept = f"{1 + slope**2:.6g}"
    return unless(
        slope == 0,
        {
            "a layer of ReLUs": f"a layer of leaky ReLUs (with the slope {slope:g} below 0)",
            "ReLU keeps half of it": f"leaky ReLU keeps {(1 + slope**2) / 2:g} of it",
            "relu(z) ** 2": f"np.maximum(z, {slope:g} * z) ** 2",
            "that is what the sentence says: even weights with He's variance": "of even weights with He's variance for these "
            "leaky ReLUs, with which a layer of them keeps the mean square",
            "np.sqrt(3 * 2 / fan_in)": f"np.sqrt(3 * 2 / {kept} / fan_in)",
            "limit²/3 = 2/n": f"limit²/3 = 2/({kept} n)",
        },
    )


def _any_shapes(rng) -> tuple:
    """A layer with few inputs and many units, and one with many inputs and few units."""
    few, many = rng.integers(40, 80, 2).tolist(), rng.integers(300, 500, 2).tolist()
    return (few[0], many[0]), (many[1], few[1])


def _when_it_settles(level, start) -> dict[str, str]:
    near = round(settling_gain(level), 2)
    return {
        "near 0.25": f"near {level:g}",
        "settles at 0.25": f"settles at {level:g}",
        "np.arange(1.29, 1.34, 0.01)": f"np.arange({near - 0.02:.2f}, {near + 0.03:.2f}, 0.01)",
        "- 0.25)": f"- {level:g})",
        "inputs of variance 1": f"inputs of variance {start:g}",
        "variance = 1.0": f"variance = {start:.1f}",
    }


def _any_depths(rng) -> tuple:
    """A few depths, from one layer to many, each with a gain."""
    return tuple(
        (int(rng.integers(*layers)), one_of(rng, 0.5, 2, 0.05)) for layers in [(1, 2), (2, 6), (6, 20), (20, 60)]
    )


# --- chapter 7 ----------------------------------------------------------------------------


def _free_batch(slopes) -> dict[str, str]:
    first, second = slopes or (0, 0)
    return unless(
        slopes is None,
        {
            "The slope by $w_1$ over the batch should be above 0 and the one by $w_2$ below": "The slope by $w_1$, the mean over "
            f"the batch, should be {first:g} and the one by $w_2$ −{-second:g}",
            "np.array([1, -1])": f"np.linalg.solve(inputs.T, 2 * np.array([{first:g}, {second:g}]))",
        },
    )


def _leaky_price(below, spread) -> dict[str, str]:
    square = f"{spread**2:.6g}"
    return {
        "below 10": f"below {below}",
        "slope_for_ten": f"slope_for_{NUMBERS[below]}",
        "< 10": f"< {below}",
        "$1/\\sqrt{2\\pi}$": f"${spread:g}/\\sqrt{{2\\pi}}$",
    } | unless(
        spread == 1,
        {
            "For a standard normal $z$": f"For a normal $z$ of mean 0 and standard deviation {spread:g}",
            "square is $\\frac12$": f"square is ${square}/2$",
            "return (1 - slope)": f"return {spread:g} * (1 - slope)",
            "((1 + slope**2) / 2 - m**2)": f"({square} * (1 + slope**2) / 2 - m**2)",
        },
    )


def _price_with_bias(times) -> dict[str, str]:
    k, square = f"{times:g}", f"{times**2:.6g}"
    return {"n * m**2 + 1": f"n * m**2 + {square}"} | unless(
        times == 1,
        {
            "and a bias. Is": f"and a bias $b$ that enters its sum as ${k}\\,b$. Is",
            "[[v + n m², √n m], [√n m, 1]]": f"[[v + n m², {k} √n m], [{k} √n m, {square}]]",
            "trace v + n m² + 1, determinant v": f"trace v + n m² + {square}, determinant {square} v",
            "4 * v": f"4 * {square} * v",
            "largest**2 / v": f"largest**2 / ({square} * v)",
            "the smallest is v / largest": f"the smallest is {square} v / largest",
            "print(round(kappa(sigmoid, 50)), round(": "print(round(",
        },
    )


def _any_inputs(rng) -> tuple:
    """How many inputs a unit has, their mean and their variance, a few times."""
    return tuple((int(rng.integers(2, 80)), *some(rng, -2, 2, 1), *some(rng, 0.05, 3, 1)) for _ in range(5))


# --- chapter 8 ----------------------------------------------------------------------------


def _forget_bias(left) -> dict[str, str]:
    return unless(
        left == 0.5,
        {
            "half of a cell": f"{left:g} of a cell",
            "\\tfrac12": f"{left:g}",
            "The table in the chapter tells you whether you are right; so does the check, which": "The check",
            "2^(−1/n)": f"{left:g}^(1/n)",
            "np.log(2) / n": f"-np.log({left:g}) / n",
        },
    )


def _thousandfold(eigenvalue) -> dict[str, str]:
    value = eigenvalue or 0.9
    peak = -1 / np.log(value)
    highest = peak * value ** (peak - 1)
    least = round(1050 / highest)  # a little more than would do
    return {
        "\\begin{pmatrix} 0.9 & p \\\\ 0 & 0.9 \\end{pmatrix}": f"\\begin{{pmatrix}} {value:g} & p \\\\ 0 & {value:g} \\end{{pmatrix}}",
        "0.9^": f"{value:g}^",
        "log 0.9 = 9.5": f"log {value:g} = {peak:.1f}",
        "about 3.9": f"about {highest:.1f}",
    } | unless(
        eigenvalue is None,
        {
            "both at most 0.9 in size": f"both {value:g}",
            "above 260": f"above {least}",
            "[[0.9, 300.0], [0.0, 0.9]]": f"[[{value:g}, {least + 20:.1f}], [0.0, {value:g}]]",
        },
    )


def _one_norm(step) -> dict[str, str]:
    (first, second), (third,) = step
    norm = np.hypot(first, second)
    clipped = f"[{first / norm:.6g}, {second / norm:.6g}, {third:g}]"
    return {
        "[[3.0, 4.0], [0.1]]": f"[[{first:.1f}, {second:.1f}], [{third:g}]]",
        "np.array([3, 4, 0.1]), np.array([0.6, 0.8, 0.1])": f"np.array([{first}, {second}, {third:g}]), np.array({clipped})",
    }


VARIANTS = {
    "from_the_answer": Variant(
        lambda rng: {"at": one_of(rng, 1.5, 4.5, 0.02)}, _from_the_answer, lambda rng: {"sums": some(rng, -3, 3, 6)}
    ),
    "log_sigmoid": Variant(
        lambda rng: {"steepness": one_of(rng, 1.5, 8, 0.05)}, _log_sigmoid, lambda rng: {"x": some(rng, -2, 2, 7)}
    ),
    "sigmoids_as_tanhs": Variant(
        lambda rng: {"steepness": one_of(rng, 0.2, 5, 0.05)},
        _sigmoids_as_tanhs,
        lambda rng: {"networks": _any_networks(rng)},
    ),
    "where_tanh_explodes": Variant(
        lambda rng: {"above": one_of(rng, 1.05, 4, 0.05)},
        _where_tanh_explodes,
        lambda rng: {"tried": (*some(rng, 1.05, 6, 4), -some(rng, 1.05, 6, 1)[0], *some(rng, 0.1, 0.95, 1))},
    ),
    "the_default": Variant(
        lambda rng: {"slope": one_of(rng, 0.3, 0.94, 0.02)}, _the_default, lambda rng: {"shapes": _any_shapes(rng)}
    ),
    "when_it_settles": Variant(
        lambda rng: {"level": one_of(rng, 0.1, 0.66, 0.02), "start": one_of(rng, 0.2, 4, 0.1)},
        _when_it_settles,
        lambda rng: {"cases": _any_depths(rng)},
    ),
    "free_batch": Variant(lambda rng: {"slopes": (one_of(rng, 0.1, 2, 0.1), -one_of(rng, 0.1, 2, 0.1))}, _free_batch),
    "leaky_price": Variant(
        lambda rng: {"below": int(rng.integers(3, 17)), "spread": one_of(rng, 1.5, 5, 0.1)},
        _leaky_price,
        lambda rng: {
            "slopes": some(rng, 0, 1, 4),
            "layers": tuple(zip(some(rng, 0, 1, 4), map(int, rng.integers(5, 200, 4)))),
        },
    ),
    "price_with_bias": Variant(
        lambda rng: {"times": one_of(rng, 0.2, 5, 0.05)}, _price_with_bias, lambda rng: {"cases": _any_inputs(rng)}
    ),
    "forget_bias": Variant(
        lambda rng: {"left": one_of(rng, 0.1, 0.9, 0.01)}, _forget_bias, lambda rng: {"moments": some(rng, 0.3, 200, 6)}
    ),
    "thousandfold": Variant(lambda rng: {"eigenvalue": one_of(rng, 0.6, 0.97, 0.01)}, _thousandfold),
    "one_norm": Variant(
        lambda rng: {"step": (tuple(map(int, rng.integers(2, 10, 2))), (one_of(rng, 0.1, 0.9, 0.1),))},
        _one_norm,
        lambda rng: {"seed": int(rng.integers(1000))},
    ),
}
