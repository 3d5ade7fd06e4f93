/* Figures that move. Python drew every frame when the cell ran and stored what frames share
   once; this script puts the pieces of the chosen frame together again. It computes nothing. */
(() => {
  "use strict";
  const STEP_MS = 400; // time that Play leaves each picture on the page
  const QUIET_MS = 600; // a picture is read aloud once the reader has stopped moving
  const [PLAY, PAUSE] = ["▶\ufe0e", "⏸\ufe0e"]; // as text, not as coloured emoji
  let figures = 0;

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function begin(figure) {
    const store = figure.querySelector('script[type="application/json"]');
    const { controls, pieces, frames } = JSON.parse(store.textContent);
    const state = controls.map((control) => control.start);
    const name = `explore-${++figures}`;
    const status = element("p", { role: "status", class: "explore-status" });
    let asked = 0;
    let quiet = 0;

    function draw() {
      asked = 0;
      const frame = controls.reduce((index, control, k) => index * control.texts.length + state[k], 0);
      figure.querySelector(".panels").outerHTML = frames[frame].map((piece) => pieces[piece]).join("");
      figure.querySelector("figcaption span").textContent =
        controls.map(({ label, texts }, k) => `${label} = ${texts[state[k]]}`).join(", ");
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        status.textContent = figure.querySelector(".panels").getAttribute("aria-label");
      }, QUIET_MS);
    }

    function set(k, value) {
      state[k] = value;
      asked ||= requestAnimationFrame(draw);
    }

    const inputs = controls.map((control, k) =>
      control.kind === "choice"
        ? choice(control, `${name}-${k}`, (value) => set(k, value))
        : slider(control, `${name}-${k}`, (value) => set(k, value)));
    const box = element("div", { class: "explore-controls", role: "group", "aria-label": "Controls of this figure" },
      ...inputs);
    // The theme turns pages with the arrow keys, JupyterLab moves between cells: here they move the figure.
    box.addEventListener("keydown", (event) => event.stopPropagation());
    figure.querySelector("figcaption").before(box, status);
    figure.classList.add("explore-live");
  }

  function slider(control, id, set) {
    const last = control.texts.length - 1;
    const range = element("input", {
      type: "range", id, min: 0, max: last, step: 1, value: control.start, autocomplete: "off",
    });
    // The slider itself says its value aloud; this is for the eye.
    const output = element("output", { for: id, "aria-live": "off" });
    output.style.minWidth = `${Math.max(...control.texts.map((text) => text.length))}ch`;
    const write = () => {
      const text = control.texts[range.value];
      output.textContent = text;
      range.setAttribute("aria-valuetext", text);
      range.style.setProperty("--filled", `${(100 * range.value) / last}%`);
    };
    range.addEventListener("input", () => {
      write();
      set(Number(range.value));
    });
    write();
    const row = element("div", { class: "explore-row" }, element("label", { for: id }, control.label), range, output);
    if (control.kind === "sequence") row.append(player(control, range, last));
    return row;
  }

  function player(control, range, last) {
    let timer = 0;
    const button = (label, sign) =>
      element("button", { type: "button", "aria-label": `${label}: ${control.label}`, title: label }, sign);
    const back = button("One step back", "‹");
    const play = button("Play", PLAY);
    const on = button("One step on", "›");

    const go = (value) => {
      range.value = value;
      range.dispatchEvent(new Event("input"));
    };
    const mark = (label, sign) => {
      play.textContent = sign;
      play.title = label;
      play.setAttribute("aria-label", `${label}: ${control.label}`);
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      mark("Play", PLAY);
    };
    play.addEventListener("click", () => {
      if (timer) return stop();
      if (Number(range.value) === last) go(0);
      mark("Pause", PAUSE);
      timer = setInterval(() => {
        go(Number(range.value) + 1);
        if (Number(range.value) === last) stop();
      }, STEP_MS);
    });
    back.addEventListener("click", () => { stop(); go(Number(range.value) - 1); });
    on.addEventListener("click", () => { stop(); go(Number(range.value) + 1); });
    range.addEventListener("pointerdown", stop);
    range.addEventListener("keydown", stop);
    // A reader who asked for less motion steps through the pictures instead.
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return element("span", { class: "explore-player" }, back, ...(calm ? [] : [play]), on);
  }

  function choice(control, id, set) {
    const options = control.texts.map((text, value) => {
      const radio = element("input", { type: "radio", name: id, id: `${id}-${value}`, value, autocomplete: "off" });
      radio.checked = value === control.start;
      radio.addEventListener("change", () => set(value));
      return element("span", { class: "explore-option" }, radio, element("label", { for: radio.id }, text));
    });
    return element("fieldset", { class: "explore-row explore-choice" },
      element("legend", {}, control.label), ...options);
  }

  // A figure that comes later, from a cell that was run on the page, announces itself.
  document.addEventListener("explore", (event) => begin(event.target));
  const all = () => document.querySelectorAll("figure.explore").forEach(begin);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
