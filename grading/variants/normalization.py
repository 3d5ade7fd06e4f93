"""Variants of Part IV: SELU, normalization, and choosing."""

from __future__ import annotations

from .draws import Variant, one_of, some


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
    "other_weights": Variant(
        lambda rng: {"fixed": one_of(rng, 0.5, 3, 0.25)}, _other_weights, lambda rng: {"taus": some(rng, 0.5, 2, 4)}
    ),
    "variance_after": Variant(
        lambda rng: {"times": one_of(rng, 1.5, 6, 0.25)},
        _variance_after,
        lambda rng: {"cases": tuple(zip(some(rng, -2, 2, 5), some(rng, 0, 3, 5), some(rng, 0.3, 1, 5), strict=True))},
    ),
    "leaky_growth": Variant(
        lambda rng: {"more": one_of(rng, 0.03, 0.18, 0.01)}, _leaky_growth, lambda rng: {"slopes": some(rng, 0, 1, 5)}
    ),
    "unfair": Variant(lambda rng: {"letters": "".join(map(str, rng.permutation(list("ABCDEF"))))}, _unfair),
}
