// The page "Your progress": what the browser has kept, to view, export, import, and erase.
import { button, make, save } from "./dom.js";

const FORMAT = "nnfromscratch-progress-1";

/** What is kept about one copy of the course: its keys all start alike. */
class Kept {
  constructor(prefix) {
    this.prefix = prefix;
  }

  entries() {
    return Object.entries(localStorage)
      .filter(([key]) => key.startsWith(this.prefix))
      .map(([key, value]) => [key.slice(this.prefix.length), value]);
  }

  /** What is kept about a page: { read, quiz: [right, ...], passed: [cell ids], edited: number }. */
  page(name) {
    const own = Object.fromEntries(
      this.entries()
        .filter(([key]) => key.startsWith(`${name}#`))
        .map(([key, value]) => [key.slice(name.length + 1), value]),
    );
    const cells = Object.entries(own)
      .filter(([key]) => key.startsWith("cell-"))
      .map(([key, value]) => [key.slice(5), parsed(value)]);
    return {
      read: own.read,
      quiz: Object.values(parsed(own.quiz)),
      passed: cells.filter(([, entry]) => entry.passed).map(([id]) => id),
      edited: cells.filter(([, entry]) => entry.text !== undefined).length,
    };
  }

  export() {
    return JSON.stringify({ format: FORMAT, entries: Object.fromEntries(this.entries()) }, null, 1);
  }

  /** Add what a file holds; return how many entries there were. What is here under the same name is replaced. */
  import(text) {
    const { format, entries } = parsed(text);
    if (format !== FORMAT || !Object.values(entries ?? {}).every(value => typeof value === "string")) {
      throw new Error("This is not a file that was exported here.");
    }
    for (const [key, value] of Object.entries(entries)) localStorage.setItem(this.prefix + key, value);
    return Object.keys(entries).length;
  }

  erase() {
    for (const [key] of this.entries()) localStorage.removeItem(this.prefix + key);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const cell = content => make("td", {}, content);
const part = (done, all) => (all ? `${done} of ${all}` : "–");

function row(name, { title, checks, quiz }, kept, root) {
  const passed = kept.passed.filter(id => checks.includes(id)).length,
    right = kept.quiz.filter(Boolean).length;
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, make("a", { href: new URL(`${name}.html`, root), textContent: title })),
    cell(kept.read ? new Date(kept.read).toLocaleDateString("en") : "–"),
    cell(part(right, quiz)),
    cell(part(passed, checks.length)),
    cell(String(kept.edited || "–")),
  );
}

/** Show everything in an element. */
export async function show(host, root, prefix) {
  const kept = new Kept(prefix),
    pages = await (await fetch(new URL("laboratory/pages.json", root))).json();
  const status = make("p", { role: "status" }),
    body = make("tbody");
  const say = words => {
    status.textContent = words;
  };
  const draw = () =>
    body.replaceChildren(
      ...pages.filter(page => page.quiz || page.checks.length).map(page => row(page.name, page, kept.page(page.name), root)),
    );
  /** Do something with what is kept; if the browser does not allow it, say so. */
  const attempt = act => {
    try {
      act();
    } catch (error) {
      say(`Your browser stores nothing for this site (${error.message}).`);
    }
  };
  const file = make("input", {
    type: "file",
    accept: "application/json",
    hidden: true,
    onchange: async () => {
      try {
        say(`${kept.import(await file.files[0].text())} entries were imported.`);
      } catch (error) {
        say(error.message);
      }
      file.value = "";
      attempt(draw);
    },
  });
  const sure = make(
    "span",
    { hidden: true },
    " Everything? ",
    button("Yes, erase it", () => {
      sure.hidden = true;
      attempt(() => {
        kept.erase();
        say("Everything was erased.");
        draw();
      });
    }),
    " ",
    button("No", () => {
      sure.hidden = true;
    }),
  );
  host.replaceChildren(
    make(
      "div",
      { className: "pst-scrollable-table-container", tabIndex: 0, role: "region", "aria-label": "Progress on each page" },
      make(
        "table",
        { className: "table" },
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...["Page", "Read", "Correct quiz answers", "Checks passed", "Cells changed"].map(words =>
              make("th", { scope: "col", textContent: words }),
            ),
          ),
        ),
        body,
      ),
    ),
    make(
      "div",
      { className: "laboratory-bar" },
      button("Export", () => attempt(() => save("progress.json", kept.export(), "application/json"))),
      button("Import", () => file.click()),
      file,
      button("Erase", () => {
        sure.hidden = false;
        sure.querySelector("button").focus();
      }),
      sure,
    ),
    status,
  );
  attempt(draw);
}
