// SPDX-License-Identifier: Apache-2.0
'use strict';

// The fast path into the library, for nearly all events: those with the contract's members and no others, each a text or
// null. Writing an event as JSON in JavaScript takes longer than all the rest of track.

/** How many of these arguments are given. */
function count(a, b, c, d, e) {
  return (a !== undefined) + (b !== undefined) + (c !== undefined) + (d !== undefined) + (e !== undefined);
}

const NOTHING = Object.freeze({});
/** The addon takes no more. */
const MOST_PROPERTIES = 32;

/**
 * The arguments of the addon's trackFields for an event, or null when the event has to be passed as JSON: it has members
 * that the contract does not name, an empty object, many properties, or an object with a prototype, which may have a toJSON, and
 * whose members do not count.
 */
function fieldArguments(handle, visit) {
  if (!isPlain(visit)) return null;
  const { event, occurredAt, eventId, sessionId, anonymousId, page, request, sdk, properties } = visit;
  const { href, domain, pathname, title, canonicalUrl } = page ?? NOTHING;
  const { referrer, userAgent, clientIp, method } = request ?? NOTHING;
  const { name, version, runtime } = sdk ?? NOTHING;
  const known = count(event, occurredAt, eventId, sessionId, anonymousId) + count(page, request, sdk, properties);
  if (
    Object.keys(visit).length !== known ||
    !hasOnly(page, count(href, domain, pathname, title, canonicalUrl)) ||
    (request !== undefined && !hasOnly(request, count(referrer, userAgent, clientIp, method))) ||
    (sdk !== undefined && !hasOnly(sdk, count(name, version, runtime)))
  ) {
    return null;
  }
  const list = [
    handle,
    event,
    occurredAt instanceof Date ? occurredAt.toJSON() : occurredAt,
    eventId,
    sessionId,
    anonymousId,
    href,
    domain,
    pathname,
    title,
    canonicalUrl,
    referrer,
    userAgent,
    clientIp,
    method,
    name,
    version,
    runtime,
  ];
  return properties === undefined || addProperties(list, properties) ? list : null;
}

function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function hasOnly(object, known) {
  return known > 0 && isPlain(object) && Object.keys(object).length === known;
}

function addProperties(list, properties) {
  if (!isPlain(properties)) return false;
  const keys = Object.keys(properties);
  if (keys.length > MOST_PROPERTIES) return false;
  for (let index = 0; index < keys.length; index++) list.push(keys[index], properties[keys[index]]);
  return keys.length > 0;
}

module.exports = { fieldArguments };
