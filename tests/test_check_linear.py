"""Chapter 2's checks, and what the chapter writes by hand."""

from itertools import product

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import Dense, Network, check, dense_network, he_normal, identity, relu

run = Chapter("linear").run


# --- what the chapter writes by hand -----------------------------------------------------


@pytest.mark.parametrize("sizes", [[3, 2], [2, 5, 1], [4, 7, 1, 6, 3]])
def test_collapsed_layers_say_what_the_network_says(sizes):
    collapse = run("collapse")["collapse"]
    rng = np.random.default_rng(0)
    network = dense_network(rng, sizes, identity)
    for layer in network.layers:
        layer.bias[:] = rng.normal(size=layer.bias.shape)
    before = [parameter.copy() for parameter in network.parameters]
    weights, bias = collapse(network.layers)
    x = rng.normal(size=(20, sizes[0]))
    np.testing.assert_allclose(Dense(weights, bias, identity).forward(x).a, network(x), rtol=1e-10, atol=1e-12)
    assert all((a == b).all() for a, b in zip(before, network.parameters))


def test_least_squares_finds_weights_and_bias_where_there_is_no_noise():
    least_squares = run("least-squares")["least_squares"]
    x = np.random.default_rng(0).normal(size=(9, 2))
    np.testing.assert_allclose(least_squares(x, x @ [2.0, -3.0] + 0.5), [2, -3, 0.5])


def test_the_slope_by_hand_is_the_slope_of_the_error():
    names = run("product-error", "descend")
    w = np.array([0.3, -1.2])
    h = 1e-6
    slope = [(names["error"](*(w + d)) - names["error"](*(w - d))) / (2 * h) for d in h * np.eye(2)]
    np.testing.assert_allclose(names["descend"](*w)[1], w - 0.05 * np.array(slope), rtol=1e-8)


@pytest.mark.parametrize(("inputs", "can"), [(1, 4), (2, 14), (3, 104), (4, 1882)])
def test_found_and_trapped_functions_are_all_there_are(inputs, can):
    names = run("all-corners", "found", "trapped")
    found = names["found"](inputs, max(1, inputs - 1))
    assert len(found) == can
    assert names["trapped"](inputs) == 2 ** 2**inputs - can


def test_xor_and_its_opposite_are_what_two_inputs_miss():
    found = run("found")["found"](2, 1)
    assert set(product([False, True], repeat=4)) - found == {(False, True, True, False), (True, False, False, True)}


def test_the_fit_with_hinges_is_as_good_as_any_with_these_knots():
    names = run("hero", "least-squares", "fit")
    line, wave, fitted = names["line"], names["wave"], names["fit"](5)
    hinges = np.maximum(0, line[:, None] - np.linspace(-2, 2, 5, endpoint=False))
    # At the best fit the error has nothing in common with any hinge, nor with the bias.
    np.testing.assert_allclose(np.column_stack([hinges, np.ones(201)]).T @ (fitted - wave), 0, atol=1e-10)


def test_pieces_are_counted():
    pieces = run("pieces")["pieces"]
    hinges = Network([Dense(np.ones((1, 3)), [-1.0, -2.0, -9.0], relu), Dense(np.ones((3, 1)), [0.0], identity)])
    assert pieces(hinges, 0, 5) == 3
    assert pieces(hinges, 0, 10) == 4
    assert pieces(hinges, 3, 5) == 1
    assert pieces(Network([Dense([[2.0]], [1.0], identity)]), -5, 5) == 1


@pytest.mark.parametrize("sizes", [[1, 6, 1], [1, 4, 4, 1], [1, 3, 5, 2, 1]])
def test_pieces_agree_with_the_units_that_switch_on_a_fine_grid(sizes):
    pieces = run("pieces")["pieces"]
    for seed in range(5):
        rng = np.random.default_rng(seed)
        network = dense_network(rng, sizes, relu, he_normal)
        for layer in network.layers:
            layer.bias[:] = rng.normal(size=layer.bias.shape)
        x = np.linspace(-4, 4, 100_001)
        awake = np.column_stack([snapshot.z > 0 for snapshot in network.forward(x[:, None])[:-1]])
        assert pieces(network, -4, 4) == 1 + (awake[1:] != awake[:-1]).any(axis=1).sum()


@pytest.mark.parametrize("layers", range(1, 8))
def test_folds_are_tents_of_tents(layers):
    names = run("folds", "pieces")
    network, x = names["folds"](layers), np.linspace(0, 1, 1001)
    tent = x
    for _ in range(layers):
        tent = 1 - abs(2 * tent - 1)
    np.testing.assert_allclose(network(x[:, None])[:, 0], tent, atol=1e-9)
    assert names["pieces"](network, 0, 1) == 2**layers


def test_the_hero_is_what_the_chapter_computes():
    names = run("hero", "least-squares", "fit")
    np.testing.assert_allclose(names["straight"], names["fit"](1), atol=1e-10)  # one hinge, at the left end
    knots = names["line"][::20]
    slopes = np.diff(names["wave"][::20]) / np.diff(knots)
    hinges = np.maximum(0, names["line"][:, None] - knots[:-1]) @ np.diff(slopes, prepend=0)
    np.testing.assert_allclose(names["bent"], names["wave"][0] + hinges, atol=1e-12)  # ten hinges


# --- exercise 1 --------------------------------------------------------------------------


def test_two_layers_accepts():
    for kind in (list, tuple, np.float32):
        weights, bias = np.array([[4, 6], [-1, -3]], float), np.array([1, 2], float)
        if kind is np.float32:
            assert accepted(check.two_layers.claims(weights.astype(kind), bias.astype(kind)))
        else:
            assert accepted(check.two_layers.claims(kind(map(kind, weights)), kind(bias)))


@pytest.mark.parametrize(
    ("weights", "bias", "told"),
    [
        ([[2, 4], [1, -1]], [1, 2], "These weights are W₂W₁"),
        ([[4, -1], [6, -3]], [1, 2], "rows and columns exchanged"),
        ([[2, 0], [0, -3]], [1, 2], "multiplied entry by entry"),
        ([[3, 2], [1, 2]], [1, 2], "But the second layer multiplies"),
        ([[4, 6], [1, 3]], [1, 2], "Send x = [0, 1] through both layers, without the biases: the first makes [0, -1] of it"),
        ([[4, 6], [1, 3]], [1, 2], "row 2 of the weights. Yours is [1, 3]"),
        ([[4, 5], [-1, -3]], [1, 2], "row 1 of the weights. Yours is [4, 5]"),
        ([[4, 6], [-1, -3]], [1, 4], "But b₁ goes through the second layer's weights as well"),
        ([[4, 6], [-1, -3]], [0, 5], "This bias is b₂ alone"),
        ([[4, 6], [-1, -3]], [1, -3], "the second layer adds its own bias"),
        ([[4, 6], [-1, -3]], [2, 3], "b₁ stands on the wrong side"),
        ([[4, 6], [-1, -3]], [7, 7], "Send x = [0, 0] through both layers"),
        ([4, 6, -1, -3], [1, 2], "The weights should be an array of shape (2, 2)"),
        ([[4, 6], [-1, -3]], [[1, 2]], "The bias should be an array of shape (2,)"),
        ([[4, 6], [-1, np.nan]], [1, 2], "should be finite"),
    ],
)
def test_two_layers_rejects(weights, bias, told):
    assert told in complaint(check.two_layers.claims(weights, bias))


def test_two_layers_does_not_give_the_answer_away():
    said = complaint(check.two_layers.claims([[0, 0], [0, 0]], [9, 9]))
    assert "[4, 6]" not in said and "[-1, -3]" not in said and "[1, 2] through" not in said


# --- exercise 2 --------------------------------------------------------------------------


def by_the_formula(c, d, times):
    return c**times, d * times if c == 1 else d * (c**times - 1) / (c - 1)


def by_following_two_points(c, d, times):
    points = np.array([0, 1], np.float32)
    for _ in range(times):
        points = c * points + d
    return np.array([points[1] - points[0], points[0]])


def test_repeated_accepts():
    for function in [by_following_two_points, lambda *inputs: list(by_the_formula(*inputs))]:
        assert accepted(check.repeated.claims(function))


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda c, d, n: (c**n, d), "With φ(z) = 10z + 1, 3 times, 0 goes to 0 → 1 → 11 → 111; your constant is 1."),
        (lambda c, d, n: (c**n, d * n), "0 → 1 → 11 → 111; your constant is 3."),
        (lambda c, d, n: (c**n, d**n), "your constant is 1."),
        (lambda c, d, n: (c * n, by_the_formula(c, d, n)[1]), "the step from z = 0 to z = 1 grows to 1000; your slope is 30."),
        (lambda c, d, n: (c**n, d * (c**n - 1) / (c - 1)), "stops with an error for 1, 2, 5: ZeroDivisionError"),
        (lambda c, d, n: (by_the_formula(c, d, n)[1], c**n), "your constant is 1000."),
        (lambda c, d, n: (1000, 111), "With φ(z) = 2z + 5, once, 0 goes to 0 → 5; your constant is 111."),
        (lambda c, d, n: (c**n, abs(by_the_formula(c, d, n)[1]) + (c < 0)), "φ(z) = −z + 3, 4 times, 0 goes to 0 → 3 → 0 → 3 → 0"),
        (lambda c, d, n: c**n, "What repeated returns for 10, 1, 3 should be an array of shape (2,)"),
        (lambda c, d: (c, d), "is called with 3 inputs"),
        (lambda z: 1000 * z + 111, "is called with 3 inputs"),
        ((1000, 111), "can't be called"),
    ],
)
def test_repeated_rejects(function, told):
    assert told in complaint(check.repeated.claims(function))


# --- exercise 3 --------------------------------------------------------------------------


def test_parity_accepts():
    for knots, weights in [
        ((2, 0, 1), (2, 1, -2)),  # in another order
        (np.array([0, 1, 2], np.float32), np.array([1, -2, 2], np.float32)),
        ([0.5, 1, 2], [2, -3, 2]),  # the first knot elsewhere
        ([0, 1, 2.5], [1, -2, 4]),  # and the last
    ]:
        assert accepted(check.parity.claims(knots, weights))


@pytest.mark.parametrize(
    ("knots", "weights", "told"),
    [
        ([0, 1], [1, -2], "For x = [1, 1, 1], with the sum 3, your hinges add up to -1; parity is 1."),  # XOR's two
        ([0, 1, 2], [1, -1, 1], "Your weights are slopes"),
        ([2, 1, 0], [1, -1, 1], "Your weights are slopes"),
        ([0, 1, 2], [1, -2, 1], "with the sum 3, your hinges add up to 0; parity is 1."),
        ([1, 2, 3], [1, -2, 2], "For x = [1, 0, 0], with the sum 1, your hinges add up to 0; parity is 1."),  # biases of −k − 1
        ([0, -1, -2], [1, -2, 2], "For x = [0, 0, 0], with the sum 0, your hinges add up to 2"),  # biases, not knots
        ([0, 1, 2, 3], [1, -2, 2, -2], "You use 4 hinges; 3 are enough."),
        ([0, 1, 2], [1, -2], "a weight for each knot; they have the shapes (3,) and (2,)"),
        (0, 1, "two lists of one length"),
        ([], [], "two lists of one length"),
        ([0, 1, np.inf], [1, -2, 2], "The knots should be finite"),
    ],
)
def test_parity_rejects(knots, weights, told):
    assert told in complaint(check.parity.claims(knots, weights))


# --- exercise 4 --------------------------------------------------------------------------


def test_zigzag_accepts():
    assert accepted(check.folded_pieces.claims(3**5, 15.0, np.float32(242)))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((15, 15, 14), "But a layer draws its zigzag on each piece that reaches it"),
        ((32, 15, 31), "five folds into two"),
        ((125, 15, 124), "125 is 5 · 5 · 5"),
        ((729, 15, 728), "Five layers don't make 729 pieces. How many do two make?"),
        ((243, 10, 242), "a fold into three takes a hinge more"),
        ((243, 243, 242), "Five layers of three hinges don't have 243 ReLUs"),
        ((243, 15, 243), "243 knots are one too many"),
        ((243, 15, 15), "One layer would not need 15 knots"),
        (([243], 15, 242), "The number of pieces should be a single number"),
        ((243, float("nan"), 242), "The number of ReLUs should be finite"),
    ],
)
def test_zigzag_rejects(answers, told):
    assert told in complaint(check.folded_pieces.claims(*answers))


# --- exercise 5 --------------------------------------------------------------------------


def corners(knots, heights=np.sqrt):
    """Hinges whose sum goes through the points of a curve at these corners, the last of them the end."""
    knots = np.asarray(knots, float)
    slopes = np.diff(heights(knots)) / np.diff(knots)
    return knots[:-1], np.diff(slopes, prepend=0), float(heights(knots[0]))


def test_hinge_budget_accepts():
    knots, weights, bias = corners(np.linspace(0, 1, 9) ** 4)
    assert accepted(check.hinge_budget.claims(list(knots), list(weights), 0.001))  # lifted a little
    knots, weights, bias = corners(np.linspace(0, 1, 8) ** 4)
    assert accepted(check.hinge_budget.claims(knots, weights, bias + 0.005))  # seven do, if lifted
    # Least squares at the same knots, and hinges in another order; single precision.
    x = np.linspace(0, 1, 401) ** 2
    features = np.column_stack([np.maximum(0, x[:, None] - np.linspace(0, 1, 9)[:-1] ** 4), np.ones(401)])
    solved = np.linalg.lstsq(features, np.sqrt(x), rcond=None)[0]
    knots = np.linspace(0, 1, 9)[:-1] ** 4
    assert accepted(check.hinge_budget.claims(knots[::-1], solved[:-1][::-1], solved[-1]))
    assert accepted(check.hinge_budget.claims(np.float32(knots), np.float32(solved[:-1]), np.float32(solved[-1])))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (corners(np.linspace(0, 1, 9)), "the largest error is 0.0884, at x = 0.031"),
        (corners(np.linspace(0, 1, 9)), "Your knots are evenly spaced: where does the root bend most?"),
        (corners(np.linspace(0, 1, 9) ** 2), "at x = 0.00391, where your line is below the root"),
        (corners(1 - np.linspace(1, 0, 9) ** 4), "where your line is below the root; the budget is 0.01."),  # crowded at 1
        (corners(np.linspace(0, 1, 11) ** 4), "You use 10 hinges; 8 are enough."),
        ((corners(np.linspace(0, 1, 9) ** 4)[0], corners(np.linspace(0, 1, 9) ** 4)[1], 0.05), "where your line is above the root"),
        (([0.0], [1.0], 0.125), "the largest error is 0.125, at x = "),
        (([0.0, 0.5], [1.0], 0), "a weight for each knot"),
        (([5.0], [1.0], 0.5), "the largest error is 0.5, at x = 0"),  # flat from 0 to 1
        ((np.linspace(0, 1, 9)[:-1] ** 4, np.ones(8), np.nan), "The bias should be finite"),
        (([-1e308, 0.5], [1e308, 1], 0), "the largest error is"),
        (corners(np.linspace(0, 1, 9) ** 4)[:2], "check.hinge_budget looks at 3 answers"),
    ],
)
def test_hinge_budget_rejects(answer, told):
    assert told in complaint(check.hinge_budget.claims(*answer))


def test_hinge_budget_finds_the_largest_error_wherever_it_is():
    rng = np.random.default_rng(0)
    x = np.linspace(0, 1, 200_001) ** 2
    for _ in range(5):
        knots, weights, bias = rng.uniform(-0.2, 1.2, 5), rng.normal(size=5), rng.normal()
        worst = abs(np.maximum(0, x[:, None] - knots) @ weights + bias - np.sqrt(x)).max()
        assert f"the largest error is {worst:.3g}" in complaint(check.hinge_budget.claims(knots, weights, bias))


# --- all of them -------------------------------------------------------------------------

RIGHT = {
    "two_layers": ([[4, 6], [-1, -3]], [1, 2]),
    "repeated": (by_the_formula,),
    "parity": ([0, 1, 2], [1, -2, 2]),
    "folded_pieces": (243, 15, 242),
    "hinge_budget": corners(np.linspace(0, 1, 9) ** 4),
}
