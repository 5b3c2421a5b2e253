// The sheet that digits are drawn on: with mouse, pen, finger, or arrow keys. A picture can be shown on it as well.
import { make } from "./shared.js";
import { SHEET } from "./digit_link.js";

const RING = 11,
  ARROW = 10; // radius of the pen on the screen; a step of the arrow keys, in units of the sheet
const MOVES = { ArrowLeft: [-ARROW, 0], ArrowRight: [ARROW, 0], ArrowUp: [0, -ARROW], ArrowDown: [0, ARROW] };
const within = value => Math.min(Math.max(Math.round(value), 0), SHEET);

/**
 * state.strokes: lists of points. begin() is called before the first point of a stroke, moved() while one is drawn, ended() after a stroke
 * or a key. Returns the element, and show(picture): draw a picture, or without one the strokes.
 */
export function drawingSheet(state, { begin, moved, ended }) {
  const element = make("canvas", {
    width: 2 * SHEET,
    height: 2 * SHEET,
    className: "nns-sheet",
    tabIndex: 0,
    role: "application",
    "aria-label":
      "Sheet to draw a digit on. The arrow keys move the pen, space lowers and lifts it, and backspace removes the last stroke.",
  });
  element.dataset.lmSuppressShortcuts = "true";
  const g = element.getContext("2d"),
    pen = { at: [SHEET / 2, SHEET / 4], down: false, keys: false };
  let shown = null,
    drawing = false;
  g.scale(2, 2);

  const start = point => {
    begin();
    state.strokes.push([point]);
  };
  const extend = point => {
    const line = state.strokes.at(-1),
      [x, y] = line.at(-1);
    if (Math.hypot(point[0] - x, point[1] - y) < 2) return false;
    line.push(point);
    return true;
  };
  const place = event => {
    const box = element.getBoundingClientRect();
    return [within(((event.clientX - box.left) / box.width) * SHEET), within(((event.clientY - box.top) / box.height) * SHEET)];
  };
  element.addEventListener("pointerdown", event => {
    if (!event.isPrimary || event.button) return; // a second finger, or another button of the mouse, draws nothing
    element.setPointerCapture(event.pointerId);
    drawing = true;
    Object.assign(pen, { down: false, keys: false });
    start(place(event));
    moved();
  });
  element.addEventListener("pointermove", event => {
    if (!drawing || !event.isPrimary) return;
    const between = event.getCoalescedEvents?.() ?? [];
    if ((between.length ? between : [event]).map(part => extend(place(part))).some(Boolean)) moved();
  });
  for (const name of ["pointerup", "pointercancel"])
    element.addEventListener(name, event => {
      if (!drawing || !event.isPrimary) return;
      drawing = false;
      ended();
    });
  element.addEventListener("keydown", event => {
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(move || event.key === " " || event.key === "Backspace")) return;
    event.preventDefault();
    pen.keys = true;
    if (move) pen.at = pen.at.map((value, k) => within(value + move[k]));
    if (event.key === " ") {
      pen.down = !pen.down;
      if (pen.down) start([...pen.at]);
    }
    if (event.key === "Backspace") {
      pen.down = false;
      state.strokes.pop();
    }
    if (move && !(pen.down && extend([...pen.at]))) show(shown);
    else ended();
  });
  for (const name of ["focus", "blur"])
    element.addEventListener(name, () => {
      pen.down = false;
      show(shown);
    });

  function show(picture) {
    shown = picture;
    g.fillStyle = "black";
    g.fillRect(0, 0, SHEET, SHEET);
    if (picture) {
      const zoom = SHEET / Math.max(picture.width, picture.height),
        [w, h] = [zoom * picture.width, zoom * picture.height];
      g.drawImage(grayPicture(picture), (SHEET - w) / 2, (SHEET - h) / 2, w, h);
    } else drawInk(g, state.strokes);
    if (document.activeElement !== element || !(pen.keys || element.matches(":focus-visible"))) return;
    g.strokeStyle = pen.down ? "#f58c46" : "#55b2ea";
    g.lineWidth = 2;
    g.beginPath();
    g.arc(...pen.at, RING, 0, 7);
    g.stroke();
  }
  return { element, show };
}

/** Draw strokes in white. */
export function drawInk(g, strokes) {
  Object.assign(g, { strokeStyle: "white", lineWidth: 2 * RING, lineCap: "round", lineJoin: "round" });
  for (const line of strokes) {
    g.beginPath();
    g.moveTo(...line[0]);
    for (const point of line) g.lineTo(...point);
    g.stroke();
  }
}

/** A picture { data, width, height } in shades from 0 to 1 as a canvas of as many pixels. */
export function grayPicture({ data, width, height }) {
  return paint(width, height, k => [255 * data[k], 255 * data[k], 255 * data[k]]);
}

/** A canvas whose pixel k has the color color(k) = [r, g, b]. */
export function paint(width, height, color) {
  const element = make("canvas", { width, height }),
    g = element.getContext("2d"),
    image = g.createImageData(width, height);
  for (let k = 0; k < width * height; k++) image.data.set([...color(k), 255], 4 * k);
  g.putImageData(image, 0, 0);
  return element;
}
