"""Training: what the loop hands to whom and in which order, what it measures, and that it learns."""

import copy
import warnings

import numpy as np
import pytest

from lib import (
    Dense,
    History,
    Loss,
    Network,
    accuracy,
    adam,
    cross_entropy,
    dense_network,
    digits,
    identity,
    mean_squared_error,
    momentum,
    relu,
    sgd,
    sigmoid,
    softmax,
    spirals,
    tanh,
    train,
    xor,
)

DIGITS = digits()
TRAIN, TEST = (DIGITS.x_train, DIGITS.y_train), (DIGITS.x_test, DIGITS.y_test)


def rng(seed=0):
    return np.random.default_rng(seed)


def small(activation=tanh, seed=0):
    return dense_network(rng(seed), [2, 8, 2], activation)


class Spy:
    """Stands in for a network of one column, a loss and an optimizer, and writes down what it is told."""

    def __init__(self):
        self.batches, self.updates, self.measured = [], [], []
        self.parameters = [np.zeros(1)]
        self.loss = Loss("spy", self.value, self.slopes)

    def __call__(self, x):
        return self.forward(x)[-1].a

    def forward(self, x):
        return Network([Dense([[1.0]], [0.0], identity)]).forward(x)

    def backward(self, trace, upstream):
        return [upstream.sum(axis=0)]

    def observe(self, trace):
        self.observed = trace

    def value(self, prediction, target):
        self.measured.append(len(prediction))
        return float(np.mean(prediction))

    def slopes(self, prediction, target):
        self.batches.append((prediction[:, 0].copy(), target[:, 0].copy()))
        return prediction

    def update(self, parameters, gradients):
        self.updates.append((parameters, gradients))


def spy_on(size, *, data=None, **arguments):
    """Train a spy on samples numbered 0, 1, 2, …, whose targets are the negative of their number."""
    spy = Spy()
    x = np.arange(size)[:, None] * 1.0
    spy.history = train(spy, data or (x, -x), spy.loss, spy.update, **{"rng": rng(), **arguments})
    return spy


# ---- the loop


@pytest.mark.parametrize("size, batch_size, expected", [
    (10, 5, [5, 5]),
    (10, 4, [4, 4, 2]),
    (10, 1, [1] * 10),
    (10, 9, [9, 1]),
    (10, 10, [10]),
    (10, 11, [10]),
    (10, 10**9, [10]),
    (1, 1, [1]),
])
def test_each_epoch_uses_each_sample_once(size, batch_size, expected):
    spy = spy_on(size, epochs=3, batch_size=batch_size)
    assert [len(x) for x, _ in spy.batches] == expected * 3
    assert len(spy.updates) == len(expected) * 3
    for epoch in range(3):
        batches = spy.batches[epoch * len(expected) : (epoch + 1) * len(expected)]
        np.testing.assert_array_equal(np.sort(np.concatenate([x for x, _ in batches])), np.arange(size))
    for x, y in spy.batches:
        np.testing.assert_array_equal(y, -x)  # each keeps its own target


def test_each_epoch_is_shuffled_anew_by_the_rng():
    orders = [np.concatenate([x for x, _ in spy.batches]).reshape(3, 50) for spy in (
        spy_on(50, epochs=3, batch_size=7, rng=rng(0)),
        spy_on(50, epochs=3, batch_size=7, rng=rng(0)),
        spy_on(50, epochs=3, batch_size=7, rng=rng(1)),
    )]
    np.testing.assert_array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
    for first, second in [(0, 1), (1, 2), (0, 2)]:
        assert np.mean(orders[0][first] == orders[0][second]) < 0.2
    assert not np.array_equal(orders[0][0], np.arange(50))
    state = np.random.get_state()[1].copy()
    spy_on(50, epochs=1, batch_size=7)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # nobody's global chance is touched


def test_the_optimizer_is_handed_parameters_and_gradients():
    spy = spy_on(4, epochs=1, batch_size=3)
    for (parameters, gradients), (x, _) in zip(spy.updates, spy.batches, strict=True):
        assert parameters is spy.parameters
        np.testing.assert_array_equal(gradients, [[x.sum()]])


def test_measures_before_training_and_after_each_epoch():
    x = np.arange(6)[:, None] * 1.0
    spy = spy_on(6, epochs=4, batch_size=2, test=(x[:4], x[:4]))
    assert spy.measured == [6, 4] * 5  # always the whole of both sets
    assert spy.history.loss == [2.5] * 5 and spy.history.test_loss == [1.5] * 5
    assert spy.history.accuracy == [] and spy.history.test_accuracy == []
    assert sorted({len(batch) for batch, _ in spy.batches}) == [2]  # never a step on the test data
    assert {number for batch, _ in spy.batches for number in batch} == set(range(6))


def test_one_step_by_hand():
    network = small()
    data = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([0, 1])
    trace = network.forward(data[0])
    gradients = network.backward(trace, cross_entropy.gradient(trace[-1].a, data[1]))
    expected = [parameter - 0.3 * gradient for parameter, gradient in zip(network.parameters, gradients, strict=True)]
    train(network, data, cross_entropy, sgd(0.3), epochs=1, batch_size=2, rng=rng())
    for now, then in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(now, then, rtol=1e-12)


def test_history():
    network, start = small(), small()
    x, y = spirals(rng(), 40)
    test = spirals(rng(1), 30)
    history = train(network, (x, y), cross_entropy, adam(0.01), epochs=5, batch_size=16, rng=rng(), test=test)
    assert isinstance(history, History)
    for measured, (inputs, labels), loss in [
        (history.loss, (x, y), True),
        (history.accuracy, (x, y), False),
        (history.test_loss, test, True),
        (history.test_accuracy, test, False),
    ]:
        assert len(measured) == 6 and all(type(number) is float for number in measured)
        measure = cross_entropy.value if loss else accuracy
        assert measured[0] == measure(start(inputs), labels)  # before training
        assert measured[-1] == measure(network(inputs), labels)  # after it
    assert history.loss[-1] < history.loss[0]


def test_accuracy_only_where_it_has_a_meaning():
    x, y = xor()
    one, two = dense_network(rng(), [2, 3, 1], tanh), dense_network(rng(), [2, 3, 2], tanh)
    few = {"epochs": 2, "batch_size": 4, "rng": rng()}
    assert train(two, (x, y), cross_entropy, sgd(0.1), **few).accuracy != []
    assert train(two, (x, y), cross_entropy, sgd(0.1), **few).test_loss == []
    history = train(one, (x, y[:, None]), mean_squared_error, sgd(0.1), **few, test=(x, y[:, None]))
    assert history.accuracy == history.test_accuracy == []
    assert len(history.loss) == len(history.test_loss) == 3
    own = Loss("own", lambda p, t: 0.0, lambda p, t: np.zeros_like(p))  # a reader's, on one output and labels
    assert train(one, (x, y), own, sgd(0.1), **few).accuracy == []
    assert train(two, (x, y * 1.0), own, sgd(0.1), **few).accuracy == []


def test_no_epoch_only_measures():
    network = small()
    before = copy.deepcopy(network.parameters)
    history = train(network, xor(), cross_entropy, sgd(0.1), epochs=0, batch_size=4, rng=rng())
    assert len(history.loss) == len(history.accuracy) == 1
    for now, then in zip(network.parameters, before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("maker", [sgd, momentum, adam])
def test_the_same_rng_the_same_history(maker):
    def run(seed):
        network = small()
        history = train(network, spirals(rng(), 60), cross_entropy, maker(0.05), epochs=3, batch_size=8, rng=rng(seed))
        return history, network.parameters

    (first, parameters), (again, same), (other, _) = run(0), run(0), run(1)
    assert first == again != other
    for one, two in zip(parameters, same, strict=True):
        np.testing.assert_array_equal(one, two)


def test_training_goes_on_where_it_stopped():
    """Two trainings of 2 epochs are one of 4: all that is remembered is in the network, the optimizer and the rng."""
    data, histories = spirals(rng(), 60), []
    for parts in ([4], [2, 2]):
        network, optimizer, chance = small(), adam(0.05), rng()
        for epochs in parts:
            history = train(network, data, cross_entropy, optimizer, epochs=epochs, batch_size=8, rng=chance)
        histories.append(history)
    assert histories[0].loss[2:] == histories[1].loss


def test_only_the_optimizer_changes_parameters():
    network = small()
    before = copy.deepcopy(network.parameters)
    history = train(network, xor(), cross_entropy, lambda p, g: None, epochs=3, batch_size=2, rng=rng(), test=xor())
    for now, then in zip(network.parameters, before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert len(set(history.loss)) == 1


def test_data_are_not_changed():
    x, y = spirals(rng(), 20)
    before = x.copy(), y.copy()
    train(small(), (x, y), cross_entropy, sgd(0.1), epochs=2, batch_size=4, rng=rng(), test=(x, y))
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_progress(capfd):
    seen = []

    def progress(epochs):
        seen.append(len(epochs))  # a bar can know how many there will be
        for epoch in epochs:
            seen.append(epoch)
            yield epoch

    history = train(
        small(), xor(), cross_entropy, sgd(0.1), epochs=3, batch_size=4, rng=rng(), test=xor(), progress=progress
    )
    assert seen == [3, 0, 1, 2] and len(history.loss) == 4
    train(small(), xor(), cross_entropy, sgd(0.1), epochs=3, batch_size=4, rng=rng())
    assert capfd.readouterr() == ("", "")  # silent without one


def test_a_shortened_progress_shortens_the_training():
    history = train(
        small(), xor(), cross_entropy, sgd(0.1), epochs=9, batch_size=4, rng=rng(), progress=lambda epochs: epochs[:2]
    )
    assert len(history.loss) == 3


def test_lists_are_data_too():
    history = train(small(), ([[0, 1], [1, 0]], [0, 1]), cross_entropy, sgd(0.1), epochs=1, batch_size=2, rng=rng())
    assert len(history.accuracy) == 2


def test_float32_stays_float32():
    wide = small()
    narrow = Network([
        Dense(layer.weights.astype("f4"), layer.bias.astype("f4"), layer.activation) for layer in wide.layers
    ])
    x, y = spirals(rng(), 40)
    histories = [
        train(network, (x.astype(kind), y), cross_entropy, adam(0.01), epochs=3, batch_size=8, rng=rng())
        for network, kind in [(wide, "f8"), (narrow, "f4")]
    ]
    assert {parameter.dtype for parameter in narrow.parameters} == {np.dtype("f4")}
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-4)


# ---- training that fails, quietly


@pytest.mark.parametrize("maker", [sgd, momentum, adam])
def test_divergence_is_shown_but_does_not_shout(maker, capfd):
    x, y = spirals(rng(), 40)
    network = dense_network(rng(), [2, 16, 16, 1], relu)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = x, y[:, None]
        history = train(
            network, data, mean_squared_error, maker(1e200), epochs=8, batch_size=8, rng=rng(), test=data
        )
    assert len(history.loss) == len(history.test_loss) == 9
    assert np.isfinite(history.loss[0]) and not np.isfinite(history.loss[1:]).any()
    assert capfd.readouterr() == ("", "")
    assert np.geterr()["over"] == "warn"  # outside, numpy warns as ever


def test_a_network_of_nan_answers_nothing():
    network = dense_network(rng(), [2, 16, 2], relu)
    history = train(network, spirals(rng(), 40), cross_entropy, sgd(1e300), epochs=3, batch_size=8, rng=rng())
    assert np.isnan(history.loss[-1]) and history.accuracy[-1] == 0


# ---- ordinary mistakes


def attempt(**changed):
    arguments = {
        "network": small(), "data": xor(), "loss": cross_entropy, "optimizer": sgd(0.1),
        "epochs": 1, "batch_size": 4, "rng": rng(),
    }
    return train(**{**arguments, **changed})


@pytest.mark.parametrize("changed, error, words", [
    ({"epochs": -1}, ValueError, "epochs must be a whole number, 0 or more, not -1"),
    ({"epochs": 2.0}, ValueError, "epochs must be a whole number, 0 or more, not 2.0"),
    ({"batch_size": 0}, ValueError, "batch_size must be a whole number, 1 or more, not 0"),
    ({"batch_size": 0.5}, ValueError, "batch_size must be a whole number, 1 or more, not 0.5"),
    ({"batch_size": None}, ValueError, "batch_size must be a whole number, 1 or more, not None"),
    ({"rng": 0}, TypeError, "rng must be a random generator, not 0"),
    ({"loss": "cross_entropy"}, TypeError, "loss must be a Loss, such as cross_entropy without quotes, not 'cross_entropy'$"),
    ({"loss": softmax}, TypeError, "loss must be a Loss, .* not the function softmax$"),
    ({"optimizer": sgd}, TypeError, r"optimizer must be made with a rate, as in sgd\(0.1\), not the function sgd$"),
    ({"optimizer": momentum}, TypeError, "optimizer must be made with a rate"),
    ({"optimizer": adam}, TypeError, "optimizer must be made with a rate"),
    ({"optimizer": 0.1}, TypeError, "optimizer must be made with a rate"),
    ({"optimizer": "adam"}, TypeError, "optimizer must be made with a rate"),
    ({"data": DIGITS}, ValueError, r"data must be a pair \(x, y\), such as \(d.x_train, d.y_train\) of d = digits"),
    ({"test": DIGITS}, ValueError, r"test must be a pair \(x, y\)"),
    ({"data": np.zeros((2, 2))}, ValueError, "data must be a pair"),
    ({"data": None}, ValueError, "data must be a pair"),
    ({"data": (np.zeros((0, 2)), np.zeros(0, int))}, ValueError, r"data holds no samples: .* not the shape \(0, 2\)"),
    ({"data": (np.zeros((3, 2)), np.zeros(2, int))}, ValueError, r"data: x \(3, 2\) and y \(2,\) do not fit: each row"),
    ({"test": (np.zeros((3, 2)), np.zeros(4, int))}, ValueError, r"test: x \(3, 2\) and y \(4,\) do not fit: each row"),
    ({"data": (1.0, 2.0)}, ValueError, r"data holds no samples: .* not the shape \(\)"),
    ({"data": (np.zeros((3, 5)), np.zeros(3, int))}, ValueError, r"x \(3, 5\) does not fit Dense\(2 → 8"),
    ({"data": (xor()[0], np.eye(2)[xor()[1]])}, ValueError, "one-hot"),
    ({"data": (xor()[0], xor()[1] * 1.0)}, ValueError, r"labels.astype\(int\)"),
    ({"data": (xor()[0], xor()[1] + 1)}, ValueError, "labels go from 1 to 2"),
    ({"loss": mean_squared_error}, ValueError, r"target \(4,\) must have the shape of the prediction, \(4, 2\)"),
])
def test_mistakes(changed, error, words):
    network = small()
    before = copy.deepcopy(network.parameters)
    with pytest.raises(error, match=words):
        attempt(network=network, **changed)
    for now, then in zip(network.parameters, before, strict=True):  # seen before the first step
        np.testing.assert_array_equal(now, then)


def test_an_optimizer_of_another_network():
    optimizer = momentum(0.1)
    attempt(optimizer=optimizer)
    with pytest.raises(ValueError, match="make a new one for each network"):
        attempt(optimizer=optimizer)


# ---- it learns


@pytest.mark.parametrize("optimizer", [sgd(0.5), momentum(0.2), adam(0.05)], ids=["sgd", "momentum", "adam"])
def test_xor_is_learned(optimizer):
    x, y = xor()
    history = train(small(), (x, y), cross_entropy, optimizer, epochs=500, batch_size=4, rng=rng())
    assert history.accuracy[-1] == 1 and history.loss[-1] < 0.05


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu], ids=lambda activation: activation.name)
@pytest.mark.parametrize("seed", [0, 1])
def test_digits_are_learned(activation, seed):
    chance = rng(seed)
    network = dense_network(chance, [64, 32, 10], activation)
    history = train(network, TRAIN, cross_entropy, adam(0.01), epochs=20, batch_size=32, rng=chance, test=TEST)
    assert history.test_accuracy[-1] > 0.95
    assert history.test_accuracy[0] < 0.3 and history.loss[0] > 2
