"""Measure what each activation and its slope cost, and keep it in lib/data/cost.csv: `make cost`.

Every row is about one array, (256, width): the sums of a layer of that width for a batch of 256.
Its time is that of the processor, so that whoever else is at work on the machine counts little.
Right before each measurement numpy squares the same array, and the ratio is of these two. A round
measures every row once, so that a slow minute slows them all; what is kept is the median over the
rounds, and the quartiles.

Two ways of writing are measured: the plain ones below, a line of numpy as one would write it first, and
lib's, which are right to the last digits, for any input, and pay for it.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time_ns

import numpy as np
from scipy.special import ndtr

import lib
from tools.benchmark import processor

TARGET = Path(lib.__file__).with_name("data") / "cost.csv"
BATCH = 256
WIDTHS = [16, 64, 256, 1024, 4096]
ROUNDS = 21
AT_LEAST = 2**17  # entries in one measurement: small arrays take several turns

HEADER = """\
# Made by `make cost` ({rounds} rounds, one core of a machine with {processor}; Python {python}, numpy {numpy}).
# One array of 256 * width normal numbers. part: plain function and plain slope are a line of numpy; exact function and
# exact slope are those of lib; numpy's own functions; "x @ weights" is the layer's product, (256, width) by (width, width).
# ns: nanoseconds of the processor for each entry of the answer, the median. ratio: in units of squaring the same array,
# the median of ratios taken one right after the other; low, high: their quartiles.
name,part,width,ns,ratio,low,high
"""


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _sigmoid_slope(x):
    s = _sigmoid(x)
    return s * (1 - s)


def _silu_slope(x):
    s = _sigmoid(x)
    return s * (1 + x * (1 - s))


def _gelu_slope(x):
    return ndtr(x) + x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def _u(x):
    return np.sqrt(2 / np.pi) * (x + 0.044715 * x * x * x)


def _gelu_tanh_slope(x):
    t = np.tanh(_u(x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x * x)


def _mish_slope(x):
    t = np.tanh(np.log1p(np.exp(x)))
    return t + x * (1 - t * t) * _sigmoid(x)


_ALPHA, _LAMBDA = 1.6732632423543772848, 1.0507009873554804934

def _elu(x):
    return np.maximum(x, 0) + np.minimum(np.exp(x) - 1, 0)


def _elu_slope(x):
    return np.exp(np.minimum(x, 0))


# The function and its slope, each from x. (x > 0) * 1.0 and its like do without np.where, which has
# to guess for each number which of two it will be, and takes several times as long.
PLAIN = {
    "step": (lambda x: (x > 0) * 1.0, np.zeros_like),
    "identity": (np.copy, np.ones_like),
    "ReLU": (lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    "leaky ReLU(0.01)": (lambda x: np.maximum(x, 0.01 * x), lambda x: 0.01 + 0.99 * (x > 0)),
    "sigmoid": (_sigmoid, _sigmoid_slope),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "ELU(1)": (_elu, _elu_slope),
    "CELU(1)": (_elu, _elu_slope),
    "SELU": (
        lambda x: _LAMBDA * (np.maximum(x, 0) + _ALPHA * np.minimum(np.exp(x) - 1, 0)),
        lambda x: _LAMBDA * ((x > 0) + _ALPHA * np.exp(x) * (x <= 0)),
    ),
    "softplus": (lambda x: np.log1p(np.exp(x)), _sigmoid),
    "SiLU": (lambda x: x / (1 + np.exp(-x)), _silu_slope),
    "swish(1)": (lambda x: x / (1 + np.exp(-x)), _silu_slope),
    "GELU": (lambda x: x * ndtr(x), _gelu_slope),
    "GELU by tanh": (lambda x: 0.5 * x * (1 + np.tanh(_u(x))), _gelu_tanh_slope),
    "Mish": (lambda x: x * np.tanh(np.log1p(np.exp(x))), _mish_slope),
    "hard sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), lambda x: (np.abs(x) < 3) / 6),
    "hard tanh": (lambda x: np.clip(x, -1, 1), lambda x: (np.abs(x) < 1) * 1.0),
    "ReLU6": (lambda x: np.clip(x, 0, 6), lambda x: ((x > 0) & (x < 6)) * 1.0),
    "hard swish": (lambda x: x * np.clip(x / 6 + 0.5, 0, 1), lambda x: (x / 3 + 0.5) * (np.abs(x) < 3) + (x >= 3)),
}


def activations() -> list[lib.Activation]:
    """Every activation of lib, the families at their usual parameter."""
    fixed = [thing for thing in vars(lib).values() if isinstance(thing, lib.Activation)]
    return [*fixed, lib.leaky_relu(), lib.elu(), lib.celu(), lib.swish()]


def tasks(width: int, rng: np.random.Generator) -> Iterator[tuple[str, str, Callable]]:
    """Name, part, and what takes an array (256, width) and is timed."""
    for activation in activations():
        for part, function in zip(("function", "slope"), PLAIN[activation.name]):
            yield activation.name, f"plain {part}", function
        yield activation.name, "exact function", activation.function
        yield activation.name, "exact slope", activation.derivative
    weights = rng.normal(size=(width, width)) / np.sqrt(width)
    yield "x @ weights", "numpy", lambda x: x @ weights
    for function in (np.exp, np.tanh, ndtr):
        yield function.__name__, "numpy", function


def nanoseconds(function: Callable, x: np.ndarray) -> float:
    """How long the processor works for each entry of x."""
    turns = max(1, AT_LEAST // x.size)
    start = process_time_ns()
    for _ in range(turns):
        function(x)
    return (process_time_ns() - start) / (turns * x.size)


def measure(widths: list[int], rounds: int) -> list[tuple]:
    """One row for each width and task: name, part, width, ns, ratio, and the quartiles of the ratio."""
    rng = np.random.default_rng(0)
    inputs = {width: rng.normal(size=(BATCH, width)) for width in widths}
    planned = [(width, *task) for width in widths for task in tasks(width, rng)]
    times = np.array([
        [(nanoseconds(np.square, inputs[width]), nanoseconds(function, inputs[width])) for width, *_, function in planned]
        for _ in range(rounds + 1)
    ])[1:]  # (rounds, tasks, 2), without the first round, which only warms up
    ns, ratios = np.median(times[..., 1], axis=0), np.percentile(times[..., 1] / times[..., 0], [50, 25, 75], axis=0)
    return [(name, part, width, ns[i], *ratios[:, i]) for i, (width, name, part, _) in enumerate(planned)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    rows = measure(WIDTHS, rounds)
    cores = f"{os.cpu_count()} cores ({processor()})"
    header = HEADER.format(rounds=rounds, processor=cores, python=platform.python_version(), numpy=np.__version__)
    lines = [",".join([name, part, str(width), *(f"{number:.3g}" for number in numbers)]) for name, part, width, *numbers in rows]
    TARGET.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
