// SPDX-License-Identifier: Apache-2.0
'use strict';

// Waits until a client's events have been answered. Each wait of the addon's has a thread of its own, so a client has one at a time,
// however many wait; each of them still waits no longer than it wants to.

const native = require('./addon.js');

const MAX_TIMER_MS = 0x7fffffff;
const PENDING = native.statsNames.indexOf('pending');
/** The clients that are waited for, by number, each with those who came meanwhile: the wait knows nothing of the newest events. */
const waited = new Map();

/** A promise of the number of events that are pending. */
async function flush(handle, timeoutMs) {
  const number = native.number(handle);
  const followers = waited.get(number);
  return followers === undefined ? lead(handle, number, timeoutMs) : follow(handle, followers, timeoutMs);
}

async function lead(handle, number, timeoutMs) {
  waited.set(number, []);
  try {
    return await native.flush(handle, timeoutMs);
  } finally {
    const followers = waited.get(number).filter((follower) => follower.isWaiting);
    waited.delete(number);
    if (followers.length > 0) leadAll(handle, number, followers);
  }
}

/** One wait for several, as long as the most patient of them wants. */
function leadAll(handle, number, followers) {
  const until = followers.reduce((latest, follower) => Math.max(latest, follower.until), 0);
  lead(handle, number, Math.max(0, until - performance.now())).then(
    (left) => followers.forEach((follower) => follower.end('resolve', left)),
    (error) => followers.forEach((follower) => follower.end('reject', error)),
  );
}

function follow(handle, followers, timeoutMs) {
  return new Promise((resolve, reject) => {
    const settle = { resolve, reject };
    const follower = { until: performance.now() + timeoutMs, isWaiting: true };
    follower.end = (how, value) => {
      clearTimeout(timer);
      follower.isWaiting = false;
      settle[how](value);
    };
    const timer = setTimeout(() => {
      try {
        follower.end('resolve', native.stats(handle)[PENDING]);
      } catch (error) {
        follower.end('reject', error);
      }
    }, Math.min(timeoutMs, MAX_TIMER_MS));
    followers.push(follower);
  });
}

module.exports = { flush };
