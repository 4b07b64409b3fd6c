// Numbers, times and codes in words. Times are shown in UTC, as the service writes them.

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });
const WHOLE = new Intl.NumberFormat("en-US");

const ANSWERS = {
  200: "ok", 201: "created", 204: "done", 207: "some refused", 400: "refused", 401: "not let in", 403: "not allowed",
  404: "not found", 405: "wrong method", 409: "conflict", 413: "too large", 415: "wrong type", 423: "locked",
  429: "limited", 477: "migrating", 500: "server error", 502: "bad gateway", 503: "unavailable", 520: "unknown error",
};
const TYPES = { CONTACT: "Contact", COMPANY: "Company", DEAL: "Deal", TICKET: "Ticket" };

export const number = (value) => WHOLE.format(value);

/** "1 event", "2 events" */
export const counted = (count, one, more = `${one}s`) => `${number(count)} ${count === 1 ? one : more}`;

export const objectType = (name) => TYPES[name] ?? name;

export const clock = (text) => `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
export const timeOfDay = (text) => iso(text).slice(11, 19);
export const minuteOfDay = (text) => iso(text).slice(11, 16);
export const dateOf = (text) => iso(text).slice(0, 10);
export const dayInWords = (date) => DAY.format(new Date(`${date}T00:00:00Z`));

function iso(text) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString();
}

/** What became of a request: words, and one of the tones good, mixed, bad, none. */
export function answer({ status, milliseconds }) {
  if (milliseconds === null) return { words: "under way", tone: "none" };
  if (status === null) return { words: "connection broken", tone: "bad" };
  return { words: `${status} ${ANSWERS[status] ?? family(status)}`, tone: tone(status) };
}

function family(status) {
  return ["", "", "ok", "elsewhere", "refused", "failed"][Math.floor(status / 100)] ?? "";
}

function tone(status) {
  if (status === 207 || status === 429) return "mixed";
  return status < 400 ? "good" : "bad";
}

export function duration(milliseconds) {
  if (milliseconds === null) return "";
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
