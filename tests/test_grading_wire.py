"""The line between the judge and a student's process: what passes is the same on the other side, and nothing else passes."""

import inspect
import json
import os
import threading
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given as tried_with
from hypothesis import strategies as st

from grading.values import Thing
from grading.wire import LENGTHS, Line, Lost, Raised
from lib import sigmoid


@contextmanager
def between(*offered):
    """The end of a line whose other end offers some functions."""
    (there, here), (back, forth) = os.pipe(), os.pipe()
    other = Line(there, forth, offered)
    thread = threading.Thread(target=other.serve)
    thread.start()
    line = Line(back, here, patience=10)
    yield line
    line.hang_up()
    thread.join()
    for end in (there, here, back, forth):
        os.close(end)


@contextmanager
def hearing(*data):
    """The end of a line on which something has arrived."""
    (back, forth), (there, here) = os.pipe(), os.pipe()
    for each in data:
        os.write(forth, each)
    os.close(forth)
    yield Line(back, here, patience=1)
    for end in (back, there, here):
        os.close(end)


def echoed(value):
    with between(lambda x: x) as line:
        return line.call(0, value)


def framed(content, data=b"", length=None):
    text = json.dumps(content).encode()
    return LENGTHS.pack(len(text) if length is None else length, len(data)) + text + data


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -(2**70), 2.5, float("inf"), 1 + 2j, "τ", ..., [1, [2.5, None]], (1, "a"), {"a": 1, 2: [3]}, [], ()],
    ids=repr,
)
def test_plain_values_pass(value):
    passed = echoed(value)
    assert passed == value and type(passed) is type(value)


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f4", "f8", "c16", ">f8"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 4)])
def test_arrays_pass(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    given = echoed(array)
    assert type(given) is np.ndarray and given.dtype == array.dtype.newbyteorder("<") and given.flags.writeable
    np.testing.assert_array_equal(given, array)


def test_numbers_of_numpy_pass():
    assert echoed(np.float32(0.1)) == np.float32(0.1) and type(echoed(np.float32(0.1))) is np.float32
    assert np.isnan(echoed(np.nan)) and echoed(Fraction(1, 4)) == 0.25


def test_a_generator_draws_the_same():
    rng = np.random.default_rng(3)
    rng.normal(size=5)
    given = echoed(rng)
    np.testing.assert_array_equal(given.normal(size=4), rng.normal(size=4))


def test_an_activation_passes():
    given = echoed(sigmoid)
    z = np.linspace(-2, 2, 5)
    assert given.name == sigmoid.name and given.kinks == sigmoid.kinks
    with between(lambda h: h.derivative(z)) as line:
        np.testing.assert_array_equal(line.call(0, sigmoid), sigmoid.derivative(z))


class Liar(np.ndarray):
    def __eq__(self, other):
        return True


@pytest.mark.parametrize(
    "value", [object(), Liar(3), np.array([object()]), np.array(["a"]), np.ma.array([1]), {1, 2}, b"x", 1 << 50_000], ids=lambda v: type(v).__name__
)
def test_other_things_arrive_as_what_they_are_said_to_be(value):
    passed = echoed(value)
    assert isinstance(passed, Thing) and type(passed).__name__ == type(value).__name__


def test_functions_call_back_and_forth():
    def integrate(h, at):
        return sum(h(x) for x in at)

    with between(integrate) as line:
        assert line.call(0, lambda x: 2 * x, [1.0, 2.0]) == 6


def test_a_function_is_known_by_its_parameters():
    def answer(x, alpha=1, *, beta): ...

    with between(lambda: answer) as line:
        stand_in = line.call(0)
        assert stand_in.__name__ == "answer"
        assert [*inspect.signature(stand_in).parameters] == ["x", "alpha", "beta"]


def test_an_input_that_is_changed_there_is_changed_here():
    def spoil(a, b):
        a[0] = 7

    a, b = np.zeros(2), np.zeros(2)
    with between(spoil) as line:
        line.call(0, a, b)
    assert a.tolist() == [7, 0] and b.tolist() == [0, 0]


def test_an_error_there_is_one_here_by_its_name():
    def stop():
        raise KeyError("gone")

    with between(stop) as line, pytest.raises(Exception, match="gone") as caught:
        line.call(0)
    assert type(caught.value).__name__ == "KeyError" and not isinstance(caught.value, KeyError)


@pytest.mark.parametrize("error", [SystemExit, GeneratorExit, MemoryError])
def test_an_error_that_ends_a_program_ends_nothing_here(error):
    def stop():
        raise error

    with between(stop) as line, pytest.raises(Exception) as caught:
        line.call(0)
    assert type(caught.value).__name__ == error.__name__ and type(caught.value) is not error


@pytest.mark.parametrize(
    "data, why",
    [
        (b"", "process ended"),
        (b"\xff" * 100, "more than is allowed"),
        (framed([{"return": True}, 3], length=10), "broke the form"),
        (framed(3), "broke the form"),
        (framed([{"return": True}, 3]), "broke the form"),
        (framed([{"return": True}, {"tuple": [{"array": ["<f8", [2]]}, []]}]), "broke the form"),
        (framed([{"return": True}, {"tuple": [{"array": ["|O", [1]]}, []]}], b"8" * 8), "broke the form"),
        (framed([{"return": True}, {"tuple": [{"array": ["<f8", [-1]]}, []]}]), "broke the form"),
        (framed([{"return": True}, {"dict": [[[], 1]]}]), "broke the form"),
        (framed([{"return": True}, {"function": 0}]), "broke the form"),
        (framed([{"return": True}, {"thing": [3, "x"]}]), "broke the form"),
        (framed([{"return": True}, {"rng": {"state": 3, "has_uint32": 0, "uinteger": 0}}]), "broke the form"),
        (framed([{"call": 0}, []]), "not offered"),
        (framed([{"call": "__import__"}, []]), "not offered"),
    ],
)
def test_what_breaks_the_form_is_the_end(data, why):
    with hearing(data) as line:
        with pytest.raises(Lost, match=why):
            line.call(0)
        assert why in line.lost
        with pytest.raises(Lost):
            line.call(0)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["<f8", "PCG64", "x"])
KINDS = ["int", "complex", "gap", "tuple", "dict", "array", "number", "rng", "activation", "thing", "function", "name", "idle",
         "parameters", "state", "has_uint32", "uinteger", "return", "raise", "call", "end"]  # fmt: skip
CONTENTS = st.recursive(
    LEAVES, lambda parts: st.lists(parts, max_size=5) | st.dictionaries(st.sampled_from(KINDS), parts, max_size=3), max_leaves=12
)


@tried_with(CONTENTS, st.binary(max_size=16))
def test_whatever_arrives_is_a_value_or_the_end(content, data):
    for frame in (framed([{"return": True}, {"tuple": [content, []]}], data), framed([content, content], data), framed(content)):
        with hearing(frame) as line:
            try:
                line.call(0, np.zeros(2))
            except (Lost, Raised):
                pass


def test_it_does_not_wait_forever():
    there, here = os.pipe()
    line = Line(there, here, patience=0.05)  # it hears nothing but itself, and then nothing
    os.read(there, 0)
    other, sink = os.pipe()
    line.sink = sink
    with pytest.raises(Lost, match="too long"):
        line.call(0)
    for end in (there, here, other, sink):
        os.close(end)


def test_what_is_too_large_is_not_sent():
    with between(lambda: np.zeros(10_000_000)) as line, pytest.raises(Exception, match="too large"):
        line.call(0)
