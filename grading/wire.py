"""What passes between the judge and a student's process: plain values and arrays, and calls of functions by a number.

A frame is two lengths, a text of JSON and the raw bytes of the arrays in it. Nothing that arrives is ever
run or unpickled: what is no plain value of exactly the right type arrives as a description of itself.
Both sides are alike, so that a check can hand on a function too (the curve to be integrated, say).
"""

from __future__ import annotations

import inspect
import json
import math
import os
import re
import select
import struct
import time
from numbers import Real

import numpy as np

LENGTHS = struct.Struct("<II")
MOST_TEXT, MOST_BYTES = 4 << 20, 16 << 20
LONGEST = 300_000  # letters of one text
DEEPEST = 30
DTYPE = re.compile(r"[<|](?:b1|[iu][1248]|f[248]|c8|c16)")
KINDS = {each.name: each for each in inspect._ParameterKind}


class Lost(Exception):
    """The other side is gone, or too slow, or does not keep to the form; the message says which."""


class Raised(Exception):
    """What a function of the other side raised; `_as_raised` makes a class of it with the error's own name."""


class Thing:
    """What can't pass; it says what it was, and its class has the name of that thing's."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Line:
    """One end of the line.

    Parameters
    ----------
    source, sink : int
        File descriptors to read from and to write to.
    offered : list of functions, optional
        Those that the other side may call from the start, by their places.
    patience : float, optional
        How many seconds the calls of the other side may take in all.
    ended : int, optional
        A file descriptor that has something to read as soon as the other side is over.
    """

    def __init__(self, source: int, sink: int, offered=(), patience: float = math.inf, ended: int | None = None):
        self.source, self.sink, self.offered = source, sink, list(offered)
        self.patience, self.ended, self.lost = patience, ended, ""
        self._calls, self._began = 0, 0.0  # how deep in calls of the other side, and since when

    def call(self, number: int, *inputs):
        """Call a function of the other side, and return what it returns.

        Raises
        ------
        Lost
            If no answer comes. From then on every call raises it: `lost` remembers.
        Raised
            What the function raised, as an exception with that name and text.
        """
        if not self._calls:
            self._began = time.monotonic()
        self._calls += 1
        try:
            return self._call(number, inputs)
        finally:
            self._calls -= 1
            if not self._calls:
                self.patience -= time.monotonic() - self._began

    def _call(self, number: int, inputs: tuple):
        kept = [each.copy() if type(each) is np.ndarray else None for each in inputs]
        self._send({"call": number}, list(inputs))
        while True:
            kind, value = self._receive()
            if "call" in kind:
                self._serve(kind["call"], value)
                continue
            if "raise" in kind:
                raise _as_raised(str(kind["raise"]), str(value)[:500])
            result, changed = value if type(value) is tuple and len(value) == 2 else self._lose("it broke the form")
            for before, now, mine in zip(kept, changed if type(changed) is list else [], inputs):
                if before is not None and type(now) is np.ndarray and now.shape == before.shape and mine.flags.writeable:
                    mine[...] = now  # as if it had been changed here
            return result

    def serve(self) -> None:
        """Answer calls until the other side hangs up."""
        while "end" not in (message := self._receive())[0]:
            self._serve(message[0].get("call"), message[1])

    def begin(self) -> None:
        """Let the other side begin: its process reads one byte before it serves."""
        self._write(b"!")

    def hang_up(self) -> None:
        """Let the other side's `serve` return."""
        self._send({"end": True}, None)

    def _serve(self, number, inputs) -> None:
        try:
            if type(number) is not int or not 0 <= number < len(self.offered) or type(inputs) is not list:
                self._lose("it called what was not offered")
            kept = [each.copy() if type(each) is np.ndarray else None for each in inputs]
            result = self.offered[number](*inputs)
            changed = [
                now if before is not None and not np.array_equal(before, now, equal_nan=now.dtype.kind in "fc") else None
                for before, now in zip(kept, inputs)
            ]
            self._send({"return": True}, (result, changed))
        except (Lost, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit too: it is an answer like any other
            self._send({"raise": type(error).__name__}, _text(error))

    # --- frames

    def _send(self, kind: dict, value) -> None:
        chunks, refused = [], ""
        try:
            text, data = json.dumps([kind, self._plain(value, chunks, 0)]).encode(), b"".join(chunks)
            if len(text) > MOST_TEXT or len(data) > MOST_BYTES:
                refused = "it is too large to be looked at"
        except RecursionError:
            refused = "it holds lists within lists without an end"
        if refused:
            text, data = json.dumps([{"raise": "ValueError"}, refused]).encode(), b""
        self._write(LENGTHS.pack(len(text), len(data)) + text + data)

    def _receive(self) -> tuple[dict, object]:
        text_length, data_length = LENGTHS.unpack(self._read(LENGTHS.size))
        if text_length > MOST_TEXT or data_length > MOST_BYTES:
            self._lose("it sent more than is allowed")
        text, data = self._read(text_length), self._read(data_length)
        try:
            kind, value = json.loads(text)
            rest = [memoryview(data)]
            if type(kind) is not dict:
                raise ValueError
            return kind, self._value(value, rest)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError):
            self._lose("it broke the form")

    def _read(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            self._wait([self.source], [])
            try:
                part = os.read(self.source, min(length - len(parts), 1 << 20))
            except OSError:
                part = b""
            if not part:
                self._lose("its process ended")
            parts += part
        return bytes(parts)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait([], [self.sink])
            try:
                view = view[os.write(self.sink, view[: 1 << 16]) :]
            except OSError:
                self._lose("its process ended")

    def _wait(self, reading: list[int], writing: list[int]) -> None:
        """Wait until an end of the line is ready, no longer than there is patience and somebody at the other end."""
        if self.lost:
            raise Lost(self.lost)
        if self.patience == math.inf:
            return
        left = self.patience - (time.monotonic() - self._began if self._calls else 0.0)
        over = [] if self.ended is None else [self.ended]
        here, there, _ = select.select(reading + over, writing, [], max(left, 0.0))
        if here == over != []:  # the other side may have written its last in this moment
            here, there, _ = select.select(reading, writing, [], 0.0)
            if not here and not (writing and there):
                self._lose("its process ended")
        if left <= 0 or not (here or there):
            self._lose("it took too long")

    def _lose(self, why: str):
        self.lost = self.lost or why
        raise Lost(self.lost)

    # --- values

    def _plain(self, value, chunks: list[bytes], depth: int):
        """A value as JSON; the bytes of its arrays go to the chunks."""
        if depth > DEEPEST:
            raise RecursionError
        kind = type(value)
        if value is None or kind in (bool, float, str):
            return value if kind is not str or len(value) <= LONGEST else _description(value, f"one of more than {LONGEST:,} letters")
        if kind is int:
            if value.bit_length() > 10_000:
                return _description(value, "one of more than 3,000 digits")
            return value if abs(value) < 2**63 else {"int": hex(value)}
        if kind is complex:
            return {"complex": [value.real, value.imag]}
        if value is ...:
            return {"gap": True}
        if kind in (list, range):
            return [self._plain(part, chunks, depth + 1) for part in value]
        if kind is tuple:
            return {"tuple": [self._plain(part, chunks, depth + 1) for part in value]}
        if kind is dict:
            return {"dict": [[self._plain(part, chunks, depth + 1) for part in pair] for pair in value.items()]}
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
            return {"activation": [self._plain(part, chunks, depth + 1) for part in parts]}
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

    def _value(self, plain, rest: list[memoryview]):
        if type(plain) is list:
            return [self._value(part, rest) for part in plain]
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
            return tuple(self._value(content, rest))
        if kind == "dict":
            return {name: value for name, value in self._value(content, rest)}
        if kind in ("array", "number"):
            dtype, shape = content
            if not DTYPE.fullmatch(dtype) or not all(type(size) is int and size >= 0 for size in shape) or len(shape) > 16:
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

            name, function, derivative, span, kinks = self._value(content, rest)
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
    return {"thing": [type(value).__name__, text or _text(value)]}


def _text(value) -> str:
    try:
        return str(value if isinstance(value, BaseException) else repr(value))[:300]
    except BaseException:
        return "one that can't be printed"


def _as_raised(name: str, text: str) -> Raised:
    """An exception of the other side, by its name; it is none of those that steer this side."""
    kinds = (Raised, RecursionError) if name == "RecursionError" else (Raised,)  # checks know this one
    return type(name if name.isidentifier() and len(name) < 100 else "Error", kinds, {})(text)
