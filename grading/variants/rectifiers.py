"""Variants of Part III: the ReLU family."""

from __future__ import annotations

from .draws import NUMBERS, Variant, one_of, some


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


VARIANTS = {
    "centred_relu": Variant(lambda rng: {"slope": one_of(rng, 0.02, 0.4, 0.02)}, _centred_relu),
    "mended_units": Variant(lambda rng: {"alpha": one_of(rng, 0.2, 3, 0.1)}, _mended_units),
    "dead_share": Variant(lambda rng: {"most": int(rng.integers(1, 4))}, _dead_share),
    "gate_slope": Variant(
        lambda rng: {"factor": one_of(rng, 1.2, 4, 0.1)}, _gate_slope, lambda rng: {"x": some(rng, -3, 3, 7)}
    ),
}
