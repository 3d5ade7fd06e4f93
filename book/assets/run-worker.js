/* Python for one page, in a worker: loaded when the page asks for the first time, from this host only.
   The page sends what to run, one box after another, and gets back what there is to show (run.py). */
const HOME = new URL("../pyodide/", import.meta.url).href;
const TELL_MS = 100; // between two words on how far loading is

let what = "Python"; // is loading
let loaded = 0; // bytes, unpacked
let total = 0;
let told = 0;

/** Fetch as ever, and count what arrives. */
const plain = self.fetch;
self.fetch = async (...asked) => {
  const answer = await plain(...asked);
  if (!answer.ok || !answer.body) return answer;
  const count = new TransformStream({
    transform(chunk, out) {
      loaded += chunk.length;
      tell();
      out.enqueue(chunk);
    },
  });
  return new Response(answer.body.pipeThrough(count), { status: answer.status, headers: answer.headers });
};

function tell(always = false) {
  if (!always && performance.now() - told < TELL_MS) return;
  told = performance.now();
  postMessage({ kind: "loading", text: what, loaded, total });
}

async function begin() {
  const [sizes, lock] = await Promise.all(
    ["sizes.json", "pyodide-lock.json"].map(async (name) => (await plain(HOME + name)).json()));
  const waits = new Set();

  /** Count packages, and those that they need, among what is to come. */
  function expect(...names) {
    for (const name of names.filter((each) => !waits.has(each))) {
      waits.add(name);
      total += sizes[lock.packages[name].file_name];
      expect(...lock.packages[name].depends);
    }
    tell(true);
  }

  // lib itself by its address: by its name Pyodide would bring along what only a notebook needs.
  const own = lock.packages["activation-functions-course"].file_name;
  total = sizes["pyodide.asm.wasm"] + sizes["python_stdlib.zip"] + sizes[own];
  expect("numpy");
  const { loadPyodide } = await import(`${HOME}pyodide.mjs`);
  const [pyodide, code] = await Promise.all([
    loadPyodide({ indexURL: HOME, packageBaseUrl: HOME, lockFileContents: lock, packages: ["numpy", HOME + own] }),
    plain(new URL("run.py", import.meta.url)).then((answer) => answer.text()),
  ]);
  pyodide.FS.writeFile("run.py", code);
  let box = 0;
  const page = pyodide.pyimport("run").Page((kind, text) => postMessage({ box, kind, text }));
  let figures = null;

  /** matplotlib and what it needs: twice as much again, so only where something is drawn. */
  function drawing() {
    what = "matplotlib";
    loaded = total = 0;
    expect("matplotlib");
    return pyodide.loadPackage("matplotlib", { messageCallback() {} });
  }

  postMessage({ kind: "ready" });
  return async ({ box: asking, cells, source, answer }) => {
    box = asking;
    if (page.prepare(cells, source, answer)) {
      await (figures ??= drawing());
      postMessage({ kind: "ready" });
    }
    postMessage({ box, kind: "running" });
    page.run();
    postMessage({ box, kind: "done" });
  };
}

let turn = begin();
turn.catch((error) => postMessage({ kind: "failed", text: String(error) }));
self.onmessage = ({ data }) => {
  // One after another: the next one waits until the last one is done.
  turn = turn.then(async (run) => (await run(data), run));
  turn.catch((error) => postMessage({ kind: "failed", text: String(error) }));
};
