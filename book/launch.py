"""The launch menu of a chapter's page: where its notebook can be run, with nothing to install.

JupyterLite stands in the book itself. Binder and Colab fetch the notebook from its repository,
whose address stands in _config.yml; without one they are left out.
"""

from __future__ import annotations

import re
import sys
from urllib.parse import quote

NOTEBOOK = "lite/notebooks/index.html?path=chapters/"  # tools/lite.py puts it there


def places(chapter: str, repository: str, branch: str) -> list[tuple[str, str, str]]:
    """Where the notebook `chapter` of a repository can be run: the name of each place, what it is like, its address."""
    if not repository:
        return []
    github = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(\.git)?/?", repository)
    source = f"gh/{github[1]}" if github else f"git/{quote(repository, safe='')}"
    binder = f"https://mybinder.org/v2/{source}/{branch}?urlpath=lab/tree/chapters/{chapter}.ipynb"
    found = [("Binder", "On a server of mybinder.org; starts in a minute or two", binder)]
    if github:  # Colab opens what is on GitHub only; tools/colab.py makes this branch
        colab = f"https://colab.research.google.com/github/{github[1]}/blob/colab/{chapter}.ipynb"
        found.append(("Colab", "On a server of Google's; asks for an account", colab))
    return found


def add_menu(app, pagename, templatename, context, doctree) -> None:
    """Put the menu beside the theme's own buttons."""
    if doctree is None or app.env.doc2path(pagename).rpartition(".")[2] != "ipynb":
        return
    chapter = pagename.rpartition("/")[2]
    here = context["pathto"](NOTEBOOK, resource=True) + f"{chapter}.ipynb"
    options = app.config.html_theme_options
    found = [("In this browser", "Nothing leaves your device; takes a while to start", here)]
    found += places(chapter, options.get("repository_url", ""), options.get("repository_branch", "main"))
    buttons = [{"type": "link", "text": name, "tooltip": what, "url": url} for name, what, url in found]
    menu = {"type": "group", "tooltip": "Run this chapter", "icon": "fas fa-play", "label": "launch-buttons"}
    context["header_buttons"].insert(0, menu | {"buttons": buttons})


def tell(app) -> None:
    if not app.config.html_theme_options.get("repository_url"):
        told = "No repository is named in _config.yml: pages offer to run a chapter in the browser, not on Binder or Colab."
        print(told, file=sys.stderr)


def setup(app):
    app.connect("builder-inited", tell)
    app.connect("html-page-context", add_menu, priority=900)  # after the theme has begun its list of buttons
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
