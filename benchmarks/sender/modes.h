/*
 * modes.h - the modes of the benchmark program. Each prints one line of JSON and returns the exit code.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODES_H
#define MODES_H

#include "sender.h"

int measure_enqueue(const struct arguments *arguments);
int measure_delivery(const struct arguments *arguments);
int measure_memory(const struct arguments *arguments);
int measure_ratios(const struct arguments *arguments);

#endif
