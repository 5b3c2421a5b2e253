// From a drawn or photographed digit to the network's input, step by step as handwriting.py does it; the tests compare every value.
// A picture is { data, width, height }: shades from 0 to 1, row by row.

const SIZE = 28,
  BOX = 20,
  MIDDLE = 14.5,
  CONTRAST = 0.1,
  NOISE = 0.25,
  NUDGE = 1e-6;
const DRAWN = 160,
  PEN = 9,
  SMALLEST = 5,
  LARGEST = 1600,
  PAPER = 240,
  EVEN = 0.25,
  SHEET_CELLS = 40,
  GRID = 256;
const roundHalfUp = number => Math.floor(number + 0.5 + NUDGE);

function greatest(values) {
  let most = -Infinity;
  for (let k = 0; k < values.length; k++) if (values[k] > most) most = values[k];
  return most;
}

/** All steps from a picture, or { problem }: why there is nothing to read. */
export function prepare(image) {
  const found = findDigit(shrink(image));
  return found.problem ? found : inkSteps(found.ink, found.remarks);
}

/** All steps from strokes (lists of points on a sheet of 280 x 280), or { problem }. */
export function prepareStrokes(strokes) {
  const drawn = drawStrokes(strokes.filter(stroke => stroke.length));
  return drawn.problem ? drawn : inkSteps(drawn);
}

function inkSteps(ink, remarks = []) {
  const cropped = crop(ink),
    scaled = scale(cropped);
  return { ink, cropped, scaled, centered: center(scaled), remarks };
}

// ---------------------------------------------------------------------------------------------------------------------- strokes

/**
 * A picture of strokes, the longer side of its ink 160 pixels: a round pen that is as wide as in MNIST, with soft edges. Its `place` is
 * where on the sheet it comes from.
 */
function drawStrokes(strokes) {
  if (!strokes.length) return { problem: "the sheet is empty" };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of strokes.flat())
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  const longer = Math.max(right - left, bottom - top);
  if (longer < SMALLEST) return { problem: "that is only a dot" };
  const zoom = (DRAWN - 2 * PEN) / longer,
    side = length => Math.ceil(length * zoom + 2 * PEN) + 2;
  const width = side(right - left),
    height = side(bottom - top),
    edge = (PEN + 1) / zoom,
    place = { left: left - edge, top: top - edge, width: width / zoom, height: height / zoom },
    picture = { data: new Float64Array(width * height), width, height, place };
  for (const stroke of strokes) {
    const placed = stroke.map(([x, y]) => [(x - left) * zoom + PEN + 1, (y - top) * zoom + PEN + 1]);
    placed.slice(0, Math.max(placed.length - 1, 1)).forEach((start, k) => drawSegment(picture, start, placed[k + 1] ?? start));
  }
  return picture;
}

/** A straight piece of a stroke: each pixel is as dark as its distance to the piece says. */
function drawSegment({ data, width, height }, [x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0),
    u = (x1 - x0) / (length || 1),
    v = (y1 - y0) / (length || 1),
    reach = PEN + 1;
  const left = Math.max(Math.floor(Math.min(x0, x1) - reach), 0),
    right = Math.min(Math.ceil(Math.max(x0, x1) + reach), width - 1);
  const top = Math.max(Math.floor(Math.min(y0, y1) - reach), 0),
    bottom = Math.min(Math.ceil(Math.max(y0, y1) + reach), height - 1);
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const x = column + 0.5 - x0,
        y = row + 0.5 - y0,
        along = Math.min(Math.max(x * u + y * v, 0), length),
        k = row * width + column;
      data[k] = Math.max(data[k], Math.min(Math.max(PEN + 0.5 - Math.hypot(x - along * u, y - along * v), 0), 1));
    }
}

// ---------------------------------------------------------------------------------------------------------------------- pictures

/** Colors with opacity, four bytes per pixel, as shades: on white paper or, if nothing would be seen there, on black. */
export function grays(rgba) {
  const n = rgba.length / 4,
    on = paper =>
      Float64Array.from({ length: n }, (_, k) => {
        const [r, g, b, opacity] = [rgba[4 * k] / 255, rgba[4 * k + 1] / 255, rgba[4 * k + 2] / 255, rgba[4 * k + 3] / 255];
        return Math.min(opacity * (0.299 * r + 0.587 * g + 0.114 * b) + (1 - opacity) * paper, 1);
      });
  const onWhite = on(1);
  return greatest(onWhite) - onWhite.reduce((a, b) => Math.min(a, b), Infinity) >= CONTRAST ? onWhite : on(0);
}

/** { ink, remarks }: the digit's ink, and in words what was left out. Or { problem }. */
function findDigit(image) {
  const ink = findInk(image);
  if (ink.problem) return ink;
  const box = sheet(ink),
    found = box ? findDigit(cut(image, box)) : { problem: "no sheet" };
  if (found.problem) return keepDigit(ink);
  const framed = { ...image, data: new Float64Array(image.data.length) };
  for (let y = box.top; y < box.bottom; y++) {
    const from = (y - box.top) * found.ink.width;
    framed.data.set(found.ink.data.subarray(from, from + found.ink.width), y * image.width + box.left);
  }
  return { ink: framed, remarks: ["Everything around the sheet of paper was left out.", ...found.remarks] };
}

function cut({ data, width }, { top, left, bottom, right }) {
  const w = right - left,
    h = bottom - top,
    part = new Float64Array(w * h);
  for (let y = 0; y < h; y++) part.set(data.subarray((top + y) * width + left, (top + y) * width + right), y * w);
  return { data: part, width: w, height: h };
}

/** 1 where the ink is strongest, 0 for paper. */
function findInk(image) {
  const { data, width, height } = image;
  const border = borderOf(data, width, height).sort();
  const n = border.length,
    paper = (border[Math.ceil(n / 2) - 1] + border[Math.floor(n / 2)]) / 2;
  let difference = data.map(shade => Math.abs(shade - paper));
  if (border[Math.floor((9 * n) / 10)] - border[Math.floor(n / 10)] > EVEN * greatest(difference)) difference = aboveLocalPaper(image);
  const strongest = greatest(difference);
  if (strongest < CONTRAST) return { problem: "ink and paper hardly differ" };
  return { data: difference.map(value => (value / strongest < NOISE ? 0 : value / strongest)), width, height };
}

function borderOf(data, width, height) {
  const sides = [];
  for (let y = 1; y < height - 1; y++) sides.push(data[y * width], ...(width > 1 ? [data[(y + 1) * width - 1]] : []));
  return Float64Array.from([...data.subarray(0, width), ...(height > 1 ? data.subarray((height - 1) * width) : []), ...sides]);
}

/** By how much each pixel differs from the paper around it, in the direction of the ink; 0 in the other direction. */
function aboveLocalPaper(image, rounds = 4) {
  const { data, width, height } = Math.max(image.width, image.height) > PAPER ? resize(image, PAPER) : image;
  const reach = Math.floor(Math.max(width, height) / 6),
    mean = data.reduce((a, b) => a + b, 0) / data.length;
  let isPaper = new Float64Array(data.length).fill(1),
    paper,
    sign;
  for (let round = 0; round < rounds; round++) {
    const sums = neighborhoodSum(
        data.map((shade, k) => shade * isPaper[k]),
        width,
        height,
        reach,
      ),
      counts = neighborhoodSum(isPaper, width, height, reach);
    paper = sums.map((sum, k) => (counts[k] > 0.5 ? sum / Math.max(counts[k], 1) : mean));
    const darker = data.map((shade, k) => Math.max(paper[k] - shade, 0)),
      lighter = data.map((shade, k) => Math.max(shade - paper[k], 0));
    const power = values => values.reduce((sum, d) => sum + d * d, 0);
    sign = power(darker) >= power(lighter) ? -1 : 1;
    const ink = sign < 0 ? darker : lighter,
      half = greatest(ink) / 2;
    isPaper = ink.map(value => (value > half ? 0 : 1));
  }
  const across = between(width, image.width),
    down = between(height, image.height),
    difference = new Float64Array(image.data.length);
  for (let y = 0, k = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++, k++) {
      const { low, next, part } = down[y],
        column = across[x],
        rest = 1 - column.part;
      const above = rest * paper[low * width + column.low] + column.part * paper[low * width + column.next];
      const below = rest * paper[next * width + column.low] + column.part * paper[next * width + column.next];
      difference[k] = Math.max(sign * (image.data[k] - ((1 - part) * above + part * below)), 0);
    }
  return difference;
}

/** For each of n new numbers the two old ones that it is between, and how near it is to the second. */
function between(before, after) {
  return Array.from({ length: after }, (_, k) => {
    const place = Math.min(Math.max(((k + 0.5) * before) / after - 0.5, 0), before - 1),
      low = Math.min(Math.floor(place), before - 1);
    return { low, next: Math.min(low + 1, before - 1), part: place - low };
  });
}

/** The sum of the values at most reach rows and columns away. */
function neighborhoodSum(values, width, height, reach) {
  const along = (from, n, other, stride, step) => {
    // sums along one axis
    const sums = new Float64Array(from.length),
      total = new Float64Array(n + 1);
    for (let line = 0; line < other; line++) {
      for (let k = 0; k < n; k++) total[k + 1] = total[k] + from[line * step + k * stride];
      for (let k = 0; k < n; k++) sums[line * step + k * stride] = total[Math.min(k + reach + 1, n)] - total[Math.max(k - reach, 0)];
    }
    return sums;
  };
  return along(along(values, height, width, width, 1), width, height, 1, width);
}

const cellSide = ({ width, height }) => Math.ceil(Math.max(width, height) / GRID);
const longer = shape => Math.max(shape.bottom - shape.top, shape.right - shape.left);

/** The connected shapes of the ink, largest first: their cells on a grid, and the box around them. */
function shapes(ink) {
  const side = cellSide(ink),
    rows = Math.ceil(ink.height / side),
    columns = Math.ceil(ink.width / side),
    waiting = new Uint8Array(rows * columns);
  for (let y = 0, k = 0; y < ink.height; y++)
    for (let x = 0; x < ink.width; x++, k++) {
      if (ink.data[k] > 0) waiting[Math.floor(y / side) * columns + Math.floor(x / side)] = 1;
    }
  const found = [];
  waiting.forEach((_, start) => {
    if (waiting[start]) found.push(fill(waiting, start, rows, columns));
  });
  return found.sort((a, b) => b.cells.length - a.cells.length);
}

/** The cells connected to a first one, also across corners; they wait no longer. */
function fill(waiting, start, rows, columns) {
  const cells = [[Math.floor(start / columns), start % columns]];
  waiting[start] = 0;
  for (const [row, column] of cells) {
    // grows while it is read
    for (let r = Math.max(row - 1, 0); r < Math.min(row + 2, rows); r++)
      for (let c = Math.max(column - 1, 0); c < Math.min(column + 2, columns); c++) {
        if (!waiting[r * columns + c]) continue;
        waiting[r * columns + c] = 0;
        cells.push([r, c]);
      }
  }
  const shape = { cells, top: rows, left: columns, bottom: 0, right: 0 };
  for (const [r, c] of cells)
    Object.assign(shape, {
      top: Math.min(shape.top, r),
      left: Math.min(shape.left, c),
      bottom: Math.max(shape.bottom, r + 1),
      right: Math.max(shape.right, c + 1),
    });
  return shape;
}

/** A box of the picture that could be a sheet of paper: a large solid shape whose box has ink along its edges. Or null. */
function sheet(ink) {
  const shape = shapes(ink)[0],
    side = cellSide(ink),
    height = shape.bottom - shape.top,
    width = shape.right - shape.left;
  const margin = Math.ceil(Math.max(height, width) / 40);
  if (
    Math.min(height, width) < Math.max(SHEET_CELLS, 4 * margin) ||
    shape.cells.length < 0.6 * height * width ||
    10 * height * width * side ** 2 < ink.data.length
  )
    return null;
  const box = {
    top: (shape.top + margin) * side,
    left: (shape.left + margin) * side,
    bottom: Math.min((shape.bottom - margin) * side, ink.height),
    right: Math.min((shape.right - margin) * side, ink.width),
  };
  const { data, width: w, height: h } = cut(ink, box),
    rows = y => [...data.subarray(y * w, (y + 1) * w)],
    columns = x => Array.from({ length: h }, (_, y) => data[y * w + x]);
  const edges = [...rows(0), ...rows(h - 1), ...columns(0), ...columns(w - 1)];
  return edges.filter(value => value > 0).length / edges.length > 0.9 ? box : null;
}

/** The ink without frames, shadows at the edge, specks, and shapes far from the largest one; and what was left out, in words. */
function keepDigit(ink) {
  const every = shapes(ink),
    side = cellSide(ink),
    rows = Math.ceil(ink.height / side),
    columns = Math.ceil(ink.width / side),
    remarks = [];
  let kept = every,
    inner = every.filter(shape => !isEdge(shape, rows, columns));
  if (
    inner.length &&
    longer(inner[0]) * side >= SMALLEST &&
    inner[0].cells.length >= 0.02 * every[0].cells.length &&
    inner.length < every.length
  ) {
    kept = inner;
    remarks.push("A shadow or a frame at the edge was left out.");
  }
  inner = kept.filter(shape => !isFrame(shape, kept));
  if (inner.length < kept.length) {
    kept = inner;
    remarks.push("A frame around the digit was left out.");
  }
  const largest = kept[0];
  if (longer(largest) * side < SMALLEST) return { problem: "the picture shows only specks" };
  const parts = kept.filter(shape => longer(shape) >= 0.15 * longer(largest)),
    near = parts.filter(shape => gap(shape, largest) <= 0.25 * longer(largest));
  if (near.length < parts.length) remarks.push("The picture shows several shapes; only the largest was kept.");
  const mask = new Uint8Array(rows * columns);
  for (const shape of near) for (const [r, c] of shape.cells) mask[r * columns + c] = 1;
  const data = new Float64Array(ink.data.length);
  for (let y = 0, k = 0; y < ink.height; y++)
    for (let x = 0; x < ink.width; x++, k++) {
      if (mask[Math.floor(y / side) * columns + Math.floor(x / side)]) data[k] = ink.data[k];
    }
  return { ink: { ...ink, data }, remarks };
}

/** Does a shape run along the picture's edge, or from one edge to the opposite one? */
function isEdge({ cells, top, left, bottom, right }, rows, columns) {
  const across = (top === 0 && bottom === rows) || (left === 0 && right === columns);
  return across || cells.filter(([r, c]) => r === 0 || r === rows - 1 || c === 0 || c === columns - 1).length > 0.1 * (rows + columns);
}

/** Is a shape a rectangle with another shape inside? Then nearly all its cells are close to the edges of its box. */
function isFrame(shape, every) {
  const { cells, top, left, bottom, right } = shape;
  const inside = every.some(
    other => other.top > top && other.left > left && other.bottom < bottom && other.right < right && longer(other) >= 0.2 * longer(shape),
  );
  const close = ([r, c]) =>
    Math.min(Math.min(r - top, bottom - 1 - r) / (bottom - top), Math.min(c - left, right - 1 - c) / (right - left)) < 0.1;
  return inside && cells.filter(close).length / cells.length > 0.85;
}

const gap = (a, b) => Math.max(b.top - a.bottom, a.top - b.bottom, b.left - a.right, a.left - b.right, 0);

// ---------------------------------------------------------------------------------------------------------------------- the box of 20 pixels

/** The smallest rectangle that contains all ink. */
function crop(ink) {
  const box = { left: ink.width, right: 0, top: ink.height, bottom: 0 };
  for (let y = 0, k = 0; y < ink.height; y++)
    for (let x = 0; x < ink.width; x++, k++) {
      if (ink.data[k] === 0) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = y + 1;
    }
  return cut(ink, box);
}

/** Longer side 20 pixels, the darkest of them 1. */
function scale(image) {
  const scaled = resize(image, BOX),
    most = greatest(scaled.data);
  return { ...scaled, data: scaled.data.map(value => value / most) };
}

const shrink = image => (Math.max(image.width, image.height) <= LARGEST ? image : resize(image, LARGEST));

/** The picture with that longer side: each new pixel is the mean of the area that it covers. */
function resize(image, longerSide) {
  const size = side => Math.max(1, roundHalfUp((longerSide * side) / Math.max(image.width, image.height)));
  const width = size(image.width),
    height = size(image.height),
    down = overlaps(image.height, height),
    across = overlaps(image.width, width);
  const rows = new Float64Array(height * image.width),
    data = new Float64Array(height * width);
  down.forEach((pairs, y) => {
    for (const [i, a] of pairs) for (let x = 0; x < image.width; x++) rows[y * image.width + x] += a * image.data[i * image.width + x];
  });
  for (let y = 0; y < height; y++)
    across.forEach((pairs, x) => {
      for (const [j, b] of pairs) data[y * width + x] += b * rows[y * image.width + j];
    });
  return { data, width, height };
}

/** For each new pixel along one axis the old ones that it covers, as pairs [old, fraction]. */
function overlaps(before, after) {
  const ratio = before / after;
  return Array.from({ length: after }, (_, k) => {
    const pairs = [];
    for (let old = Math.floor(k * ratio); old < Math.min(before, (k + 1) * ratio); old++) {
      pairs.push([old, Math.max(0, Math.min((k + 1) * ratio, old + 1) - Math.max(k * ratio, old)) / ratio]);
    }
    return pairs;
  });
}

/** 28 x 28 pixels in 256 shades, the center of mass as near to row 14 and column 14 as whole pixels allow. */
function center({ data, width, height }) {
  let mass = 0,
    x = 0,
    y = 0;
  data.forEach((value, k) => {
    mass += value;
    x += value * ((k % width) + 0.5);
    y += value * (Math.floor(k / width) + 0.5);
  });
  const place = (middle, side) => Math.min(Math.max(roundHalfUp(MIDDLE - middle), 0), SIZE - side);
  const left = place(x / mass, width),
    top = place(y / mass, height),
    framed = new Float64Array(SIZE * SIZE);
  data.forEach((value, k) => {
    framed[(top + Math.floor(k / width)) * SIZE + left + (k % width)] = Math.floor(255 * value + 0.5 + NUDGE) / 255;
  });
  return { data: framed, width: SIZE, height: SIZE };
}
