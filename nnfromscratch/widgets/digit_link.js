// What a link carries of a digit: the strokes of a drawing, or the digit as the network gets it. And back.

export const SHEET = 280; // sides of the sheet, in its own pixels
const LONGEST = 2000; // letters of strokes in an address: servers refuse addresses that are much longer

/** What an address carries of a drawing or a picture: the strokes, as long as they are not too many, or else the prepared digit. */
export function written({ image, strokes }, { problem, centered }) {
  const drawing = image ? "" : writeStrokes(strokes),
    short = drawing.length <= LONGEST && !image;
  return short || problem ? { drawing, picture: "" } : { drawing: "", picture: writePicture(centered) };
}

/** Strokes as text: two letters per coordinate, a dash between strokes. */
const writeStrokes = strokes =>
  strokes
    .map(line =>
      line
        .flat()
        .map(value => value.toString(36).padStart(2, "0"))
        .join(""),
    )
    .join("-");

export function parseStrokes(text) {
  const lines = text
    .slice(0, LONGEST)
    .split("-")
    .map(line => (line.match(/..../g) ?? []).map(pair => [parseInt(pair.slice(0, 2), 36), parseInt(pair.slice(2), 36)]));
  return lines.map(line => line.filter(point => point.every(value => value >= 0 && value <= SHEET))).filter(line => line.length);
}

/** A prepared digit as text: where its ink begins, and the shades from there to its end. */
function writePicture({ data }) {
  const shades = toShades(data),
    first = shades.findIndex(shade => shade > 0),
    last = shades.findLastIndex(shade => shade > 0);
  return `${first}.${toBase64(shades.slice(first, last + 1))
    .replaceAll("+", "-")
    .replaceAll("/", "_")}`;
}

export function parsePicture(text) {
  const [first, base64 = ""] = text.split("."),
    data = new Float64Array(784);
  try {
    const shades = Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
    data.set(shades, Number(first));
    return shades.some(shade => shade > 0) ? { data: data.map(shade => shade / 255), width: 28, height: 28, prepared: true } : null;
  } catch {
    return null;
  } // no such text, or too long
}

export const toShades = data => Uint8Array.from(data, shade => Math.round(255 * shade));
export const toBase64 = shades => btoa(String.fromCharCode(...shades));
