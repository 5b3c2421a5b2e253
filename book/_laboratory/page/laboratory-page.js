// All that a page loads before the reader acts: a button at each cell, and a note of what was read and answered.
const script = document.querySelector("script[data-laboratory-page]");
const { laboratoryPage: page, notebook } = script.dataset;
const root = new URL("..", import.meta.url);
const site = `nnfromscratch${root.pathname}`; // several copies of the course may share an address
const prefix = site + page;

const load = () => import(new URL("laboratory/laboratory.js", root)).then(module => module.open({ root, page, notebook, prefix }));

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

const WORDS = { check: "Check", task: "Answer" };
function button(words, title, act) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: words, title });
  element.addEventListener("click", async () => act(await load()));
  return element;
}

for (const cell of document.querySelectorAll(".cell.laboratory")) {
  const what = Object.keys(WORDS).find(name => cell.classList.contains(`laboratory-for-${name}`));
  const run = button(WORDS[what] ?? "Run", "Runs in your browser. The first time, Python is loaded.", laboratory =>
    laboratory.run(cell.id),
  );
  run.className = "laboratory-run";
  const bar = Object.assign(document.createElement("div"), { className: "laboratory-bar" });
  bar.append(
    run,
    button("Edit", "Change the code", laboratory => laboratory.edit(cell.id)),
  );
  cell.append(bar);
  const code = cell.querySelector(".cell_input pre");
  code?.addEventListener("click", async () => {
    if (getSelection().isCollapsed) (await load()).edit(cell.id);
  });
}

// A question that is answered in words has a box to write in, too.
for (const place of document.querySelectorAll(".laboratory-in-words")) {
  const bar = Object.assign(document.createElement("div"), { className: "laboratory-bar" });
  bar.append(
    button("Write your answer", "Your browser keeps it, and the notebook that you download contains it.", laboratory =>
      laboratory.edit(place.id),
    ),
  );
  place.append(bar);
}

// Edits of an earlier visit are shown again. That needs the laboratory, but not Python.
try {
  if (Object.keys(localStorage).some(key => key.startsWith(`${prefix}#cell-`))) load();
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
        answers = JSON.parse(kept("quiz") ?? "{}");
      answers[questions.indexOf(quiz)] ??= button.classList.contains("correctButton");
      keep("quiz", JSON.stringify(answers));
    });
});

const progress = document.getElementById("progress-table");
if (progress) import(new URL("laboratory/progress.js", root)).then(module => module.show(progress, root, site));
