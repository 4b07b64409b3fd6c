// Helpers to build elements. Texts are inserted as text; only `markup` accepts HTML.

export const byId = (id) => document.getElementById(id);

/** Return an element. Properties starting with "on" are listeners, others attributes; children are nodes or text. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Return a <details> with a title and content. */
export function foldable(title, content) {
  return element("details", {}, element("summary", {}, title), content);
}

/** Set a text if it differs, so that a selection in it is kept. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Return pairs as the children of a <dl>; pairs without a value are left out. */
export function facts(pairs) {
  return pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}

/** Return an http(s) URL, else null: a click would run a javascript: URL. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Return HTML, which the sandbox has sanitised, as nodes; its links open in new tabs without a referrer. */
export function markup(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const link of parsed.querySelectorAll("a")) openElsewhere(link, link.getAttribute("href"));
  const fragment = document.createDocumentFragment();
  fragment.append(...parsed.body.childNodes);
  return fragment;
}

/** Let a link open in a new tab if it has an http(s) URL, else remove its destination. */
export function openElsewhere(link, text) {
  const address = webAddress(text);
  if (address === null) link.removeAttribute("href");
  else link.setAttribute("href", address);
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer");
}
