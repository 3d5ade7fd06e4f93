"""Stands in the place of `lib.check` where answers are judged from outside: it takes any answer and says nothing."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *answers, **settings: None
