// The usage of the rate limits. It changes with time alone, so it is refreshed each second.

import { byId, element, write } from "./dom.js";
import { KeyedList } from "./list.js";
import { number } from "./formats.js";

const DAY = 86_400;
const NEARLY = 0.9; // of a limit: above it the meter warns

export class LimitsPanel {
  #list = new KeyedList(byId("meters"), (usage) => JSON.stringify([usage.account, usage.policy]), meterRow);

  refresh(state) {
    this.#list.show(state.limits);
    byId("limits-empty").hidden = state.limits.length > 0;
  }
}

let meters = 0; // for unique ids

function meterRow(usage) {
  const id = `meter-${++meters}`;
  const [used, free] = [element("span", { class: "used" }), element("span", { class: "quiet" })];
  const meter = element("meter", { "aria-labelledby": id, min: 0, optimum: 0 });
  const title = element("h3", { id }, usage.account, " ", element("span", { class: "quiet" }, policy(usage)));
  const fill = (now) => {
    meter.max = now.limit;
    meter.high = now.limit * NEARLY;
    meter.value = now.used;
    write(used, `${number(now.used)} of ${number(now.limit)}`);
    write(free, remaining(now));
  };
  return { node: element("li", {}, title, used, meter, free), fill };
}

function policy({ policy: name, seconds }) {
  return seconds === DAY ? "in a day" : `in any ${number(seconds)} s (${name})`;
}

function remaining({ used, limit, seconds, free_in: wait }) {
  if (used < limit) return `${number(limit - used)} free now`;
  return seconds === DAY ? "resets at midnight" : `next request in ${Math.max(0, wait).toFixed(1)} s`;
}
