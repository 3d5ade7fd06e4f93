"""The student's side: it runs what a student wrote, and hands out values and functions by the line, as data.

It runs in a sandbox, one for each submission, and forks a process for each exercise. Whatever the code
in it does to this process, its modules or the line: all that leaves are frames, and the judge only
looks at what is in them.
"""

from __future__ import annotations

import os
import re
import resource
import sys

from grading.wire import Line, Lost


def limit(memory: int, seconds: int, file_size: int) -> None:
    """Settle what this process may take, from now on."""
    for what, most in [
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),  # an answer needs no process and no thread beside it
    ]:
        resource.setrlimit(what, (most, most))


class Answer:
    """A student's cells for one exercise: run, then asked for names."""

    def __init__(self):
        self.names = {"__name__": "__main__"}

    def run(self, sources: list[str]) -> list[str | None]:
        """Run cells in order; return for each the error that it stopped with, or None."""
        return [self._run(source) for source in sources]

    def _run(self, source: str) -> str | None:
        try:
            exec(_compiled(source), self.names)
        except BaseException as error:
            try:
                return f"{type(error).__name__}: {error}"[:300]
            except BaseException:
                return "an error that can't be printed"

    def value(self, name: str):
        """What a name holds; three dots if there is none."""
        return self.names.get(name, ...)


def _compiled(source: str):
    try:
        return compile(source, "your answer", "exec")
    except SyntaxError:  # without the lines that only a notebook understands: %magic, !command, help?
        return compile(re.sub(r"(?m)^([ \t]*)(?:[%!?].*|.*\?)$", r"\1pass", source), "your answer", "exec")


def main() -> None:
    memory, seconds, file_size, user = map(int, sys.argv[1:])
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    import lib  # noqa: F401 (so that no fork needs to)

    source, sink, voice = os.dup(0), os.dup(1), os.dup(2)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what an answer prints is not looked at
        os.dup2(nothing, stream)

    # For every byte from the judge an exercise; then a word on how it went. The end of the line is the end.
    while os.write(voice, b"ready\n") and os.read(source, 1) == b"!":
        child = os.fork()
        if not child:
            os.close(voice)
            limit(memory, seconds, file_size)
            answer = Answer()
            try:
                Line(source, sink, [answer.run, answer.value]).serve()
            except Lost:
                os._exit(1)
            os._exit(0)
        _, status, used = os.wait4(child, os.WUNTRACED)
        if status:  # it was killed or stopped, or lost the line; what is in the pipes now belongs to nobody
            os.write(voice, b"used up\n" if used.ru_utime + used.ru_stime > seconds - 0.5 else b"ended\n")
            break


if __name__ == "__main__":
    main()
