"""The pages for the students in one zip, with names by which the LMS that they came from knows whose they are."""

from __future__ import annotations

import zipfile

from .collect import CAME_AS
from .folder import Folder
from .hand_in import way_back


def write(folder: Folder, name: str) -> int:
    """Write `feedback.zip` of a set; return how many pages are in it.

    Moodle takes it at "Upload multiple feedback files in a zip", Canvas at "Upload Submissions".

    Parameters
    ----------
    folder : Folder
        The class's.
    name : str
        The set's.
    """
    pages = sorted(folder.root.glob(f"feedback/*/{name}/{name}.html"))
    place = folder.place("returned", name)
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place / "feedback.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for page in pages:
            student = page.parent.parent.name
            came = folder.place("submitted", name, student) / CAME_AS
            path = came.read_text(encoding="utf-8") if came.exists() else ""
            archive.write(page, way_back(path, student, name))
    return len(pages)
