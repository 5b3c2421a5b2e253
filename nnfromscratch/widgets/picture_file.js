// A picture file of the reader's, in the shades that are read.
import { make, textButton } from "./shared.js";
import { grays } from "./handwriting.js";
import { upright } from "./picture_orientation.js";

const PHOTO = 2000; // pixels of a side that are decoded; photographs have up to twice as many

/** A button for a picture file, and a target to drop one on; hear(picture) gets its shades. */
export function uploader(hear, figure, target) {
  const input = make("input", {
    type: "file",
    accept: "image/*",
    className: "nns-hidden",
    tabIndex: -1,
    "aria-label": "A picture of a digit",
  });
  const read = async file => {
    if (!file) return;
    figure.say("Reading the picture …");
    await new Promise(requestAnimationFrame);
    try {
      hear(await readFile(file));
      figure.notify("The picture stays on your computer; a link carries only the digit as the network receives it.");
    } catch {
      figure.say(
        "The browser cannot read this file as a picture: it is something else, too large, or in a rare format. PNG and JPEG always work.",
      );
    }
  };
  input.addEventListener("click", () => {
    input.value = "";
  }); // so that the same file can be chosen again
  input.addEventListener("change", () => read(input.files[0]));
  target.addEventListener("dragover", event => event.preventDefault());
  target.addEventListener("drop", event => {
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
  return [textButton("Read a photo", () => input.click()), input];
}

async function readFile(file) {
  const bitmap = await upright(file),
    zoom = Math.min(1, PHOTO / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * zoom)),
    height = Math.max(1, Math.round(bitmap.height * zoom));
  const g = make("canvas", { width, height }).getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(bitmap, 0, 0, width, height);
  bitmap.close?.();
  return { data: grays(g.getImageData(0, 0, width, height).data), width, height };
}
