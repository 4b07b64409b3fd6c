// The timeline of the chosen record, as in a CRM: the latest event first, day by day.

import * as api from "./api.js";
import { byId, element, facts, foldable, markup, openElsewhere, webAddress, write } from "./dom.js";
import { KeyedList } from "./list.js";
import { Records, nameOf } from "./records.js";
import { counted, dateOf, longDate, minuteOfDay, objectType } from "./formats.js";

const STEP = 50;

export class TimelinePanel {
  #records;
  #list = new KeyedList(byId("events"), (item) => item.key, (item) => (item.day ? dayHeading() : card()));
  #limit = STEP;
  #record = null;

  /** `again()` refreshes the page. */
  constructor(again) {
    this.#records = new Records(again);
    byId("events-more").addEventListener("click", () => { this.#limit += STEP; again(); });
  }

  async refresh({ counts }) {
    await this.#records.refresh();
    const record = this.#records.chosen;
    if (record?.record !== this.#record?.record) this.#limit = STEP;
    this.#record = record;
    const page = record ? await api.timeline(record.record, this.#limit) : { total: 0, events: [] };
    this.#showRecord(record, page.total, counts);
    this.#list.show([...dayByDay(page.events)]);
    byId("events-more").hidden = page.total <= page.events.length;
  }

  #showRecord(record, total, counts) {
    const isWaiting = !record && counts.events > 0;
    byId("timeline-waiting").hidden = !isWaiting;
    byId("timeline-empty").hidden = Boolean(record) || isWaiting;
    byId("record").hidden = !record;
    if (!record) return;
    write(byId("record-name"), nameOf(record));
    const identity = [[objectType(record.objectType), record.objectId], ["utk", record.utk]];
    byId("record-facts").replaceChildren(...facts([...identity, ["Timeline", counted(total, "event")]]));
  }
}

function* dayByDay(events) {
  let day = null;
  for (const event of events) {
    const date = dateOf(event.timestamp);
    if (date !== day) yield { key: `day ${date}`, day: date };
    day = date;
    yield { key: JSON.stringify([event.api, event.eventTemplateId, event.id]), event };
  }
}

function dayHeading() {
  const heading = element("h3");
  return { node: element("li", { class: "day" }, heading), fill: ({ day }) => write(heading, longDate(day)) };
}

function card() {
  const parts = ["head", "rich", "rich", "frame"].map((name) => element("div", { class: name }));
  const [head, header, detail, frame] = parts;
  const [details, json] = [foldable("Details", detail), rawJson()];
  const fill = ({ event }) => {
    const time = element("time", { datetime: event.timestamp, title: event.timestamp }, minuteOfDay(event.timestamp));
    const name = element("h4", {}, event.template ?? `${typeWord(event)} ${event.eventTemplateId}`);
    head.replaceChildren(name, element("code", { class: "quiet id" }, event.id), time);
    header.replaceChildren(event.header_html ? markup(event.header_html) : withoutHeader(event));
    detail.replaceChildren(markup(event.detail_html));
    details.hidden = !event.detail_html;
    frame.replaceChildren(...frameLink(event.iframe));
    json.fill(event.event);
  };
  const folds = element("div", { class: "folds" }, details, json.node);
  return { node: element("li", { class: "card" }, element("article", {}, head, header, frame, folds)), fill };
}

function typeWord(event) {
  return event.api === "app-events" ? "Event type" : "Template";
}

function withoutHeader(event) {
  const word = typeWord(event).toLowerCase();
  const missing = event.template ? `Its ${word} has no header.` : `The sandbox does not have its ${word}.`;
  return element("span", { class: "quiet" }, missing);
}

function frameLink(frame) {
  if (!frame || webAddress(frame.url) === null) return [];
  const link = element("a", {}, frame.linkLabel || frame.url);
  openElsewhere(link, frame.url);
  return [link];
}

/** The event as JSON, formatted only when it is opened. */
function rawJson() {
  const [text, current] = [element("pre"), { event: null }];
  const node = foldable("JSON", text);
  const update = () => write(text, node.open ? JSON.stringify(current.event, null, 2) : "");
  node.addEventListener("toggle", update);
  return { node, fill: (event) => { current.event = event; update(); } };
}
