// The playground's points: toy sets with any noise, the reader's own, and those of a small CSV file.

const MOST_CLASSES = 6,
  MOST_POINTS = 1000,
  LEVELS = 36 ** 2 - 1;

/** The points of a toy set: Python sent where they are without noise, and the noise of each. */
export function toyPoints({ clean, unit, labels }, noise) {
  const at = i => Math.fround(clean[i] + noise * unit[i]);
  return labels.map((label, i) => [at(2 * i), at(2 * i + 1), label]);
}

/** A square box around the points, with a margin. */
export function boxAround(points) {
  if (!points.length) return [-1.5, -1.5, 1.5, 1.5];
  const ends = axis =>
    points.reduce(([low, high], point) => [Math.min(low, point[axis]), Math.max(high, point[axis])], [Infinity, -Infinity]);
  const [[left, right], [bottom, top]] = [ends(0), ends(1)],
    half = Math.max(right - left, top - bottom, 0.5) * 0.62;
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return [x - half, y - half, x + half, y + half].map(value => +value.toFixed(3));
}

/** Points of a text with two columns of numbers and one of labels. Large numbers are standardized. Throws an error in words. */
export function readCSV(text) {
  const rows = text
    .split(/\r?\n/)
    .filter(line => line.trim())
    .map(line => line.split(/[,;\t]/).map(cell => cell.trim()));
  const numeric = cell => cell !== "" && Number.isFinite(+cell);
  if (rows.length && !(numeric(rows[0][0] ?? "") && numeric(rows[0][1] ?? ""))) rows.shift(); // a header
  const bad = rows.findIndex(row => row.length !== 3 || !numeric(row[0]) || !numeric(row[1]) || !row[2]);
  if (!rows.length || bad >= 0) {
    const found = rows.length ? `row ${bad + 1} is "${rows[bad].join(", ").slice(0, 60)}"` : "the file has no such rows";
    throw new Error(`A CSV file needs three columns: two numbers and a label, such as 0.5, -1.2, 1; ${found}.`);
  }
  const names = [...new Set(rows.map(row => row[2]))].sort();
  if (names.length > MOST_CLASSES)
    throw new Error(`The file has ${names.length} different labels; expected at most ${MOST_CLASSES}. Is the label in the third column?`);
  if (rows.length > MOST_POINTS) throw new Error(`The file has ${rows.length} rows; expected at most ${MOST_POINTS}.`);
  const columns = [0, 1].map(axis => standardized(rows.map(row => +row[axis])));
  const points = rows.map((row, i) => [columns[0].values[i], columns[1].values[i], names.indexOf(row[2])]);
  const changed = columns.some(column => column.changed)
    ? " Columns of large numbers were standardized: mean 0, standard deviation 1."
    : "";
  return {
    points,
    remark: `Loaded ${points.length} points: ${names.map((name, label) => `class ${label} is ${name}`).join(", ")}.${changed}`,
  };
}

function standardized(values) {
  if (values.every(value => Math.abs(value) <= 5)) return { values, changed: false };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return { values: values.map(value => +((value - mean) / deviation).toFixed(4)), changed: true };
}

/**
 * Points as text for a link, five letters each: two for x1 and two for x2, from one side of the box to the other, and the label. So a link
 * to the largest set stays below 8 kB, which servers accept. The sides of the box come first.
 */
export function writePoints({ points, box }) {
  const [left, bottom, right, top] = box,
    letters = t =>
      Math.round(LEVELS * Math.min(Math.max(t, 0), 1))
        .toString(36)
        .padStart(2, "0");
  return `${box.join(",")};${points.map(([x, y, label]) => letters((x - left) / (right - left)) + letters((y - bottom) / (top - bottom)) + label).join("")}`;
}

/** Points and their box as writePoints wrote them, or null for anything else. Links may also say x1,x2,label_x1,x2,label. */
export function readPoints(text = "") {
  const [sides, letters] = text.split(";"),
    box = sides.split(",").map(Number),
    [left, bottom, right, top] = box;
  if (letters === undefined) return readPlainPoints(text);
  if (box.length !== 4 || !(Math.max(...box.map(Math.abs)) < 1e6 && left < right && bottom < top) || !/^([\da-z]{4}[0-5])*$/.test(letters))
    return null;
  const at = (k, low, high) => +(low + (parseInt(letters.slice(k, k + 2), 36) / LEVELS) * (high - low)).toPrecision(5);
  const points = Array.from({ length: Math.min(letters.length / 5, MOST_POINTS) }, (_, i) => [
    at(5 * i, left, right),
    at(5 * i + 2, bottom, top),
    +letters[5 * i + 4],
  ]);
  return { points, box };
}

function readPlainPoints(text) {
  const points =
    text === ""
      ? []
      : text
          .split("_")
          .slice(0, MOST_POINTS)
          .map(part => part.split(",").map(Number));
  const good = points.every(
    ([x, y, label, ...rest]) =>
      Math.abs(x) < 1e6 && Math.abs(y) < 1e6 && Number.isInteger(label) && label >= 0 && label < MOST_CLASSES && !rest.length,
  );
  return good ? { points, box: null } : null;
}
