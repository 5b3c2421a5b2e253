// ActivationCurve: an activation and its derivative, with the tangent at a point that can be dragged.
import { codeButton, controlsOf, frame, make, numberIn, placeIn, share, slider } from "./shared.js";
import { ACTIVATIONS } from "./engine.js";
import { draw, fixed, handle, plane, set } from "./drawing.js";

const FLAT = 0.01;

function render({ model, el }) {
  const meta = model.get("meta"),
    figure = frame(model, el, "Curve and slope"),
    { activations: names, own } = meta,
    state = { ...meta.start };
  const panel = (ylabel, low, high) => {
    const plot = plane({ width: 330, height: 230, box: [-6, low, 6, high], margin: [8, 8, 34, 44], xlabel: "z", ylabel, label: ylabel });
    const curve = draw("polyline", { class: "nns-curve nns-a" });
    plot.inside.append(
      draw("path", { class: "nns-zero", d: `M${plot.x(-6)},${plot.y(0)}H${plot.x(6)}M${plot.x(0)},${plot.y(low)}V${plot.y(high)}` }),
      curve,
    );
    return { plot, curve };
  };
  const within = (least, values, most) => [
    Math.max(Math.min(least, 1.1 * Math.min(...values)), -6),
    Math.min(Math.max(most, 1.1 * Math.max(...values)), 6),
  ];
  const above = panel("f(z)", ...within(-1.5, own?.values ?? [0], 3)),
    below = panel("slope f'(z)", ...within(-0.2, own?.slopes ?? [0], 1.3));
  const tangent = draw("line", { class: "nns-curve nns-b" }),
    point = draw("circle", { r: 8, class: "nns-knob" }),
    rise = draw("circle", { r: 6, class: "nns-fill-b" });
  above.plot.inside.append(tangent);
  above.plot.content.append(point);
  below.plot.content.append(rise);
  figure.picture.append(make("div", { className: "nns-panels" }, above.plot.root, below.plot.root));

  const both = z => {
    if (own && state.activation === 0) {
      const place = Math.round((z + 6) * 100); // the reader's own, computed in Python
      return [own.values[place], own.slopes[place]];
    }
    const [f, slope] = ACTIVATIONS[names[state.activation]](),
      a = f(z);
    return [a, slope(z, a)];
  };
  let tell = () => {},
    updateCode = null,
    keep = null;
  const show = () => {
    const [value, slope] = both(state.z),
      { plot } = above;
    for (const [{ curve, plot: one }, which] of [
      [above, 0],
      [below, 1],
    ])
      set(curve, { points: one.curve(z => both(z)[which], 240) });
    set(tangent, { x1: plot.x(state.z - 4), y1: plot.y(value - 4 * slope), x2: plot.x(state.z + 4), y2: plot.y(value + 4 * slope) });
    set(point, { cx: plot.x(state.z), cy: plot.y(Math.min(Math.max(value, plot.box[1]), plot.box[3])) });
    set(rise, { cx: below.plot.x(state.z), cy: below.plot.y(slope) });
    figure.say(
      `At z = ${fixed(state.z)}, ${names[state.activation]} is ${fixed(value, 3)}, and its slope is ${fixed(slope, 3)}${Math.abs(slope) < FLAT ? ": nearly flat" : ""}.`,
    );
    position.set(state.z);
    tell();
    updateCode?.();
    keep?.();
  };
  const move = z => {
    state.z = Math.round(Math.min(Math.max(z, -6), 6) * 100) / 100;
    show();
  };
  const position = slider({ label: "z", min: -6, max: 6, step: 0.05, value: state.z, written: v => fixed(v), change: move });
  const activation = controlsOf(state, show).menu("activation", { label: "activation", options: names });
  figure.controls.append(activation.root, position.root);
  show();
  tell = handle(above.plot, point, {
    label: "Point on the curve",
    steps: [0.05, 0],
    get: () => [state.z, both(state.z)[0]],
    move,
    written: () => `z = ${fixed(state.z)}`,
  });
  updateCode = codeButton(figure, () => {
    const name = names[state.activation],
      [kind, made] = own && state.activation === 0 ? [own.kind, name] : [name, `${name}()`];
    return `import numpy as np\n${kind ? `from nnfromscratch import ${kind}\n` : ""}\nlayer = ${made}\nprint(layer.forward(np.array([[${state.z}]], dtype=float)).round(3), layer.backward(np.array([[1.0]])).round(3))\n`;
  });
  keep = share(figure, model, {
    read: () => ({ activation: names[state.activation], z: state.z }),
    write: asked => {
      state.activation = placeIn(asked.activation, names, state.activation);
      activation.set(state.activation);
      state.z = numberIn(asked.z, -6, 6, state.z);
      show();
      return [];
    },
  });
}

export default { render };
