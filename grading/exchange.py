"""nbgrader's exchange: a folder that a whole JupyterHub shares. Students find sets there and leave what they hand in.

What lies there belongs to students: its names, its times and its links are what they made them. nbgrader takes them as
they are; here what is odd is left where it is, and told.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect

from .folder import Folder
from .gradebook import api
from .students import unfit


class Collect(ExchangeCollect):
    """nbgrader's collecting, where no submission leads elsewhere or keeps others from being collected."""

    def init_src(self):
        super().init_src()
        self.src_records = [record for record in self.src_records if record["timestamp"] != datetime.min]

    def _path_to_record(self, path):
        try:
            record = super()._path_to_record(path)
        except Exception:  # whatever a name can do to it
            record = {"username": "", "filename": path, "timestamp": datetime.min}
        if unfit(record["username"]):
            self.log.warning(f"{path} names no student and no time, and is left where it is.")
            record |= {"username": path, "timestamp": datetime.min}
        return record

    def do_copy(self, src, dest, log=None):
        if any(path.is_symlink() for path in (Path(src), *Path(src).rglob("*"))):
            self.log.warning(f"{src} has links to other files in it, and is left where it is.")
            return
        try:
            super().do_copy(src, dest, log)
            stamp = Path(dest, "timestamp.txt")
            stamp.unlink(missing_ok=True)
            stamp.write_text(f"{self._path_to_record(src)['timestamp']:%Y-%m-%d %H:%M:%S.%f} UTC")
        except (OSError, RuntimeError) as error:  # unreadable, or too large
            self.log.warning(f"{src} can't be collected: {error}")


def do(folder: Folder, name: str, step: str, *student: str) -> list[str]:
    """Let nbgrader's exchange do a step.

    Parameters
    ----------
    folder : Folder
    name : str
        The set's.
    step : {"release_assignment", "collect", "release_feedback"}
    student : str, optional
        Of whom, where the step is for one.

    Returns
    -------
    What it warns of.

    Raises
    ------
    ValueError
        If the exchange could not do it; the message is nbgrader's.
    """
    done = getattr(api(folder), step)(name, *student)
    said = [line.partition("] ")[2] or line for line in done.get("log", "").splitlines() if line.strip()]
    if not done["success"]:
        raise ValueError(
            "\n".join(["nbgrader's exchange could not do this.", *(said or done["error"].splitlines()[-1:])])
        )
    return said


def give_back(folder: Folder, name: str) -> list[str]:
    """Put the feedback into the exchange, for those who handed in through it; return what it warns of."""
    through_it = sorted(folder.root.glob(f"feedback/*/{name}/submission_secret.txt"))
    return [line for path in through_it for line in do(folder, name, "release_feedback", path.parts[-3])]
