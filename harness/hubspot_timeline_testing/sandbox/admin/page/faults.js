// The plan of faults: what it is, what it did, and switches for it.

import * as api from "./api.js";
import { byId, element, facts, write } from "./dom.js";
import { counted, number } from "./words.js";

// Only for a sandbox that does not tell its kinds.
const KNOWN = [
  "http-500", "http-502-html", "http-503", "limited", "locked", "migrating", "reset-before", "reset-after", "truncated",
  "empty", "no-results", "half-named", "shuffled", "status-200", "unknown-word", "wrong-ids", "expired-token",
  "missing-scopes", "slow-body", "oversized",
].map((word) => ({ word, says: "" }));

export class FaultsPanel {
  #plan = {};
  #kinds = null;
  #act;

  /** `act(said, work)` does something to the sandbox and tells the reader. */
  constructor(act) {
    this.#act = act;
    byId("next-fault").addEventListener("change", () => this.#explain());
    byId("chance-kinds").addEventListener("change", tally);
    byId("faults-end").addEventListener("click", () => act("All faults are ended", api.endFaults));
    onSubmit("next-form", () => this.#setNext());
    onSubmit("chance-form", () => this.#setChance());
    onSubmit("latency-form", () => this.#change("The latency is set", { latency: latency() }));
  }

  async refresh({ faults, met }) {
    this.#plan = faults;
    byId("plan").replaceChildren(...facts(planInWords(faults)));
    byId("met").replaceChildren(...facts(metInWords(met)));
    if (this.#kinds === null) await this.#fillKinds();
  }

  async #fillKinds() {
    this.#kinds = await api.faultKinds().then(({ kinds }) => kinds, (error) => {
      if (error instanceof api.GoneError) throw error;
      return KNOWN;
    });
    byId("next-fault").replaceChildren(...this.#kinds.map(({ word }) => element("option", {}, word)));
    byId("chance-kinds").append(...this.#kinds.map(checkbox));
    this.#explain();
  }

  #explain() {
    write(byId("next-says"), this.#kinds.find(({ word }) => word === byId("next-fault").value)?.says ?? "");
  }

  #setNext() {
    const [fault, times] = [byId("next-fault").value, Number(byId("next-times").value)];
    return this.#change(`${fault} for the next ${counted(times, "request")}`, { script: [{ fault, times }] });
  }

  #setChance() {
    const [rate, seed, kinds] = [Number(byId("chance-rate").value) / 100, Number(byId("chance-seed").value), ticked()];
    const { kinds: _, ...others } = this.#plan;
    this.#plan = others; // without kinds it may be any
    return this.#change(`Faults by chance: ${percent(rate)}`, kinds.length ? { rate, seed, kinds } : { rate, seed });
  }

  /** The script is not taken along: setting a plan would begin it again. */
  #change(said, changes) {
    const { script: _, ...others } = this.#plan;
    return this.#act(said, () => api.setFaults({ ...others, ...changes }));
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
const tally = () => write(byId("chance-tally"), ticked().length ? counted(ticked().length, "fault") : "Any fault");
const percent = (rate) => `${number(rate * 100)} of 100 requests`;

function planInWords({ script = [], rate = 0, kinds = [], seed = 0, latency: wait = 0, events = {} }) {
  const told = [
    ["First", script.map(step).join(", ")],
    ["By chance", rate ? `${percent(rate)}, seed ${seed}` : ""],
    ["Which", rate ? kinds.join(", ") : ""],
    ["Latency", wait ? (typeof wait === "number" ? `${wait} s` : String(wait)) : ""],
    ...Object.entries(events).map(([pattern, fault]) => [`Ids like ${pattern}`, String(fault)]),
  ];
  return told.some(([, words]) => words) ? told : [["Faults", "none"]];
}

function step(entry) {
  const { fault, times = 1 } = typeof entry === "object" && entry !== null ? entry : { fault: entry };
  return `${times > 1 ? `${times} × ` : ""}${fault ?? "as usual"}`;
}

function metInWords(met) {
  const pairs = Object.entries(met);
  return pairs.length ? pairs.map(([fault, count]) => [fault, number(count)]) : [["Faults", "none"]];
}
