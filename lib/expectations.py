"""Expectations: what is asked of anything handed in, and the plain words when it is something else."""

from numbers import Integral

import numpy as np


def named(thing):
    """Write ``thing`` in an error: a function by its name, without the address that Python shows."""
    return f"the {type(thing).__name__} {thing.__name__}" if hasattr(thing, "__name__") else repr(thing)


def expect_rng(rng):
    """Stop, in plain words, whoever hands in something else as ``rng``: a seed, for example."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a random generator, not {named(rng)}: "
            "write rng = np.random.default_rng(0) once, and hand in rng"
        )


def expect_count(name, number, least=1):
    """Stop, in plain words, whoever hands in a ``number`` under ``least``, or not whole, as ``name``."""
    if not isinstance(number, Integral) or number < least:
        raise ValueError(f"{name} must be a whole number, {least} or more, not {number!r}")


def floats(numbers):
    """Make an array of ``numbers``; whole numbers become floats, floats stay the array they are."""
    numbers = np.asarray(numbers)
    return numbers if numbers.dtype.kind == "f" else numbers.astype(float)
