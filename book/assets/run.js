/* Run it here: each cell of a chapter runs on its page, and each exercise is answered there.
   Nothing is loaded before a reader asks. Then an editor (vendor/editor) and, in one worker
   for the whole page, Python (run-worker.js) come from this host. CONTRIBUTING.md tells more. */
(() => {
  "use strict";
  const HERE = new URL(".", document.currentScript.src);
  const MEGABYTE = 1e6;
  const ASKING = "Loads Python into this page: 10 MB, once.";
  const FROM_A_FILE =
    "This page was opened from a disk, where a browser starts no program. To run its code, have the book " +
    "served (make serve), or open its notebook in JupyterLab; the README says how.";

  const boxes = []; // the cells of the chapter and the exercises, in the order of the page
  let worker = null;
  let arrived = false; // whether Python is there

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // --- the worker --------------------------------------------------------------------

  function begin() {
    if (worker) return;
    arrived = false;
    worker = new Worker(new URL("run-worker.js", HERE), { type: "module" });
    worker.onmessage = ({ data }) => hear(data);
    worker.onerror = (event) => hear({ kind: "failed", text: event.message || "its files were not found" });
  }

  function hear({ box, kind, text, loaded, total }) {
    if (kind === "loading") {
      arrived = false;
      boxes.forEach((each) => each.loading(text, loaded, total));
    } else if (kind === "ready") {
      arrived = true;
      boxes.forEach((each) => each.refresh());
    } else if (kind === "failed") {
      end();
      boxes.forEach((each) => each.ended(`Python stopped: ${text}. Press Run to start it again.`));
    } else if (kind === "running") boxes[box].running();
    else if (kind === "done") boxes[box].done();
    else boxes[box].show(kind, text);
  }

  function end() {
    worker?.terminate();
    worker = null;
  }

  // --- what is kept ------------------------------------------------------------------

  /* Where a browser keeps nothing for a page (a private window may not), the answer lives as long as the page. */
  const kept = {
    get(key) {
      try { return localStorage.getItem(key); } catch { return null; }
    },
    set(key, text) {
      try {
        if (text === null) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
      } catch { /* as above */ }
    },
  };

  // --- one box -----------------------------------------------------------------------

  function box(cell, number) {
    const answer = cell.classList.contains("tag_exercise");
    const original = cell.querySelector(".cell_input > div");
    const source = original.querySelector("pre").textContent.replace(/\n$/, "");
    const section = cell.closest("section");
    const label = answer
      ? section.querySelector("h1, h2, h3, h4").firstChild.textContent
      : `Cell ${1 + boxes.filter((each) => !each.answer).length}`;
    // A cell of the chapter that has changed since is another cell; an exercise stays what it is.
    const key = `${location.pathname}#${answer ? section.id : source}`;

    let text = kept.get(key) ?? source;
    let editor = null;
    let output = null;
    let open = false;
    let waiting = false;
    let stale = false; // what stands there is of the run before

    const button = (name, act) => {
      const made = element("button", { type: "button" }, name);
      made.addEventListener("click", act);
      return made;
    };
    const first = button(answer ? "Answer here" : "Run", () => (answer ? write() : run()));
    const go = button("Run", run);
    for (const main of [first, go]) main.className = "run-go";
    const stop = button("Stop", halt);
    const edit = button("Edit", write);
    const reset = button("Reset", undo);
    const hint = element("span", { class: "run-hint" });
    const bar = element("progress", { "aria-label": "Loading" });
    const progress = element("div", { class: "run-progress" }, bar, element("span"));
    const status = element("span", { class: "run-status", role: "status" });
    const tools = element("div", { class: "run-bar", role: "group", "aria-label": `${label}: run it here` },
      first, go, stop, edit, reset, hint, status);
    const written = element("div", { class: "run-editor highlight" });
    cell.querySelector(".cell_input").append(written, tools, progress);
    const printed = cell.querySelector(":scope > .cell_output");

    function refresh() {
      const focused = tools.contains(document.activeElement) ? document.activeElement : null;
      first.hidden = open;
      go.hidden = !open || waiting;
      stop.hidden = !waiting;
      edit.hidden = !open || editor !== null;
      reset.hidden = text === source && output === null;
      hint.textContent = editor ? "Shift+Enter runs it; Tab leaves the editor." : ASKING;
      hint.hidden = waiting || (editor === null && (open || !answer));
      progress.hidden = !open || arrived;
      original.hidden = editor !== null || text !== source;
      written.hidden = !original.hidden;
      if (focused?.hidden) (waiting ? stop : go).focus(); // a button that goes hands the focus on
    }

    /** What is kept stands there at once; the editor comes when it is wanted. */
    function place() {
      if (editor === null) written.replaceChildren(...(text === source ? [] : [element("pre", {}, text)]));
      refresh();
    }

    function opened() {
      if (location.protocol === "file:") {
        status.textContent = FROM_A_FILE;
        return false;
      }
      open = true;
      begin();
      return true;
    }

    async function write() {
      if (!opened()) return;
      refresh();
      const { edit: put } = await import(new URL("vendor/editor/editor.js", HERE));
      if (editor !== null) return;
      written.replaceChildren();
      editor = put({ parent: written, text, label, changed, run });
      refresh();
      editor.focus();
    }

    function changed(now) {
      text = now;
      kept.set(key, text === source ? null : text);
      refresh();
    }

    function run() {
      if (waiting || !opened()) return;
      waiting = stale = true;
      status.textContent = arrived ? "Waiting …" : "Loading Python …";
      if (output === null) {
        output = element("div", { class: "cell_output docutils container run-output", "aria-live": "polite" });
        cell.append(output);
      }
      refresh();
      // A cell stands on what the reader made of those before it, an answer on the chapter as it is.
      const before = boxes.slice(0, number).filter((each) => !each.answer);
      const cells = before.map((each) => (answer ? each.source : each.text));
      worker.postMessage({ box: number, cells, source: text, answer });
    }

    /** Only the end of the worker ends a loop that never ends; a new one is made ready at once. */
    function halt() {
      end();
      boxes.forEach((each) => each.ended("Stopped."));
      begin();
    }

    /** What the run before has shown makes room; it stays so long that the page does not jump. */
    function clear() {
      if (!stale) return;
      stale = false;
      output.replaceChildren();
      if (printed) printed.hidden = true;
    }

    function undo() {
      if (waiting) halt();
      text = source;
      kept.set(key, null);
      editor?.replace(source);
      output?.remove();
      output = null;
      if (printed) printed.hidden = false;
      status.textContent = "";
      place();
      (editor ?? go).focus();
    }

    place();
    return {
      answer,
      source,
      get text() { return text; },
      refresh,
      loading(what, loaded, total) {
        bar.max = total;
        bar.value = Math.min(loaded, total);
        const [there, all] = [bar.value, total].map((bytes) => (bytes / MEGABYTE).toFixed(1));
        progress.lastChild.textContent = `${what}: ${there} of ${all} MB`;
        refresh();
      },
      running() {
        status.textContent = "Running …";
      },
      show(kind, text) {
        clear();
        if (kind === "html") {
          const made = element("div", { class: "output text_html" });
          made.innerHTML = text;
          output.append(made);
          made.querySelectorAll("figure.explore").forEach((figure) =>
            figure.dispatchEvent(new CustomEvent("explore", { bubbles: true })));
          return;
        }
        let last = output.lastElementChild;
        if (last?.dataset.kind !== kind) {
          last = element("div", { class: `output stream ${kind} highlight-myst-ansi notranslate`, "data-kind": kind },
            element("div", { class: "highlight" }, element("pre")));
          output.append(last);
        }
        last.querySelector("pre").append(text);
      },
      done() {
        clear();
        waiting = false;
        status.textContent = output.hasChildNodes() ? "" : "Done; there is nothing to show.";
        refresh();
      },
      ended(words) {
        if (!waiting) return;
        waiting = false;
        clear();
        status.textContent = words;
        refresh();
      },
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const cell of document.querySelectorAll("div.cell:not(.tag_solution)")) {
      if (cell.querySelector(".cell_input pre")) boxes.push(box(cell, boxes.length));
    }
  });
})();
