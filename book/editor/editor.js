/* The editor of an answer: CodeMirror with what a few lines of Python need, and no more.
   Bundled into book/assets/vendor/editor by tools/vendor.py; a page loads it when a reader begins to write. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// The classes of Pygments, so that code looks the same while it is written, in both colours of the theme.
const colours = tagHighlighter([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], class: "k" },
  { tag: tags.operatorKeyword, class: "ow" },
  { tag: [tags.bool, tags.null, tags.self], class: "kc" },
  { tag: [tags.number], class: "mi" },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.comment, class: "c1" },
  { tag: tags.operator, class: "o" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "nf" },
]);

/** Put an editor into `parent`; `changed(text)` after every change, `run()` at Shift+Enter or Ctrl+Enter. */
export function edit({ parent, text, label, changed, run }) {
  const enter = () => (run(), true);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(),
        drawSelection({ cursorBlinkRate: calm ? 0 : 1200 }),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        pythonLanguage,
        syntaxHighlighting(colours),
        // Tab is not among them: it leaves the editor, as it leaves any field.
        keymap.of([{ key: "Shift-Enter", run: enter }, { key: "Mod-Enter", run: enter }, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    replace: (changes) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: changes } }),
  };
}
