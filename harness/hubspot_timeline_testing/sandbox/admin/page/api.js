// The requests of the page. Each gives parsed JSON, null for an empty answer, or throws one of the two errors.

const PATIENCE = 10_000; // milliseconds

/** Nobody answered. */
export class GoneError extends Error {}

/** The sandbox refused, in its own words. */
export class RefusedError extends Error {}

async function call(method, what, body) {
  const answer = await sent(method, `/_sandbox/${what}`, body);
  const text = await answer.text().catch(() => { throw new GoneError("the answer broke off"); });
  if (!answer.ok) throw new RefusedError(refusal(answer.status, text));
  return text ? JSON.parse(text) : null;
}

async function sent(method, path, body) {
  const options = { method, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, options);
  } catch (error) {
    throw new GoneError(String(error));
  }
}

function refusal(status, text) {
  try {
    return JSON.parse(text).message || `it answered ${status}`;
  } catch {
    return `it answered ${status}`; // not in the sandbox's own shape, so not for people
  }
}

const query = (values) => new URLSearchParams(values).toString();

export const state = () => call("GET", "state");
export const records = (search, limit) => call("GET", `records?${query({ search, limit })}`);
export const timeline = (record, limit) => call("GET", `timeline?${query({ record, limit })}`);
export const requests = (limit) => call("GET", `requests?${query({ limit })}`);
export const faultKinds = () => call("GET", "faults/kinds");
export const setFaults = (plan) => call("PUT", "faults", plan);
export const endFaults = () => call("DELETE", "faults");
export const reset = () => call("POST", "reset");
