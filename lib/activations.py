"""Activations: each a record of a function and its derivative, which work on each number by itself.

Where the slope jumps (a kink), one value has to be chosen. Here a kink counts as the side where
the unit rests: ReLU's slope at 0 is 0. A unit that rests exactly on the edge is still at rest.
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf, pi, sqrt
from numbers import Real

import numpy as np

from .elementwise import elementwise, product, quotient, scaled_exp

try:
    from scipy.special import ndtr as normal_cdf
except ImportError:  # a browser has no scipy
    normal_cdf = np.vectorize(lambda x: math.erfc(-x / sqrt(2)) / 2, otypes=[float])


@dataclass(frozen=True)
class Activation:
    """A function that a unit may apply to its weighted sum, with its derivative.

    One of your own takes a line: ``swish2 = Activation("swish2", f, df)``.

    Parameters
    ----------
    name : str
        As it stands on figures.
    function, derivative : callable
        Both take x, an array, and return an array of its shape. (The derivative takes x too, never f(x).)
    formula : str
        The function of x in LaTeX, without dollar signs.
    range : tuple of float
        Lower and upper end of its values, whether it reaches them or only comes close.
    kinks : tuple of float
        Where its slope, or the function itself, jumps.
    source : str
        Author, year and title of the paper it comes from.

    Raises
    ------
    TypeError
        If the function or the derivative is missing, or can't be called.
    """

    name: str
    function: Callable = field(repr=False)
    derivative: Callable = field(repr=False)
    formula: str = ""
    range: tuple[float, float] = (-inf, inf)
    kinks: tuple[float, ...] = ()
    source: str = ""

    def __post_init__(self):
        for role in ("function", "derivative"):
            if not callable(given := getattr(self, role)):
                raise TypeError(f"the {role} of {self.name!r} must be a function of x, not {given!r}")
        object.__setattr__(self, "__doc__", self.function.__doc__)  # so that sigmoid? and help(sigmoid) help

    def __call__(self, x):
        """Apply the function to x."""
        return self.function(x)


def _activation(name, derivative, formula, range=(-inf, inf), kinks=(), source=""):
    """Make an `Activation` of the function that stands below, and complete its docstring."""

    def make(function):
        function, slope = elementwise(function), elementwise(derivative)
        facts = [f".. math:: {formula}", "Range: from {:g} to {:g}.".format(*range)]
        facts += [f"References\n----------\n{source}."] if source else []
        function.__doc__ = "\n\n".join([inspect.getdoc(function), *facts])
        slope.__doc__ = f"The slope of {name} at x."
        return Activation(name, function, slope, formula, range, kinks, source)

    return make


def _positive(name, number):
    if not isinstance(number, Real) or isinstance(number, bool):
        raise TypeError(f"{name} must be a number, not {number!r}")
    if not 0 < number < inf:
        raise ValueError(f"{name} must be above 0 and finite, not {number!r}")
    return float(number)


def _factor(number):
    """A number in front of something else in a formula: nothing is written for 1."""
    return "" if number == 1 else rf"{number:g}\,"


# ---- Straight pieces


@_activation(
    "step",
    derivative=lambda x: np.zeros_like(x),
    formula=r"1\ \mathrm{if}\ x > 0,\ \mathrm{else}\ 0",
    range=(0, 1),
    kinks=(0,),
    source="McCulloch & Pitts (1943), A logical calculus of the ideas immanent in nervous activity",
)
def step(x):
    """Fire if x is above the threshold 0, and only then: the first artificial neuron.

    Its slope is 0 everywhere. At 0, where it jumps, it has none; we say 0 there too, so no
    gradient ever comes through. It is used to decide, and to show why that can't be learned.
    """
    return x > 0


@_activation("identity", derivative=lambda x: np.ones_like(x), formula="x")
def identity(x):
    """Pass x on as it is: no activation at all, with slope 1.

    It is used in the last layer, where a network says a number of any size.
    """
    return x


@_activation(
    "ReLU",
    derivative=lambda x: x > 0,
    formula=r"\max(x, 0)",
    range=(0, inf),
    kinks=(0,),
    source="Fukushima (1969), Visual feature extraction by a multilayered network of analog threshold elements; "
    "Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann machines",
)
def relu(x):
    """Pass on what is positive in x and silence the rest: the rectified linear unit.

    Its slope is 1 or 0: a gradient comes back whole, or not at all. At the kink, 0, any slope from
    0 to 1 would do; 0 is what everybody takes, as a silent unit should not learn. It is the usual
    first choice in networks of many layers.
    """
    return np.maximum(x, 0)


def leaky_relu(slope=0.01):
    """Make a ReLU that lets a little of what is negative through, so no unit ever falls quite silent.

    Its slope is 1 above 0 and ``slope`` below. At the kink, 0, it is ``slope``, as for ReLU, which
    is what a slope of 0 gives. It is used where too many units of a ReLU network have died.

    Parameters
    ----------
    slope : float
        The slope below 0; 0 or more, and usually far less than 1.

    Returns
    -------
    Activation

    Raises
    ------
    TypeError, ValueError
        If the slope is no number, or is negative, infinite or nan.
    """
    if isinstance(slope, Real) and slope == 0:
        return replace(relu, name="leaky ReLU(0)")
    slope = _positive("slope", slope)

    @_activation(
        f"leaky ReLU({slope:g})",
        derivative=lambda x: np.where(x > 0, 1, slope),
        formula=rf"\max(x, 0) + {_factor(slope)}\min(x, 0)",
        kinks=() if slope == 1 else (0,),
        source="Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network acoustic models",
    )
    def member(x):
        """Pass on x where it is positive, and a fixed part of it where it is not."""
        return np.where(x > 0, x, slope * x)

    return member


# ---- S-shaped curves


def _sigmoid(x, steepness=1.0):
    t, lost = product(steepness, -np.abs(x))  # exp never overflows on this side
    e = np.exp(t)
    e += e * lost
    return np.where(x < 0, e, 1) / (1 + e)


def _sigmoid_slope(x, steepness=1.0):
    t, lost = product(steepness, -np.abs(x))
    e = np.exp(t)
    return scaled_exp(steepness + steepness * lost, t, 1 + (2 * e + e * e))


def sigmoid_of(steepness):
    """Make a sigmoid that climbs faster or slower: at a large steepness, almost a step.

    Its slope is steepness · σ(kx) σ(−kx), k being the steepness: a quarter of it at 0, and the
    larger it is there, the sooner it is gone on both sides.

    Parameters
    ----------
    steepness : float
        What x is multiplied by; above 0. At 1, it is `sigmoid`.

    Returns
    -------
    Activation

    Raises
    ------
    TypeError, ValueError
        If the steepness is no number, or not above 0 and finite.
    """
    steepness = _positive("steepness", steepness)

    @_activation(
        f"sigmoid({steepness:g})",
        derivative=lambda x: _sigmoid_slope(x, steepness),
        formula=rf"\frac{{1}}{{1 + e^{{-{_factor(steepness)}x}}}}",
        range=(0, 1),
    )
    def member(x):
        """Squeeze x, times a steepness, between 0 and 1."""
        return _sigmoid(x, steepness)

    return member


@_activation(
    "sigmoid",
    derivative=_sigmoid_slope,
    formula=r"\frac{1}{1 + e^{-x}}",
    range=(0, 1),
    source="Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors",
)
def sigmoid(x):
    """Squeeze x between 0 and 1: a step made smooth, so that it can learn.

    Its slope is σ(x) (1 − σ(x)), computed as σ(x) σ(−x) since 1 − σ(x) loses its digits where
    σ(x) is near 1. It is ¼ at most, at 0, and vanishes on both sides. It is used where an answer
    is a probability, and as a gate in recurrent cells.
    """
    return _sigmoid(x)


@_activation(
    "tanh",
    derivative=lambda x: 2 * _sigmoid_slope(x, 2.0),
    formula=r"\tanh x",
    range=(-1, 1),
    source="LeCun, Bottou, Orr & Müller (1998), Efficient BackProp",
)
def tanh(x):
    """Squeeze x between −1 and 1: a sigmoid stretched to have its centre at 0, as 2σ(2x) − 1.

    Its slope is 1 − tanh² x, computed as 4 σ(2x) σ(−2x), which keeps its digits. It is 1 at 0,
    four times that of sigmoid, and vanishes on both sides as well. It is used in recurrent cells.
    """
    return np.tanh(x)


# ---- Curves that settle where ReLU is silent


def elu(alpha=1.0):
    """Make an exponential linear unit: x above 0, and below it a curve that settles at −alpha.

    So its mean answer is closer to 0 than ReLU's. Its slope is 1 above 0 and alpha · eˣ below;
    only for an alpha of 1 do they meet. At the kink that any other has at 0, the slope is alpha.
    It is used in place of ReLU where some cost for each exponential does not matter.

    Parameters
    ----------
    alpha : float
        How far below 0 it settles; above 0.

    Returns
    -------
    Activation

    Raises
    ------
    TypeError, ValueError
        If alpha is no number, or not above 0 and finite.
    """
    alpha = _positive("alpha", alpha)

    @_activation(
        f"ELU({alpha:g})",
        derivative=lambda x: np.where(x > 0, 1, scaled_exp(alpha, np.minimum(x, 0))),
        formula=rf"\max(x, 0) + {_factor(alpha)}\min(e^x - 1, 0)",
        range=(-alpha, inf),
        kinks=() if alpha == 1 else (0,),
        source="Clevert, Unterthiner & Hochreiter (2016), Fast and accurate deep network learning by "
        "exponential linear units (ELUs)",
    )
    def member(x):
        """Pass on x where it is positive, and settle at a fixed value below 0 where it is not."""
        return np.where(x > 0, x, alpha * np.expm1(x))  # near 0, exp(x) - 1 would lose all digits

    return member


def celu(alpha=1.0):
    """Make a continuously differentiable exponential linear unit: an ELU without its kink.

    Dividing x by alpha makes the slope 1 above 0 and exp(x/alpha) below, which is 1 at 0 for every alpha.

    Parameters
    ----------
    alpha : float
        How far below 0 it settles, and how wide the bend is; above 0. At 1, it is ``elu(1)``.

    Returns
    -------
    Activation

    Raises
    ------
    TypeError, ValueError
        If alpha is no number, or not above 0 and finite.
    """
    alpha = _positive("alpha", alpha)

    def slope(x):
        t, lost = quotient(np.minimum(x, 0), alpha)
        e = np.exp(t)
        return e + e * lost

    @_activation(
        f"CELU({alpha:g})",
        derivative=slope,
        formula=rf"\max(x, 0) + {_factor(alpha)}\min(e^{{x/{alpha:g}}} - 1, 0)",
        range=(-alpha, inf),
        source="Barron (2017), Continuously differentiable exponential linear units",
    )
    def member(x):
        """Pass on x where it is positive, and settle smoothly at a fixed value below 0 where it is not."""
        # So near 0 that the curve is x to the last digit, x / alpha might have fewer digits than x.
        return np.where(x > -1e-17 * alpha, x, alpha * np.expm1(x / alpha))

    return member


_ALPHA, _LAMBDA = 1.6732632423543772848, 1.0507009873554804934


@_activation(
    "SELU",
    derivative=lambda x: np.where(x > 0, _LAMBDA, scaled_exp(_LAMBDA * _ALPHA, np.minimum(x, 0))),
    formula=r"\lambda\,(\max(x, 0) + \alpha \min(e^x - 1, 0))",
    range=(-_LAMBDA * _ALPHA, inf),
    kinks=(0,),
    source="Klambauer, Unterthiner, Mayr & Hochreiter (2017), Self-normalizing neural networks",
)
def selu(x):
    """Stretch an ELU of x just so that signals of mean 0 and variance 1 keep both.

    That fixes λ = 1.0507… and α = 1.6732…. Its slope is λ above 0 and λα eˣ below; at the kink, 0,
    it is λα = 1.7581, the limit from below. It is used in deep networks without normalization
    layers, with the weights of ``lecun_normal``.
    """
    return _LAMBDA * np.where(x > 0, x, _ALPHA * np.expm1(x))


@_activation(
    "softplus",
    derivative=_sigmoid,
    formula=r"\log(1 + e^x)",
    range=(0, inf),
    source="Dugas, Bengio, Bélisle, Nadeau & Garcia (2001), Incorporating second-order functional knowledge "
    "for better option pricing",
)
def softplus(x):
    """Bend ReLU's corner into a smooth curve: about 0 for x far below 0, about x far above.

    Its slope is the sigmoid. It is used where an answer has to be positive, such as a variance.
    """
    return np.logaddexp(0, x)


# ---- Gates: x times how far the gate is open, σ(z) for a z with the sign of x


def _gate(x, t, lost=0.0):
    """Give ``x * σ(z)`` for ``t + lost = -|z|``."""
    more = 1 + np.exp(t)
    return np.where(x < 0, scaled_exp(x + x * lost, t, more), x / more)


def _gate_slope(x, t, rise, lost=0.0):
    """Give its slope, ``σ(z) (1 + x z' σ(-z))``, for ``rise + lost = -|x z'|``."""
    e = np.exp(t)
    # On the left both terms go together: 1 + rise + e is exact where they cancel.
    left = (1 + rise) + (e + lost * (2 + 2 * e + rise))
    bump = scaled_exp(np.where(x < 0, left, -rise - lost * (1 + rise)), t, 1 + (2 * e + e * e))
    return np.where(x < 0, 0, 1 / (1 + e)) + bump


def swish(beta=1.0):
    """Make a gate that x opens for itself: x · σ(beta · x).

    It dips below 0 and comes back, so it is not monotone. Its slope is σ(βx) + βx σ(βx) σ(−βx),
    β being beta: ½ at 0, a little above 1 on the right. For a small beta it is nearly x / 2, for a
    large one nearly ReLU.

    Parameters
    ----------
    beta : float
        How fast the gate opens; above 0. At 1, it is `silu`.

    Returns
    -------
    Activation

    Raises
    ------
    TypeError, ValueError
        If beta is no number, or not above 0 and finite.
    """
    beta = _positive("beta", beta)

    def slope(x):
        t, lost = product(beta, -np.abs(x))
        return _gate_slope(x, t, t, lost)

    @_activation(
        f"swish({beta:g})",
        derivative=slope,
        formula=rf"\frac{{x}}{{1 + e^{{-{_factor(beta)}x}}}}",
        range=(-0.2784645427610738 / beta, inf),
        source="Ramachandran, Zoph & Le (2017), Searching for activation functions",
    )
    def member(x):
        """Let x through a gate that x itself opens."""
        return _gate(x, *product(beta, -np.abs(x)))

    return member


@_activation(
    "SiLU",
    derivative=lambda x: _gate_slope(x, -np.abs(x), -np.abs(x)),
    formula=r"\frac{x}{1 + e^{-x}}",
    range=(-0.2784645427610738, inf),
    source="Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs); Elfwing, Uchibe & Doya (2018), "
    "Sigmoid-weighted linear units for neural network function approximation in reinforcement learning",
)
def silu(x):
    """Let x through a gate that x itself opens, x · σ(x): the sigmoid linear unit, or ``swish(1)``.

    Its slope is σ(x) + x σ(x) σ(−x): ½ at 0, negative left of the lowest point, which is at
    x = −1.2785, and a little above 1 on the right. It is used in convolutional networks, and
    within the feed-forward layers of large language models.
    """
    return _gate(x, -np.abs(x))


@_activation(
    "GELU by tanh",
    derivative=lambda x: _gate_slope(x, _gelu_tanh_exponent(x), -sqrt(8 / pi) * np.abs(x * (1 + 0.134145 * x * x))),
    formula=r"\frac{x}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right)\right)",
    range=(-0.17004075057125406, inf),
    source="Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs)",
)
def gelu_tanh(x):
    """Let x through a gate that is nearly that of GELU, without the normal distribution.

    It is off by 0.00047 at most. As (1 + tanh u)/2 is σ(2u), it is x · σ(2u), which keeps its digits
    where 1 + tanh u has none left; so does its slope, σ(2u) + 2xu′ σ(2u) σ(−2u). It is used where
    erf was slow, and still is by the networks that were trained with it.
    """
    return _gate(x, _gelu_tanh_exponent(x))


def _gelu_tanh_exponent(x):
    return -sqrt(8 / pi) * np.abs(x * (1 + 0.044715 * x * x))  # -|2u|


_FAR = -37.0  # left of it the normal density begins to underflow, and its cdf with it


def _gelu_tail(x):
    """Give Φ(x) · |x| / φ(x) far on the left, by its asymptotic series."""
    t = 1 / (x * x)
    return 1 - t * (1 - 3 * t * (1 - 5 * t * (1 - 7 * t * (1 - 9 * t))))


def _gelu_slope(x):
    density_by = np.where(x > _FAR, x, x - _gelu_tail(x) / x)
    return np.where(x > _FAR, normal_cdf(np.maximum(x, _FAR)), 0) + scaled_exp(density_by / sqrt(2 * pi), -x * x / 2)


@_activation(
    "GELU",
    derivative=_gelu_slope,
    formula=r"x\,\Phi(x)",
    range=(-0.16997120747990366, inf),
    source="Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs)",
)
def gelu(x):
    """Let x through a gate that opens as likely as x exceeds a normal number: x · Φ(x).

    Φ(x) is the part of a standard normal distribution that lies below x, φ(x) its density. The
    slope is Φ(x) + x φ(x): ½ at 0, negative left of the lowest point, which is at x = −0.7518, and
    a little above 1 on the right. It is used in transformers.
    """
    tail = scaled_exp(-_gelu_tail(x) / sqrt(2 * pi), -x * x / 2)
    return np.where(x > _FAR, x * normal_cdf(np.maximum(x, _FAR)), tail)


def _mish_slope(x):
    e = np.exp(-np.abs(x))
    f = e * e
    left = scaled_exp((x + 1) + (e * (x + 1.5) + (f + e * f / 4)), -np.abs(x), 1 + (2 * e + f * (2 + (e + f / 4))))
    open_ = 1 + 2 * e
    right = (open_ + 4 * (1 + e) * scaled_exp(x, -2 * np.abs(x)) / (open_ + 2 * f)) / (open_ + 2 * f)
    return np.where(x < 0, left, right)


@_activation(
    "Mish",
    derivative=_mish_slope,
    formula=r"x \tanh(\log(1 + e^x))",
    range=(-0.30884341301725043, inf),
    source="Misra (2019), Mish: a self regularized non-monotonic activation function",
)
def mish(x):
    """Let x through a gate made of a softplus and a tanh.

    With e = eˣ the gate is (e² + 2e)/(e² + 2e + 2), without any tanh or log. The slope is ⅗ at 0,
    negative left of the lowest point, which is at x = −1.1924, and a little above 1 on the right.
    It is used in networks that find objects in pictures.
    """
    e = np.exp(-np.abs(x))
    f = e * e
    tail = scaled_exp(x, -np.abs(x))
    return np.where(x < 0, tail - tail * (e + f) / (2 + 2 * e + f), x - x * (2 * f) / (1 + 2 * e + 2 * f))


# ---- Hard versions: straight pieces in place of the curves, for small devices


@_activation(
    "hard sigmoid",
    derivative=lambda x: (np.abs(x) < 3) / 6,
    formula=r"\frac{\min(\max(x + 3, 0), 6)}{6}",
    range=(0, 1),
    kinks=(-3, 3),
    source="Courbariaux, Bengio & David (2015), BinaryConnect: training deep neural networks with binary "
    "weights during propagations (steeper); Howard et al. (2019), Searching for MobileNetV3 (this form)",
)
def hard_sigmoid(x):
    """Squeeze x between 0 and 1 by a straight ramp from −3 to 3.

    Its slope is 1/6 on the ramp and 0 beside it; at the kinks, −3 and 3, it is 0, as a unit that
    is fully off or on rests. It is used for gates on devices where an exponential costs too much.
    """
    return (np.clip(x, -3, 3) + 3) / 6


@_activation(
    "hard tanh",
    derivative=lambda x: np.abs(x) < 1,
    formula=r"\min(\max(x, -1), 1)",
    range=(-1, 1),
    kinks=(-1, 1),
    source="Collobert, Weston, Bottou, Karlen, Kavukcuoglu & Kuksa (2011), Natural language processing "
    "(almost) from scratch",
)
def hard_tanh(x):
    """Cut x off at −1 and 1: tanh from straight pieces.

    Its slope is 1 between them and 0 beside; at the kinks, −1 and 1, it is 0, as for a unit at
    rest. It is used where tanh costs too much, and for weights and signals of few bits.
    """
    return np.clip(x, -1, 1)


@_activation(
    "ReLU6",
    derivative=lambda x: (x > 0) & (x < 6),
    formula=r"\min(\max(x, 0), 6)",
    range=(0, 6),
    kinks=(0, 6),
    source="Krizhevsky (2010), Convolutional deep belief networks on CIFAR-10",
)
def relu6(x):
    """Pass on what is positive in x, but never more than 6.

    Its slope is 1 between 0 and 6 and 0 beside; at the kinks, 0 and 6, it is 0, as for a unit at
    rest. It is used on small devices, where numbers of few bits must not grow large.
    """
    return np.clip(x, 0, 6)


@_activation(
    "hard swish",
    derivative=lambda x: np.where(np.abs(x) < 3, (2 * x + 3) / 6, x > 0),
    formula=r"x\,\frac{\min(\max(x + 3, 0), 6)}{6}",
    range=(-0.375, inf),
    kinks=(-3, 3),
    source="Howard et al. (2019), Searching for MobileNetV3",
)
def hard_swish(x):
    """Let x through a gate that opens along a straight ramp: x · hard_sigmoid(x).

    Its slope is 0 up to −3, (2x + 3)/6 between −3 and 3, and 1 from 3 on; both kinks count to the
    outer side. Its lowest point is at x = −1.5. It is used in networks for telephones.
    """
    return np.where(x > -3, x * ((np.clip(x, -3, 3) + 3) / 6), 0)
