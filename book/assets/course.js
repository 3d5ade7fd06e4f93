/* What the theme and MathJax leave to be done, so that everybody can use every page. */
(() => {
  "use strict";

  /** What can be scrolled sideways must be reachable by keyboard. */
  function reachable() {
    for (const box of document.querySelectorAll('mjx-container[display="true"], div.highlight pre, .output pre')) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  }

  // From a disk a page may not read other pages: the search then lists them without an excerpt.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  document.addEventListener("DOMContentLoaded", () => {
    // The title and the search box of the sidebar belong to no landmark otherwise.
    const sidebar = document.querySelector(".bd-sidebar-primary");
    sidebar?.setAttribute("role", "complementary");
    sidebar?.setAttribute("aria-label", "The book");
    // From a disk a notebook can't be started in the browser.
    if (location.protocol === "file:") {
      for (const link of document.querySelectorAll('a[href*="/lite/notebooks/"]')) {
        link.removeAttribute("href");
        link.setAttribute("aria-disabled", "true");
        link.lastElementChild.append(" (needs a server: make serve)");
      }
    }
    // Two buttons of the theme, without a script inside the page: see book/strict.py.
    const actions = { fullscreen: () => window.toggleFullScreen(), print: () => window.print() };
    for (const button of document.querySelectorAll("[data-click]")) {
      button.addEventListener("click", actions[button.dataset.click]);
    }
    reachable();
    window.addEventListener("resize", reachable);
  });

  // MathJax, which loads after this script, says when its formulas stand.
  const ready = () => MathJax.startup.defaultPageReady().then(reachable);
  window.MathJax = { ...window.MathJax, startup: { pageReady: ready } };
})();
