// All that a page loads before the reader acts: a button at each cell, and a note of what was read and answered.
const script = document.querySelector("script[data-laboratory-page]");
const { laboratoryPage: page, notebook } = script.dataset;
const root = new URL("..", import.meta.url);
const site = `nnfromscratch${root.pathname}`; // several copies of the course may share an address
const prefix = site + page;

const load = () => import(new URL("laboratory/laboratory.js", root)).then(module => module.open({ root, page, notebook, prefix }));

const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

const PATIENCE = 300; // milliseconds that pass before a button says what it waits for

/** Let the laboratory do something, loaded first if necessary; if that takes time or fails, say so in the bar of the button that was pressed. */
async function use(act, bar) {
  bar.querySelector("[role=alert]")?.remove();
  const note = make("span", { role: "status", textContent: "Loading the laboratory …" });
  const slow = setTimeout(() => bar.append(note), PATIENCE);
  let laboratory;
  try {
    laboratory = await load();
  } catch (error) {
    const words = `The laboratory could not be loaded: ${error.message}. Check your connection, and press the button again or reload this page.`;
    return bar.append(make("span", { role: "alert", textContent: words }));
  } finally {
    clearTimeout(slow);
    note.remove();
  }
  return act(laboratory);
}

/** Keep something in the browser; if that is not possible, nothing is kept, and the page still works. */
function keep(name, value) {
  try {
    localStorage.setItem(`${prefix}#${name}`, value);
  } catch {
    /* the laboratory says so when the reader edits */
  }
}

function kept(name) {
  try {
    return localStorage.getItem(`${prefix}#${name}`);
  } catch {
    return null;
  }
}

/** An object that was kept as text; without one, or with a damaged one, an empty object. */
function parsed(text) {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}

/** What the reader wrote into a cell on an earlier visit, or undefined. */
const written = id => parsed(kept(id)).text;

// While the laboratory and its editor are loaded, a plain box takes what the reader types. Then the editor takes its place, with its text, its
// selection and the focus, but not in the middle of a word that is being composed.
const DRAFT = "laboratory-draft";
for (const [event, composing] of Object.entries({ compositionstart: true, compositionend: false })) {
  document.addEventListener(event, ({ target }) => target.toggleAttribute("data-composing", composing));
}

/** Ask before the page is left while there is something new in a box that the laboratory has not taken over. */
function guard(event) {
  const boxes = [...document.querySelectorAll(`.${DRAFT}, .laboratory-answer`)];
  if (boxes.some(box => !box.oninput && box.value !== box.defaultValue)) event.preventDefault();
}

function makeBox(className, label, text) {
  addEventListener("beforeunload", guard);
  const box = make("textarea", { className, rows: Math.min(40, text.split("\n").length + 1), textContent: text });
  box.setAttribute("aria-label", label);
  return box;
}

function makeDraft(id, text, bar) {
  const box = makeBox(DRAFT, "Code, while the editor is loaded", text);
  box.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    use(laboratory => laboratory.run(id, { advance: event.shiftKey }), bar);
  });
  return box;
}

/** Let the reader change the code of a cell. */
function edit(cell, bar) {
  const input = cell.querySelector(".cell_input"),
    begun = !cell.querySelector(`.ace_editor, .${DRAFT}`);
  if (begun) {
    for (const details of cell.querySelectorAll("details")) details.open = true;
    const box = makeDraft(cell.id, written(cell.id) ?? input.querySelector("pre").textContent.replace(/\n$/, ""), bar);
    input.hidden = true;
    input.after(box);
    box.focus();
  }
  use(laboratory => laboratory.edit(cell.id, !begun), bar);
}

/** Let the reader answer the task whose check is in this cell; an answer that is there is checked. */
function answer(cell, bar) {
  const id = cell.id.replace("cell-", "cell-answer-");
  if (document.getElementById(id) || written(id)) return use(laboratory => laboratory.run(cell.id), bar);
  const box = makeDraft(id, "", bar),
    own = make("div", { className: "cell laboratory laboratory-own", id });
  own.append(box);
  cell.after(own);
  box.focus();
  return use(laboratory => laboratory.edit(id, false), bar);
}

/** Let the reader answer a question in words. */
function answerInWords(place, bar) {
  const begun = !place.querySelector("textarea");
  if (begun) {
    const box = makeBox("laboratory-answer", place.dataset.label, written(place.id) ?? "");
    place.querySelector("p").hidden = bar.firstChild.hidden = true;
    bar.before(box);
    box.focus();
  }
  use(laboratory => laboratory.edit(place.id, !begun), bar);
}

/** Put a bar of buttons, each [words, title, act], at the end of an element; return it. */
function addBar(element, ...buttons) {
  const bar = make("div", { className: "laboratory-bar" });
  bar.append(
    ...buttons.map(([textContent, title, act]) => make("button", { type: "button", textContent, title, onclick: () => act(element, bar) })),
  );
  element.append(bar);
  return bar;
}

const WILL_LOAD = "Runs in your browser. The first time, Python is loaded.";
const run = (cell, bar) => use(laboratory => laboratory.run(cell.id), bar);
const FIRST = { check: ["Check", WILL_LOAD, run], task: ["Answer", WILL_LOAD, answer] };
for (const cell of document.querySelectorAll(".cell.laboratory")) {
  const what = Object.keys(FIRST).find(name => cell.classList.contains(`laboratory-for-${name}`));
  const bar = addBar(cell, FIRST[what] ?? ["Run", WILL_LOAD, run], [what ? "Edit the check" : "Edit", "Change the code", edit]);
  bar.firstChild.className = "laboratory-run";
  cell.querySelector(".cell_input pre")?.addEventListener("click", () => {
    if (getSelection().isCollapsed) edit(cell, bar);
  });
}

// A question that is answered in words has a box to write in, too.
for (const place of document.querySelectorAll(".laboratory-in-words")) {
  const question = place.closest("section")?.querySelector("h1, h2, h3, h4")?.firstChild.textContent.trim();
  place.dataset.label = `Your answer in words${question ? `: ${question}` : ""}`;
  addBar(place, ["Write your answer", "Your browser keeps it, and the notebook that you download contains it.", answerInWords]);
}

// Edits of an earlier visit are shown again. That needs the laboratory, but not Python.
try {
  if (Object.keys(localStorage).some(key => key.startsWith(`${prefix}#cell-`))) use(() => {}, document.querySelector(".laboratory-bar"));
} catch {
  /* storage is blocked */
}

// A page is read when its end has been on the screen.
const end = document.querySelector("article > section > :last-child");
if (end && !kept("read")) {
  const watcher = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    keep("read", new Date().toISOString());
    watcher.disconnect();
  });
  watcher.observe(end);
}

// A quiz marks its buttons when they are chosen; the first answer to each question counts.
document.addEventListener("change", event => {
  const quiz = event.target.closest?.(".Quiz"),
    button = event.target.closest?.(".MCButton");
  if (quiz && button)
    setTimeout(() => {
      const questions = [...document.querySelectorAll(".Quiz")],
        answers = parsed(kept("quiz"));
      answers[questions.indexOf(quiz)] ??= button.classList.contains("correctButton");
      keep("quiz", JSON.stringify(answers));
    });
});

const progress = document.getElementById("progress-table");
if (progress) import(new URL("laboratory/progress.js", root)).then(module => module.show(progress, root, site));
