// The log of requests, the latest first.

import * as api from "./api.js";
import { byId, element, facts } from "./dom.js";
import { KeyedList } from "./list.js";
import { response, counted, duration, number, timeOfDay } from "./formats.js";

const STEP = 100;

export class RequestsPanel {
  #list = new KeyedList(byId("log"), (request) => request.number, row);
  #limit = STEP;

  /** `again()` refreshes the page. */
  constructor(again) {
    byId("log-more").addEventListener("click", () => { this.#limit += STEP; again(); });
  }

  async refresh() {
    const { total, requests } = await api.requests(this.#limit);
    this.#list.show(requests);
    byId("log-more").hidden = total <= requests.length;
    byId("requests-head").hidden = total === 0;
    byId("requests-empty").hidden = total > 0;
  }
}

function row() {
  const summary = element("summary", { class: "row" });
  const more = element("dl", { class: "facts" });
  const message = element("p", { class: "message" });
  const fill = (request) => {
    summary.replaceChildren(...cells(request));
    message.textContent = request.message ?? "";
    message.hidden = !request.message;
    more.replaceChildren(...facts(details(request)));
  };
  const inside = element("div", { class: "inside" }, message, more);
  return { node: element("li", {}, element("details", {}, summary, inside)), fill };
}

function cells(request) {
  const { text, tone } = response(request);
  return [
    element("time", { datetime: request.received_at, class: "quiet" }, timeOfDay(request.received_at)),
    element("span", { class: "what" }, element("b", {}, request.method), " ", breakable(request.path)),
    element("span", { class: "response" }, element("span", { class: `tone ${tone}` }, text)),
    element("span", { class: "fault" }, request.fault ?? ""),
    element("span", { class: "figure" }, request.events ? eventsOf(request.events) : ""),
    element("span", { class: "figure" }, duration(request.milliseconds)),
    element("span", { class: "account quiet" }, request.account ?? "none"),
  ];
}

/** The unit is for narrow windows, which have no column headings. */
function eventsOf(count) {
  return element("span", {}, number(count), element("span", { class: "unit" }, count === 1 ? " event" : " events"));
}

/** A path that can wrap after its slashes. */
function breakable(path) {
  const parts = path.split("/").flatMap((part, place) => (place ? ["/", element("wbr"), part] : [part]));
  return element("span", { class: "path" }, ...parts);
}

function details(request) {
  return [
    ["Number", number(request.number)],
    ["Received", request.received_at],
    ["Body", counted(request.bytes, "byte")],
    ["Events created", number(request.events)],
    ["Fault", request.fault ?? "none"],
    ["Account", request.account ?? "not authenticated"],
  ];
}
