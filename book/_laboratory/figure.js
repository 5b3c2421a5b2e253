// An interactive figure, mounted where Python runs: the same module as in Jupyter, talking to the Python of this page.

const bytes = base64 => Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));

const mounted = new Map(); // number of a figure in Python: a function that tells the figure something

const GONE = "the Python that made this figure has been stopped; run the cell of the figure again.";

/** Show a figure in an element; `ask(number, content)` hands a request to Python. Resolves to a function that ends the figure. */
export async function mount(host, { number, esm, css, meta, payload }, ask) {
  const state = { meta, ...Object.fromEntries(Object.entries(payload).map(([name, data]) => [name, new DataView(bytes(data).buffer)])) };
  const listeners = [];
  const tell = (content, views = []) => [...listeners].forEach(listener => listener(content, views));
  mounted.set(number, tell);
  const model = {
    get: name => state[name],
    set() {},
    save_changes() {},
    send: content => ask(number, content).catch(() => tell({ job: content.job, error: GONE })),
    on: (event, listener) => event === "msg:custom" && listeners.push(listener),
    off: (event, listener) => listeners.splice(listeners.indexOf(listener) >>> 0, 1),
  };
  if (css && ![...document.querySelectorAll("style")].some(style => style.textContent === css)) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }
  const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  try {
    const { default: figure } = await import(address);
    const end = await figure.render({ model, el: host });
    return () => {
      if (mounted.get(number) === tell) mounted.delete(number); // a new Python counts from the start again
      end?.();
    };
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Hand what Python says to the figure that asked. */
export function hear({ number, content, buffers }) {
  const views = buffers.map(data => new DataView(bytes(data).buffer));
  mounted.get(number)?.(content, views);
}
