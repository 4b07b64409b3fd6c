// The tabs: arrow keys, Home and End go from one to the other; the address remembers which.

import { byId } from "./dom.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class Tabs {
  #tabs = [...document.querySelectorAll("[role=tab]")];
  #onChange;

  /** `onChange(name)` is called whenever another tab is selected. */
  constructor(onChange) {
    this.#onChange = onChange;
    for (const tab of this.#tabs) {
      tab.addEventListener("click", () => this.#select(tab));
      tab.addEventListener("keydown", (event) => this.#onKey(event, tab));
    }
    addEventListener("hashchange", () => this.#selectNamed());
    this.#selectNamed();
  }

  #selectNamed() {
    this.#select(this.#tabs.find((tab) => `#${nameOf(tab)}` === location.hash) ?? this.#tabs[0]);
  }

  #select(chosen) {
    for (const tab of this.#tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      byId(nameOf(tab)).hidden = !isChosen;
    }
    history.replaceState(null, "", `#${nameOf(chosen)}`);
    this.#onChange(nameOf(chosen));
  }

  #onKey(event, tab) {
    const last = this.#tabs.length - 1;
    const place = this.#tabs.indexOf(tab);
    const goal = { Home: 0, End: last }[event.key] ?? place + (STEPS[event.key] ?? 0);
    if (goal === place && !["Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const next = this.#tabs[(goal + this.#tabs.length) % this.#tabs.length];
    next.focus();
    this.#select(next);
  }
}

const nameOf = (tab) => tab.getAttribute("aria-controls");
