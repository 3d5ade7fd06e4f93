"""Answers that are more alike than the exercise makes them: for a person to look at, with no verdict.

Answers are compared without comments, spacing, numbers, texts and names of the students' own, in runs of a few words.
What the assignment or its solution has, or what several in the class have written, is no sign of anything, so it does
not count. A short answer, or a usual one, is therefore never listed, copied or not.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import combinations

WORD = re.compile(r"""(?P<skip>\#.*)|(?P<text>[rbfu]{0,2}(?:'{3}[\s\S]*?'{3}|"{3}[\s\S]*?"{3}|'[^'\n]*'|"[^"\n]*"))
                      |(?P<number>\d[\w.]*)|(?P<name>\.?[^\W\d]\w*)|(?P<sign>\*\*|//|[<>=!]=|\S)""", re.X)  # fmt: skip
RUN = 10  # words that are compared at once
LEAST = 30  # runs in common, of those that count
SHARE = 0.7  # of the runs that count in what the one wrote who wrote less
FEW = 5  # what more students have written is usual
LANGUAGE = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}


@dataclass(frozen=True)
class Pair:
    """Two students with answers that are alike.

    Parameters
    ----------
    first, second : str
    share : float
        Of what is not usual in the answers of the one who wrote less of it, so much is in the other's.
    exercises : list of str
        Where that is.
    """

    first: str
    second: str
    share: float
    exercises: list[str]


def alike(answers: dict[str, dict[str, str]], given: dict[str, dict[str, str]]) -> list[Pair]:
    """The pairs of students whose answers, taken together, are alike; the most alike first.

    Parameters
    ----------
    answers : dict
        By student and exercise, the code.
    given : dict
        By student and exercise, what everybody was given, and the solution.
    """
    own = {who: {(at, run) for at in each for run in _own(each[at], given[who][at])} for who, each in answers.items()}
    users = Counter(run for runs in own.values() for run in runs)
    unusual = {who: {run for run in runs if users[run] <= FEW} for who, runs in own.items()}
    having = defaultdict(list)
    for who in sorted(unusual):
        for run in unusual[who]:
            having[run].append(who)
    common = Counter(pair for several in having.values() for pair in combinations(several, 2))
    pairs = []
    for (first, second), count in common.items():
        share = count / min(len(unusual[first]), len(unusual[second]))
        if count >= LEAST and share >= SHARE:
            pairs.append(Pair(first, second, share, sorted({at for at, _ in unusual[first] & unusual[second]})))
    return sorted(pairs, key=lambda pair: (-pair.share, -common[pair.first, pair.second], pair.first, pair.second))


def _own(code: str, given: str) -> set[tuple[str, ...]]:
    """The runs of an answer that are not in what was given."""
    known, runs = _given(given)
    return _runs(code, known) - runs


@cache
def _given(given: str) -> tuple[set[str], set[tuple[str, ...]]]:
    """The names in what was given, which are nobody's own, and its runs."""
    known = LANGUAGE | set(re.findall(r"[^\W\d]\w*", given))
    return known, _runs(given, known)


def _runs(code: str, known: set[str]) -> set[tuple[str, ...]]:
    words = [_word(found, known) for found in WORD.finditer(code) if found.lastgroup != "skip"]
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def _word(found: re.Match, known: set[str]) -> str:
    if found.lastgroup == "name":
        return found[0] if found[0][0] == "." or found[0] in known else "name"
    return found[0] if found.lastgroup == "sign" else found.lastgroup
