"""Variants of Part III: the ReLU family."""

from __future__ import annotations

from .draws import Variant, one_of, some


def _subgradients(times) -> dict[str, str]:
    by = "" if times == 1 else f"{times:g} * "
    return {
        "touch `h` at `place`": f"touch ${times:g}\\,h$ at `place`" if by else "touch `h` at `place`",
        "left = (h(place)": f"left = {by}(h(place)",
        "right = (h(place + d)": f"right = {by}(h(place + d)",
    }


def _centred_relu(slope) -> dict[str, str]:
    other = f"leaky_relu({slope:g})" if slope else "relu"
    return {
        "\\max(z, 0) - c": f"\\max(z, {f'{slope:g} z' if slope else '0'}) - c",
        "Two troubles of this chapter come from ReLU's mean. So take it away": (
            "A leaky ReLU's answers have a mean, too. So take it away"
            if slope
            else "Two troubles of this chapter come from ReLU's mean. So take it away"
        ),
        "shift = expect(relu)": f"{'from lib import leaky_relu' * bool(slope)}\nshift = expect({other})".lstrip(),
        "moments(relu)": f"moments({other})",
        "relu.derivative(z)": f"{other}.derivative(z)",
    }


def _dead_share(most) -> dict[str, str]:
    meant = f"dead; here a unit counts as dead if it speaks on at most {most} of the examples. Predict"
    return {
        "dead. Predict": meant if most else "dead. Predict",
        "np.all(a == 0, axis=0).mean()": f"(np.sum(a != 0, axis=0) <= {most}).mean()" if most else "np.all(a == 0, axis=0).mean()",
    }


def _fatal_rate(bias) -> dict[str, str]:
    one = bias == 1
    return {
        "the loss by them. The formula of the chapter is right where": (
            "the loss by them. The formula of the chapter is right where"
            if one
            else f"the loss by them. Here the bias is trained at {bias:g} times the rate of the weights. "
            "Put that into the formula of the chapter; then it is right where"
        ),
        "(x @ x.T + 1) @ delta": f"(x @ x.T + {bias:g}) @ delta",
    }


def _waking(level) -> dict[str, str]:
    return {
        "A unit has just died": f"A unit that answers 0 up to the sum {level:g} has just died" if level else "A unit has just died",
        "none of which is above 0 now, rises above 0": f"none of which is above {level:g} now, rises above {level:g}",
        "decay / (1 - decay) > 0": f"decay / (1 - decay) > {level:g}",
        "np.any(z > 0)": f"np.any(z > {level:g})",
    }


def _mended_units(alpha, scale) -> dict[str, str]:
    return {
        "for α = 1 at $x = 0$": f"for α = {alpha:g} at $x = 0$",
        "as they should be, for arrays": f"as they should be, {'' if scale == 1 else f'but {scale:g} times as large, '}for arrays",
        "jump = 1 * np.exp(0 - 1)": f"jump = {alpha:g} * np.exp(0 - 1)",
        "return np.where(x > 0, x, alpha": f"return {'' if scale == 1 else f'{scale:g} * '}np.where(x > 0, x, alpha",
    }


def _bend_without_kink(start) -> dict[str, str]:
    beyond, half = (f"x - {start:g}", f"s(x - {start:g})") if start else ("x", "sx")
    return {
        "$sx$ above 0, settles at $-f$ below 0": f"${half}$ above {start:g}, settles at $-f$ below {start:g}",
        "(CELU is the case $s = 1$.)": f"(CELU is the case $s = 1${', but for its place' * bool(start)}.)",
        "np.minimum(x, 0)": f"np.minimum({beyond}, 0)",
        "np.where(x > 0, slope * x, below)": f"np.where(x > {start:g}, slope * {f'({beyond})' if start else 'x'}, below)",
    }


def _centring_alpha(slope) -> dict[str, str]:
    times = "" if slope == 1 else f"{slope:g} * "
    return {
        "Sums are seldom standard.": (
            f"Let yours be steeper or flatter above 0: there it is ${slope:g}x$. And sums are seldom standard."
            if times
            else "Sums are seldom standard."
        ),
        "for which an ELU of normal sums": f"for which {'this' if times else 'an'} ELU of normal sums",
        "so α must be 1 there": f"so α must be {slope:g} there",
        "return up / (up": f"return {times}up / (up",
    }


def _gate_slope(factor) -> dict[str, str]:
    by = "" if factor == 1 else f"{factor:g}"
    times = f"{by} * " if by else ""
    return {
        "x\\,\\Phi(x)": f"x\\,\\Phi({by}x)",
        "is steepest, and compare with the figure at the top:": (
            f"is steepest{'' if by else ', and compare with the figure at the top'}:"
        ),
        "np.vectorize(math.erf)(x / math.sqrt(2))": f"np.vectorize(math.erf)({times}x / math.sqrt(2))",
        "Phi + x * np.exp(-(x**2) / 2)": f"Phi + {times}x * np.exp(-({f'({times}x)' if by else 'x'}**2) / 2)",
        "steepest = math.sqrt(2)": f"steepest = math.sqrt(2){f' / {by}' if by else ''}",
    }


def _mish_slope(factor) -> dict[str, str]:
    one = factor == 1
    flatter = f", the slope of $x \\tanh(\\text{{softplus}}({factor:g}x))$, for arrays: right for"
    return {
        "`mish_slope(x)` for arrays: right for": f"`mish_slope(x)`{' for arrays: right for' if one else flatter}",
        "e = np.exp(-np.abs(x))": f"{'' if one else f'x = {factor:g} * x  # its slope is that of Mish there'}\n    e = np.exp(-np.abs(x))".strip(),
    }


def _gated_xor(low) -> dict[str, str]:
    high = low + 1
    told = [f"{each}".replace("-", "−") for each in (low, high)]
    pairs = ", ".join(f"[{first}, {second}]" for first in (low, high) for second in (low, high))
    return {
        "above 0.5 where exactly one input is 1, and below otherwise": (
            f"above 0.5 where one input is {told[1]} and the other {told[0]}, and below where both are {told[0]} or both are {told[1]}"
            if low
            else "above 0.5 where exactly one input is 1, and below otherwise"
        ),
        "# Say how many inputs are 1": f"# Say how many inputs are {high}",
        "bias = [0, 30]": f"bias = [{-2 * low}, {30 + 40 * low}]",
        "inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]": f"inputs = [{pairs}]",
    }


VARIANTS = {
    "subgradients": Variant(
        lambda rng: {"times": one_of(rng, 1.5, 12, 0.5) * int(rng.choice([-1, 1]))},
        _subgradients,
        lambda rng: {"bends": tuple(zip(some(rng, -3, 3, 4), some(rng, -3, 3, 4), some(rng, -2, 2, 4), strict=True))},
    ),
    "centred_relu": Variant(lambda rng: {"slope": one_of(rng, 0.02, 0.7, 0.02)}, _centred_relu),
    "dead_share": Variant(
        lambda rng: {"most": int(rng.integers(2, 60))},
        _dead_share,
        lambda rng: {"spoken": tuple(map(int, rng.integers(0, 70, 7)))},
    ),
    "fatal_rate": Variant(
        lambda rng: {"bias": one_of(rng, 0.1, 3, 0.05)}, _fatal_rate, lambda rng: {"seed": int(rng.integers(2, 10_000))}
    ),
    "waking": Variant(
        lambda rng: {"level": one_of(rng, 0.25, 12, 0.25)},
        _waking,
        lambda rng: {"rolls": tuple((some(rng, -3, -0.1, 3), some(rng, -1, 1, 3), *some(rng, 0.6, 0.95, 1)) for _ in range(4))},
    ),
    "mended_units": Variant(
        lambda rng: {"alpha": one_of(rng, 0.2, 3, 0.05), "scale": one_of(rng, 1.1, 4, 0.1)},
        _mended_units,
        lambda rng: {"alphas": some(rng, 0.2, 4, 3)},
    ),
    "bend_without_kink": Variant(
        lambda rng: {"start": one_of(rng, 0.25, 12, 0.25)},
        _bend_without_kink,
        lambda rng: {"shapes": tuple(zip(some(rng, 0.3, 3, 4), some(rng, 0.3, 3, 4), strict=True))},
    ),
    "centring_alpha": Variant(
        lambda rng: {"slope": one_of(rng, 0.4, 2.4, 0.05)}, _centring_alpha, lambda rng: {"widths": some(rng, 0.3, 4, 4)}
    ),
    "gate_slope": Variant(
        lambda rng: {"factor": one_of(rng, 1.1, 5, 0.1)}, _gate_slope, lambda rng: {"x": some(rng, -3, 3, 7)}
    ),
    "mish_slope": Variant(
        lambda rng: {"factor": one_of(rng, 0.3, 0.95, 0.01)}, _mish_slope, lambda rng: {"ordinary": some(rng, -5, 5, 6)}
    ),
    "gated_xor": Variant(lambda rng: {"low": int(rng.integers(1, 50)) * int(rng.choice([-1, 1]))}, _gated_xor),
}
