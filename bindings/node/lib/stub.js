// SPDX-License-Identifier: Apache-2.0
'use strict';

// Stands in for the addon on systems that the library does not support, such as a developer's Mac: it takes every call and tracks
// nothing. addon.js documents the functions. Mistakes that only the library finds are not found here.

const { ClosedError } = require('./errors.js');

const STATS_NAMES = [
  'accepted', 'delivered', 'rejected', 'expired', 'abandoned', 'pending', 'refused_invalid', 'refused_too_large',
  'refused_queue_full', 'refused_system', 'sampled_out', 'disabled', 'requests', 'failed_requests', 'retries', 'odd_responses',
  'reports_dropped', 'queue_bytes', 'in_flight', 'left_out', 'spooled', 'adopted', 'unspooled', 'spool_bytes', 'spool_errors',
  'spool_corrupt',
];

/** A call of a client, which answers `value`. */
const answering = (value) => (handle) => {
  if (handle === null) throw new ClosedError('TPC_ERROR_CLOSED', '', 'the client is closed');
  return value;
};

const answeringLater = (value) => async (handle) => answering(value)(handle);

module.exports = {
  isStandIn: true,
  setErrorMaker() {},
  open: () => ({}),
  validateOptions() {},
  trackFields: answering(true),
  trackJson: answering(undefined),
  trackRequest: answering(null),
  trackRequestTexts: answering(null),
  eventFromRequest: answering(null),
  number: () => 0n,
  stats: answering(STATS_NAMES.map(() => 0)),
  // Whoever waits for reports waits until the client is closed.
  keepsReports: answering(true),
  takeReport: answering(null),
  flush: answeringLater(0),
  close: answeringLater(0),
  aiAgent: () => null,
  aiAnswer: () => null,
  eventToJson: () => [null, null],
  requestToJson: () => [null, null],
  logTake: () => null,
  statsNames: STATS_NAMES,
  requestHeaders: [],
};
