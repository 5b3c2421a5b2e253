// From a picture of a digit to the network's input, step by step as nnfromscratch/handwriting.py does it; the tests compare every pixel.
// A picture is { data, width, height }: shades from 0 to 1, row by row.

const SIZE = 28, BOX = 20, MIDDLE = 14.5, CONTRAST = 0.1, NOISE = 0.25, NUDGE = 1e-6;
const roundHalfUp = number => Math.floor(number + 0.5 + NUDGE);

/** All steps, or { problem } where no digit is to be seen. */
export function prepare(image) {
  const ink = findInk(image);
  if (!ink) return { problem: "there is no digit yet" };
  const cropped = crop(ink), scaled = scale(cropped);
  return { ink, cropped, scaled, centred: centre(scaled) };
}

/** 1 where the ink is strongest, 0 where there is paper: the border tells the shade of the paper. */
function findInk({ data, width, height }) {
  const border = data.filter((_, k) => k < width || k >= width * (height - 1) || k % width === 0 || k % width === width - 1).sort();
  const half = border.length / 2, paper = (border[Math.ceil(half) - 1] + border[Math.floor(half)]) / 2;
  const difference = data.map(shade => Math.abs(shade - paper)), strongest = difference.reduce((a, b) => Math.max(a, b), 0);
  if (strongest < CONTRAST) return null;
  return { data: difference.map(value => (value / strongest < NOISE ? 0 : value / strongest)), width, height };
}

/** The smallest rectangle that holds all ink. */
function crop({ data, width, height }) {
  let left = width, right = 0, top = height, bottom = 0;
  data.forEach((value, k) => {
    if (value === 0) return;
    const x = k % width, y = Math.floor(k / width);
    left = Math.min(left, x); right = Math.max(right, x + 1); top = Math.min(top, y); bottom = Math.max(bottom, y + 1);
  });
  const w = right - left, h = bottom - top;
  return { data: Float64Array.from({ length: w * h }, (_, k) => data[(top + Math.floor(k / w)) * width + left + (k % w)]), width: w, height: h };
}

/** Longer side 20 pixels: each new pixel is the mean of the area that it covers, and the darkest becomes 1. */
function scale(image) {
  const longer = Math.max(image.width, image.height), [width, height] = [image.width, image.height].map(side => Math.max(1, roundHalfUp(BOX * side / longer)));
  const across = overlaps(image.width, width), down = overlaps(image.height, height), data = new Float64Array(width * height);
  down.forEach((rows, y) => across.forEach((columns, x) => {
    for (const [i, a] of rows) for (const [j, b] of columns) data[y * width + x] += a * b * image.data[i * image.width + j];
  }));
  const most = Math.max(...data);
  return { data: data.map(value => value / most), width, height };
}

/** For each new pixel along one axis the old ones under it, as pairs [old, part]. */
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

/** 28 x 28 pixels in 256 shades, the centre of mass as near to row 14 and column 14 as whole pixels allow. */
function centre({ data, width, height }) {
  let mass = 0, x = 0, y = 0;
  data.forEach((value, k) => { mass += value; x += value * ((k % width) + 0.5); y += value * (Math.floor(k / width) + 0.5); });
  const place = (middle, side) => Math.min(Math.max(roundHalfUp(MIDDLE - middle), 0), SIZE - side);
  const left = place(x / mass, width), top = place(y / mass, height), framed = new Float64Array(SIZE * SIZE);
  data.forEach((value, k) => { framed[(top + Math.floor(k / width)) * SIZE + left + (k % width)] = Math.floor(255 * value + 0.5 + NUDGE) / 255; });
  return { data: framed, width: SIZE, height: SIZE };
}

/** Draw a round pen's way from (x0, y0) to (x1, y1) into a picture: white ink, soft edges. */
export function stroke({ data, width, height }, [x0, y0], [x1, y1], radius) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1, [u, v] = [(x1 - x0) / length, (y1 - y0) / length], reach = radius + 1;
  const rows = [Math.max(0, Math.floor(Math.min(y0, y1) - reach)), Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach))];
  const columns = [Math.max(0, Math.floor(Math.min(x0, x1) - reach)), Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach))];
  for (let y = rows[0]; y <= rows[1]; y++) for (let x = columns[0]; x <= columns[1]; x++) {
    const [dx, dy] = [x + 0.5 - x0, y + 0.5 - y0], along = Math.min(Math.max(dx * u + dy * v, 0), Math.hypot(x1 - x0, y1 - y0));
    const far = Math.hypot(dx - along * u, dy - along * v), k = y * width + x;
    data[k] = Math.max(data[k], Math.min(Math.max(radius + 0.5 - far, 0), 1));
  }
}
