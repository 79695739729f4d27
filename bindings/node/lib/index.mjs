// SPDX-License-Identifier: Apache-2.0
import events from './index.js';

export const { Client, aiAgent, aiAnswer, validateOptions } = events;
export const { TpcError, ValidationError, OptionError, TooLargeError, QueueFullError, ClosedError } = events;
