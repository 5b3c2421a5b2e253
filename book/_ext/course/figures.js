// What makes the figures of a published page interactive: there is no kernel here, so each figure's own module is started on the data
// that the page carries. If that fails, the initial picture stays, and its note says why.
(() => {
  const TYPE = "application/vnd.jupyter.widget-";
  const note = (view, words) => {
    const still = view.previousElementSibling,
      place = still?.matches(".live-still") ? still.lastElementChild : null;
    const text = `This figure is not interactive here: ${words}. The text of the page is complete without it.`;
    if (place) place.textContent = text;
    else view.before(Object.assign(document.createElement("p"), { className: "live-note", textContent: text }));
  };

  /** The address of a file that several pages share. */
  const shared = file => new URL(document.documentElement.dataset.content_root + file, location.href);

  async function bytes({ data, file }) {
    if (file === undefined) return new DataView(Uint8Array.from(atob(data), letter => letter.charCodeAt(0)).buffer);
    const response = await fetch(shared(file));
    if (!response.ok) throw new Error(`${file} is missing`);
    return new DataView(await response.arrayBuffer());
  }

  /** The part of a Jupyter widget's model that a figure uses, on the stored state. Nobody listens to what it sends. */
  async function model({ state, buffers = [] }) {
    for (const { path, ...part } of buffers) {
      const last = path.at(-1);
      path.slice(0, -1).reduce((place, name) => place[name], state)[last] = await bytes(part);
    }
    return { get: name => state[name], set() {}, save_changes() {}, send() {}, on() {}, off() {} };
  }

  async function start(view, models) {
    const stored = models[JSON.parse(view.textContent).model_id];
    if (!stored) return note(view, "its data are missing from the page");
    if (stored.state?._model_module !== "anywidget") return note(view, "it needs Jupyter");
    const host = Object.assign(document.createElement("div"), { className: "live-figure" });
    host.dataset.nnsPage = "";
    host.style.cssText = "height: 0; overflow: hidden; visibility: hidden"; // until it is complete: then it replaces the picture at once
    const { _esm, _esm_file, _css, _css_file } = stored.state;
    const address = _esm_file ? shared(_esm_file) : URL.createObjectURL(new Blob([_esm], { type: "text/javascript" }));
    view.after(host);
    try {
      const [{ default: figure }, data] = await Promise.all([import(address), model(stored), style(_css, _css_file)]);
      await figure.render({ model: data, el: host });
      if (view.previousElementSibling?.matches(".live-still")) view.previousElementSibling.remove();
      host.removeAttribute("style");
      const asked = location.hash && document.getElementById(location.hash.slice(1));
      if (asked && host.contains(asked)) asked.scrollIntoView();
    } catch (error) {
      host.remove();
      note(view, `it could not start (${error.message})`);
    } finally {
      if (!_esm_file) URL.revokeObjectURL(address);
    }
  }

  const styles = new Set();
  /** Add a style once; resolves when it counts. */
  async function style(css, file) {
    if (!(css ?? file) || styles.has(css ?? file)) return;
    styles.add(css ?? file);
    if (css) return document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: shared(file) });
    const there = new Promise(done => {
      link.onload = link.onerror = done;
    });
    document.head.append(link);
    await there;
  }

  async function main() {
    const views = [...document.querySelectorAll(`script[type="${TYPE}view+json"]`)];
    const models = {};
    for (const script of document.querySelectorAll(`script[type="${TYPE}state+json"]`)) {
      try {
        Object.assign(models, JSON.parse(script.textContent).state);
      } catch {
        /* the figures say that their data are missing */
      }
    }
    for (const view of views) {
      // one after another: the first figure of the page comes first
      try {
        await start(view, models);
      } catch (error) {
        note(view, `its data are damaged (${error.message})`);
      }
    }
    document.documentElement.dataset.figures = "ready";
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", main);
  else main();
})();
