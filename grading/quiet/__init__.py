"""Stands in the place of `lib.check` where answers are judged from outside: it takes any answer and says nothing."""


def _silent(*answers, **settings) -> None:
    """Every check, and its form."""


_silent.form = _silent
_silent.claims = lambda *answers, **settings: []


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _silent
