"""Checks of chapter 13: a slipped letter, constants for other weights, a fair start, a skip that keeps, one's own activation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

import numpy as np

from ..activations import elu, relu, selu
from ..initializers import lecun_normal
from ..propagation import expect, moments
from .frame import BLANK, Claim, Wrong, ask, close, described, exercise, numbers, shown

_OWN_GAINS = {"ReLU": 2**0.5, "leaky ReLU(0.2)": (2 / 1.04) ** 0.5, "ELU(1)": 1.245198}


@exercise
def sigma_for_nu(extremes, largest, wrong, *, sigma=(0.8, 1.5)) -> Iterator[Claim]:
    """Judge what becomes of Theorem 1 if its interval for the variance is read as one for the standard deviation.

    Parameters
    ----------
    extremes : four numbers
        Lowest and highest mean, lowest and highest variance of the images. Right within 0.002.
    largest : number
        The largest singular value. Right within 0.003.
    wrong : str
        Which claim fails: "inside" or "contraction".
    sigma : two numbers, optional
        The interval for the standard deviation.
    """
    extremes = _finite(extremes, (4,), "extremes")
    true, smallest, stretch = _images(*np.square(sigma))
    as_nu, _, stretch_as_nu = _images(*sigma)
    if (abs(extremes - true) <= 0.002).all():
        yield Claim(True, f"The images have means from {extremes[0]:.3f} to {extremes[1]:.3f}, variances from {extremes[2]:.3f} to {extremes[3]:.3f}.")
    elif (abs(extremes - as_nu) <= 0.002).all():
        yield Claim(False, "These are the extremes for a ν from this interval: read as σ, its ends must be squared to be variances.")
    elif (abs(np.sort(extremes) - true) <= 0.002).all():
        yield Claim(False, "The numbers are right, their order is not: lowest mean, highest mean, lowest variance, highest variance.")
    elif (abs(extremes - [*true[:2], *np.sqrt(true[2:])]) <= 0.002).all():
        yield Claim(False, "The means are right; the other two are standard deviations, and variances are asked for.")
    else:
        at = int(np.argmax(abs(extremes - true)))
        which = ("lowest mean", "highest mean", "lowest variance", "highest variance")[at]
        yield Claim(False, f"The {which} is not {shown(extremes[at])}: do the corners of the domain stand on your grid, for all four numbers?")
    largest = _number(largest, "largest")
    if abs(largest - stretch) <= 0.003:
        yield Claim(True, f"The largest singular value is {largest:.3f}: still below 1.")
    else:
        hint = " That is its value for a ν from this interval." if abs(largest - stretch_as_nu) <= 0.003 else ""
        hint = " That is the smallest one." if abs(largest - smallest) <= 0.003 else hint
        yield Claim(False, f"The largest singular value is not {shown(largest)}.{hint}")
    if not isinstance(wrong, str):
        raise Wrong(f'Wrong should be "inside" or "contraction"; it is {described(wrong)}.')
    said = wrong.strip().lower()
    if said == "inside":
        yield Claim(True, "Images leave the domain: through the ends of the interval for the mean.")
    elif said == "contraction":
        yield Claim(False, "A map contracts where all singular values are below 1: is any of yours not? And are all means from −0.1 to 0.1?")
    else:
        yield Claim(False, f'Wrong should be "inside" or "contraction"; it is {shown(wrong)}.')


@exercise
def other_weights(constants, *, fixed=1, taus=(1.0, 2.0, 0.5, 1.1)) -> Iterator[Claim]:
    """Judge α and λ that make (0, 1) a fixed point for weights of any sum of squares τ.

    Parameters
    ----------
    constants : function
        From τ to α and λ. Right within 10⁻⁴.
    fixed : number, optional
        The variance of the fixed point, in place of 1.
    taus : numbers, optional
        The τ that are tried.
    """
    for tau in taus:
        answer = ask(constants, tau, name="constants")
        alpha, scale = _finite(answer, (2,), f"what constants returns for τ = {tau:g}")
        at = f"For τ = {tau:g}"
        true_alpha, true_scale = _constants(tau, fixed)
        if close(alpha, true_alpha, 1e-4) and close(scale, true_scale, 1e-4):
            yield Claim(True, f"{at} α = {alpha:.4f} and λ = {scale:.4f} keep mean 0 and variance {fixed:g}.")
            continue
        if not (alpha > 0 and scale > 0):
            yield Claim(False, f"{at} both constants should be above 0; yours are {shown(alpha)} and {shown(scale)}.")
            return
        mean, variance = _moments(alpha, scale, tau * fixed)
        text = f"{at} your α = {alpha:.4f} and λ = {scale:.4f} give answers of mean {mean:.4f} and variance {variance:.4f}."
        first = _constants(1.0, fixed)
        if close(alpha, true_alpha, 1e-4) and close(scale, true_scale * tau**0.5, 1e-4):
            text += " The mean is right. You have kept the variance of the sums; the inputs of the layer had another."
        elif close(alpha, true_alpha, 1e-4):
            text += " The mean is right; what is left is the stretch."
        elif close(alpha, first[0], 1e-4) and close(scale, first[1] / tau**0.5, 1e-4):
            text += " That divides λ by √τ and leaves α: right for a function that only scales, but this one is curved."
        elif close(alpha, first[0], 1e-4):
            text += f" This α centres sums of variance {fixed:g}; now their variance is {tau * fixed:g}."
        elif close(alpha, true_scale, 1e-4) and close(scale, true_alpha, 1e-4):
            text += " Return α first, then λ."
        yield Claim(False, text)
        return


@exercise
def fair_start(kept, gains, runs) -> Iterator[Claim]:
    """Judge what LeCun's weights do to other activations than SELU, their own gains, and what it changes.

    Parameters
    ----------
    kept : number
        The share of a ReLU's mean square after 32 layers from LeCun's weights.
    gains : mapping of str to number
        For "ReLU", "leaky ReLU(0.2)" and "ELU(1)" the gain that keeps a mean square of 1. Right within 0.002.
    runs : mapping of str to list of numbers
        "LeCun" and "own": shares of held-out digits that 16 layers of ReLUs read, five seeds or more.
    """
    kept = _number(kept, "kept")
    if kept > 0 and abs(np.log2(kept) + 32) < 0.02:
        yield Claim(True, f"Half of the mean square is lost in each layer: {kept:.1e} of it is left.")
    else:
        layers = np.log2(kept) / -32 if kept > 0 else 0.0  # halvings in each layer
        hint = " That is the share of the size; the mean square is its square." if abs(layers - 0.5) < 1e-3 else ""
        hint = " That counts the variance of the answers alone; the next sum gets their mean too." if abs(layers - 1.5529) < 1e-3 else hint
        hint = " That is one layer too few." if abs(layers - 31 / 32) < 1e-3 else hint
        yield Claim(False, f"The share that is kept is not {shown(kept)}: which part of the mean square of its sums is left by one ReLU?{hint}")

    _expect_names(gains, _OWN_GAINS, "gains")
    for name, true in _OWN_GAINS.items():
        gain = _number(gains[name], f"the gain of {name}")
        if abs(gain - true) <= 0.002:
            yield Claim(True, f"{name} keeps a mean square of 1 with a gain of {gain:.4f}.")
            continue
        left = gain**2 / true**2
        hint = " That is its square." if abs(gain - true**2) <= 0.002 else ""
        hint = " That is one by it." if abs(gain - 1 / true) <= 0.002 else hint
        hint = " That keeps the variance of the answers; the next sum gets their mean too." if abs(gain - _BY_VARIANCE[name]) <= 0.002 else hint
        yield Claim(False, f"With a gain of {shown(gain)} the answers of {name} turn a mean square of 1 into {left:.4g} at the next sum.{hint}")

    _expect_names(runs, ("LeCun", "own"), "runs")
    shares = {name: _finite(runs[name], None, f"the runs from {name}") for name in ("LeCun", "own")}
    for name, group in shares.items():
        if group.ndim != 1:
            raise Wrong(f"The runs of {name!r} should be a list of shares, one for each seed; they are {described(runs[name])}.")
        if len(group) < 5:
            yield Claim(False, f"The runs of {name!r} are {len(group)}: one seed is an anecdote, take five or more.")
            return
        if group.min() < 0 or group.max() > 1:
            yield Claim(False, f"The runs of {name!r} should be shares from 0 to 1; they go from {shown(group.min())} to {shown(group.max())}.")
            return
        if (group == group[0]).all():
            yield Claim(False, f"The runs of {name!r} are all the same: has each its own seed?")
            return
    low, high = (float(np.median(shares[name])) for name in ("LeCun", "own"))
    if high > low:
        yield Claim(True, f"In the median ReLU reads {low:.0%} of the digits from SELU's start and {high:.0%} from its own.")
    else:
        yield Claim(False, f"In the median your ReLUs read {low:.0%} from LeCun's start and {high:.0%} from their own: is the second start He's, and the rate the same?")


@exercise
def kept_skip(block, *, share=None, seed=13) -> Iterator[Claim]:
    """Judge a block with a skip connection by what 32 and 200 of them make of a variance of 1.

    Parameters
    ----------
    block : function
        From answers a (batch, n) and weights (n, n) to the next answers (batch, n).
    share : number, optional
        How much of the variance should come from the input; any will do if it is None.
    seed : int, optional
        Of the answers and the weights that are tried first.
    """
    rng = np.random.default_rng(seed)
    a, weights = rng.normal(size=(40, 64)), lecun_normal(rng, 64, 64)
    first = _block(block, a, weights)
    alone = _block(block, a[:1], weights)
    if not close(alone, first[:1], 1e-5).all():  # float32 has seven digits
        yield Claim(False, "What it makes of an example changes with the rest of the batch: that is normalizing from outside.")
        return
    yield Claim(True, "What it makes of an example does not depend on the rest of the batch.")
    carried = _block(block, a, np.zeros((64, 64)))
    along = float(np.sum(carried * a) / np.sum(a * a))
    if abs(along) < 0.1:
        yield Claim(False, f"With weights of 0 only {along:.2g} of the input comes out: a skip connection carries it on.")
        return
    if not close(_block(block, 3 * a, np.zeros((64, 64))), 3 * along * a, 1e-5).all():
        yield Claim(False, "With weights of 0, three times the input should give three times the answer: divide by nothing that you measure in it, and bend nothing.")
        return
    added = first - along * a
    part = float(np.sum(added * selu(a @ weights)) / np.sum(added * added) ** 0.5 / np.sum(selu(a @ weights) ** 2) ** 0.5) if added.any() else 0.0
    if part < 0.999:
        yield Claim(False, "What it adds to the input is not what SELU makes of a @ weights.")
        return
    yield Claim(True, "It carries its input on and adds what SELU makes of the sums.")
    if share is not None:
        holds = abs(along**2 - share) < 1e-3
        found = f"With weights of 0 it multiplies its input by {along:.3g}, and a variance by {along**2:.3g}"
        yield Claim(holds, f"{found}." if holds else f"{found}; it should be {share:g}.")
        if not holds:
            return
    for layers in (32, 200):
        ends = []
        for seed in range(3):
            rng = np.random.default_rng([seed, layers])
            signal = rng.normal(size=(40, 64))
            for done in range(1, layers + 1):
                signal = _block(block, signal, lecun_normal(rng, 64, 64))
                if not np.abs(signal).max() < 1e4:
                    yield Claim(False, f"After {done} of {layers} blocks answers are beyond ten thousand: what is the variance of a sum of two parts of variance 1?")
                    return
            ends.append(float(signal.var()))
        median = float(np.median(ends))
        if not 0.7 < median < 1.4:
            text = f"From a variance of 1 three networks of {layers} blocks have come to {', '.join(f'{end:.2g}' for end in ends)}."
            text += " Which factor makes 1 of the variance of the sum?" if median < 0.7 else " It should be near 1."
            yield Claim(False, text)
            return
        yield Claim(True, f"From a variance of 1 three networks of {layers} blocks have come to {', '.join(f'{end:.2f}' for end in ends)}.")


@exercise
def self_made(own) -> Iterator[Claim]:
    """Judge an activation of one's own: (0, 1) a fixed point, a slope up to 0.85 there, gradients that grow little.

    Parameters
    ----------
    own : function
        From an array to an array of its shape.
    """
    z = np.linspace(-6, 6, 4001)
    answers = _finite(ask(own, z, name="own"), z.shape, "what own returns")
    h = lambda x: _finite(ask(own, x, name="own"), x.shape, "what own returns")  # noqa: E731
    at, jump = _jump(h, z, answers)
    if jump > 2e-3:
        yield Claim(False, f"Near z = {round(at, 3) + 0:g} it jumps by {jump:.2g}: it should be continuous.")
        return
    pieces = np.linspace(-12, 12, 241)  # kinks are not known: short pieces keep what they cost small
    mean = expect(h, kinks=pieces)
    square = expect(lambda x: h(x) ** 2, kinks=pieces)
    variance = square - mean**2
    if abs(mean) <= 2e-3 and abs(variance - 1) <= 4e-3:
        yield Claim(True, f"It answers standard normal sums with mean {abs(mean):.3f} and variance {variance:.3f}.")
    else:
        yield Claim(False, f"It answers standard normal sums with mean {mean:.4f} and variance {variance:.4f}: first shift it, then stretch it.")
        return
    if _is_elu(z, answers):
        yield Claim(False, "A straight line above 0 and an exponential below: that is an ELU. Invent another one.")
        return
    below, above = (expect(lambda x: h(x) ** 2, 0, v, kinks=pieces) - expect(h, 0, v, kinks=pieces) ** 2 for v in (0.99, 1.01))
    slope = (above - below) / 0.02
    if abs(slope) <= 0.85:
        yield Claim(True, f"The variance map has the slope {slope:.3f} there: it pulls.")
    else:
        side = "it pulls too little" if 0.85 < slope <= 1.0005 else "it repels"
        yield Claim(False, f"The variance map has the slope {slope:.3f} there: {side}. A straight line has 1; what bends it down for large sums?")
    growth = expect(lambda x: ((h(x + 1e-4) - h(x - 1e-4)) / 2e-4) ** 2, kinks=pieces)
    if growth <= 1.03:
        yield Claim(True, f"A layer multiplies the mean square of a gradient by {growth:.3f}, SELU by 1.072.")
    else:
        yield Claim(False, f"A layer multiplies the mean square of a gradient by {growth:.3f}; 1.03 is allowed. A straight line has 1: what is a gentler bend?")


# --- how the answers are tried out -----------------------------------------------------------


def _number(value, name: str) -> float:
    return float(_finite(value, (), name))


def _finite(value, shape, name: str) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; it is {shown(array)}.")
    return array


def _expect_names(given, names, what: str) -> None:
    if isinstance(given, Mapping) and any(value is ... for value in given.values()):
        raise Wrong(BLANK)
    if not isinstance(given, Mapping):
        raise Wrong(f"{what.capitalize()} should be a dict with the names {', '.join(map(repr, names))}; it is {described(given)}.")
    missing = [name for name in names if name not in given]
    if missing:
        raise Wrong(f"In {what} the name {missing[0]!r} is missing.")


@cache
def _images(low: float, high: float) -> tuple[np.ndarray, float, float]:
    """What the theorem's map makes of variances from low to high: extremes of the images, smallest and largest stretch.

    All of them lie at ends of the four intervals, or where ω is 0.
    """
    images, stretches, step = [], [], 1e-4
    for mean, variance, omega, tau in product((-0.1, 0.1), (low, high), (-0.1, 0, 0.1), (0.95, 1.1)):
        at = lambda m, v: np.array(moments(selu, omega * m, tau * v))  # noqa: E731, B023
        images.append(at(mean, variance))
        by_mean = at(mean + step, variance) - at(mean - step, variance)
        by_variance = at(mean, variance + step) - at(mean, variance - step)
        stretches.append(np.linalg.norm(np.column_stack([by_mean, by_variance]) / (2 * step), 2))
    extremes = np.column_stack([np.min(images, axis=0), np.max(images, axis=0)]).ravel()
    return extremes, min(stretches), max(stretches)


def _moments(alpha: float, scale: float, variance: float) -> tuple[float, float]:
    h = elu(alpha)
    mean = expect(h, 0.0, variance)
    return scale * mean, scale**2 * (expect(lambda z: h(z) ** 2, 0.0, variance, kinks=[0]) - mean**2)


def _constants(tau: float, fixed: float = 1.0) -> tuple[float, float]:
    sums = tau * fixed
    alpha = expect(relu, 0.0, sums) / (expect(relu, 0.0, sums) - expect(elu(1.0), 0.0, sums))
    return alpha, (fixed / _moments(alpha, 1.0, sums)[1]) ** 0.5


def _block(block, a: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return _finite(ask(block, a, weights, name="block"), a.shape, "what block returns")


def _jump(h, z: np.ndarray, answers: np.ndarray) -> tuple[float, float]:
    """Where a curve rises or falls most from one point to the next, and what is left of it from nearby."""
    for _ in range(2):  # a steep place gets flat under the magnifying glass, a jump does not
        k = int(np.abs(np.diff(answers)).argmax())
        z = np.linspace(z[k], z[k + 1], z.size)
        answers = h(z)
    return float(z[0]), float(np.ptp(answers[[0, -1]]))


def _is_elu(z: np.ndarray, answers: np.ndarray) -> bool:
    """Whether a curve is λz above 0 and λα(e^z − 1) below, for some λ and α."""
    right, left = z > 0, z < 0
    scale, depth = answers[-1] / z[-1], answers[0] / np.expm1(z[0])
    return bool(np.allclose(answers[right], scale * z[right], atol=1e-3) and np.allclose(answers[left], depth * np.expm1(z[left]), atol=1e-3))


_BY_VARIANCE = {"ReLU": 1.71286, "leaky ReLU(0.2)": 1.54646, "ELU(1)": 1.27084}
