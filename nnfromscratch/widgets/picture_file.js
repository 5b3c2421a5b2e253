// A picture file of the reader's, in the shades that are read.
import { make } from "./shared.js";
import { grays } from "./handwriting.js";

/** A field for a picture file; hear(image) gets it in shades of gray, at most 1,600 pixels long. */
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
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }), zoom = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * zoom)), height = Math.max(1, Math.round(bitmap.height * zoom));
  const g = make("canvas", { width, height }).getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { data: grays(g.getImageData(0, 0, width, height).data), width, height };
}
