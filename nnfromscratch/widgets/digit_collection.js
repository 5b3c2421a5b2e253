// Collect digits of the reader's own, with labels, and keep them: in this browser, and as a file that load_drawings in Python reads.
import { make, menu, textButton } from "./shared.js";
import { SHEET, toShades } from "./digit_link.js";
import { drawInk, grayPicture } from "./digit_sheet.js";

const KEY = "nns-drawings",
  FORMAT = { format: "nnfromscratch drawings", version: 1, sheet: SHEET };
const LABELS = [..."0123456789", "not a digit"];

/** A panel. take() gives what is on the sheet as { strokes } or { pixels }, or null; taken() is called after it was added. */
export function collection(figure, take, taken) {
  let drawings = stored();
  const label = menu({ label: "its label", options: LABELS, value: 0, change: () => {} });
  const summary = make("summary"),
    counts = make("p", { role: "status" }),
    list = make("div", { className: "nns-collected" });
  const file = make("input", {
    type: "file",
    accept: ".json,application/json",
    className: "nns-hidden",
    tabIndex: -1,
    "aria-label": "A file of drawings",
  });
  const add = textButton("Add this digit", () => {
    const drawing = take();
    if (!drawing) return figure.say("There is nothing on the sheet to add. Draw a digit first.");
    const chosen = +label.input.value;
    keep([...drawings, { label: chosen < 10 ? chosen : null, ...drawing }]);
    if (chosen < 10) label.set((chosen + 1) % 10);
    taken();
  });
  const undo = textButton("Remove the last", () => keep(drawings.slice(0, -1)));
  const save = textButton("Save file", () => download(JSON.stringify({ ...FORMAT, drawings })));
  const open = textButton("Open file", () => file.click());
  const erase = textButton("Erase all", () => {
    if (confirm(`Erase all ${drawings.length} drawings from this browser? Files that you saved are not affected.`)) keep([]);
  });
  file.addEventListener("click", () => {
    file.value = "";
  });
  file.addEventListener("change", async () => {
    try {
      keep([...drawings, ...parse(await file.files[0].text())]);
    } catch {
      figure.say("This is not a file of drawings; expected one that was saved here with Save file.");
    }
  });
  const root = make(
    "details",
    { className: "nns-collection" },
    summary,
    make("p", {
      textContent:
        "Draw a digit, choose its label, and add it. You can save the set as a file and load it in Python with load_drawings. The set stays in this browser until you erase it.",
    }),
    make("div", { className: "nns-grid" }, label.root),
    make("div", { className: "nns-buttons" }, add, undo, save, open, erase, file),
    counts,
    list,
  );

  function keep(changed) {
    drawings = changed;
    try {
      localStorage.setItem(KEY, JSON.stringify(drawings));
    } catch {
      figure.say("This browser does not store anything: save the file before you leave the page.");
    }
    show();
  }
  function show() {
    summary.textContent = drawings.length ? `Collect your own digits (${drawings.length})` : "Collect your own digits";
    const n = value => drawings.filter(drawing => drawing.label === value).length;
    counts.textContent = drawings.length ? `${LABELS.map((name, k) => `${name}: ${n(k < 10 ? k : null)}`).join(", ")}.` : "";
    list.replaceChildren(...drawings.slice(-40).map(thumbnail));
    for (const control of [undo, save, erase]) control.disabled = !drawings.length;
  }
  show();
  return root;
}

/** What is on the sheet, as a file holds it. */
export const content = ({ strokes, picture }, seen) => (picture ? { pixels: [...toShades(seen.centered.data)] } : { strokes });

/** The drawings of a file; an error if it is something else. */
function parse(text) {
  const { format, drawings } = JSON.parse(text);
  const points = strokes =>
    Array.isArray(strokes) &&
    strokes.length &&
    strokes.every(line => line.length && line.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
  const fits = ({ label, strokes, pixels }) =>
    (label === null || (Number.isInteger(label) && label >= 0 && label <= 9)) && (points(strokes) || pixels?.length === 784);
  if (format !== FORMAT.format || !drawings.length || !drawings.every(fits)) throw new TypeError("not drawings");
  return drawings;
}

function stored() {
  try {
    return parse(JSON.stringify({ ...FORMAT, drawings: JSON.parse(localStorage.getItem(KEY)) }));
  } catch {
    return [];
  }
}

function download(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: address, download: "my-digits.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function thumbnail({ label, strokes, pixels }) {
  const element = make("canvas", { width: 56, height: 56 }),
    g = element.getContext("2d");
  g.fillRect(0, 0, 56, 56);
  if (pixels) g.drawImage(grayPicture({ data: Float64Array.from(pixels, shade => shade / 255), width: 28, height: 28 }), 0, 0, 56, 56);
  else {
    g.scale(56 / SHEET, 56 / SHEET);
    drawInk(g, strokes);
  }
  return make("figure", {}, element, make("figcaption", { textContent: label ?? "–" }));
}
