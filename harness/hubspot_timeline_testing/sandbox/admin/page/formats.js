// Numbers, times and status codes as text. Times are in UTC, as in the service.

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });
const WHOLE = new Intl.NumberFormat("en-US");

const PHRASES = {
  200: "ok", 201: "created", 204: "done", 207: "some rejected", 400: "rejected", 401: "not authenticated", 403: "not allowed",
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
export const longDate = (date) => DAY.format(new Date(`${date}T00:00:00Z`));

function iso(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** The response to a request as text, and one of the tones good, mixed, bad, none. */
export function response({ status, milliseconds }) {
  if (milliseconds === null) return { text: "in progress", tone: "none" };
  if (status === null) return { text: "connection reset", tone: "bad" };
  return { text: `${status} ${PHRASES[status] ?? family(status)}`, tone: tone(status) };
}

function family(status) {
  return ["", "", "ok", "redirected", "rejected", "failed"][Math.floor(status / 100)] ?? "";
}

function tone(status) {
  if (status === 207 || status === 429) return "mixed";
  return status < 400 ? "good" : "bad";
}

export function duration(milliseconds) {
  if (milliseconds === null) return "";
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
