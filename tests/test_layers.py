"""Layers: what forward shows, what backward derives, and that neither leaves a mark."""

import copy

import numpy as np
import pytest

import lib
from lib import Activation, Dense, Snapshot, dense, gradient, he_normal, identity, lecun_normal, relu, sigmoid

ALL = [thing for thing in vars(lib.activations).values() if isinstance(thing, Activation)] + [
    lib.sigmoid_of(3.0),
    lib.leaky_relu(),
    lib.leaky_relu(0.3),
    lib.elu(),
    lib.elu(0.5),
    lib.celu(2.0),
    lib.swish(2.5),
]
NAMES = [activation.name for activation in ALL]


def case(activation, seed=0, batch=5, fan_in=4, fan_out=3):
    """A layer, a batch and an upstream gradient, with no weighted sum near a kink."""
    rng = np.random.default_rng(seed)
    while True:
        layer = Dense(rng.normal(size=(fan_in, fan_out)), rng.normal(size=fan_out), activation)
        x, upstream = rng.normal(size=(batch, fan_in)), rng.normal(size=(batch, fan_out))
        z = x @ layer.weights + layer.bias
        if all(np.abs(z - kink).min() > 1e-3 for kink in activation.kinks):
            return layer, x, upstream


def test_all_activations_are_here():
    assert len(ALL) >= 22


@pytest.mark.parametrize("activation", ALL, ids=NAMES)
def test_forward(activation):
    layer, x, _ = case(activation)
    snapshot = layer.forward(x)
    assert isinstance(snapshot, Snapshot) and snapshot._fields == ("x", "z", "a")
    assert snapshot.x is x
    for row in range(5):
        for unit in range(3):
            z = sum(x[row, i] * layer.weights[i, unit] for i in range(4)) + layer.bias[unit]
            assert snapshot.z[row, unit] == pytest.approx(z, rel=1e-12)
    np.testing.assert_array_equal(snapshot.a, activation(snapshot.z))


@pytest.mark.parametrize("activation", ALL, ids=NAMES)
def test_backward_against_differences(activation):
    layer, x, upstream = case(activation)

    def weighed(_):  # a number whose gradient by a is upstream
        return np.sum(upstream * layer.forward(x).a)

    by_x, (by_weights, by_bias) = layer.backward(layer.forward(x), upstream)
    for given, array in [(by_x, x), (by_weights, layer.weights), (by_bias, layer.bias)]:
        assert given.shape == array.shape
        np.testing.assert_allclose(given, gradient(weighed, array), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("activation", ALL, ids=NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kinds_of_numbers(activation, dtype):
    wide, x, upstream = case(activation)
    layer = Dense(wide.weights.astype(dtype), wide.bias.astype(dtype), activation)
    snapshot = layer.forward(x.astype(dtype))
    by_x, by_parameters = layer.backward(snapshot, upstream.astype(dtype))
    assert {array.dtype for array in [*snapshot, by_x, *by_parameters]} == {np.dtype(dtype)}


@pytest.mark.parametrize("activation", [sigmoid, relu], ids=lambda activation: activation.name)
def test_nothing_is_changed_or_remembered(activation):
    layer, x, upstream = case(activation)
    held, before = dict(vars(layer)), copy.deepcopy((layer.weights, layer.bias, x, upstream))
    snapshot = layer.forward(x)
    seen = copy.deepcopy(snapshot)
    layer.backward(snapshot, upstream)
    assert vars(layer).keys() == held.keys()
    assert all(vars(layer)[name] is value for name, value in held.items())
    for now, then in zip((layer.weights, layer.bias, x, upstream, *snapshot), (*before, *seen), strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_snapshot_can_not_be_stale():
    """Forward twice, then backward with the first snapshot: the gradients of the first batch."""
    layer, x, upstream = case(sigmoid)
    first = layer.forward(x)
    expected = layer.backward(first, upstream)
    layer.forward(x + 1)
    by_x, by_parameters = layer.backward(first, upstream)
    np.testing.assert_array_equal(by_x, expected[0])
    for now, then in zip(by_parameters, expected[1], strict=True):
        np.testing.assert_array_equal(now, then)


def test_gradients_are_sums_over_the_batch():
    layer, x, upstream = case(sigmoid)
    _, together = layer.backward(layer.forward(x), upstream)
    alone = [layer.backward(layer.forward(x[[i]]), upstream[[i]])[1] for i in range(5)]
    for whole, parts in zip(together, zip(*alone, strict=True), strict=True):
        np.testing.assert_allclose(whole, sum(parts), rtol=1e-12)


def test_batches_of_one_and_of_none():
    layer, x, upstream = case(relu)
    for size in (0, 1):
        snapshot = layer.forward(x[:size])
        by_x, (by_weights, by_bias) = layer.backward(snapshot, upstream[:size])
        assert snapshot.a.shape == (size, 3) and by_x.shape == (size, 4)
        assert by_weights.shape == (4, 3) and by_bias.shape == (3,)


def test_parameters_are_the_arrays_themselves():
    weights, bias = np.ones((2, 3)), np.zeros(3, dtype=np.float32)
    layer = Dense(weights, bias, identity)
    assert layer.parameters[0] is weights and layer.parameters[1] is bias and len(layer.parameters) == 2
    weights[0, 0] = 5
    np.testing.assert_array_equal(layer.forward([[1, 0]]).a, [[5, 1, 1]])


def test_lists_and_whole_numbers_become_floats():
    layer = Dense([[1, 1], [1, 1]], [-1, 0], identity)
    assert layer.weights.dtype == float and layer.bias.dtype == float
    np.testing.assert_array_equal(layer.forward([[True, False]]).z, [[0, 1]])
    np.testing.assert_array_equal(layer.backward(layer.forward([[1, 2]]), [[1, 0]])[1][0], [[1, 0], [2, 0]])


def test_how_a_layer_shows_itself():
    assert repr(Dense(np.ones((64, 10)), np.zeros(10), sigmoid)) == "Dense(64 → 10, sigmoid)"
    assert Dense(np.ones((1, 1)), [0], relu) != Dense(np.ones((1, 1)), [0], relu)  # a layer is itself, no other


@pytest.mark.parametrize("initializer", [lecun_normal, he_normal])
def test_dense(initializer):
    layer = dense(np.random.default_rng(0), 6, 4, relu, initializer)
    np.testing.assert_array_equal(layer.weights, initializer(np.random.default_rng(0), 6, 4))
    np.testing.assert_array_equal(layer.bias, np.zeros(4))
    assert layer.activation is relu and layer.bias.dtype == float


# ---- ordinary mistakes


@pytest.mark.parametrize("weights, bias", [
    (np.ones((2, 3)), np.ones(2)),
    (np.ones((2, 3)), np.ones((1, 3))),
    (np.ones((2, 3)), 0.0),
    (np.ones(3), 0.0),
    (np.ones((2, 3, 4)), np.ones((3, 4))),
])
def test_weights_and_bias_that_do_not_fit(weights, bias):
    with pytest.raises(ValueError) as error:
        Dense(weights, bias, relu)
    assert str(error.value).startswith(f"weights {np.shape(weights)} and bias {np.shape(bias)} do not fit: ")
    assert "(in, out), one column a unit, and bias (out,)" in str(error.value)


@pytest.mark.parametrize("wrong", ["relu", np.tanh, lambda x: x, None, lib.leaky_relu, Activation])
def test_an_activation_is_a_record(wrong):
    for make in (
        lambda: Dense(np.ones((2, 3)), np.zeros(3), wrong),
        lambda: dense(np.random.default_rng(0), 2, 3, wrong),
    ):
        with pytest.raises(TypeError, match=r"activation must be an Activation, such as relu without quotes, not .*: call a family first, as in leaky_relu\("):
            make()


def test_an_error_names_what_was_given():
    """Without the address of a function, which changes from run to run."""
    for wrong, given in [("relu", "not 'relu': "), (np.tanh, "not the ufunc tanh: "), (lib.leaky_relu, "not the function leaky_relu: "), (None, "not None: ")]:
        with pytest.raises(TypeError, match=given):
            Dense(np.ones((2, 3)), np.zeros(3), wrong)


@pytest.mark.parametrize("x", [np.ones(4), np.ones((5, 3)), np.ones((4, 5)), np.ones((2, 5, 4)), 1.0])
def test_an_x_that_does_not_fit(x):
    layer, _, _ = case(relu)
    with pytest.raises(ValueError) as error:
        layer.forward(x)
    assert str(error.value).startswith(f"x {np.shape(x)} does not fit Dense(4 → 3, ReLU): x must be (batch, 4)")
    assert ("x[None, :]" in str(error.value)) == (np.ndim(x) == 1)


@pytest.mark.parametrize("shape", [(3,), (5, 1), (1, 3), (5, 4), ()])
def test_an_upstream_that_does_not_fit(shape):
    layer, x, _ = case(relu)
    with pytest.raises(ValueError, match=r"upstream \(.*\) must have the shape of the layer's answers, \(5, 3\)"):
        layer.backward(layer.forward(x), np.ones(shape))


def test_mistakes_with_dense():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="rng must be a random generator, not 0"):
        dense(0, 2, 3, relu)
    for sizes, name in [((0, 3), "fan_in"), ((2, 0), "fan_out"), ((2.0, 3), "fan_in"), ((2, "3"), "fan_out")]:
        with pytest.raises(ValueError, match=f"^{name} must be a whole number, 1 or more"):
            dense(rng, *sizes, relu)
    with pytest.raises(TypeError, match="initializer must be a function, such as he_normal without quotes, not 'he'"):
        dense(rng, 2, 3, relu, "he")
