// Explore: pictures drawn in Python, one for each combination of the choices; here one of them is picked.
import { asker, codeButton, frame, inflate, lookUp, make, menu, numberInput, onKernel, player, share, slider } from "./shared.js";

/** The colors of the drawings, by the variables of the figures, which are brighter on a dark page. */
const VARIABLES = {
  "#0072b2": "class-0",
  "#d55e00": "class-1",
  "#009e73": "class-2",
  "#cc79a7": "class-3",
  "#7b4fe0": "class-4",
  "#e10f4b": "class-5",
};
/** A text whose negative numbers have a true minus sign. */
const minus = text => text.replace(/(?<![\p{L}\p{N}])-(?=\.?\d)|(?<=\de)-/gu, "−");
const recolored = svg =>
  svg
    .replaceAll("stroke: #ffffff", "stroke: var(--nns-panel)")
    .replace(/(?<=(?:fill|stroke): )#[\da-f]{6}/g, color => (VARIABLES[color] ? `var(--nns-${VARIABLES[color]})` : color));

async function render({ model, el }) {
  const meta = model.get("meta"),
    { choices } = meta;
  const all = await inflate(model.get("frames"));
  const ends = meta.frames.reduce((ends, frame) => [...ends, ends.at(-1) + (frame?.size ?? 0)], [0]);
  const pictures = meta.frames.map((frame, k) => frame && { ...frame, mime: meta.mime, bytes: all.subarray(ends[k], ends[k + 1]) });
  const figure = frame(model, el),
    state = choices.map(choice => choice.start);
  let typed = choices.map(() => null),
    fields = [],
    wanted = null; // typed with a kernel, and counting until the control next to it is moved; wanted by a link that awaits a kernel
  let address = "";

  const show = ({ alt, words, mime, bytes }) => {
    URL.revokeObjectURL(address);
    if (mime === "image/svg+xml") figure.picture.innerHTML = recolored(new TextDecoder().decode(bytes));
    else {
      address = URL.createObjectURL(new Blob([bytes], { type: mime }));
      figure.picture.replaceChildren(make("img", { src: address, alt: "", width: meta.width, height: meta.height }));
    }
    figure.picture.setAttribute("aria-label", minus(alt));
    figure.say(minus(words));
  };
  const place = () => state.reduce((k, option, i) => k * choices[i].options.length + option, 0);

  const values = () =>
    Object.fromEntries(choices.map(({ name }, i) => [name, typed[i] === null ? { option: state[i] } : { number: typed[i] }]));
  const answers = new Map(); // what Python has drawn, by the values
  const known = () => answers.get(JSON.stringify(values())) ?? (typed.every(number => number === null) ? pictures[place()] : null);
  const kernel = asker(figure, model, (part, [buffer]) => {
    const picture = { ...part, bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
    answers.set(JSON.stringify(values()), picture);
    show(picture);
  });
  const pick = () => {
    const picture = known();
    if (!picture) return kernel.ask({ values: values() });
    kernel.forget();
    show(picture);
  };
  const update = () => {
    pick();
    updateCode();
    changed();
  };

  const controls = choices.map(({ label, kind, options }, i) => {
    const change = option => {
      state[i] = option;
      typed[i] = null;
      if (wanted) wanted[i] = null;
      fields[i]?.set("");
      update();
    };
    if (kind === "menu") return menu({ label, options: options.map(minus), value: state[i], change });
    const written = option => minus(options[option]);
    if (kind === "slider") return slider({ label, max: options.length - 1, value: state[i], written, change });
    const playing = on => figure.words.setAttribute("aria-live", on ? "off" : "polite");
    return player({ label, max: options.length - 1, value: state[i], written, change, playing, hold: kernel.waits });
  });
  figure.controls.append(...controls.map(({ root }) => root));
  figure.picture.style.maxWidth = `${meta.width}px`;
  figure.picture.style.aspectRatio = `${meta.width} / ${meta.height}`;

  const call = () => choices.map(({ name, codes }, i) => `${name}=${typed[i] ?? codes[state[i]]}`).join(", ");
  const updateCode = codeButton(figure, () => `${meta.code}\n\n${meta.call.replace("VALUES", call)}\n`);
  const changed = share(figure, model, {
    read: () => Object.fromEntries(choices.map(({ name, options }, i) => [name, typed[i] ?? options[state[i]]])),
    write: asked => {
      const found = choices.map(({ name, options, codes, numeric }) => lookUp(asked[name], options, numeric ? codes.map(Number) : []));
      found.forEach(({ index }, i) => {
        if (index !== undefined) controls[i].set((state[i] = index));
      });
      wanted = found.map(({ number = null }) => number);
      return choices.flatMap(({ label }, i) => (wanted[i] === null ? [] : [`${label} ${wanted[i]}`]));
    },
  });
  onKernel(model, () => {
    fields = choices.map(({ label }, i) =>
      numberInput({
        label: `or any ${label}`,
        change: number => {
          typed[i] = number;
          update();
        },
      }),
    );
    choices.forEach(({ numeric }, i) => {
      if (numeric) controls[i].root.append(fields[i].root);
    });
    if (!wanted?.some(number => number !== null)) return;
    typed = wanted;
    typed.forEach((number, i) => {
      if (number !== null) fields[i].set(number);
    });
    figure.remark("");
    update();
  });
  pick();
  return () => {
    kernel.close();
    controls.forEach(control => control.stop?.());
    URL.revokeObjectURL(address);
  };
}

export default { render };
