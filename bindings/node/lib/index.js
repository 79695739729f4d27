// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Client, aiAgent, aiAnswer, validateOptions } = require('./client.js');
const { camelCase, errorFrom, ...errors } = require('./errors.js');

module.exports = { Client, aiAgent, aiAnswer, validateOptions, ...errors };
