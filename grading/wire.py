"""The line between the judge and a student's process: frames of values, and calls of functions by a number.

A frame is two lengths, a text of JSON and the raw bytes of the arrays in it.
Both sides are alike, so that a check can hand on a function too (the curve to be integrated, say).
"""

from __future__ import annotations

import json
import math
import os
import select
import struct
import time

import numpy as np

from .values import Values, text_of

LENGTHS = struct.Struct("<II")
MOST_TEXT, MOST_BYTES = 4 << 20, 16 << 20


class Lost(Exception):
    """The other side is gone, or too slow, or does not keep to the form; the message says which."""


class Raised(Exception):
    """What a function of the other side raised; `_as_raised` makes a class of it with the error's own name."""


class Line(Values):
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
        super().__init__(offered)
        self.source, self.sink = source, sink
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
                fits = before is not None and type(now) is np.ndarray and now.shape == before.shape
                if fits and mine.flags.writeable:
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
                None if before is None or np.array_equal(before, now, equal_nan=now.dtype.kind in "fc") else now
                for before, now in zip(kept, inputs)
            ]
            self._send({"return": True}, (result, changed))
        except (Lost, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit too: it is an answer like any other
            self._send({"raise": type(error).__name__}, text_of(error))

    # --- frames

    def _send(self, kind: dict, value) -> None:
        chunks, refused = [], ""
        try:
            text, data = json.dumps([kind, self.plain(value, chunks, 0)]).encode(), b"".join(chunks)
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
            return kind, self.value(value, rest)
        except Exception:  # whatever could be made to go wrong with it
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


def _as_raised(name: str, text: str) -> Raised:
    """An exception of the other side, by its name; it is none of those that steer this side."""
    kinds = (Raised, RecursionError) if name == "RecursionError" else (Raised,)  # checks know this one
    return type(name if name.isidentifier() and len(name) < 100 else "Error", kinds, {})(text)
