// Which way up a WebP picture is. Browsers turn JPEG, PNG, and AVIF as the camera says, but not all of them do it for WebP.

// For each orientation of the EXIF standard from 1 to 8: a b c d e f of a canvas's transform, e and f in widths and heights of the file.
const TRANSFORMS = [
  [1, 0, 0, 1, 0, 0],
  [-1, 0, 0, 1, "w", 0],
  [-1, 0, 0, -1, "w", "h"],
  [1, 0, 0, -1, 0, "h"],
  [0, 1, 1, 0, 0, 0],
  [0, 1, -1, 0, "h", 0],
  [0, -1, -1, 0, "h", "w"],
  [0, -1, 1, 0, 0, "w"],
];
const ORIENTATION = 0x112;

/** A picture file as something that can be drawn on a canvas, the right way up. */
export async function upright(file) {
  const orientation = webpOrientation(new DataView(await file.arrayBuffer()));
  if (orientation < 2 || orientation > 8) return createImageBitmap(file, { imageOrientation: "from-image" });
  const bitmap = await createImageBitmap(file, { imageOrientation: "none" }),
    { width: w, height: h } = bitmap,
    turned = orientation > 4;
  const canvas = Object.assign(document.createElement("canvas"), { width: turned ? h : w, height: turned ? w : h }),
    g = canvas.getContext("2d");
  g.setTransform(...TRANSFORMS[orientation - 1].map(value => ({ w, h })[value] ?? value));
  g.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas;
}

/** The orientation that a WebP file's EXIF data say; 1 without any. */
function webpOrientation(view) {
  const text = (at, n) => String.fromCharCode(...Array.from({ length: n }, (_, k) => view.getUint8(at + k)));
  try {
    if (text(0, 4) !== "RIFF" || text(8, 4) !== "WEBP") return 1;
    for (let at = 12; at + 8 <= view.byteLength; at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2)) {
      if (text(at, 4) === "EXIF") return exifOrientation(view, at + 8 + (text(at + 8, 4) === "Exif" ? 6 : 0));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  } // a file that is cut short: the browser judges it
  return 1;
}

/** The orientation in EXIF data, which begin at a byte as a TIFF file does. */
function exifOrientation(view, start) {
  const little = view.getUint16(start) === 0x4949,
    first = start + view.getUint32(start + 4, little);
  for (let k = 0; k < view.getUint16(first, little); k++) {
    const entry = first + 2 + 12 * k;
    if (view.getUint16(entry, little) === ORIENTATION) return view.getUint16(entry + 8, little);
  }
  return 1;
}
