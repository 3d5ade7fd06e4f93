"""What passes between the judge and a student's process: plain values, arrays and functions, as JSON and raw bytes.

Nothing that arrives is ever run or unpickled: what is no plain value of exactly the right type arrives as a
description of itself.
"""

from __future__ import annotations

import inspect
import math
import re
from numbers import Real

import numpy as np

LONGEST = 300_000  # letters of one text
DEEPEST = 30
DTYPE = re.compile(r"[<|](?:b1|[iu][1248]|f[248]|c8|c16)")
KINDS = {each.name: each for each in inspect._ParameterKind}


class Thing:
    """What can't pass; it says what it was, and its class has the name of that thing's."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Values:
    """What one side makes of the values that it sends, and of those that arrive; functions stay where they are.

    Parameters
    ----------
    offered : list of functions, optional
        Those that the other side may call, by their places.
    """

    def __init__(self, offered=()):
        self.offered = list(offered)

    def call(self, number: int, *inputs):
        """Call a function of the other side."""
        raise NotImplementedError

    def plain(self, value, chunks: list[bytes], depth: int):
        """A value as JSON; the bytes of its arrays go to the chunks."""
        if depth > DEEPEST:
            raise RecursionError
        kind = type(value)
        if value is None or kind in (bool, float, str):
            short = kind is not str or len(value) <= LONGEST
            return value if short else _description(value, f"one of more than {LONGEST:,} letters")
        if kind is int:
            if value.bit_length() > 10_000:
                return _description(value, "one of more than 3,000 digits")
            return value if abs(value) < 2**63 else {"int": hex(value)}
        if kind is complex:
            return {"complex": [value.real, value.imag]}
        if value is ...:
            return {"gap": True}
        if kind in (list, range):
            return [self.plain(part, chunks, depth + 1) for part in value]
        if kind is tuple:
            return {"tuple": [self.plain(part, chunks, depth + 1) for part in value]}
        if kind is dict:
            return {"dict": [[self.plain(part, chunks, depth + 1) for part in pair] for pair in value.items()]}
        if kind is np.ndarray or isinstance(value, np.generic):
            array = np.asarray(value)
            array = array.astype(array.dtype.newbyteorder("<"), copy=False)
            if not DTYPE.fullmatch(array.dtype.str):
                return _description(value)
            chunks.append(array.tobytes())
            return {"array" if kind is np.ndarray else "number": [array.dtype.str, list(array.shape)]}
        if kind is np.random.Generator and type(value.bit_generator) is np.random.PCG64:
            state = value.bit_generator.state
            return {"rng": {"state": {name: str(each) for name, each in state["state"].items()},
                            "has_uint32": state["has_uint32"], "uinteger": state["uinteger"]}}  # fmt: skip
        if kind.__module__ == "lib.activations" and kind.__name__ == "Activation":
            parts = value.name, value.function, value.derivative, value.range, value.kinks
            return {"activation": [self.plain(part, chunks, depth + 1) for part in parts]}
        if isinstance(value, Real):  # a fraction, for one
            return float(value)
        if callable(value):
            return {"function": self._offer(value), **_signature(value)}
        return _description(value)

    def _offer(self, function) -> int:
        for number, each in enumerate(self.offered):
            if each is function:
                return number
        self.offered.append(function)
        return len(self.offered) - 1

    def value(self, plain, rest: list[memoryview]):
        if type(plain) is list:
            return [self.value(part, rest) for part in plain]
        if type(plain) is not dict:
            return plain
        if "function" in plain:
            return self._stand_in(plain)
        ((kind, content),) = plain.items()
        if kind == "int":
            return int(content, 16)
        if kind == "complex":
            return complex(*content)
        if kind == "gap":
            return ...
        if kind == "tuple":
            return tuple(self.value(content, rest))
        if kind == "dict":
            return {name: value for name, value in self.value(content, rest)}
        if kind in ("array", "number"):
            dtype, shape = content
            sizes = all(type(size) is int and size >= 0 for size in shape) and len(shape) <= 16
            if not DTYPE.fullmatch(dtype) or not sizes:
                raise ValueError
            length = math.prod(shape) * np.dtype(dtype).itemsize
            part, rest[0] = rest[0][:length], rest[0][length:]
            if len(part) != length:
                raise ValueError
            array = np.frombuffer(part, dtype).reshape(shape).copy()
            return array if kind == "array" else array[()]
        if kind == "rng":
            generator = np.random.Generator(np.random.PCG64())
            state = {name: int(each) for name, each in content["state"].items()}
            generator.bit_generator.state = {"bit_generator": "PCG64", **content, "state": state}
            return generator
        if kind == "activation":
            from lib import Activation

            name, function, derivative, span, kinks = self.value(content, rest)
            return Activation(name, function, derivative, range=span, kinks=kinks)
        name, text = content
        return type(name if name.isidentifier() and len(name) < 100 else "thing", (Thing,), {})(str(text)[:300])

    def _stand_in(self, plain: dict):
        number, idle = plain["function"], plain["idle"]
        if type(number) is not int:
            raise ValueError

        def function(*inputs):
            result = self.call(number, *inputs)
            return ... if result is None and idle else result  # the stub as it was handed out

        function.__name__ = function.__qualname__ = str(plain["name"])[:100]
        if plain["parameters"] is not None:
            function.__signature__ = inspect.Signature([
                inspect.Parameter(name, KINDS[kind], default=None if default else inspect.Parameter.empty)
                for name, kind, default in plain["parameters"]
            ])  # fmt: skip
        return function


def _stub(*inputs): ...


def _signature(function) -> dict:
    """What can be told of a function: its name, its parameters, and whether it is still the stub."""
    try:
        parameters = [
            [each.name, each.kind.name, each.default is not each.empty]
            for each in inspect.signature(function).parameters.values()
        ]
    except BaseException:  # some built-in functions have none, and a student's may do anything
        parameters = None
    code = getattr(function, "__code__", None)
    name = getattr(function, "__name__", "")
    return {
        "name": name if type(name) is str else "", "parameters": parameters,
        "idle": getattr(code, "co_code", None) == _stub.__code__.co_code,
    }  # fmt: skip


def _description(value, text: str = "") -> dict:
    return {"thing": [type(value).__name__, text or text_of(value)]}


def text_of(value) -> str:
    try:
        return str(value if isinstance(value, BaseException) else repr(value))[:300]
    except BaseException:
        return "one that can't be printed"
