// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Recorder } = require('./middleware.js');

/** app.use(pageVisits()): for Express, Connect, and whatever else has their middleware. */
module.exports = function pageVisits(options) {
  const recorder = new Recorder(options);
  return function recordPageVisit(request, response, next) {
    recorder.watch(request, response);
    next();
  };
};
