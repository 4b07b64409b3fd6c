// The plan of faults: its content, the faults so far, and controls to change it.

import * as api from "./api.js";
import { byId, element, facts, write } from "./dom.js";
import { counted, number } from "./formats.js";

export class FaultsPanel {
  #plan = {};
  #kinds = null;
  #act;

  /** `act(announcement, work)` changes the sandbox and announces that to the reader. */
  constructor(act) {
    this.#act = act;
    byId("next-fault").addEventListener("change", () => this.#describe());
    byId("chance-kinds").addEventListener("change", summarise);
    byId("faults-end").addEventListener("click", () => act("All faults have ended", api.endFaults));
    onSubmit("next-form", () => this.#setNext());
    onSubmit("chance-form", () => this.#setChance());
    onSubmit("latency-form", () => this.#change("The latency is set", { latency: latency() }));
  }

  async refresh({ faults, fault_counts: counts }) {
    this.#plan = faults;
    byId("plan").replaceChildren(...facts(planFacts(faults)));
    byId("fault-counts").replaceChildren(...facts(countFacts(counts)));
    if (this.#kinds === null) await this.#fillKinds();
  }

  async #fillKinds() {
    this.#kinds = (await api.faultKinds()).kinds;
    byId("next-fault").replaceChildren(...this.#kinds.map(({ word }) => element("option", {}, word)));
    byId("chance-kinds").append(...this.#kinds.map(checkbox));
    this.#describe();
  }

  #describe() {
    write(byId("next-description"), this.#kinds.find(({ word }) => word === byId("next-fault").value)?.description ?? "");
  }

  #setNext() {
    const [fault, times] = [byId("next-fault").value, Number(byId("next-times").value)];
    return this.#change(`${fault} for the next ${counted(times, "request")}`, { script: [{ fault, times }] });
  }

  #setChance() {
    const [rate, seed, kinds] = [Number(byId("chance-rate").value) / 100, Number(byId("chance-seed").value), ticked()];
    const { kinds: _, ...others } = this.#plan;
    this.#plan = others; // without kinds all are possible
    return this.#change(`Random faults: ${percent(rate)}`, kinds.length ? { rate, seed, kinds } : { rate, seed });
  }

  /** The script is left out: setting a plan restarts it. */
  #change(announcement, changes) {
    const { script: _, ...others } = this.#plan;
    return this.#act(announcement, () => api.setFaults({ ...others, ...changes }));
  }
}

function onSubmit(id, work) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    work();
  });
}

function latency() {
  const text = byId("latency").value.trim();
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

const checkbox = ({ word }) => element("label", {}, element("input", { type: "checkbox", value: word }), " ", word);
const ticked = () => [...byId("chance-kinds").querySelectorAll(":checked")].map((box) => box.value);
const summarise = () => write(byId("chance-tally"), ticked().length ? counted(ticked().length, "fault") : "Any fault");
const percent = (rate) => `${number(rate * 100)}% of requests`;

function planFacts({ script = [], rate = 0, kinds = [], seed = 0, latency: wait = 0, events = {}, operations = [], accounts = [] }) {
  const rows = [
    ["First", script.map(step).join(", ")],
    ["Random", rate ? `${percent(rate)}, seed ${seed}` : ""],
    ["Kinds", rate ? kinds.join(", ") : ""],
    ["Latency", wait ? (typeof wait === "number" ? `${wait} s` : String(wait)) : ""],
    ["Operations", operations.join(", ")],
    ["Accounts", accounts.join(", ")],
    ...Object.entries(events).map(([pattern, fault]) => [`Events ${pattern}`, String(fault)]),
  ];
  return rows.some(([, text]) => text) ? rows : [["Faults", "none"]];
}

function step(entry) {
  const { fault, times = 1 } = typeof entry === "object" && entry !== null ? entry : { fault: entry };
  return `${times > 1 ? `${times} × ` : ""}${fault ?? "no fault"}`;
}

function countFacts(counts) {
  const pairs = Object.entries(counts);
  return pairs.length ? pairs.map(([fault, count]) => [fault, number(count)]) : [["Faults", "none"]];
}
