// What the other modules make elements with. Texts become text; only `markup` takes HTML.

export const byId = (id) => document.getElementById(id);

/** Return an element. Properties beginning with "on" are listeners, others attributes; children are nodes or text. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Return a <details> whose content is given, with the element that holds it. */
export function foldable(title, content) {
  return element("details", {}, element("summary", {}, title), content);
}

/** Set a text only where it differs, so that a selection in it survives. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Return pairs as the children of a <dl>; pairs without a value are left out. */
export function facts(pairs) {
  return pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}

/** Return a URL if it is one of the web, else null: a javascript: URL would be run by a click. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Return HTML, which the sandbox has made safe, as nodes; its links open elsewhere and tell nothing of this page. */
export function markup(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const link of parsed.querySelectorAll("a")) openElsewhere(link, link.getAttribute("href"));
  const part = document.createDocumentFragment();
  part.append(...parsed.body.childNodes);
  return part;
}

/** Let a link open in a tab of its own, if it leads to the web, and nowhere if not. */
export function openElsewhere(link, text) {
  const address = webAddress(text);
  if (address === null) link.removeAttribute("href");
  else link.setAttribute("href", address);
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer");
}
