/*
 * Does what a sanitizer or valgrind has to report: as a program, or called in an object that another program loads.
 *
 *     faulty none|race|use-after-free|leak|uninitialized
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Volatile, so that no compiler leaves out what is wrong. */
static volatile long shared;
static char *volatile memory;

static void *count(void *unused) {
    for (int turn = 0; turn < 1000; turn++) shared++;
    return unused;
}

static void race(void) {
    pthread_t threads[2];
    for (int index = 0; index < 2; index++)
        if (pthread_create(&threads[index], NULL, count, NULL) != 0) abort();
    for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
}

int fault(const char *kind) {
    if (strcmp(kind, "none") == 0) return 0;
    if (strcmp(kind, "race") == 0) {
        race();
        return 0;
    }
    memory = malloc(64);
    if (strcmp(kind, "use-after-free") == 0) {
        memory[0] = 1;
        free(memory);
        return memory[0];
    }
    if (strcmp(kind, "uninitialized") == 0) {
        if (memory[0]) puts("odd");
        free(memory);
    }
    memory = NULL;
    return 0;
}

int main(int count, char **arguments) { return count == 2 ? fault(arguments[1]) & 0 : 2; }
