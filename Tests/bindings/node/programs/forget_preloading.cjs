// SPDX-License-Identifier: Apache-2.0

// Required before a program: what was preloaded stays.
'use strict';

delete process.env.LD_PRELOAD;
