// Polls the state of the sandbox each second, and refreshes what changed.

import * as api from "./api.js";
import { byId, facts, write } from "./dom.js";
import { FaultsPanel } from "./faults.js";
import { LimitsPanel } from "./limits.js";
import { RequestsPanel } from "./requests.js";
import { Tabs } from "./tabs.js";
import { TimelinePanel } from "./timeline.js";
import { clock, number } from "./formats.js";

const INTERVAL = 1000; // milliseconds

let shown = null; // the panel and the version on the screen
let panel = "timeline";
let isDue = false; // an action should have its effect shown at once
let wake = () => {};
const panels = {
  timeline: new TimelinePanel(again),
  requests: new RequestsPanel(again),
  limits: new LimitsPanel(),
  faults: new FaultsPanel(act),
};

async function refresh() {
  const state = await api.state();
  write(byId("clock"), clock(state.now));
  showCounts(state.counts);
  showMigration(state);
  const current = `${panel} ${state.version}`;
  if (panel === "limits" || current !== shown) await panels[panel].refresh(state);
  shown = isDue ? null : current;
}

function showCounts(counts) {
  const json = JSON.stringify(counts);
  if (byId("counts").dataset.json === json) return;
  byId("counts").dataset.json = json;
  byId("counts").replaceChildren(...facts(Object.entries(counts).map(([name, count]) => [name, number(count)])));
}

function showMigration({ migrated_at: time, now }) {
  byId("migration").hidden = !time;
  if (!time) return;
  write(byId("migration"), `Version 3 ${time <= now ? "has answered 401 since" : "will answer 401 from"} ${clock(time)}: the app was migrated.`);
}

async function tryRefresh() {
  try {
    await refresh();
    byId("offline").hidden = true;
  } catch (error) {
    shown = null; // the next one may be another sandbox with the same version
    write(byId("offline"), problem(error));
    byId("offline").hidden = false;
  }
}

function problem(error) {
  if (error instanceof api.OfflineError) return "The sandbox does not respond; waiting for it.";
  if (error instanceof api.RejectedError) return `The state cannot be read: ${error.message}`;
  console.error(error);
  return "Error in this page; see the console of the browser.";
}

async function run() {
  for (;;) {
    isDue = false;
    if (document.visibilityState === "visible") await tryRefresh();
    if (!isDue) await new Promise((resolve) => { wake = resolve; setTimeout(resolve, INTERVAL); });
  }
}

/** Refresh at once, or as soon as the current refresh has ended. */
function again() {
  isDue = true;
  shown = null;
  wake();
}

async function act(announcement, work) {
  try {
    await work();
    announce(announcement);
  } catch (error) {
    announce(error instanceof api.OfflineError ? "The sandbox does not respond." : `Rejected: ${error.message}`);
  }
  again();
}

function announce(text) {
  byId("announcement").textContent = ""; // so that a screen reader repeats the same text
  requestAnimationFrame(() => { byId("announcement").textContent = text; });
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
