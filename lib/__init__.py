"""The course's own small framework; this file is its table of contents.

The modules stand in the order in which a number meets them, and each imports only from those above it.
"""

# ruff: noqa: F401, I001 (names are handed on here, in the order of the river)

from .activations import (
    Activation,
    celu,
    elu,
    gelu,
    gelu_tanh,
    hard_sigmoid,
    hard_swish,
    hard_tanh,
    identity,
    leaky_relu,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    sigmoid_of,
    silu,
    softplus,
    step,
    swish,
    tanh,
)
from .initializers import (
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    scaled_normal,
    xavier_normal,
    xavier_uniform,
)
from .datasets import Digits, Letters, blobs, digits, first_sign, letters, measurements, moons, spirals, xor
from .layers import Dense, Layer, Snapshot, dense
from .units import Gated, PReLU, gated, prelu
from .dropout import AlphaDropout, Dropout
from .normalization import BatchNorm, LayerNorm, RMSNorm, batch_norm, layer_norm, rms_norm
from .networks import Network, dense_network
from .blocks import Activate, Skip, Skipped
from .recurrent import LSTM, Recurrent, Unrolled, lstm, recurrent
from .losses import Loss, accuracy, cross_entropy, mean_squared_error, softmax
from .optimizers import adam, clip_by_norm, clip_by_value, momentum, sgd
from .training import History, train
from .propagation import Signals, backflow, dead, expect, moments, signals, sizes
from .properties import Properties, properties
from .numeric import gradient, gradient_error, slope
from . import check
from .pictures import Picture, beside
from .lines import curves
from .planes import regions
from .valleys import arrows, flow, surface
from .amounts import bars, heatmap, spread
from .sketches import diagram, images
from .family import family
from .plots import plot
from .widgets import explore
