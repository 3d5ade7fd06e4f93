"""Hostile answers, by name: what a check must survive, with one friendly verdict and without an exception.

    @pytest.mark.parametrize("name", NONSENSE)
    def test_survives_nonsense(name, capsys):
        check.some_exercise(NONSENSE[name])
        assert "All of it holds" not in capsys.readouterr().out

Parametrize over the names, not the values: pytest itself compares and prints values, and
some of these don't bear it. Not here is what only another process can stop: endless loops,
all of the memory, `os._exit`.
"""

import sys
import warnings
from fractions import Fraction

import numpy as np

# --- things that are no function -------------------------------------------------------------


class _Raises:
    """Whatever is asked of it, it raises."""

    def _refuse(self, *_, **__):
        raise RuntimeError("leave me alone")

    __repr__ = __str__ = __array__ = __eq__ = __ne__ = __lt__ = __len__ = __iter__ = __bool__ = __float__ = _refuse
    __getitem__ = __hash__ = __getattr__ = __call__ = __format__ = __deepcopy__ = __add__ = __sub__ = __abs__ = _refuse


class _Exits(_Raises):
    """The same, with an exception that `except Exception` lets through."""

    def _refuse(self, *_, **__):
        raise SystemExit(3)

    __repr__ = __str__ = __array__ = __eq__ = __ne__ = __lt__ = __len__ = __iter__ = __bool__ = __float__ = _refuse
    __getitem__ = __hash__ = __getattr__ = __call__ = __format__ = __deepcopy__ = __add__ = __sub__ = __abs__ = _refuse


class _Nameless(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")


class _OfNamelessClass(metaclass=_Nameless):
    pass


class _LongRepr:
    def __repr__(self):
        return "very long\n" * 10_000


class _NumberRepr:
    def __repr__(self):
        return 42


class _EndlessRepr:
    def __repr__(self):
        return repr(self)


class _Quack:
    """Claims to be an array, and is none."""

    __array_interface__ = {"version": 3, "shape": (2,), "typestr": "<f8", "data": None}
    shape, dtype, ndim = (2,), "float", 1


class _Stubborn(np.ndarray):
    def __array_finalize__(self, base):
        if base is not None and base.shape == ():
            raise RuntimeError("not a scalar")

    def __repr__(self):
        raise RuntimeError("no repr")


def _endless_list():
    nested = [1.0]
    nested.append(nested)
    return nested


THINGS = {
    "nothing": None,
    "True": True,
    "a string": "hello",
    "an empty string": "",
    "a number as a string": "3.14",
    "bytes": b"abc",
    "a number": 3.0,
    "a negative number": -1,
    "nan": float("nan"),
    "infinity": float("-inf"),
    "a huge integer": 10**400,
    "an integer too long to print": 10**6000,
    "a complex number": 1 + 2j,
    "a fraction": Fraction(1, 3),
    "an empty list": [],
    "a list of one": [1.0],
    "a ragged list": [[1.0, 2.0], [3.0]],
    "a list of strings": ["a", "b"],
    "a list of numbers and None": [1.0, None],
    "a list that holds itself": _endless_list(),
    "a list of functions": [abs, max],
    "an empty tuple": (),
    "a dict": {"a": 1},
    "a set": {1.0, 2.0},
    "a range": range(5),
    "an ellipsis in a list": [...],
    "NotImplemented": NotImplemented,
    "an empty array": np.array([]),
    "an array of the wrong shape": np.ones((7, 1, 3)),
    "a large array": np.zeros(100_000),
    "a 0-d array": np.array(1.0),
    "an array of nan": np.full(3, np.nan),
    "an array of objects": np.array([None, "a"], dtype=object),
    "an array of strings": np.array(["a", "b"]),
    "an array of dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "an array of records": np.zeros(2, dtype=[("a", float), ("b", int)]),
    "an array of complex numbers": np.array([1j, 2.0]),
    "a masked array": np.ma.masked_all(3),
    "an array that refuses": np.ones(3).view(_Stubborn),
    "a boolean array": np.array([True, False]),
    "an exception": ValueError("I am the answer"),
    "a module": sys,
    "a type": int,
    "an object that raises": _Raises(),
    "an object that exits": _Exits(),
    "an object whose class has no name": _OfNamelessClass(),
    "an object with a very long repr": _LongRepr(),
    "an object whose repr is a number": _NumberRepr(),
    "an object whose repr calls itself": _EndlessRepr(),
    "an object that claims to be an array": _Quack(),
}  # fmt: skip


# --- functions -------------------------------------------------------------------------------


def _does_nothing(*inputs): ...


def _raises(*inputs):
    raise ValueError("something went wrong\nand this is a second line")


class _HostileError(Exception):
    def __str__(self):
        raise RuntimeError("no message")


class _ExitingError(Exception):
    def __str__(self):
        sys.exit()


def _raises_hostile(*inputs):
    raise _HostileError


def _raises_exiting(*inputs):
    raise _ExitingError


def _raises_group(*inputs):
    raise BaseExceptionGroup("several", [SystemExit(1), ValueError("two")])


def _recurses(*inputs):
    return _recurses(*inputs)


def _exits(*inputs):
    sys.exit("bye")


def _stops_generator(*inputs):
    raise GeneratorExit


def _stops_iteration(*inputs):
    raise StopIteration


def _changes_input(*inputs):
    for value in inputs:
        if isinstance(value, np.ndarray):
            value += 1
    return inputs[0] if inputs else None


def _changes_shape(*inputs):
    for value in inputs:
        if isinstance(value, np.ndarray):
            value.shape = (*value.shape, 1)
    return 0.0


def _prints(*inputs):
    print("I print instead of returning", *inputs)


def _warns(*inputs):
    warnings.warn("careful", stacklevel=1)
    return np.log(-np.ones(2)) / 0


def _generates(*inputs):
    yield from inputs


async def _awaits(*inputs):
    return inputs


def _asks_for_keyword(*inputs, needed):
    return inputs


def _two_needed(first, second):
    return first + second


def _returns_itself(*inputs):
    return _returns_itself


def _without_signature(*inputs):
    return "no"


_without_signature.__signature__ = "not a signature"


class _NoInputs:
    """A class that can't be made with any input."""

    def __init__(self):
        pass


class _Callable:
    def __call__(self, *inputs):
        return self


FUNCTIONS = {
    "a function that does nothing": _does_nothing,
    "a function that raises": _raises,
    "a function whose error has no message": _raises_hostile,
    "a function whose error exits": _raises_exiting,
    "a function that raises a group": _raises_group,
    "a function that recurses endlessly": _recurses,
    "a function that exits": _exits,
    "a function that raises GeneratorExit": _stops_generator,
    "a function that raises StopIteration": _stops_iteration,
    "a function that changes its input": _changes_input,
    "a function that changes its input's shape": _changes_shape,
    "a function that prints": _prints,
    "a function that warns": _warns,
    "a generator function": _generates,
    "an async function": _awaits,
    "a function with a needed keyword": _asks_for_keyword,
    "a function of two": _two_needed,
    "a lambda of none": lambda: 1.0,
    "a lambda of five": lambda a, b, c, d, e: 1.0,
    "a function that returns itself": _returns_itself,
    "a function without a signature": _without_signature,
    "a builtin": print,
    "a class": _NoInputs,
    "a callable that returns itself": _Callable(),
    "exit": exit,
}  # fmt: skip

# A function may also return any of the things.
FUNCTIONS |= {f"a function that returns {name}": (lambda *_, thing=thing: thing) for name, thing in THINGS.items()}

NONSENSE = THINGS | FUNCTIONS
