// What makes the figures of a published page answer: there is no kernel here, so each figure's own module is started on the data
// that the page carries. Where that fails, the start picture stays, and its note says why.
(() => {
  const TYPE = "application/vnd.jupyter.widget-";
  const note = (view, words) => {
    const still = view.previousElementSibling, place = still?.matches(".live-still") ? still.lastElementChild : null;
    const text = `This figure cannot answer here: ${words}. The text of the page is complete without it.`;
    if (place) place.textContent = text;
    else view.before(Object.assign(document.createElement("p"), { className: "live-note", textContent: text }));
  };

  function bytes(base64) {
    return new DataView(Uint8Array.from(atob(base64), letter => letter.charCodeAt(0)).buffer);
  }

  /** The part of a Jupyter widget's model that a figure uses, on the stored state. Nobody listens to what it sends. */
  function model({ state, buffers = [] }) {
    for (const { path, data } of buffers) {
      const last = path.at(-1);
      path.slice(0, -1).reduce((place, name) => place[name], state)[last] = bytes(data);
    }
    return { get: name => state[name], set() {}, save_changes() {}, send() {}, on() {}, off() {} };
  }

  async function start(view, models) {
    const stored = models[JSON.parse(view.textContent).model_id];
    if (!stored) return note(view, "its data are missing from the page");
    if (stored.state?._model_module !== "anywidget") return note(view, "it is of a kind that needs Jupyter");
    const host = Object.assign(document.createElement("div"), { className: "live-figure" });
    host.dataset.nnsPage = "";
    host.style.cssText = "height: 0; overflow: hidden; visibility: hidden";      // until it is complete: then it replaces the picture at once
    const address = URL.createObjectURL(new Blob([stored.state._esm], { type: "text/javascript" }));
    view.after(host);
    try {
      const { default: figure } = await import(address);
      style(stored.state._css);
      await figure.render({ model: model(stored), el: host });
      if (view.previousElementSibling?.matches(".live-still")) view.previousElementSibling.remove();
      host.removeAttribute("style");
      const asked = location.hash && document.getElementById(location.hash.slice(1));
      if (asked && host.contains(asked)) asked.scrollIntoView();
    } catch (error) {
      host.remove();
      note(view, `it could not start (${error.message})`);
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  const styles = new Set();
  function style(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  async function main() {
    const views = [...document.querySelectorAll(`script[type="${TYPE}view+json"]`)];
    const models = {};
    for (const script of document.querySelectorAll(`script[type="${TYPE}state+json"]`)) {
      try { Object.assign(models, JSON.parse(script.textContent).state); } catch { /* the figures say that their data are missing */ }
    }
    for (const view of views) {      // one after the other: the first figure of the page is there first
      try { await start(view, models); } catch (error) { note(view, `its data are damaged (${error.message})`); }
    }
    document.documentElement.dataset.figures = "ready";
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", main);
  else main();
})();
