// SPDX-License-Identifier: Apache-2.0

// Carries out the calls of the scenarios with the Node package: one JSON object a line in, one per line out.
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import * as events from '../../../build/node/package/lib/index.mjs';

const { Client, OptionError, QueueFullError, TooLargeError, TpcError, aiAgent, aiAnswer } = events;
const VARIABLES = /^(TPC|THE_PROMPTING_COMPANY)_/;

const camelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
// Option names in a message; what is written in capitals is a variable of the environment.
const snakeCased = (text) => text.replace(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g, snakeCase);

function renamed(object, rename) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), value]));
}

let client;
let lines = [];

/** Collects what comes to the application's logger. */
const logger = Object.fromEntries(
  ['error', 'warn', 'info', 'debug'].map((level) => [level, (text) => lines.push(`${level}: ${text.replace(/^tpc: /, '')}`)]),
);

/** A client as a program makes it. Without the environment means: with one that has no option. */
async function open({ options, environment }) {
  await client?.close(0).catch(() => {});
  const hidden = environment === false ? Object.keys(process.env).filter((name) => VARIABLES.test(name)) : [];
  const kept = hidden.map((name) => [name, process.env[name]]);
  for (const name of hidden) delete process.env[name];
  try {
    client = new Client({ ...renamed(options, camelCase), ...(options.log_descriptor === -1 ? { logger } : {}) });
  } finally {
    Object.assign(process.env, Object.fromEntries(kept));
  }
}

/** The garbage collector ends a client that nothing refers to; a turn of the event loop lets it. */
async function release() {
  client = undefined;
  await setImmediate();
  global.gc();
  await setImmediate();
}

function log() {
  const taken = lines;
  lines = [];
  return { log: taken };
}

const CALLS = {
  open,
  track: ({ event }) => client.track(event),
  track_json: ({ text }) => client.trackJson(text),
  track_request: ({ request }) => ({ left_out: client.trackRequest(request) }),
  ai_agent: ({ user_agent: userAgent }) => ({ agent: aiAgent(userAgent) }),
  ai_answer: ({ referrer, href }) => ({ answer: aiAnswer(referrer, href) }),
  flush: async ({ timeout_ms: timeout }) => ({ pending: await client.flush(timeout) }),
  close: async ({ timeout_ms: timeout }) => ({ undelivered: await client.close(timeout) }),
  release,
  log,
  stats: () => ({ stats: renamed(client.stats(), snakeCase) }),
  reports: () => ({ reports: client.takeReports().map((report) => renamed(report, snakeCase)) }),
};

function described(error) {
  if (!(error instanceof TpcError)) throw error;
  const { code, field, message } = error;
  const speaksOfOptions = [OptionError, TooLargeError, QueueFullError].some((kind) => error instanceof kind);
  return speaksOfOptions && !field.startsWith('/')
    ? { code, field: snakeCased(field), message: snakeCased(message) }
    : { code, field, message };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { ok: true, ...(await CALLS[request.call](request)) };
  } catch (error) {
    answer = { error: described(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await client?.close(0).catch(() => {});
