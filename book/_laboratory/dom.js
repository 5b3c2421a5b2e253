// Elements, as short as it gets.

/** Make an element: properties by name, those with a dash and `role` as attributes; then its children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

export const button = (textContent, onclick, properties = {}) => make("button", { type: "button", textContent, onclick, ...properties });

export const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`;

/** Let the reader save a file. */
export function save(name, content, type) {
  const link = make("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
