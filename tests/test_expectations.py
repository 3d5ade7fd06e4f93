"""Expectations: what passes, what is stopped, and in which words."""

import numpy as np
import pytest

import lib
from lib.expectations import expect_count, expect_rng, floats, named


@pytest.mark.parametrize("seed", [0, None, np.random, "0"])
def test_a_seed_is_not_a_generator(seed):
    with pytest.raises(TypeError, match=r"rng must be a random generator, not .*default_rng\(0\)"):
        expect_rng(seed)
    expect_rng(np.random.default_rng(0))
    with pytest.raises(TypeError, match="not the module numpy.random: "):  # named, without a path
        expect_rng(np.random)


def test_counts_are_whole():
    for number, least in [(1, 1), (7, 1), (np.int64(3), 1), (0, 0), (2, 2)]:
        expect_count("size", number, least)
    for number, least in [(0, 1), (-1, 0), (1.0, 1), (1.5, 1), ("3", 1), (None, 1), (float("nan"), 0), (1, 2)]:
        with pytest.raises(ValueError, match=rf"size must be a whole number, {least} or more, not "):
            expect_count("size", number, least)
    with pytest.raises(ValueError, match="1 or more, not 0"):
        expect_count("size", 0)


def test_things_are_named_without_addresses():
    assert named(lib.softmax) == "the function softmax"
    assert named(np.tanh) == "the ufunc tanh"
    assert named("relu") == "'relu'" and named(0.1) == "0.1" and named(None) == "None"


def test_floats():
    for kind in (np.float32, np.float64):
        array = np.ones(2, dtype=kind)
        assert floats(array) is array  # the very same
    for numbers in ([1, 2], [True, False], 3, np.array([0, 200], dtype=np.uint8), []):
        assert floats(numbers).dtype == float
        np.testing.assert_array_equal(floats(numbers), numbers)
