"""The exercises of the chapters, as tests see them: cells to run, and what a check says of an answer.

    run = Chapter("zigzag").run

    def test_the_price_is_the_condition_number():
        kappa = run("kappa")["kappa"]

    def test_a_tempting_mistake():
        assert "The errors have one sign" in complaint(check.free_batch.claims([[1, 2], [2, 1]], [1, 1]))
"""

from tools.exercises import NOTEBOOKS, Chapter

__all__ = ["NOTEBOOKS", "Chapter", "accepted", "changed", "complaint"]


def changed(answers, place, other):
    """Some answers, with another one at a place."""
    return [*answers[:place], other, *answers[place + 1 :]]


def accepted(claims):
    """Whether all that a check claims of an answer holds; if not, the message is what the reader is told."""
    assert all(claim.holds for claim in claims), "\n".join(claim.text for claim in claims)
    return True


def complaint(claims):
    """What the reader is told to be wrong, in one text."""
    wrong = [claim.text for claim in claims if not claim.holds]
    assert wrong, "this should not have been accepted"
    return "\n".join(wrong)
