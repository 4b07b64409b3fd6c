// A list that is shown anew without being made anew: what is opened, focused, selected or typed in it stays so.

export class KeyedList {
  #list;
  #keyOf;
  #build;
  #shown = new Map();

  /** `build(item)` returns {node, fill}; `fill(item)` puts an item's content into the node, again for each change. */
  constructor(list, keyOf, build) {
    this.#list = list;
    this.#keyOf = keyOf;
    this.#build = build;
  }

  show(items) {
    const wanted = new Map(items.map((item) => [this.#keyOf(item), item]));
    const focused = document.activeElement;
    this.#drop(wanted);
    let place = this.#list.firstElementChild;
    for (const [key, item] of wanted) {
      const { node } = this.#filled(key, item);
      if (node === place) place = place.nextElementSibling;
      else this.#list.insertBefore(node, place);
    }
    if (focused !== document.activeElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #drop(wanted) {
    for (const [key, { node }] of this.#shown) {
      if (wanted.has(key)) continue;
      node.remove();
      this.#shown.delete(key);
    }
  }

  #filled(key, item) {
    let entry = this.#shown.get(key);
    if (!entry) {
      entry = { ...this.#build(item), told: null };
      this.#shown.set(key, entry);
    }
    const told = JSON.stringify(item);
    if (entry.told !== told) entry.fill(item);
    entry.told = told;
    return entry;
  }
}
