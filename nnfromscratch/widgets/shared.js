// What all figures share: their frame, labeled controls, the link, the code, and questions to the kernel.
// Plain DOM, no framework. A control is an object { root, input, set(value) }; set changes what it shows and calls no callback.

/** A name that nothing else on the page has: every figure runs a copy of this module. */
export const unique = () => `nns-${Math.random().toString(36).slice(2)}`;

/** Make an element: properties by name, those with a dash as attributes; then its children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/**
 * The frame of a figure: title, controls, picture, words that are read out when they change, and a row of tools. A picture that holds
 * anything that can be operated needs a `label`; without one it is a single image.
 */
export function frame(model, el, label = "") {
  const title = make("p", { className: "nns-title", id: unique(), textContent: model.get("meta").title });
  const controls = make("div", { className: "nns-controls" });
  const about = make("p", { className: "nns-remark", role: "status", hidden: true });
  const picture = make("div", { className: "nns-picture", ...(label ? { role: "group", "aria-label": label } : { role: "img" }) });
  const words = make("p", { className: "nns-words", "aria-live": "polite" });
  const notice = make("span", { role: "status" });
  const tools = make("div", { className: "nns-tools" });
  const root = make(
    "div",
    { className: "nns-figure", role: "group", "aria-labelledby": title.id },
    title,
    about,
    controls,
    picture,
    words,
    tools,
    notice,
  );
  const { saved } = model.get("meta"); // in a notebook, the picture that stands in for the figure when no kernel runs
  if (saved) root.append(make("style", { textContent: `[data-figure="${saved}"] { display: none; }` }));
  el.append(root);
  const say = text => {
    if (words.textContent !== text) words.textContent = text;
  };
  const notify = text => {
    notice.textContent = text;
  };
  const remark = text => {
    about.textContent = text;
    about.hidden = !text;
  };
  for (const event of ["input", "click"]) controls.addEventListener(event, () => remark("")); // it was about what was seen before
  return { root, controls, picture, words, tools, say, notify, remark };
}

/** Give an input its label. JupyterLab takes keys from an element unless the element itself opts out. */
function labeled(label, input, ...more) {
  input.id = unique();
  input.dataset.lmSuppressShortcuts = "true";
  return make("span", { className: "nns-control" }, make("label", { htmlFor: input.id, textContent: label }), input, ...more);
}

export function button(text, label, onclick) {
  const element = make("button", { type: "button", textContent: text, "aria-label": label, title: label, onclick });
  element.dataset.lmSuppressShortcuts = "true";
  return element;
}

/** A button that its own text describes. */
export function textButton(text, onclick) {
  const element = make("button", { type: "button", textContent: text, onclick });
  element.dataset.lmSuppressShortcuts = "true";
  return element;
}

/** A slider from min to max in steps; written(value) is what is shown and read out. */
export function slider({ label, min = 0, max, step = 1, value, written = String, change }) {
  const input = make("input", { type: "range", min, max, step });
  const output = make("output");
  const set = value => {
    input.value = value;
    output.textContent = written(value);
    input.setAttribute("aria-valuetext", written(value));
  };
  input.addEventListener("input", () => {
    set(+input.value);
    change(+input.value);
  });
  const root = labeled(label, input, output);
  output.htmlFor = input.id;
  set(value);
  return { root, input, set };
}

const PREFERRED = [1, 1.1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9];

/** The nearest of twenty round numbers per decade (ISO 3, series R″20), in which 10 ** 0.5 is 3. */
export function preferred(number) {
  const place = Math.round(20 * Math.log10(number)),
    decade = Math.floor(place / 20);
  return +(PREFERRED[place - 20 * decade] * 10 ** decade).toPrecision(2);
}

/**
 * A slider for a positive number, along its logarithm: min and max are powers of 10. `round` gives the number that a position of the
 * slider means; a number that is set shows as it is, although it may be between two positions.
 */
export function logSlider({ value, change, written = String, round = number => +number.toPrecision(2), ...options }) {
  let exact = value;
  const control = slider({
    ...options,
    value: Math.log10(value),
    written: power => written(power === Math.log10(exact) ? +exact.toPrecision(3) : round(10 ** power)),
    change: power => change(round(10 ** power)),
  });
  const set = number => {
    exact = number;
    control.set(Math.log10(number));
  };
  return { ...control, set };
}

/** A drop-down menu; its value is the index of the option. */
export function menu({ label, options, value, change }) {
  const input = make("select", {}, ...options.map((text, index) => new Option(text, index)));
  const set = index => {
    input.value = index;
  };
  input.addEventListener("change", () => change(+input.value));
  set(value);
  return { root: labeled(label, input), input, set };
}

/** A field for a number of the reader's own, taken at Enter or when the field is left. Anything that is not a number stays in the field; an empty field is null. */
export function numberInput({ label, value = "", change }) {
  const input = make("input", { type: "number", step: "any", value });
  let taken = String(value);
  const take = () => {
    if (!input.validity.valid) return;
    taken = input.value;
    change(taken === "" ? null : +taken);
  };
  input.addEventListener("change", () => {
    if (input.value !== taken) take();
  });
  input.addEventListener("keydown", event => {
    if (event.key === "Enter") take();
  });
  return {
    root: labeled(label, input),
    input,
    set: value => {
      input.value = taken = String(value);
    },
  };
}

/** Controls that keep what is chosen in a figure's state, under a name, and show it: each takes the options of the control that it makes. */
export function controlsOf(state, show) {
  const keeping = control => (name, options) =>
    control({
      value: state[name],
      change: value => {
        state[name] = value;
        show();
      },
      ...options,
    });
  return { slider: keeping(slider), logSlider: keeping(logSlider), menu: keeping(menu) };
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * A slider with buttons: one step back, play or pause, one step on. Readers who prefer less motion get one frame per second. While hold() is
 * true, because the present frame is still being drawn, the next one has to wait.
 */
export function player({ interval = 150, playing = () => {}, hold = () => false, ...options }) {
  const control = slider({
    ...options,
    change: value => {
      stop();
      options.change(value);
    },
  });
  const { input } = control,
    label = options.label;
  let timer = 0;
  const go = value => {
    control.set(value);
    options.change(value);
  };
  const step = by => go(Math.min(Math.max(+input.value + by, +input.min), +input.max));
  const last = () => +input.value >= +input.max;
  const show = () => {
    play.textContent = timer ? "❚❚" : "▶";
    play.setAttribute("aria-label", `${timer ? "Pause" : "Play"}: ${label}`);
    play.title = timer ? "Pause" : "Play";
  };
  const stop = () => {
    if (timer) {
      clearInterval(timer);
      timer = 0;
      show();
      playing(false);
    }
  };
  const start = () => {
    timer = setInterval(tick, reducedMotion() ? Math.max(interval, 1000) : interval);
    show();
    playing(true);
    if (last()) go(+input.min);
  };
  const tick = () => {
    if (last() || !input.isConnected) stop();
    else if (!hold()) {
      step(1);
      if (last()) stop();
    }
  };
  const back = button("◂", `One step back: ${label}`, () => {
    stop();
    step(-1);
  });
  const play = button("▶", `Play: ${label}`, () => (timer ? stop() : start()));
  play.className = "nns-play";
  const on = button("▸", `One step forward: ${label}`, () => {
    stop();
    step(1);
  });
  control.root.append(make("span", { className: "nns-buttons" }, back, play, on));
  return { ...control, stop, play };
}

/** Call redraw whenever the page turns light or dark. Returns a function that ends this. */
export function onTheme(redraw) {
  const observer = new MutationObserver(redraw),
    query = matchMedia("(prefers-color-scheme: dark)");
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-mode", "class"] });
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
  query.addEventListener("change", redraw);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", redraw);
  };
}

// ---------------------------------------------------------------------------------------------------- link and code

async function copy(text, figure, done, field) {
  try {
    await navigator.clipboard.writeText(text);
    figure.notify(done);
  } catch {
    field.hidden = false;
    field.focus();
    field.select?.();
  } // no clipboard here: the text is selected, to be copied by hand
}

/**
 * Offer a link that carries a figure's state: ?title.name=value, for several figures side by side. read() gives the state as
 * { name: text }; write(state) takes one that may be incomplete or nonsense, and returns in words, as a list, what only a kernel can
 * compute. Call the returned function after a change: on a published page the page's own address then follows the figure. In JupyterLab
 * the address belongs to JupyterLab; elsewhere (in other editors) there is none to be shared.
 */
export function share(figure, model, { read, write, embed = false }) {
  const page = figure.root.closest("[data-nns-page]"),
    lab = "jpThemeLight" in document.body.dataset && window === top;
  if (!page && !lab) return () => {};
  const key = uniqueKey(model.get("meta").title);
  figure.root.id = `figure-${key}`;
  const missing = follow(key, page ? location.href : performance.getEntriesByType("navigation")[0].name, write);
  if (missing)
    figure.remark(
      `The link asks for ${missing}. Only a kernel, as in JupyterLab or on Binder, can compute that. The figure shows the nearest setting that it has.`,
    );
  if (page && location.hash === `#figure-${key}`) figure.root.scrollIntoView();
  const address = () => {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(read())) url.searchParams.set(`${key}.${name}`, value);
    return url;
  };
  if (page && new URL(location.href).searchParams.get("embed") === key) figure.root.classList.add("nns-embedded");
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    history.replaceState(history.state, "", address());
  };
  document.addEventListener("nns-keep", () => timer && keep()); // the link of one figure carries the latest state of all
  const link = () => {
    document.dispatchEvent(new Event("nns-keep"));
    const url = address();
    url.hash = `figure-${key}`;
    return url;
  };
  figure.tools.append(...linkButton(figure, link));
  if (page && embed) figure.tools.append(...embedButton(figure, key, link));
  let acted = false; // a page that turns dark draws its figures anew, but the reader has done nothing yet
  for (const event of ["pointermove", "pointerdown", "click", "keydown", "input", "change"])
    figure.root.addEventListener(
      event,
      () => {
        acted = true;
      },
      { capture: true, passive: true },
    );
  return () => {
    if (page && acted) {
      clearTimeout(timer);
      timer = setTimeout(keep, 300);
    }
  };
}

/** Hand a figure what an address says about it; return what is missing for that, in words. */
function follow(key, address, write) {
  const asked = [...new URL(address).searchParams].filter(([name]) => name.startsWith(`${key}.`));
  return asked.length ? write(Object.fromEntries(asked.map(([name, value]) => [name.slice(key.length + 1), value]))).join(", ") : "";
}

/** A button that copies the address, and a field that shows it where there is no clipboard. */
function linkButton(figure, address) {
  const field = make("input", {
    type: "text",
    readOnly: true,
    hidden: true,
    className: "nns-link",
    "aria-label": "Link to the figure as it is now",
  });
  const link = button("Link", "Copy a link to the figure as it is now", () => {
    field.value = address();
    copy(field.value, figure, "The link has been copied.", field);
  });
  return [link, field];
}

/** A button that copies the HTML by which another page, such as one of a learning platform, shows this figure alone. */
function embedButton(figure, key, link) {
  const field = make("input", {
    type: "text",
    readOnly: true,
    hidden: true,
    className: "nns-link",
    "aria-label": "HTML that embeds the figure",
  });
  const embed = button("Embed", "Copy HTML that embeds the figure in another page", () => {
    const url = link();
    url.searchParams.set("embed", key);
    field.value = `<iframe src="${url.href.replaceAll("&", "&amp;")}" title="Interactive figure" width="100%" height="900" style="border: 0"></iframe>`;
    copy(field.value, figure, "The HTML has been copied. Paste it into your page.", field);
  });
  return [embed, field];
}

/** Find what a link asks for: the index of that option; or, for another number, the index of the option nearest to it, and the number. */
export function lookUp(text, options, numbers = []) {
  const index = options.indexOf(text),
    number = Number(text);
  if (index >= 0) return { index };
  if (!text?.trim() || !Number.isFinite(number) || !numbers.length) return {};
  const far = numbers.map(other => Math.abs(other - number));
  return { index: far.indexOf(Math.min(...far)), number };
}

/** The numbers that a link lists, such as "0.5,-1"; NaN for anything else. */
export const numbersIn = (text, separator = ",") => (text ?? "").split(separator).map(part => (part.trim() ? Number(part) : NaN));

/** The number that a link gives if it is in a range; otherwise the one there was. */
export function numberIn(text, low, high, otherwise) {
  const number = text?.trim() ? Number(text) : NaN;
  return number >= low && number <= high ? number : otherwise;
}

/** The same for a whole number. */
export const integerIn = (text, low, high, otherwise) =>
  Number.isInteger(Number(text)) ? numberIn(text, low, high, otherwise) : otherwise;

/** The place, in a list of options, of the one that a link names; otherwise the one there was. */
export const placeIn = (text, options, otherwise = 0) => (options.includes(text) ? options.indexOf(text) : otherwise);

function uniqueKey(title) {
  const plain = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  let key = plain;
  for (let number = 2; document.getElementById(`figure-${key}`); number++) key = `${plain}-${number}`;
  return key;
}

/** A button that unfolds the code that reproduces the figure; getCode() is asked when it opens and after each call of the returned function. */
export function codeButton(figure, getCode) {
  const code = make("code"),
    text = make("pre", { role: "region", "aria-label": "Code of this figure" }, code);
  const box = make(
    "div",
    { className: "nns-code", hidden: true },
    button("Copy", "Copy the code", () => copy(code.textContent, figure, "The code has been copied.", text)),
    text,
  );
  const update = () => {
    if (!box.hidden) code.textContent = getCode();
  };
  const toggle = button("Code", "Show the code for what you see", () => {
    box.hidden = !box.hidden;
    text.tabIndex = 0; // it may scroll; while it was hidden, the site's theme took it for one that does not
    toggle.setAttribute("aria-expanded", !box.hidden);
    update();
  });
  toggle.setAttribute("aria-expanded", false);
  figure.tools.append(toggle);
  figure.root.append(box);
  return update;
}

// ---------------------------------------------------------------------------------------------------- the kernel, where there is one

/** Call ready() once a kernel has answered. On a published page nobody does. */
export function onKernel(model, ready) {
  const hello = unique();
  const hear = message => {
    if (message.hello !== hello) return;
    model.off("msg:custom", hear);
    ready();
  };
  model.on("msg:custom", hear);
  model.send({ hello });
}

const WAITING = "Another cell may be running. If Python was restarted, run the cell of this figure again.";

/**
 * Return functions that send requests to Python; hear(part, buffers) gets the answers to the latest request, until it is forgotten. If there is
 * no answer but an error, nothing remains of an earlier picture.
 */
export function asker(figure, model, hear) {
  let job = "",
    patience = 0;
  const rest = () => {
    clearTimeout(patience);
    patience = 0;
    figure.root.removeAttribute("aria-busy");
  };
  const forget = () => {
    if (job) model.send({ forget: job });
    job = "";
    rest();
  };
  const listen = (part, buffers) => {
    if (part.job !== job) return;
    rest();
    if (part.error === undefined) return hear(part, buffers);
    figure.picture.replaceChildren();
    figure.picture.setAttribute("aria-label", `No picture: ${part.error}`);
    figure.say(`This does not work: ${part.error}`);
  };
  model.on("msg:custom", listen);
  const ask = request => {
    forget();
    job = unique();
    figure.root.setAttribute("aria-busy", "true");
    figure.say("Computing …");
    patience = setTimeout(() => figure.say(`Still computing … ${WAITING}`), 8000);
    model.send({ ...request, job });
  };
  return {
    ask,
    forget,
    waits: () => patience > 0,
    close: () => {
      forget();
      model.off("msg:custom", listen);
    },
  };
}

/** Unpack a zlib stream that Python packed. */
export async function inflate(view) {
  const stream = new Blob([view]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
