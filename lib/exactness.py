"""Exactness: how far an activation worked out in floats is from the truth, in units of its last digit."""

from typing import NamedTuple

import numpy as np

from . import activations as lib


class Errors(NamedTuple):
    """Errors in units in the last place (ulp), one for each x."""

    function: np.ndarray  # (n,)
    derivative: np.ndarray  # (n,)


def ulp_error(activation, formula, x):
    """Measure by how many units in the last place (ulp) an activation and its derivative are wrong.

    The truth is the formula, worked out in 40 digits. Its slope needs no second formula: a step ih
    off the real line, with a tiny h, gives f(x + ih) = f(x) + ih f′(x), both at once.

    The unit is the gap between floats at the size of the truth, and the smallest float at least.
    With one exception: the slope of a gate such as `silu` crosses 0 at its lowest point, and next to
    it no float has enough digits for what its terms leave over. So where the truth changes its sign
    between ¾x and 5x/4, the unit is the gap at the larger of its sizes at these two.

    Parameters
    ----------
    activation : Activation
    formula : callable
        The same function in numbers of mpmath, complex ones included; see `textbook`.
    x : array_like, shape (n,)
        Where to measure. If they are float32, so are the units.

    Returns
    -------
    Errors
        An error is inf where only one of answer and truth is too large for a float.
    """
    from mpmath import mp

    x = np.asarray(x)
    answers = np.stack([activation.function(x), activation.derivative(x)], axis=1)  # (n, 2)
    with mp.workdps(40):
        truths = [_truth(formula, at) for at in x.tolist()]
        errors = np.array([
            [_in_units(*pair, size=pair[1]) for pair in zip(*both)] for both in zip(answers, truths)
        ]).reshape(-1, 2)
        for i, which in np.argwhere(errors > 1):
            ends = [_truth(formula, mp.mpf(float(x[i])) * part)[which] for part in (0.75, 1.25)]
            if ends[0] * ends[1] < 0:
                errors[i, which] = _in_units(answers[i, which], truths[i][which], size=max(ends, key=abs))
    return Errors(*errors.T)


def _truth(formula, x):
    """Give f(x) and f′(x) in numbers of mpmath."""
    from mpmath import mp

    h = mp.mpf(10) ** -20 * min(1, abs(mp.mpf(x)) or mp.mpf(10) ** -320)
    off_the_line = mp.mpc(formula(mp.mpc(x, h)))
    return off_the_line.real, off_the_line.imag / h


def _in_units(answer, truth, size):
    from mpmath import mp

    if np.isinf(answer):
        return 0.0 if answer == answer.dtype.type(truth) else np.inf
    floats = np.finfo(answer.dtype)
    unit = mp.ldexp(1, int(max(mp.mag(size) - 1, floats.minexp)) - floats.nmant)
    return float(abs(mp.mpf(float(answer)) - truth) / unit)


def probes(rng, activation, count):
    """Choose numbers to measure an activation at: of every size and both signs, and the awkward ones.

    Parameters
    ----------
    rng : numpy.random.Generator
    activation : Activation
        Its kinks and their neighbours are among the awkward ones.
    count : int
        How many to draw, before these.

    Returns
    -------
    ndarray, shape (count + a few,)
    """
    draws = [
        10 ** rng.uniform(-323, 308, count),
        10 ** rng.uniform(-3, 3, count),
        rng.uniform(0, 50, count),
        rng.uniform(0, 5, count),
    ]
    kinds = rng.integers(len(draws), size=count).astype(np.intp)  # 32 bits in a browser, where no others may choose
    drawn = np.choose(kinds, draws) * rng.choice([-1, 1], count)
    floats = np.finfo(float)
    edges = np.array([0, floats.smallest_subnormal, floats.tiny, 1, floats.max])
    kinks = np.array(activation.kinks, float)
    return np.concatenate([drawn, edges, -edges, kinks, np.nextafter(kinks, np.inf), np.nextafter(kinks, -np.inf)])


def textbook():
    """Give activations with their formulas as books print them, in numbers of mpmath.

    Returns
    -------
    dict of Activation to callable
        All fixed activations, and some members of each family. The formulas take complex numbers:
        in which piece of a function x lies, its real part tells.
    """
    from mpmath import mp

    def sigmoid(x):
        return 1 / (1 + mp.exp(-x))

    def elu(x, alpha):
        return x if x.real > 0 else alpha * mp.expm1(x)

    def cut_off(x, low, high):
        return low if x.real <= low else high if x.real >= high else x

    def hard_sigmoid(x):
        return (cut_off(x, -3, 3) + 3) / 6

    alpha, scale = mp.mpf("1.67326324235437728481704299167"), mp.mpf("1.05070098735548049341933498529")
    fixed = {
        lib.step: lambda x: int(x.real > 0),
        lib.identity: lambda x: x,
        lib.relu: lambda x: x if x.real > 0 else 0,
        lib.sigmoid: sigmoid,
        lib.tanh: mp.tanh,
        lib.selu: lambda x: scale * elu(x, alpha),
        lib.softplus: lambda x: mp.log1p(mp.exp(x)),
        lib.silu: lambda x: x * sigmoid(x),
        lib.gelu_tanh: lambda x: x * sigmoid(mp.sqrt(8 / mp.pi) * (x + mp.mpf("0.044715") * x**3)),
        lib.gelu: lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
        lib.mish: lambda x: x * mp.tanh(mp.log1p(mp.exp(x))),
        lib.hard_sigmoid: hard_sigmoid,
        lib.hard_tanh: lambda x: cut_off(x, -1, 1),
        lib.relu6: lambda x: cut_off(x, 0, 6),
        lib.hard_swish: lambda x: x * hard_sigmoid(x),
    }
    families = {}
    for k in (0.1, 1, 3):  # in the formulas k is the float as it is, which is not quite 1/10
        families |= {
            lib.leaky_relu(k): lambda x, k=k: x if x.real > 0 else k * x,
            lib.sigmoid_of(k): lambda x, k=k: sigmoid(k * x),
            lib.elu(k): lambda x, k=k: elu(x, k),
            lib.celu(k): lambda x, k=k: k * elu(x / k, 1),
            lib.swish(k): lambda x, k=k: x * sigmoid(k * x),
        }
    return fixed | families
