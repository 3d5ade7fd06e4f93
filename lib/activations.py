"""Activations: records of a function and its derivative, both element by element."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf

import numpy as np

from .elementwise import elementwise

try:
    from scipy.special import ndtr as _normal_cdf
except ImportError:  # in a browser there is no scipy
    _normal_cdf = np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2, otypes=[float])


@dataclass(frozen=True)
class Activation:
    """A function that works element by element, together with its derivative."""

    name: str
    function: Callable = field(repr=False)
    derivative: Callable = field(repr=False)
    formula: str = ""
    range: tuple[float, float] = (-inf, inf)
    kinks: tuple[float, ...] = ()
    source: str = ""

    def __post_init__(self):
        object.__setattr__(self, "__doc__", self.function.__doc__)

    def __call__(self, x):
        return self.function(x)


def _make(name, function, derivative, *rest, **parameters):
    return Activation(name, partial(elementwise(function), **parameters), partial(elementwise(derivative), **parameters), *rest)


def _flat(x, value):
    return np.where(np.isnan(x), x, value)


def _decay(x, k=1.0):
    return np.exp(-np.abs(k * x))


def _sigmoid(x, k=1.0):
    e = _decay(x, k)
    return np.where(x < 0, e, 1) / (1 + e)


def _sigmoid_slope(x, k=1.0):
    e = _decay(x, k)
    return k * e / (1 + e) ** 2


def _tanh_slope(x):
    e = _decay(x, 2)
    return 4 * e / (1 + e) ** 2


def _elu(x, alpha=1.0, scale=1.0):
    return np.where(x > 0, scale * x, scale * alpha * np.expm1(x))


def _elu_slope(x, alpha=1.0, scale=1.0):
    return np.where(x > 0, scale, scale * alpha * np.exp(x))


def _celu(x, alpha):
    return np.where(x > 0, x, alpha * np.expm1(x / alpha))


def _celu_slope(x, alpha):
    return np.where(x > 0, 1, np.exp(x / alpha))


def _gated(x, z):
    e = np.exp(-np.abs(z))
    return np.where(x < 0, np.maximum(x, -1e30) * e, x) / (1 + e)


def _swish(x, beta):
    return _gated(x, beta * x)


def _swish_slope(x, beta):
    z = np.clip(beta * x, -1e4, 1e4)
    return _sigmoid(z) * (1 + z * _sigmoid(-z))


def _gelu(x):
    return np.maximum(x, -1e30) * _normal_cdf(x)


def _gelu_slope(x):
    x = np.clip(x, -1e3, 1e3)
    return _normal_cdf(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _gelu_tanh(x):
    return _gated(x, math.sqrt(8 / math.pi) * x * (1 + 0.044715 * x * x))


def _gelu_tanh_slope(x):
    x = np.clip(x, -1e3, 1e3)
    c = math.sqrt(8 / math.pi)
    z = c * x * (1 + 0.044715 * x * x)
    return _sigmoid(z) * (1 + c * x * (1 + 3 * 0.044715 * x * x) * _sigmoid(-z))


def _mish(x):
    e = _decay(x)
    n = np.where(x < 0, e * (e + 2), 1 + 2 * e)
    return np.maximum(x, -1e30) * n / (n + np.where(x < 0, 2, 2 * e * e))


def _mish_slope(x):
    x = np.clip(x, -1e3, 1e3)
    e = _decay(x)
    left = e * (4 * (x + 1) + e * (4 * x + 6 + e * (4 + e))) / (2 + e * (2 + e)) ** 2
    right = (1 + e * (4 + e * (4 * x + 6 + 4 * e * (x + 1)))) / (1 + 2 * e * (1 + e)) ** 2
    return np.where(x < 0, left, right)


def _hard_sigmoid(x):
    return (np.clip(x, -3, 3) + 3) / 6


def _hard_swish_slope(x):
    return np.where(np.abs(x) < 3, (2 * x + 3) / 6, np.heaviside(x, 0))


def sigmoid_of(steepness):
    return _make(f"sigmoid({steepness:g})", _sigmoid, _sigmoid_slope, rf"\frac{{1}}{{1 + e^{{-{steepness:g} x}}}}", (0, 1), k=steepness)


def leaky_relu(slope=0.01):
    return _make(
        f"leaky ReLU({slope:g})", lambda x: np.where(x > 0, x, slope * x), lambda x: _flat(x, np.where(x > 0, 1, slope)),
        rf"\max(x, 0) + {slope:g} \min(x, 0)", (-inf, inf), (0,),
    )


def elu(alpha=1.0):
    return _make(f"ELU({alpha:g})", _elu, _elu_slope, rf"\max(x, 0) + {alpha:g} \min(e^x - 1, 0)", (-alpha, inf), () if alpha == 1 else (0,), alpha=alpha)


def celu(alpha=1.0):
    return _make(f"CELU({alpha:g})", _celu, _celu_slope, rf"\max(x, 0) + {alpha:g} \min(e^{{x/{alpha:g}}} - 1, 0)", (-alpha, inf), alpha=alpha)


def swish(beta=1.0):
    return _make(f"swish({beta:g})", _swish, _swish_slope, rf"\frac{{x}}{{1 + e^{{-{beta:g} x}}}}", (-0.27846454276107380 / beta, inf), beta=beta)


step = _make("step", lambda x: np.heaviside(x, 0), lambda x: _flat(x, 0), r"1\ \mathrm{if}\ x > 0,\ \mathrm{else}\ 0", (0, 1), (0,))
identity = _make("identity", lambda x: x.copy(), lambda x: _flat(x, 1), "x")
sigmoid = replace(sigmoid_of(1.0), name="sigmoid", formula=r"\frac{1}{1 + e^{-x}}")
tanh = _make("tanh", np.tanh, _tanh_slope, r"\tanh x", (-1, 1))
relu = _make("ReLU", lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0), r"\max(0, x)", (0, inf), (0,))
selu = _make("SELU", _elu, _elu_slope, r"\lambda(\max(x, 0) + \alpha \min(e^x - 1, 0))", (-1.7580993408473766, inf), (0,), alpha=1.6732632423543772, scale=1.0507009873554805)
softplus = _make("softplus", lambda x: np.logaddexp(0, x), _sigmoid, r"\log(1 + e^x)", (0, inf))
gelu = _make("GELU", _gelu, _gelu_slope, r"x\,\Phi(x)", (-0.16997120747990369, inf))
gelu_tanh = _make("GELU by tanh", _gelu_tanh, _gelu_tanh_slope, r"\frac{x}{2}(1 + \tanh(\sqrt{2/\pi}\,(x + 0.044715 x^3)))", (-0.17004076, inf))
silu = replace(swish(1.0), name="SiLU", formula=r"\frac{x}{1 + e^{-x}}")
mish = _make("Mish", _mish, _mish_slope, r"x \tanh(\log(1 + e^x))", (-0.30884341, inf))
hard_sigmoid = _make("hard sigmoid", _hard_sigmoid, lambda x: np.where(np.abs(x) < 3, 1 / 6, _flat(x, 0)), r"\frac{\min(\max(x + 3, 0), 6)}{6}", (0, 1), (-3, 3))
hard_tanh = _make("hard tanh", lambda x: np.clip(x, -1, 1), lambda x: np.where(np.abs(x) < 1, 1, _flat(x, 0)), r"\min(\max(x, -1), 1)", (-1, 1), (-1, 1))
relu6 = _make("ReLU6", lambda x: np.clip(x, 0, 6), lambda x: np.where((x > 0) & (x < 6), 1, _flat(x, 0)), r"\min(\max(x, 0), 6)", (0, 6), (0, 6))
hard_swish = _make("hard swish", lambda x: np.maximum(x, -3) * _hard_sigmoid(x), _hard_swish_slope, r"x\,\frac{\min(\max(x + 3, 0), 6)}{6}", (-0.375, inf), (-3, 3))
