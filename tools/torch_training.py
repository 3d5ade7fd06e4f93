"""Train the same networks with lib and with torch, and compare: `make benchmark-training`.

Prints benchmarks/training.md; to keep a new result: `make -s benchmark-training >benchmarks/training.md`.

First it is shown that both do the same: from the same weights, on the same batches, the gradients and the
loss at every step agree. If they don't, nothing is timed. Then a turn of lib and a turn of torch alternate, so that a
slow minute slows both, and the ratio is of two neighbours. The time is that of the processor, as in
`tools/cost.py`, for one thread each. A step is what one writes in either: lib's is the body of `lib.train`, torch's
the usual five lines, which work out the loss itself too. The batches are cut beforehand.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from itertools import product
from time import process_time_ns
from typing import NamedTuple

import numpy as np
import torch

import lib
from tools.benchmark import processor

ACTIVATIONS = {
    lib.relu: torch.nn.ReLU, lib.sigmoid: torch.nn.Sigmoid, lib.tanh: torch.nn.Tanh, lib.selu: torch.nn.SELU, lib.gelu: torch.nn.GELU,
}
OPTIMIZERS = {
    "sgd": (lambda: lib.sgd(0.1), lambda parameters: torch.optim.SGD(parameters, lr=0.1)),
    "momentum": (lambda: lib.momentum(0.02), lambda parameters: torch.optim.SGD(parameters, lr=0.02, momentum=0.9)),
    "adam": (lambda: lib.adam(0.01), lambda parameters: torch.optim.Adam(parameters, lr=0.01)),
}
PRECISIONS = [np.float64, np.float32]
ALLOWED = {np.float64: 1e-12, np.float32: 1e-4}  # rounding grows from step to step; a mistake is far larger

# The lectures' sizes: hidden layers and batch.
LECTURES = [([16], 16), ([32], 32), ([64], 64), ([32, 32], 32), ([64, 64], 64), ([32] * 4, 32), ([32] * 8, 32)]
SMOOTH = [([32], 32), ([64, 64], 64)]  # for what is not ReLU, or not sgd
WIDTHS, BATCHES = [64, 128, 256, 512, 1024, 2048], [16, 64, 256]  # two hidden layers
EPOCHS = 2  # of the losses that are compared
ROUNDS, TURN_MS = 7, 10

REPORT = """\
# Training: lib and torch

The same networks on the digits, trained with `lib` and with torch in its eager mode. `tools/torch_training.py` says how this
is measured. A ratio above 1 means that `lib` is faster; in brackets, the quartiles over {rounds} rounds.

- Aim: at least twice as fast as torch at the lectures' sizes; {met} of {count} rows meet it in float64, {met32} in float32.
- Machine: {cores} cores ({processor}), one thread used, load {load:.1f} at the start.
- Python {python}, numpy {numpy}, torch {torch}.
- To measure again: `make benchmark-training`; to keep it: `make -s benchmark-training >benchmarks/training.md`.

## They do the same

{epochs} epochs from the same weights on the same batches of 32, two hidden layers of 32. The largest difference between the losses of a step, and
between the gradients of the first, relative to the largest of them. (More than {allowed64:g} in float64 or {allowed32:g} in float32 stops the benchmark.)

| activation | optimizer | loss, float64 | gradient | loss, float32 | gradient |
|---|---|--:|--:|--:|--:|
{same}

## At the lectures' sizes

Microseconds for one step.

| hidden layers | batch | activation | optimizer | float64: lib | torch | torch / lib | float32: lib | torch | torch / lib |
|---|--:|---|---|--:|--:|--:|--:|--:|--:|
{lectures}

## Where torch overtakes

The ratio torch / lib with two hidden layers of growing width, ReLU and sgd.

| width | {batches} |
|--:|{rules}
{crossing}

{overtakes}"""


class Twins(NamedTuple):
    """A network of lib and a network of torch, which begin with the same weights."""

    mine: lib.Network
    theirs: torch.nn.Sequential


def twins(hidden: list[int], activation: lib.Activation, precision: type) -> Twins:
    drawn = lib.dense_network(np.random.default_rng(0), [64, *hidden, 10], activation)
    mine = lib.Network([
        lib.Dense(layer.weights.astype(precision), layer.bias.astype(precision), layer.activation) for layer in drawn.layers
    ])
    modules = []
    for layer in mine.layers:
        linear = torch.nn.Linear(layer.fan_in, layer.fan_out)
        linear.weight = torch.nn.Parameter(torch.tensor(layer.weights.T.copy()))
        linear.bias = torch.nn.Parameter(torch.tensor(layer.bias))
        modules += [linear, ACTIVATIONS[activation]()]
    return Twins(mine, torch.nn.Sequential(*modules[:-1]))


def batches(size: int, precision: type) -> list[tuple]:
    """An epoch of the digits: of each batch the inputs and labels for lib, and for torch."""
    digits = lib.digits()
    order = np.random.default_rng(1).permutation(len(digits.x_train))
    cuts = [order[start : start + size] for start in range(0, len(order) - size + 1, size)]
    pairs = [(digits.x_train[cut].astype(precision), digits.y_train[cut].astype(np.int64)) for cut in cuts]
    return [(x, y, torch.tensor(x), torch.tensor(y)) for x, y in pairs]


def steps(pair: Twins, optimizer: str) -> tuple[Callable, Callable]:
    """One step of training with lib, and one with torch: both take a batch."""
    update, make = OPTIMIZERS[optimizer][0](), OPTIMIZERS[optimizer][1]
    network, model = pair
    theirs, criterion = make(model.parameters()), torch.nn.CrossEntropyLoss()

    def step_of_lib(x, y, *_):
        trace = network.forward(x)
        upstream = lib.cross_entropy.gradient(trace[-1].a, y)
        update(network.parameters, network.backward(trace, upstream))
        network.observe(trace)

    def step_of_torch(_, __, x, y):
        theirs.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        theirs.step()

    return step_of_lib, step_of_torch


def difference(mine: list[np.ndarray], theirs: list[np.ndarray]) -> float:
    """The largest difference, relative to the largest entry of both."""
    largest = max(np.abs(array).max() for array in mine)
    return max(np.abs(a - b).max() for a, b in zip(mine, theirs, strict=True)) / largest


def same(activation: lib.Activation, optimizer: str, precision: type) -> tuple[float, float]:
    """How far the losses of EPOCHS epochs differ, and the gradients of the first step."""
    pair = twins([32, 32], activation, precision)
    both = steps(pair, optimizer)
    network, model = pair
    criterion = torch.nn.CrossEntropyLoss()
    curves = []
    for batch in EPOCHS * batches(32, precision):
        x, y, x_torch, y_torch = batch
        trace = network.forward(x)
        loss = criterion(model(x_torch), y_torch)
        curves.append((lib.cross_entropy.value(trace[-1].a, y), loss.item()))
        if len(curves) == 1:
            loss.backward()
            gradients = network.backward(trace, lib.cross_entropy.gradient(trace[-1].a, y))
            apart = difference(gradients, [parameter.grad.numpy().T for parameter in model.parameters()])
        for step in both:
            step(*batch)
    mine, theirs = np.array(curves).T
    assert mine[-20:].mean() < mine[:20].mean(), "nothing was learned: there is nothing to compare"
    errors = difference([mine], [theirs]), apart
    if max(errors) > ALLOWED[precision]:
        sys.exit(f"{activation.name}, {optimizer}, {precision.__name__}: lib and torch differ, by {errors}")
    return errors


def race(hidden: list[int], size: int, activation: lib.Activation, optimizer: str, precision: type, rounds: int) -> np.ndarray:
    """Nanoseconds of the processor for one step, of lib and of torch: (rounds, 2)."""
    both = steps(twins(hidden, activation, precision), optimizer)
    epoch = batches(size, precision)

    def turn(step: Callable, count: int) -> float:
        start = process_time_ns()
        for i in range(count):
            step(*epoch[i % len(epoch)])
        return (process_time_ns() - start) / count

    count = [max(1, round(TURN_MS * 1e6 / max(turn(step, 3) for _ in range(2)))) for step in both]
    return np.array([[turn(step, times) for step, times in zip(both, count)] for _ in range(rounds)])


def ratio(times: np.ndarray) -> np.ndarray:
    """The quartiles of torch / lib: lower, median, upper."""
    return np.percentile(times[:, 1] / times[:, 0], [25, 50, 75])


def rows_of_lectures() -> tuple[list[str], list[int]]:
    planned = [(hidden, size, lib.relu, "sgd") for hidden, size in LECTURES]
    planned += [(*sizes, lib.relu, optimizer) for optimizer in ("momentum", "adam") for sizes in SMOOTH]
    planned += [(*sizes, activation, "sgd") for activation in list(ACTIVATIONS)[1:] for sizes in SMOOTH]
    rows, met = [], [0, 0]
    for hidden, size, activation, optimizer in planned:
        cells = []
        for i, precision in enumerate(PRECISIONS):
            times = race(hidden, size, activation, optimizer, precision, ROUNDS)
            (mine, theirs), (low, middle, high) = np.median(times, axis=0) / 1000, ratio(times)
            met[i] += middle >= 2
            cells.append(f"{mine:.0f} | {theirs:.0f} | {middle:.2f} ({low:.2f}–{high:.2f})")
        rows.append(f"| {len(hidden)} × {hidden[0]} | {size} | {activation.name} | {optimizer} | {' | '.join(cells)} |")
    return rows, met


def rows_of_crossing() -> tuple[list[str], list[str]]:
    cells = list(product(BATCHES, PRECISIONS))
    table = np.array([
        [ratio(race([width, width], size, lib.relu, "sgd", precision, 5))[1] for size, precision in cells] for width in WIDTHS
    ])  # (widths, cells)
    rows = [f"| {width} | {' | '.join(f'{number:.2f}' for number in row)} |" for width, row in zip(WIDTHS, table)]
    words = []
    for (size, precision), column in zip(cells, table.T):
        behind = [width for width, number in zip(WIDTHS, column) if number < 1]
        words.append(f"- Batch {size}, {precision.__name__}: torch is first ahead at a width of {behind[0]}." if behind
                     else f"- Batch {size}, {precision.__name__}: torch is not ahead up to a width of {WIDTHS[-1]}.")
    return rows, words


def main() -> None:
    load = os.getloadavg()[0]
    torch.set_num_threads(1)
    np.seterr(all="ignore")  # as lib.train does
    agree = []
    for activation, optimizer in product(ACTIVATIONS, OPTIMIZERS):
        errors = [error for precision in PRECISIONS for error in same(activation, optimizer, precision)]
        agree.append(f"| {activation.name} | {optimizer} | {' | '.join(f'{error:.0e}' for error in errors)} |")
    lectures, met = rows_of_lectures()
    crossing, overtakes = rows_of_crossing()
    heads = [f"batch {size}, {precision.__name__}" for size, precision in product(BATCHES, PRECISIONS)]
    print(REPORT.format(
        rounds=ROUNDS, epochs=EPOCHS, met=met[0], met32=met[1], count=len(lectures), cores=os.cpu_count(), processor=processor(), load=load,
        python=platform.python_version(), numpy=np.__version__, torch=torch.__version__, allowed64=ALLOWED[np.float64],
        allowed32=ALLOWED[np.float32], same="\n".join(agree), lectures="\n".join(lectures), crossing="\n".join(crossing),
        batches=" | ".join(heads), rules="--:|" * len(heads), overtakes="\n".join(overtakes),
    ))


if __name__ == "__main__":
    main()
