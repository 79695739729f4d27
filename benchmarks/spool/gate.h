/*
 * gate.h - an endpoint in a process of its own that reads every request, and answers only while its gate is open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GATE_H
#define GATE_H

#include <sys/types.h>

struct gate {
    pid_t process;
    int commands;
    char url[40];
};

/* A socket where requests arrive, and nobody reads them; `url` is where. Returns its descriptor. */
int listen_only(char url[40]);

/* Starts with the gate closed. The endpoint ends with this process. */
void gate_start(struct gate *gate);
void gate_open(const struct gate *gate);
void gate_close(const struct gate *gate);
void gate_end(const struct gate *gate);

#endif
