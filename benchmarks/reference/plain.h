/*
 * plain.h - the bare work of tracking an event: its JSON is written byte by byte, copied into a node from malloc, and the node is
 * appended to a list under a mutex. Nothing is checked, bounded, filled in or sent.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <pthread.h>

#include "../common/workload.h"

struct plain_node {
    struct plain_node *next;
    size_t length;
    char json[];
};

struct plain_queue {
    pthread_mutex_t mutex;
    struct plain_node *first, **end;
};

void plain_open(struct plain_queue *queue);
void plain_close(struct plain_queue *queue);

/* Queues a visit: the values that are not NULL, and the properties, of which plan may be NULL. */
void plain_track(struct plain_queue *queue, const struct visit *visit);

#endif
