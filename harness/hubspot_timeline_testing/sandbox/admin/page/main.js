// Asks the sandbox each second how it is, and shows anew what changed.

import * as api from "./api.js";
import { byId, facts, write } from "./dom.js";
import { FaultsPanel } from "./faults.js";
import { LimitsPanel } from "./limits.js";
import { RequestsPanel } from "./requests.js";
import { Tabs } from "./tabs.js";
import { TimelinePanel } from "./timeline.js";
import { clock, number } from "./words.js";

const EVERY = 1000; // milliseconds

let shown = null; // the panel and the version that are on the screen
let panel = "timeline";
let isDue = false; // somebody did something whose effect should show at once
let wake = () => {};
const panels = {
  timeline: new TimelinePanel(again),
  requests: new RequestsPanel(again),
  limits: new LimitsPanel(),
  faults: new FaultsPanel(act),
};

async function look() {
  const state = await api.state();
  write(byId("clock"), clock(state.now));
  showCounts(state.counts);
  const current = `${panel} ${state.version}`;
  if (panel === "limits" || current !== shown) await panels[panel].refresh(state);
  shown = isDue ? null : current;
}

function showCounts(counts) {
  const told = JSON.stringify(counts);
  if (byId("counts").dataset.told === told) return;
  byId("counts").dataset.told = told;
  byId("counts").replaceChildren(...facts(Object.entries(counts).map(([name, count]) => [name, number(count)])));
}

async function lookCalmly() {
  try {
    await look();
    byId("gone").hidden = true;
  } catch (error) {
    shown = null; // whoever answers next may be another sandbox, whose version happens to be the same
    write(byId("gone"), trouble(error));
    byId("gone").hidden = false;
  }
}

function trouble(error) {
  if (error instanceof api.GoneError) return "The sandbox is gone; waiting for it.";
  if (error instanceof api.RefusedError) return `The sandbox cannot say how it is: ${error.message}`;
  console.error(error);
  return "This page has made a mistake; the console of the browser says which.";
}

async function run() {
  for (;;) {
    isDue = false;
    if (document.visibilityState === "visible") await lookCalmly();
    if (!isDue) await new Promise((resolve) => { wake = resolve; setTimeout(resolve, EVERY); });
  }
}

/** Look anew at once, or as soon as the look that is under way has ended. */
function again() {
  isDue = true;
  shown = null;
  wake();
}

async function act(said, work) {
  try {
    await work();
    tell(said);
  } catch (error) {
    tell(error instanceof api.GoneError ? "The sandbox is gone; nothing was done." : `Refused: ${error.message}`);
  }
  again();
}

function tell(words) {
  byId("said").textContent = ""; // so that the same words are read out again
  requestAnimationFrame(() => { byId("said").textContent = words; });
}

const dialog = byId("reset-dialog");
byId("reset").addEventListener("click", () => { dialog.showModal(); byId("reset-no").focus(); });
byId("reset-no").addEventListener("click", () => dialog.close());
byId("reset-yes").addEventListener("click", () => { dialog.close(); act("The sandbox is empty again", api.reset); });

for (const example of document.querySelectorAll(".example")) {
  example.textContent = `TimelineClient("any-token", base_url="${location.origin}")`;
}
document.addEventListener("visibilitychange", again);
new Tabs((name) => { panel = name; again(); });
run();
