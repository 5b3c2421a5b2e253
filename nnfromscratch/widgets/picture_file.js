// A picture file of the reader's, in the shades that are read.
import { make } from "./shared.js";

/** A field for a picture file; hear(image) gets it in shades of grey, at most 280 pixels long. */
export function uploader(hear, figure) {
  const input = make("input", { type: "file", accept: "image/*" });
  input.dataset.lmSuppressShortcuts = "true";
  input.addEventListener("click", () => { input.value = ""; });      // so that the same file can be chosen again
  input.addEventListener("change", async () => {
    if (!input.files.length) return;
    try {
      hear(await readFile(input.files[0]));
      figure.notify("The picture stays on your computer; a link carries only the digit as the network gets it.");
    } catch { figure.say("The browser cannot read this file as a picture: it is none, too large, or of a rare kind. PNG and JPEG always work."); }
  });
  return make("label", { className: "nns-control" }, "or a picture of yours", input);
}

async function readFile(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }), zoom = Math.min(1, 280 / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * zoom)), height = Math.max(1, Math.round(bitmap.height * zoom));
  const g = make("canvas", { width, height }).getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { data: greys(g.getImageData(0, 0, width, height).data), width, height };
}

/** Colours with opacity, four numbers a pixel, as shades from 0 to 1: what is transparent is paper, black under light ink, else white. */
export function greys(rgba) {
  const n = rgba.length / 4, opacity = Float64Array.from({ length: n }, (_, k) => rgba[4 * k + 3] / 255);
  const grey = opacity.map((_, k) => (0.299 * rgba[4 * k] + 0.587 * rgba[4 * k + 1] + 0.114 * rgba[4 * k + 2]) / 255);
  const ink = grey.reduce((sum, shade, k) => sum + opacity[k] * shade, 0) / (opacity.reduce((a, b) => a + b, 0) || 1);
  const paper = ink > 0.5 ? 0 : 1;
  return grey.map((shade, k) => Math.min(opacity[k] * shade + (1 - opacity[k]) * paper, 1));
}
