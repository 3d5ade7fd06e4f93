"""The checks of chapter 10: each accepts what is right, however it is written, and tells a student what went wrong."""

from importlib import import_module

import numpy as np
import pytest
from exercises import Chapter, accepted, complaint

from lib import PReLU, check, clip_by_norm, dead, he_normal, momentum, relu, sgd

inside = import_module("lib.check.dead")
run = Chapter("dead").run


def share(a):
    return np.all(a == 0, axis=0).mean()


def fatal(x, z, delta):
    p = (x @ x.T + 1) @ delta
    least = max(0, np.max(z[p > 0] / p[p > 0], initial=0))
    most = np.min(z[p < 0] / p[p < 0], initial=np.inf)
    return least if least <= most else np.inf


def by_sums(z, slopes, upstream):
    return upstream * np.where(z > 0, 1, slopes), (upstream * np.minimum(z, 0)).sum(axis=0)


def mend(x, W1, b1, W2, b2, out=0.0, spare=0.0, draws=100):
    W1, b1, W2, rng = W1.copy(), b1.copy(), W2.copy(), np.random.default_rng(3)
    for _ in range(draws):
        lost = np.all(x @ W1 + b1 <= 0, axis=0)
        if lost.any():
            W1[:, lost], b1[lost], W2[lost] = he_normal(rng, 64, lost.sum()), spare, out
    return W1, b1, W2, b2


RIGHT = {
    "dead_share": (share,),
    "fatal_rate": (fatal,),
    "prelu_backward": (by_sums,),
    "waking": (inside._steps_to_speak,),
    "revived": (mend,),
}


# ---- what the chapter writes by hand is what lib has


def test_the_chapters_own_lines_agree_with_lib():
    names = run("points", "delta-of", "stepped", "fatal-rate", "bend", "prelu-hand", "clipped")
    x, z = names["x"], names["x"] @ names["w"] + names["b"]
    push = names["delta"](z)
    assert names["fatal"] == pytest.approx(inside._fatal(x, z, push), rel=1e-12)
    w, b = names["stepped"](0.1)
    np.testing.assert_allclose(x @ w + b, z - 0.1 * (x @ x.T + 1) @ push, rtol=1e-12)
    rng = np.random.default_rng(1)
    z, slopes, upstream = rng.normal(size=(6, 4)), rng.normal(size=4), rng.normal(size=(6, 4))
    layer = PReLU(slopes)
    snapshot = layer.forward(z)
    np.testing.assert_allclose(names["bend"](z, slopes), snapshot.a, rtol=1e-15)
    by_z, (by_slopes,) = layer.backward(snapshot, upstream)
    for mine, theirs in zip(names["backward"](z, slopes, upstream), (by_z, by_slopes), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    parameter, twin, gradient = np.ones(2), np.ones(2), np.array([30.0, 40.0])
    names["clipped"](0.5)([parameter], [gradient])
    sgd(0.5)([twin], clip_by_norm([gradient], 1))
    np.testing.assert_array_equal(parameter, twin)


def test_without_a_gradient_the_first_layer_stands_still():
    """What the chapter counts in five runs holds for all of them."""
    names = run("fresh", "learn", "follow", "turns")
    network = names["fresh"](3)
    for rate in (1, 3):
        seen = names["follow"](network, sgd(rate), names["images"], names["labels"], steps=20)
        assert names["turns"](seen[0])[1] == 0
    lost, before = dead(network.forward(names["images"])[0]), network.layers[0].weights.copy()
    assert lost.any()
    names["learn"](network, sgd(1))
    np.testing.assert_array_equal(network.layers[0].weights[:, lost], before[:, lost])


def test_the_momentum_of_lib_rolls_as_exercise_4_says():
    update, b = momentum(1.0, 0.9), np.array([0.5])
    update([b], [np.array([1.0])])
    moved, z = -1.0, [float(b[0])]
    for _ in range(5):
        update([b], [np.zeros(1)])
        z.append(float(b[0]))
    np.testing.assert_allclose(np.diff(z), moved * 0.9 ** np.arange(1, 6), rtol=1e-12)


# ---- exercise 1


def test_shares_in_other_ways():
    ways = [
        lambda a: sum(1 for column in a.T if not any(column)) / a.shape[1],
        lambda a: 1 - np.mean(a.any(axis=0)),
        lambda a: np.float32(np.mean(a.max(axis=0) == 0)),
        lambda a: np.array((a.sum(axis=0) == 0).mean()),
    ]
    for way in ways:
        assert accepted(check.dead_share.claims(way))


@pytest.mark.parametrize("wrong, message", [
    (lambda a: np.mean(a == 0), "This is the share of silent answers"),
    (lambda a: np.all(a == 0, axis=1).mean(), "which axis holds the units?"),
    (lambda a: np.all(a == 0, axis=0).sum(), "how many there are, not their share"),
    (lambda a: a.any(axis=0).mean(), "the share of those that live"),
    (lambda a: np.all(a < 1e-6, axis=0).mean(), "often silent, and one always"),
    (lambda a: np.all(a == 0, axis=0), "What your share returns should be a single number"),
])  # fmt: skip
def test_shares_wrong(wrong, message):
    assert message in complaint(check.dead_share.claims(wrong))


# ---- exercise 2


def test_rates_in_other_ways():
    def by_loop(x, z, delta):
        least, most = 0.0, float("inf")
        for i in range(len(x)):
            p = sum(delta[j] * (np.dot(x[i], x[j]) + 1) for j in range(len(x)))
            if p > 0:
                least = max(least, z[i] / p)
            elif p < 0:
                most = min(most, z[i] / p)
        return least if least <= most else float("inf")

    def by_the_step(x, z, delta):
        """Through the step of weights and bias, without the products of examples."""
        p = x @ (x.T @ delta) + delta.sum()
        candidates = np.append(0, z[p > 0] / p[p > 0])
        good = [rate for rate in candidates if (z - rate * p <= 1e-12).all()]
        return min(good, default=np.inf)

    def by_a_grid(x, z, delta):
        rates = np.arange(0, 20, 1e-4)
        kills = (z - np.outer(rates, (x @ x.T + 1) @ delta) <= 0).all(axis=1)
        return rates[kills.argmax()] if kills.any() else np.inf

    for way in (by_loop, by_the_step, by_a_grid, lambda x, z, d: np.float64(fatal(x, z, d)) * (1 + 1e-9)):
        assert accepted(check.fatal_rate.claims(way))


@pytest.mark.parametrize("wrong, message", [
    (lambda x, z, d: np.max(z / ((x @ x.T + 1) @ d)), "For the same points around 0 your rate is"),
    (lambda x, z, d: np.max((z / ((x @ x.T) @ d))[z > 0]), "The bias takes a step too."),
    (lambda x, z, d: np.min(z / ((x @ x.T + 1) @ d)), "are there sums that the step lifts?"),
    (lambda x, z, d: np.median(z[z > 0] / ((x @ x.T + 1) @ d)[z > 0]), "still has the sum"),
    (lambda x, z, d: 10 * fatal(x, z, d), "That is enough, but so is 0.2706"),
    (lambda x, z, d: 1.005 * fatal(x, z, d), "That is enough, but so is 0.2686"),
    (lambda x, z, d: np.inf, "but at 0.2706 no example has a sum above 0"),
    (lambda x, z, d: -1.0, "A rate is not below 0"),
    (lambda x, z, d: np.nan, "A rate is not below 0"),
    (lambda x, z, d: z, "What your rate returns should be a single number"),
])  # fmt: skip
def test_rates_wrong(wrong, message):
    assert message in complaint(check.fatal_rate.claims(wrong))


def test_the_rates_asked_for_are_the_smallest_that_kill():
    for _, x, z, delta in inside._steps():
        rate = inside._fatal(x, z, delta)

        def speak(rate, x=x, z=z, delta=delta):
            return (x @ (-rate * x.T @ delta) - rate * delta.sum() + z > 1e-12).any()

        if rate < np.inf:
            assert not speak(rate * (1 + 1e-9)) and speak(rate * 0.999)
        else:
            assert all(speak(rate) for rate in np.geomspace(1e-4, 1e4, 400))


# ---- exercise 3


def test_gradients_in_other_ways():
    ways = [
        lambda z, s, u: PReLU(s).backward(PReLU(s).forward(z), u)[:1] + tuple(PReLU(s).backward(PReLU(s).forward(z), u)[1]),
        lambda z, s, u: [u * ((z > 0) + s * (z <= 0)), np.einsum("ij,ij->j", u, z * (z < 0))],
        lambda z, s, u: (np.float32(by_sums(z, s, u)[0]).tolist(), list(by_sums(z, s, u)[1])),
    ]
    for way in ways[:2]:
        assert accepted(check.prelu_backward.claims(way))
    assert "could not be judged" not in str(check.prelu_backward.claims(ways[2]))


def published(z, slopes, upstream):
    """The chapter's slips, with the answers that they need."""
    by_answers = run("exercise-3")["by_answers"]
    with np.errstate(all="ignore"):
        return by_answers(np.where(z > 0, z, slopes * z), slopes, upstream)


@pytest.mark.parametrize("wrong, message", [
    (published, "It is a mean where a sum is due: upstream holds the mean already."),
    (lambda z, s, u: (published(z, s, u)[0], by_sums(z, s, u)[1]), "The answer there is 0.25, above 0, but the unit is on its left side"),
    (lambda z, s, u: (by_sums(z, s, u)[0], (u * np.minimum(z, 0) * s).sum(axis=0)), "How much does the answer change if the slope grows by one?"),
    (lambda z, s, u: (by_sums(z, s, u)[0], (u * z).sum(axis=0)), "Where z is above 0, the slope has no say."),
    (lambda z, s, u: (u * (z > 0), by_sums(z, s, u)[1]), "differences measure the gradient"),
    (lambda z, s, u: by_sums(z, s, u)[0], "should return two gradients"),
    (lambda z, s, u: (by_sums(z, s, u)[0], u * np.minimum(z, 0)), "The gradient by the slopes should be"),
    (lambda z, s, u: by_sums(z, s, u)[::-1], "The gradient by z should be"),
])  # fmt: skip
def test_gradients_wrong(wrong, message):
    assert message in complaint(check.prelu_backward.claims(wrong))


# ---- exercise 4


def test_wakings_in_other_ways():
    def by_formula(z, moved, decay):
        """z + moved · decay (1 − decay^k) / (1 − decay) > 0, solved for k, and the neighbours tried."""
        if decay == 0 or not (z + moved * decay / (1 - decay) > 0).any():
            return float("inf")
        rising = moved > 0
        part = 1 + (z / moved)[rising] * (1 - decay) / decay
        ks = np.floor(np.log(part[part > 0]) / np.log(decay)) + 1
        return int(ks.min())

    def patiently(z, moved, decay):
        for k in range(1, 5000):
            moved = moved * decay
            z = z + moved
            if np.any(z > 0):
                return k
        return np.inf

    for way in (by_formula, patiently, tries(5000)):
        assert accepted(check.waking.claims(way))


def tries(most, speaks=np.greater):
    def steps(z, moved, decay):
        rolled = np.cumsum(decay ** np.arange(1, most))[:, None] * moved  # (steps, n)
        spoke = speaks(z + rolled, 0).any(axis=1)
        return np.argmax(spoke) + 1 if spoke.any() else np.inf

    return steps


@pytest.mark.parametrize("wrong, message", [
    (tries(100), "the largest sum comes up to 9 in the end; you say that it never passes 0. How many steps do you try?"),
    (tries(5000, np.greater_equal), "A sum of 0 is not above 0."),
    (lambda z, m, d: inside._steps_to_speak(z, m / d if d else m, d), "by decay times the last one"),
    (lambda z, m, d: np.inf, "you say that it never passes 0"),
    (lambda z, m, d: inside._steps_to_speak(z[:1], m[:1], d), "the unit speaks first after 2 steps; you say"),
    (lambda z, m, d: float((-z / m).min()), "the unit speaks first after 8 steps; you say"),
    (lambda z, m, d: z > 0, "What your steps returns should be a single number"),
])  # fmt: skip
def test_wakings_wrong(wrong, message):
    assert message in complaint(check.waking.claims(wrong))


# ---- exercise 5


def twins(x, W1, b1, W2, b2):
    """Each dead unit becomes a copy of one that lives, and they share its voice: all are told the same for ever."""
    W1, b1, W2 = W1.copy(), b1.copy(), W2.copy()
    lost = np.all(x @ W1 + b1 <= 0, axis=0)
    living = int(np.argmin(lost))
    W1[:, lost], b1[lost] = W1[:, [living]], b1[living]
    W2[lost] = W2[living] / (lost.sum() + 1)
    W2[living] /= lost.sum() + 1
    return W1, b1, W2, b2


def smaller(x, W1, b1, W2, b2):
    alive = np.any(x @ W1 + b1 > 0, axis=0)
    return W1[:, alive], b1[alive], W2[alive], b2


def wider(x, W1, b1, W2, b2):
    """The dead are left out, and forty new units that look at one pixel each take their places."""
    W1, b1, W2, b2 = smaller(x, W1, b1, W2, b2)
    seen = np.argsort(-x.var(axis=0))[:40]
    new = np.eye(64)[:, seen]
    return np.hstack([W1, new]), np.append(b1, np.zeros(40)), np.vstack([W2, np.zeros((40, 10))]), b2


def test_mendings_in_other_ways():
    for way in (
        wider,
        lambda *given: [list(map(float, part)) if part.ndim == 1 else part.tolist() for part in mend(*given)],
        lambda *given: mend(*given, spare=0.1),
    ):
        assert accepted(check.revived.claims(way))


@pytest.mark.parametrize("wrong, message", [
    (lambda x, *given: given, "after your mending 30 units are still silent on all images."),
    (lambda *given: mend(*given, draws=1), "A fresh unit may be silent by chance"),
    (lambda *given: mend(*given, out=0.3), "Which weights carry the voice of a unit into the answers?"),
    (twins, "does each unit hear a gradient of its own, or do some of them stay twins?"),
    (smaller, "only 2 are left: a smaller network is not mended"),
    (lambda x, W1, b1, W2, b2: (W1, b1 + 100, W2, b2), "its answers have changed"),
    (lambda x, W1, b1, W2, b2: (W1, b1, W2), "should return four arrays"),
    (lambda x, W1, b1, W2, b2: (W1.T, b1, W2, b2), "The new W1 should be"),
    (lambda x, W1, b1, W2, b2: (W1 * np.nan, b1, W2, b2), "The new W1 should be finite"),
    (lambda x, W1, b1, W2, b2: (W1, np.ones((2, 2)), W2, b2), "one number for each of the 32 units"),
])  # fmt: skip
def test_mendings_wrong(wrong, message):
    assert message in complaint(check.revived.claims(wrong))


def test_a_mend_that_writes_into_what_it_is_given_is_told():
    def in_place(x, W1, b1, W2, b2):
        b1 += 1
        return W1, b1, W2, b2

    assert "changes the array that it is given" in complaint(check.revived.claims(in_place))


def test_the_limit_parts_the_mended_from_the_rest():
    """Whatever fresh weights are drawn, the mended network reads far more than the limit asks for."""
    texts = [claim.text for claim in check.revived.claims(mend) if "held-out" in claim.text]
    assert len(texts) == 2
    for text in texts:
        mended, same = (int(part.split("%")[0].split()[-1]) for part in text.split("; without"))
        assert same < 50 < 100 * inside._MENDED + 5 < mended
    assert relu(np.array(-1.0)) == 0
