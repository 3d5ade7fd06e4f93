"""The checks of chapter 8: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import LSTM, Recurrent, check, clip_by_norm, clip_by_value, first_sign, gradient, sigmoid, tanh

run = Chapter("recurrent").run


def mended(x, h, W, U, by_h):
    by_W, by_U, by_b = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    for t in reversed(range(len(x))):
        delta = by_h * (1 - h[t + 1] ** 2)
        by_W += np.outer(x[t], delta)
        by_U += np.outer(h[t], delta)
        by_b += delta
        by_h = delta @ U.T
    return by_W, by_U, by_b


def together(gradients, limit):
    norm = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    return [np.array(g) * min(1, limit / norm) if norm else np.array(g) for g in gradients]


LATCH = [[[0.5]], [[4.0]], [0.0], [[-1.0, 1.0]], [0.0, 0.0]]
RIGHT = {
    "forget_bias": (lambda n: -np.log(2 ** (1 / n) - 1),),
    "mended_through_time": (mended,),
    "thousandfold": ([[0.9, 400.0], [0.0, 0.9]], 9),
    "one_norm": (4.56, together),
    "long_memory": (LATCH,),
}


# ---- what the chapter writes by hand is what lib has


@pytest.mark.parametrize("seed", range(3))
def test_forward_and_backward_agree_with_lib(seed):
    names, rng = run("forward", "backward"), np.random.default_rng(seed)
    x, W, U, b, v = (rng.normal(size=shape) for shape in ((7, 2), (2, 4), (4, 4), 4, 4))
    h, layer = names["forward"](x, W, U, b), Recurrent(W, U, b, tanh)
    seen = layer.forward(x[None])
    np.testing.assert_allclose(h, seen.states[:, 0], rtol=1e-12)
    theirs = layer.backward(seen, v[None])[1]
    for mine, libs in zip(names["backward"](x, h, W, U, v), theirs, strict=True):
        np.testing.assert_allclose(mine, libs, rtol=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_the_lstms_step_agrees_with_lib(seed):
    step, rng = run("lstm-step")["lstm_step"], np.random.default_rng(seed)
    layer = LSTM(*(rng.normal(size=shape) for shape in ((2, 12), (3, 12), 12)))
    x, h, c = rng.normal(size=(9, 2)), np.zeros(3), np.zeros(3)
    seen = layer.forward(x[None])
    for t in range(9):
        h, c = step(x[t], h, c, *layer.parameters)
        np.testing.assert_allclose([h, c], [seen.states[t + 1, 0], seen.cells[t + 1, 0]], rtol=1e-12)


def test_the_slopes_that_are_carried_forward():
    roll = run("roll")["roll"]
    for w, b, moments in [(1.5, 0.0, 10), (0.9, -0.2, 25), (1.2, 0.01, 7), (-1.4, 0.1, 12)]:
        layer = Recurrent([[0.0]], [[w]], [b], tanh)
        seen = layer.forward(np.zeros((1, moments, 1)))
        _, by_state_weights, by_bias = layer.backward(seen, [[1.0]])[1]
        expected = seen.a.item(), by_state_weights.item(), by_bias.item()
        np.testing.assert_allclose(roll(np.array(w), np.array(b), moments), expected, rtol=1e-10, atol=1e-12)


def test_clipping_by_hand_agrees_with_lib():
    names = run("clip-hand")
    np.testing.assert_allclose(names["by_value"], clip_by_value([names["g"]], names["limit"])[0])
    np.testing.assert_allclose(names["by_norm"], clip_by_norm([names["g"]], names["limit"])[0])


def test_a_gru_with_its_gate_shut_keeps_its_state():
    gru, rng = run("gru")["gru"], np.random.default_rng(0)
    x, h = rng.normal(size=2), rng.normal(size=3)
    shapes = (2, 3), (3, 3)
    gates = [tuple(rng.normal(size=shape) for shape in shapes) for _ in range(3)]
    np.testing.assert_allclose(gru(x, h, (*gates[0], -900.0), (*gates[1], 0), (*gates[2], 0)), h, rtol=1e-12)
    W, U = gates[2]
    written = gru(x, h, (*gates[0], 900.0), (*gates[1], -900.0), (W, U, 0.1))
    np.testing.assert_allclose(written, np.tanh(x @ W + 0.1), rtol=1e-12)


def test_the_skips_flow_is_what_differences_measure():
    """The product of Jacobians in the chapter, for a stack of three layers, as differences see it."""
    names = run("two-numbers", "skip")
    for keep in (0, 1):
        rng = np.random.default_rng(3)
        start = rng.normal(size=20)
        weights = [rng.normal(0, 0.5 / np.sqrt(20), (20, 20)) for _ in range(3)]

        def after(h, out, keep=keep, weights=weights):
            for U in weights:
                h = keep * h + np.tanh(h @ U)
            return h[out]

        jacobian = np.array([gradient(lambda h, out=out: after(h, out), start.copy()) for out in range(20)])
        assert names["skipped"](keep, 3, depth=3) == pytest.approx(np.linalg.norm(jacobian, 2), rel=1e-6)


# ---- exercise 1


@pytest.mark.parametrize(
    "way",
    [
        lambda n: -np.log(np.expm1(np.log(2) / n)),
        lambda n: np.log(0.5 ** (1 / n) / (1 - 0.5 ** (1 / n))),
        lambda n: -np.log(2 ** (1 / n) - 1),
        lambda n: 2 * np.arctanh(2 * 0.5 ** (1 / n) - 1),
        lambda n: np.array(-np.log(2 ** (1 / n) - 1)),
    ],
)
def test_forget_bias_in_other_ways(way):
    assert accepted(check.forget_bias.claims(way))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda n: np.log(2 ** (1 / n) - 1), "For n = 2 your bias is -0.881374. The gate then stands at 0.2929"),
        (lambda n: 1.0, "For n = 1 your bias is 1. The gate then stands at 0.7311, and after 1 moment 0.731"),
        (lambda n: 0.5 ** (1 / n), "For n = 1 your bias is 0.5"),  # the gate itself, not its bias
        (np.log, "For n = 2 your bias is 0.693147"),  # near for long memories, and not the half
        (lambda n: -np.log(np.exp(1 / n) - 1), "after 1 moment 0.368 of a cell is left, not 0.5"),
        (lambda n: -np.log(2 * n - 1) + 1e-300j, "The bias should be made of real numbers"),
        (lambda n: [1.0, 2.0], "The bias should be a single number"),
        (lambda n: np.inf, "The bias should be finite"),
    ],
)
def test_forget_bias_wrong(wrong, message):
    assert message in complaint(check.forget_bias.claims(wrong))


# ---- exercise 2


def test_through_time_in_other_ways():
    def by_lib_like_einsum(x, h, W, U, by_h):
        deltas = []
        for state in h[:0:-1]:
            deltas.append(by_h * (1 - state**2))
            by_h = U @ deltas[-1]
        deltas = np.array(deltas[::-1])
        return [x.T @ deltas, h[:-1].T @ deltas, deltas.sum(axis=0)]

    assert accepted(check.mended_through_time.claims(by_lib_like_einsum))
    assert accepted(check.mended_through_time.claims(run("backward")["backward"]))


def slipped(add=True, shift=0, transpose=True, slope=True):
    def backward(x, h, W, U, by_h):
        by_W, by_U, by_b = 0 * W, 0 * U, np.zeros(len(U))
        for t in reversed(range(len(x))):
            delta = by_h * (1 - h[t + 1] ** 2) if slope else by_h
            by_W = add * by_W + np.outer(x[t], delta)
            by_U = add * by_U + np.outer(h[t + shift], delta)
            by_b = add * by_b + delta
            by_h = delta @ (U.T if transpose else U)
        return by_W, by_U, by_b

    return backward


@pytest.mark.parametrize(
    "wrong, message",
    [
        (slipped(add=False), "With one moment it was right: what does a weight get that is used at several?"),
        (slipped(shift=1), "Before the only moment the state was h[0], all 0."),
        (slipped(transpose=False), "For a sequence of two moments the gradient by W is not what differences measure"),
        (slipped(slope=False), "For a sequence of one moment the gradient by b is not what differences measure"),
        (lambda *all: mended(*all)[::-1], "The gradient by W should be an array of shape (2, 3)"),
        (lambda *all: mended(*all)[:2], "should return three gradients, by W, U and b"),
        (lambda x, h, W, U, by_h: h.fill(0) or mended(x, h, W, U, by_h), "changes the array that it is given"),
    ],
)
def test_through_time_wrong(wrong, message):
    assert message in complaint(check.mended_through_time.claims(wrong))


def test_a_slip_that_one_moment_shows_is_not_called_right_there():
    told = [claim.text for claim in check.mended_through_time.claims(slipped(shift=1)) if not claim.holds]
    assert len(told) == 3 and not any("it was right" in text for text in told)


def test_the_broken_pass_of_the_text_is_that_one():
    told = complaint(check.mended_through_time.claims(run("exercise-2")["mended"]))
    assert "h[0], all 0" in told and "used at several" in told


# ---- exercise 3


@pytest.mark.parametrize(
    "matrix, peak",
    [
        ([[0.9, 260.0], [0.0, 0.9]], 9),
        ([[0.9, 0.0], [1000.0, 0.9]], np.int64(9)),
        ([[0.9, 300.0], [0.0, 0.9]], 10),  # its corner is as large as after 9
        ([[0.0, 1e6], [0.0, 0.0]], 1),  # a single step will do
        ([[0.5, 5000.0], [0.0, -0.5]], 1.0),
    ],
)
def test_thousandfold_in_other_ways(matrix, peak):
    assert accepted(check.thousandfold.claims(np.array(matrix), peak))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert accepted(check.thousandfold.claims(turn @ matrix @ turn.T, peak))


@pytest.mark.parametrize(
    "matrix, peak, message",
    [
        ([[0.9, 0.0], [0.0, 0.9]], 0, "A symmetric matrix can't: try one that is not"),
        ([[0.9, 5.0], [0.0, 0.9]], 9, "at the most; it should be more than 1000. What makes the corner larger?"),
        ([[1.1, 0.0], [0.0, 0.5]], 70, "The largest eigenvalue is 1.1 in size: 0.9 is the most"),
        ([[0.5, 40.0], [40.0, 0.5]], 3, "The largest eigenvalue is 40.5 in size"),
        ([[0.9, 400.0], [0.0, 0.9]], 30, "After 30 moments your matrix stretches 565"),
        ([[0.9, 400.0], [0.0, 0.9]], 1550, "The peak should be a whole number of moments"),
        ([[0.9, 400.0], [0.0, 0.9]], 9.5, "The peak should be a whole number of moments"),
        ([[0.9, 400.0, 1.0], [0.0, 0.9, 1.0]], 9, "The matrix should be an array of shape (2, 2)"),
        ([[0.9, 1e12], [0.0, 0.9]], 9, "Entries up to 1e9 will do"),
    ],
)
def test_thousandfold_wrong(matrix, peak, message):
    assert message in complaint(check.thousandfold.claims(matrix, peak))


def test_thousandfold_with_an_eigenvalue_that_is_told():
    assert accepted(check.thousandfold.claims([[0.85, 414.0], [0.0, 0.85]], 6, eigenvalue=0.85))
    told = complaint(check.thousandfold.claims([[0.85, 414.0], [0.0, 0.8]], 6, eigenvalue=0.85))
    assert told == "The eigenvalues are [0.85, 0.8]; both should be 0.85."


# ---- exercise 4


@pytest.mark.parametrize(
    "way",
    [
        lambda gradients, limit: clip_by_norm(gradients, limit),
        lambda gradients, limit: tuple(
            g / max(1, np.linalg.norm(np.concatenate([np.ravel(a) for a in gradients])) / limit) for g in gradients
        ),
        lambda gradients, limit: [g.tolist() for g in clip_by_norm(list(gradients), limit)],
    ],
)
def test_one_norm_in_other_ways(way):
    assert accepted(check.one_norm.claims(4.5629, way))


def one_by_one(gradients, limit):
    return [g * min(1, limit / max(np.linalg.norm(g), 1e-300)) for g in gradients]


def always(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * (limit / norm if norm else 1) for g in gradients]


def careless(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * np.minimum(1, limit / norm) for g in gradients]  # 0 · inf


def in_place(gradients, limit):
    for g in gradients:
        g *= 0.5
    return gradients


@pytest.mark.parametrize(
    "wrong, message",
    [
        (one_by_one, "your clipping turns the step by 4.6 degrees: one factor for all keeps it"),
        (clip_by_value, "your clipping turns the step"),
        (always, "so nothing should change"),
        (lambda g, limit: [a / limit for a in together(g, 1.0)], "have together the norm"),
        (lambda g, limit: together(g, limit**2), "have together the norm 6.25, not 2.5"),
        (lambda g, limit: np.concatenate([a.ravel() for a in g]), "should return 2 arrays for 2"),
        (lambda g, limit: [np.zeros_like(a) for a in g], "you return [0, 0, 0]"),
        (
            lambda g, limit: [a.ravel() for a in together(g, limit)],
            "Each clipped array should be an array of shape (3, 4)",
        ),
        (in_place, "changes the arrays that it is given"),
    ],
)
def test_one_norm_wrong(wrong, message):
    assert message in complaint(check.one_norm.claims(4.56, wrong))


def test_zero_gradients_and_the_angle():
    def zero(gradients, limit):
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
        return [g * (min(1, limit / norm) if norm else np.nan) for g in gradients]

    assert "all should stay 0; you return [nan" in complaint(check.one_norm.claims(4.56, zero))
    assert "all should stay 0" in complaint(
        check.one_norm.claims(
            4.56,
            lambda g, limit: [
                a * np.divide(1.0, max(1.0, n / limit)) if (n := np.sqrt(sum(np.sum(b**2) for b in g))) else a + 1
                for a in g
            ],
        )
    )
    assert "is the angle in radians" in complaint(check.one_norm.claims(0.07964, together))
    assert "its cosine is their product" in complaint(check.one_norm.claims(0, together))
    assert "The angle should be a single number" in complaint(check.one_norm.claims([4.56, 1], together))


# ---- exercise 5


def test_memories_of_other_kinds():
    small = [np.array(array, dtype=np.float32) for array in LATCH]
    assert accepted(check.long_memory.claims(small))
    assert accepted(check.long_memory.claims(tuple(LATCH)))
    two = [[[0.5, 0.0]], [[4.0, 0.0], [0.0, 0.0]], [0.0, 0.3], [[-1.0, 1.0], [0.0, 0.0]], [0.1, 0.1]]
    assert accepted(check.long_memory.claims(two))
    mirrored = [[[-0.3]], [[6.0]], [0.0], [[1.0, -1.0]], [0.0, 0.0]]
    assert accepted(check.long_memory.claims(mirrored))


@pytest.mark.parametrize(
    "place, wrong, message",
    [
        (1, [[0.9]], "Over 10 moments it answers"),  # too weak to hold
        (1, [[1.5]], "What can push the state over to the other side?"),
        (0, [[2.0]], "it should be 95%"),  # the noise writes as well
        (3, [[1.0, -1.0]], "Is the last layer the wrong way round?"),
        (3, [[0.0, 0.0]], "it should be 95%"),  # no answer is no right answer
        (1, [[-4.0]], "Over 10 moments it answers"),
        (0, [0.5], "W should be an array of shape (1, 1)"),
        (2, [0.0, 0.0], "W should be an array of shape (1, 2)"),
        (2, [], "From one unit to 1000 will do; b has 0 numbers"),
        (4, [np.nan, 0.0], "C should be finite"),
    ],
)
def test_memories_that_fail(place, wrong, message):
    weights = [*LATCH[:place], wrong, *LATCH[place + 1 :]]
    assert message in complaint(check.long_memory.claims(weights))


def test_what_is_no_list_of_five():
    for wrong in (LATCH[:4], np.zeros(5), {"W": 1}):
        assert "a list of five arrays, W, U, b, V and c" in complaint(check.long_memory.claims(wrong))


def test_looking_at_the_first_input_is_no_way():
    """A cell gets the sequence moment by moment: with 1000 units it can't cheat more than with one."""
    x, y = first_sign(np.random.default_rng(3), 400, 100)
    seen = Recurrent(*(np.array(part) for part in LATCH[:3]), tanh).forward(x)
    assert np.mean((seen.a[:, 0] > 0) == y) > 0.99


def test_a_memory_that_holds_passes_no_gradient():
    """The chapter's last thought, after Bengio, Simard and Frasconi: as in its solution, next to nothing arrives."""
    names = run("arriving")
    cell = Recurrent(*(np.array(part) for part in LATCH[:3]), tanh)
    assert names["arriving"](cell)[5] < 1e-8
    assert sigmoid(0.0) == 0.5 and import_module("lib.check.recurrent")._ENOUGH == 0.95
