// SPDX-License-Identifier: Apache-2.0

// Express on the port in PORT.
'use strict';

const express = require('express');

const application = express();
application.use(require('tpc-events/express')());
application.get('/page/:number', (request, response) => response.send('<h1>page</h1>'));
application.listen(process.env.PORT, '127.0.0.1');
