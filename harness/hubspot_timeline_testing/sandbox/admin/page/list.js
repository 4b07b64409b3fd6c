// A list that is updated in place: elements keep their focus, selection, open details and typed text.

export class KeyedList {
  #list;
  #keyOf;
  #build;
  #shown = new Map();

  /** `build(item)` returns {node, fill}; `fill(item)` updates the node, once for each change of the item. */
  constructor(list, keyOf, build) {
    this.#list = list;
    this.#keyOf = keyOf;
    this.#build = build;
  }

  show(items) {
    const byKey = new Map(items.map((item) => [this.#keyOf(item), item]));
    const focused = document.activeElement;
    this.#drop(byKey);
    let place = this.#list.firstElementChild;
    for (const [key, item] of byKey) {
      const { node } = this.#filled(key, item);
      if (node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(node, place);
    }
    if (focused !== document.activeElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #drop(byKey) {
    for (const [key, { node }] of this.#shown) {
      if (byKey.has(key)) continue;
      node.remove();
      this.#shown.delete(key);
    }
  }

  #filled(key, item) {
    let entry = this.#shown.get(key);
    if (!entry) {
      entry = { ...this.#build(item), json: null };
      this.#shown.set(key, entry);
    }
    const json = JSON.stringify(item);
    if (entry.json !== json) entry.fill(item);
    entry.json = json;
    return entry;
  }
}
