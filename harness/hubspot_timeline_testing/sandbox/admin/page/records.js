// The list of records with its search. Tab reaches one of them, arrow keys the others.

import * as api from "./api.js";
import { byId, element, write } from "./dom.js";
import { KeyedList } from "./list.js";
import { counted, dateOf, number, objectType } from "./formats.js";

const STEP = 100;

export const nameOf = (record) => record.email ?? `${objectType(record.objectType)} ${record.objectId}`;

export class Records {
  chosen = null;
  #list;
  #limit = STEP;
  #again;

  /** `again()` refreshes the page. */
  constructor(again) {
    this.#again = again;
    this.#list = new KeyedList(byId("records"), (item) => item.record.record, () => this.#row());
    byId("records").addEventListener("keydown", moveFocus);
    byId("search").addEventListener("input", again);
    byId("records-more").addEventListener("click", () => { this.#limit += STEP; again(); });
  }

  async refresh() {
    const search = byId("search").value.trim();
    const page = await api.records(search, this.#limit);
    this.#keepChoice(page, search);
    this.#show(page);
    byId("records-more").hidden = page.total <= page.records.length;
    write(byId("records-tally"), search && !page.total ? "No matching record" : counted(page.total, "record"));
  }

  /** The chosen record was deleted, by a reset for example, if it is not among all records. */
  #keepChoice({ records, total }, search) {
    const isAll = !search && records.length === total;
    const same = records.find((record) => record.record === this.chosen?.record);
    if (same) this.chosen = same;
    else if (isAll || !this.chosen) this.chosen = records[0] ?? null;
  }

  #show({ records }) {
    const tabbable = records.find((record) => record.record === this.chosen?.record) ?? records[0];
    this.#list.show(records.map((record) => ({
      record, isChosen: record.record === this.chosen?.record, isTabbable: record === tabbable,
    })));
  }

  #row() {
    const [name, kind, count] = ["name", "kind quiet", "count"].map((name) => element("span", { class: name }));
    const button = element("button", {}, name, kind, count);
    let current;
    button.addEventListener("click", () => { this.chosen = current; this.#again(); });
    const fill = ({ record, isChosen, isTabbable }) => {
      current = record;
      write(name, record.email ?? record.objectId);
      write(kind, `${objectType(record.objectType)}${record.latest ? `, latest ${dateOf(record.latest)}` : ""}`);
      write(count, number(record.events));
      count.setAttribute("aria-label", counted(record.events, "event"));
      button.tabIndex = isTabbable ? 0 : -1;
      button.setAttribute("aria-current", String(isChosen));
    };
    return { node: element("li", {}, button), fill };
  }
}

function moveFocus(event) {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const place = buttons.indexOf(document.activeElement);
  const goal = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  buttons[goal]?.focus();
}
