// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Recorder } = require('./middleware.js');

/** http.createServer(pageVisits(listener)): for node:http, node:https and node:http2 with its compatible interface. */
module.exports = function pageVisits(listener, options) {
  const recorder = new Recorder(options);
  return function recordPageVisit(request, response) {
    recorder.watch(request, response);
    return listener.call(this, request, response);
  };
};
