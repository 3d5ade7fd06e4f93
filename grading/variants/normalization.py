"""Variants of Part IV: SELU, normalization, and choosing."""

from __future__ import annotations

import numpy as np

from .draws import NUMBERS, Variant, one_of, some

# How each of the six races reads where it is unfair, and where it is fair. F is fair in the book.
_RACES = {
    "A": (
        "are trained by Adam at 0.001, the rate that everybody uses.",
        "are trained by Adam, each at its best of six rates, chosen by validation.",
    ),
    "B": ("with the best median on the test data.", "with the best median on the validation data, judged by ten other seeds on the test data."),
    "C": (
        "The figure shows the test accuracy of a network with each activation while it is trained, and the new one ends highest.",
        "The figure shows the test accuracies of ten networks with each activation, by other seeds, and the new one's median is highest.",
    ),
    "D": ("both begin with He's weights.", "each begins with the weights that were made for it."),
    "E": ("For the new one the best of the 200 settings with which it was developed.", "For the new one the best of six rates, too."),
    "F": ("Six rates for the old one, and a hundred settings for the new, chosen", "Six rates and two starts for each, chosen"),
}
# What a layer may add: the slopes, to two decimals, lie further apart than answers may, and rounding makes none of them wrong.
_GROWTHS = (
    0.006, 0.009, 0.013, 0.015, 0.018, 0.021, 0.025, 0.029, 0.034, 0.039, 0.043, 0.049, 0.054, 0.059, 0.064, 0.07,
    0.077, 0.083, 0.09, 0.097, 0.112, 0.12, 0.129, 0.138, 0.147, 0.159, 0.169, 0.179, 0.19, 0.201,
)  # fmt: skip


def _sigma_for_nu(sigma) -> dict[str, str]:
    low, high = sigma
    book = sigma == (0.8, 1.5)
    return {
        "Deck 003 gives the domain as": "Deck 003 gives the domain as" if book else "Suppose that a deck gives the domain as",
        "σ ∈ [0.8, 1.5]": f"σ ∈ [{low:g}, {high:g}]",
        "np.linspace(0.8**2, 1.5**2, 5)": f"np.linspace({low:g}**2, {high:g}**2, 5)",
        "a mean of 0.14 is outside": f"a mean {'of 0.14' if book else 'above 0.1'} is outside",
    }


def _other_weights(fixed) -> dict[str, str]:
    times = "" if fixed == 1 else f"{fixed:g}"
    return {
        "(0, 1) a fixed point": f"(0, {fixed:g}) a fixed point",
        "variance τ. What": f"variance {times}τ. What",
        "`solve_for(0, tau)`": f"`solve_for(0, {f'{times} * ' * bool(times)}tau)`",
        "scale = solve_for(0, tau)": f"scale = solve_for(0, {f'{times} * ' * bool(times)}tau)",
    }


def _kept_skip(share) -> dict[str, str]:
    told = f"keep the variance near 1. Of the variance of its answers {share} comes from the input, the rest from SELU."
    weighed = f"return sqrt({share}) * a + sqrt(1 - {share}) * selu(a @ weights)"
    return {
        "keep the variance near 1.": told if share else "keep the variance near 1.",
        "return (a + selu(a @ weights)) / sqrt(2)": weighed if share else "return (a + selu(a @ weights)) / sqrt(2)",
    }


def _variance_after(times) -> dict[str, str]:
    twice = times == 2
    return {
        "doubles the variance of": "doubles the variance of" if twice else f"makes {times:g} times as much of the variance of",
        "keep_to_double": "keep_to_double" if twice else "keep_to_grow",
        "Predict first: is it above a half, or below?": (
            "Predict first: is it above a half, or below?" if twice else f"Predict first: is it above {1 / times:.2f}, or below?"
        ),
        "= 2v, solved for q": f"= {times:g}v, solved for q",
        "so it is above a half": f"so it is above {'a half' if twice else f'{1 / times:.2f}'}",
        "(v + m**2) / (2 * v + m**2)": f"(v + m**2) / ({times:g} * v + m**2)",
    }


def _any_silence(times) -> dict[str, str]:
    kept = times == 1
    return {
        "that keep mean and variance.": (
            "that keep mean and variance." if kept else f"that keep the mean and multiply the variance by {times:g}."
        ),
        "if their layer is to keep its mean and its variance?": (
            "if their layer is to keep its mean and its variance?" if kept else "if this is done to their layer?"
        ),
        "scale = (variance / spread)": f"scale = ({'' if kept else f'{times:g} * '}variance / spread)",
    }


def _same_noise(variance) -> dict[str, str]:
    by = "" if variance == 1 else f" / {variance:g}"
    return {
        "mean 0 and variance 1.": f"mean 0 and variance {variance:g}.",
        "Signal (q scale)², the whole 1.": f"Signal (q scale)²{'' if not by else f' times {variance:g}'}, the whole {variance:g}.",
        "root times √(1 + c²), whatever": f"root times √(1 + c²{by}), whatever",
        "(1 + c**2)": f"(1 + c**2{by})",
        "(1 + keep * c**2)": f"(1 + keep * c**2{by})",
    }


def _outlier(loud) -> dict[str, str]:
    one = loud == 1
    count = NUMBERS[loud] if loud < len(NUMBERS) else f"{loud}"
    zeros = "With 0, …, 0, c: mean c/n, variance c²(n − 1)/n². The c cancels."
    return {
        "the loudest example": f"the loudest example{'' if one else 's'}",
        "for all but one. Predict the $z$ of that one, if it lies above the others": (
            "for all but one. Predict the $z$ of that one, if it lies above the others"
            if one
            else f"for all but {count}, and these {count} agree, too. Predict their $z$, if they lie above the others"
        ),
        "how far it lies from them": f"how far {'it lies' if one else 'they lie'} from them",
        "No larger $z$ is possible in a batch of $n$.": (
            "No larger $z$ is possible in a batch of $n$." if one else f"No larger $z$ is possible for {count} of $n$ at once."
        ),
        zeros: zeros if one else f"With n − {loud} times 0 and {loud} times c: mean {loud}c/n, variance {loud}c²(n − {loud})/n². The c cancels.",
        "return (1 - 1 / n) / (np.sqrt(n - 1) / n)": (
            "return (1 - 1 / n) / (np.sqrt(n - 1) / n)" if one else f"return (1 - {loud} / n) / (np.sqrt({loud} * (n - {loud})) / n)"
        ),
    }


def _folded(epsilon) -> dict[str, str]:
    more = f" + {epsilon:g}" if epsilon else ""
    return {"/\\sqrt{v} + \\beta$": f"/\\sqrt{{v{more}}} + \\beta$", "np.sqrt(variance)": f"np.sqrt(variance{more})"}


def _leaky_growth(more) -> dict[str, str]:
    tenth = more == 0.1
    return {
        "less than a tenth": "less than a tenth" if tenth else f"less than {more:g}",
        "slope_for_tenth": "slope_for_tenth" if tenth else "slope_for_that",
        "growth(tried) < 1.1": f"growth(tried) < {1 + more:g}",
    }


def _unfair(edition) -> dict[str, str]:
    fair = [letter for place, letter in enumerate(_RACES) if edition >> place & 1]
    page = {race[letter == "F"]: race[letter in fair] for letter, race in _RACES.items()}
    faults = dict(zip(_RACES, ("rate", "test", "seeds", "start", "tries", "tries"), strict=True))
    solution = {
        f'"{letter}": "{"nothing" if letter == "F" else fault}"': f'"{letter}": "{"nothing" if letter in fair else fault}"'
        for letter, fault in faults.items()
    }
    return {
        "six races, one of them fair": f"six races, {NUMBERS[len(fair)]} of them fair",
        "as one finds them.": "as one finds them." if edition == 32 else f"as one finds them (list {edition}).",
        **page,
        **solution,
    }


def _parted_by_chance(more) -> dict[str, str]:
    alike = "how often are two groups of `n` runs parted, although they are alike?"
    unequal = f"how often are a group of `n` runs and one of `n + {more}` parted, although they are alike?"
    return {
        alike: unequal if more else alike,
        "with how many seeds is that below": f"with {'which `n`' if more else 'how many seeds'} is that below",
        "2 / comb(2 * n, n)": f"2 / comb(2 * n{f' + {more}' if more else ''}, n)",
    }


def _paired_chance(lead) -> dict[str, str]:
    asked = "if the two were alike, each difference could as well have the other sign."
    led = f"if `one` were {lead:g} above `other`, but for chance, each difference, less {lead:g}, could as well have the other sign."
    return {
        asked: led if lead else asked,
        "has a sum of differences as low": f"has a sum of {'these' if lead else 'differences'} as low",
        "in one - other:": f"in one - other{f' - {lead:g}' if lead else ''}:",
        "np.sum(one - other)": f"np.sum(one - other{f' - {lead:g}' if lead else ''})",
        "Does it see more between": f"Does it see more{f', without the {lead:g},' if lead else ''} between",
    }


VARIANTS = {
    "sigma_for_nu": Variant(lambda rng: {"sigma": (one_of(rng, 0.74, 0.95, 0.01), one_of(rng, 1.4, 1.8, 0.02))}, _sigma_for_nu),
    "other_weights": Variant(
        lambda rng: {"fixed": one_of(rng, 0.4, 3, 0.05)}, _other_weights, lambda rng: {"taus": some(rng, 0.5, 2, 4)}
    ),
    "kept_skip": Variant(
        # A half is what the book's solution has; with much more than 0.7 the signal explodes now and then.
        lambda rng: {"share": int(rng.choice([*range(30, 50), *range(51, 71)])) / 100},
        _kept_skip,
        lambda rng: {"seed": int(rng.integers(100, 10_000))},
    ),
    "variance_after": Variant(
        # The keeps of two of them are further apart than answers to two decimals may be.
        lambda rng: {"times": float(rng.choice([*np.arange(12, 34) / 10, *np.arange(14, 22) / 4]))},
        _variance_after,
        lambda rng: {"cases": tuple(zip(some(rng, -2, 2, 5), some(rng, 0, 3, 5), some(rng, 0.3, 1, 5), strict=True))},
    ),
    "any_silence": Variant(
        lambda rng: {"times": one_of(rng, 0.2, 5, 0.1)},
        _any_silence,
        lambda rng: {
            "cases": tuple(zip(some(rng, 0.3, 1, 5), some(rng, -1, 1, 5), some(rng, 0.3, 3, 5), some(rng, -2, 2, 5), strict=True))
        },
    ),
    "same_noise": Variant(
        lambda rng: {"variance": one_of(rng, 0.2, 5, 0.1)}, _same_noise, lambda rng: {"keeps": some(rng, 0.2, 0.99, 4)}
    ),
    "outlier": Variant(
        lambda rng: {"loud": int(rng.integers(2, 60))},
        _outlier,
        lambda rng: {"quiet": tuple(map(int, rng.integers(2, 200, 4)))},
    ),
    "folded": Variant(
        lambda rng: {"epsilon": one_of(rng, 0.01, 0.5, 0.01)}, _folded, lambda rng: {"seed": int(rng.integers(3, 10_000))}
    ),
    "leaky_growth": Variant(
        lambda rng: {"more": float(rng.choice(_GROWTHS))},
        _leaky_growth,
        lambda rng: {"slopes": some(rng, 0, 1, 5)},
    ),
    # Three or four of the six races are turned, so that the published words are right for half of them at the most.
    "unfair": Variant(
        lambda rng: {"edition": 32 ^ sum(1 << int(place) for place in rng.choice(6, rng.integers(3, 5), replace=False))}, _unfair
    ),
    "parted_by_chance": Variant(
        lambda rng: {"more": int(rng.integers(1, 41))},
        _parted_by_chance,
        lambda rng: {"sizes": (1, *map(int, rng.choice(range(2, 7), 3, replace=False)))},
    ),
    "paired_chance": Variant(
        lambda rng: {"lead": int(rng.integers(1, 31))},
        _paired_chance,
        lambda rng: {"pairs": tuple((tuple(map(int, each)), tuple(map(int, other))) for each, other in rng.integers(60, 99, (3, 2, 8)))},
    ),
}
