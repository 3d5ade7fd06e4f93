"""Friendly verdicts on a reader's answers: `check.some_exercise(answer)` prints what holds and what does not."""
