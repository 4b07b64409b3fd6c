// The log of requests, the latest first.

import * as api from "./api.js";
import { byId, element, facts, write } from "./dom.js";
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
  const [sent, received] = [element("pre"), element("pre")];
  const texts = element("div", { class: "halves" },
    element("section", {}, element("h4", {}, "Request"), sent), element("section", {}, element("h4", {}, "Response"), received));
  const node = element("details", {}, summary, element("div", { class: "inside" }, message, more, texts));
  let current;
  const load = async () => {
    if (!node.open) return;
    const [request, response] = await exchange(current);
    write(sent, request);
    write(received, response);
  };
  const fill = (request) => {
    current = request;
    summary.replaceChildren(...cells(request));
    message.textContent = request.message ?? "";
    message.hidden = !request.message;
    more.replaceChildren(...facts(details(request)));
    load();
  };
  node.addEventListener("toggle", load);
  return { node: element("li", {}, node), fill };
}

/** The request and its response as text, which the sandbox has only for the latest ones that are complete. */
async function exchange(request) {
  if (request.milliseconds === null) return ["", "in progress"];
  try {
    const { method, url, request_headers: sent, request_body: body, response_headers: received, response_body: reply } =
      await api.request(request.number);
    return [http(`${method} ${url}`, sent, body), http(response(request).text, received, reply)];
  } catch (error) {
    return error instanceof api.RejectedError ? ["no longer kept", "no longer kept"] : ["", ""];
  }
}

function http(start, headers, body) {
  return [start, ...headers.map(([name, value]) => `${name}: ${value}`), "", formatted(body)].join("\n").trimEnd();
}

function formatted(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body; // a form, a page, or the beginning of a long body
  }
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
    ["Operation", request.operation],
    ["Fault", request.fault ?? "none"],
    ["Account", request.account ?? "not authenticated"],
  ];
}
