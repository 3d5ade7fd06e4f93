"""Work out each activation and its slope with lib and with torch, and compare: `make benchmark-activations`.

Prints benchmarks/activations.md; to keep a new result: `make -s benchmark-activations >benchmarks/activations.md`.

The numbers are those of a bell curve, wide enough to reach the tails. Turns of lib and of torch alternate, and the time is
that of the processor, for one thread. torch has a slope from its backward pass, which multiplies it by what comes from
above; so lib's time for a slope has that product in it as well.

The truth is known in 40 digits (`lib.exactness`), which is too slow for all numbers. It is asked for at some of
them, and wherever lib and torch differ most: an error that only one of the two has can't hide there.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from time import process_time_ns

import numpy as np
import torch
from torch.nn import functional

import lib
from lib.exactness import textbook, ulp_error
from tools.benchmark import processor

# torch has neither a step nor, as a function, the identity.
THEIRS = {
    lib.relu: functional.relu,
    lib.leaky_relu(): functional.leaky_relu,
    lib.sigmoid: torch.sigmoid,
    lib.tanh: torch.tanh,
    lib.elu(): functional.elu,
    lib.celu(): functional.celu,
    lib.selu: functional.selu,
    lib.softplus: functional.softplus,
    lib.silu: functional.silu,
    lib.gelu: functional.gelu,
    lib.gelu_tanh: lambda x: functional.gelu(x, approximate="tanh"),
    lib.mish: functional.mish,
    lib.hard_sigmoid: functional.hardsigmoid,
    lib.hard_tanh: functional.hardtanh,
    lib.relu6: functional.relu6,
    lib.hard_swish: functional.hardswish,
}
FORMULAS = {activation.name: formula for activation, formula in textbook().items()}
FORMULAS["leaky ReLU(0.01)"] = lambda x: x if x.real > 0 else 0.01 * x

COUNT, SPREAD = 10**6, 5.0
ROUNDS = 7
DRAWN, MOST_APART = 200, 100  # how many numbers are compared with the truth

REPORT = """\
# Activations: lib and torch

Every activation that both have, and its slope, on {count:,} numbers of mean 0 and standard deviation {spread:g}.
`tools/torch_activations.py` says how this is measured. A ratio above 1 means that `lib` is faster; in brackets, its quartiles
over {rounds} rounds. Errors are the worst found, in units in the last place (ulp) of the precision; *apart* is the largest difference
of the two on all the numbers.

- Machine: {cores} cores ({processor}), one thread used, load {load:.1f} at the start.
- Python {python}, numpy {numpy}, torch {torch}.
- To measure again: `make benchmark-activations`; to keep it: `make -s benchmark-activations >benchmarks/activations.md`.

{tables}

At the kinks both choose the same slope{kinks}."""

TABLE = """\
## {precision}

| activation | | ns a number: lib | torch | torch / lib | ulp: lib | torch | apart |
|---|---|--:|--:|--:|--:|--:|--:|
{rows}"""


def backward(function: Callable, x: torch.Tensor, upstream: torch.Tensor) -> Callable:
    """What works out upstream times the slope of one of torch's functions, again and again."""
    x = x.clone().requires_grad_()
    answer = function(x)
    return lambda: torch.autograd.grad(answer, x, upstream, retain_graph=True)[0]


def slope(function: Callable, x: np.ndarray) -> np.ndarray:
    """The slope that torch gives at each x."""
    given = torch.tensor(x)
    return backward(function, given, torch.ones_like(given))().numpy()


def race(mine: Callable, theirs: Callable) -> np.ndarray:
    """Nanoseconds of the processor for each number, of lib and of torch: (ROUNDS, 2), after a round that warms up."""

    def turn(function: Callable) -> float:
        start = process_time_ns()
        function()
        return (process_time_ns() - start) / COUNT

    return np.array([[turn(mine), turn(theirs)] for _ in range(ROUNDS + 1)])[1:]


def worst(activation: lib.Activation, theirs: lib.Activation, formula: Callable, x: np.ndarray) -> np.ndarray:
    """The worst errors of lib and of torch in ulp, and how far apart the two are: (2, 3), for function and slope."""
    found = []
    for part in ("function", "derivative"):
        mine, other = (getattr(which, part)(x).astype(float) for which in (activation, theirs))
        apart = np.abs(mine - other)
        with np.errstate(invalid="ignore"):
            share = np.nan_to_num(apart / np.spacing(np.maximum(np.abs(mine), np.abs(other)).astype(x.dtype)))
        where = x[np.concatenate([np.arange(DRAWN), np.argpartition(share, -MOST_APART)[-MOST_APART:]])]
        ulps = [getattr(ulp_error(which, formula, where), part).max() for which in (activation, theirs)]
        found.append([*ulps, apart.max()])
    return np.array(found)


def rows(activation: lib.Activation, theirs: Callable, x: np.ndarray) -> list[str]:
    """The lines of the table for a function and its slope."""
    given, upstream = torch.tensor(x), np.ones_like(x)
    other = lib.Activation("torch", lambda x: theirs(torch.tensor(x)).numpy(), lambda x: slope(theirs, x))
    races = [
        race(lambda: activation(x), lambda: theirs(given)),
        race(lambda: upstream * activation.derivative(x), backward(theirs, given, torch.tensor(upstream))),
    ]
    lines = []
    for part, times, (mine, its, apart) in zip(("function", "slope"), races, worst(activation, other, FORMULAS[activation.name], x)):
        ns, (low, middle, high) = np.median(times, axis=0), np.percentile(times[:, 1] / times[:, 0], [25, 50, 75])
        lines.append(
            f"| {activation.name} | {part} | {ns[0]:.1f} | {ns[1]:.1f} | {middle:.2f} ({low:.2f}–{high:.2f}) "
            f"| {round(mine, 2):.2g} | {round(its, 2):.2g} | {apart:.1g} |"
        )
    return lines


def kinks() -> list[str]:
    """Where a slope jumps, and lib and torch choose different sides."""
    return [
        f"{activation.name} at {kink:g} ({activation.derivative(kink):g} and {given:g})"
        for activation, theirs in THEIRS.items()
        for kink in activation.kinks
        if (given := slope(theirs, np.array(float(kink)))) != activation.derivative(kink)
    ]


def main() -> None:
    load = os.getloadavg()[0]
    torch.set_num_threads(1)
    x, tables = np.random.default_rng(0).normal(0, SPREAD, COUNT), []
    for precision in (np.float64, np.float32):
        lines = [line for activation, theirs in THEIRS.items() for line in rows(activation, theirs, x.astype(precision))]
        tables.append(TABLE.format(precision=precision.__name__, rows="\n".join(lines)))
    print(REPORT.format(
        count=COUNT, spread=SPREAD, rounds=ROUNDS, cores=os.cpu_count(), processor=processor(), load=load,
        python=platform.python_version(), numpy=np.__version__, torch=torch.__version__, tables="\n\n".join(tables),
        kinks=f", but for {', '.join(kinks())}: lib's and torch's slope" if kinks() else "",
    ))


if __name__ == "__main__":
    main()
