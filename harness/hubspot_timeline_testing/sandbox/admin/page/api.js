// The requests of the page. Each returns parsed JSON, null for an empty response, or throws one of the two errors.

const TIMEOUT = 10_000; // milliseconds

/** The sandbox did not respond. */
export class OfflineError extends Error {}

/** The sandbox responded with an error; the message is its own. */
export class RejectedError extends Error {}

async function call(method, path, body) {
  const response = await send(method, `/_sandbox/${path}`, body);
  const text = await response.text().catch(() => { throw new OfflineError("the response was interrupted"); });
  if (!response.ok) throw new RejectedError(errorMessage(response.status, text));
  return text ? JSON.parse(text) : null;
}

async function send(method, path, body) {
  const options = { method, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, options);
  } catch (error) {
    throw new OfflineError(String(error));
  }
}

function errorMessage(status, text) {
  try {
    return JSON.parse(text).message || `status ${status}`;
  } catch {
    return `status ${status}`; // not the sandbox's own error body
  }
}

const query = (values) => new URLSearchParams(values).toString();

export const state = () => call("GET", "state");
export const records = (search, limit) => call("GET", `records?${query({ search, limit })}`);
export const timeline = (record, limit) => call("GET", `timeline?${query({ record, limit })}`);
export const requests = (limit) => call("GET", `requests?${query({ limit })}`);
export const request = (number) => call("GET", `request?${query({ number })}`);
export const faultKinds = () => call("GET", "faults/kinds");
export const setFaults = (plan) => call("PUT", "faults", plan);
export const endFaults = () => call("DELETE", "faults");
export const reset = () => call("POST", "reset");
