"""Variants of the chapter of slips."""

from __future__ import annotations

from .draws import Variant, one_of

VARIANTS = {
    "not_normal": Variant(
        lambda rng: {"level": one_of(rng, 0.03, 0.2, 0.01)},
        lambda level: {"skewness below 0.1": f"skewness below {level:g}", "/ 0.1) ** 2": f"/ {level:g}) ** 2"},
    ),
}
