/*
 * measure.h - clocks, and the few statistics that the programs print.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static inline uint64_t clock_nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t wall_nanoseconds(void) { return clock_nanoseconds(CLOCK_MONOTONIC); }

/* User and system time of the whole process, in seconds. */
static inline double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static inline int compare_nanoseconds(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static inline void sort_nanoseconds(uint64_t *samples, size_t count) {
    qsort(samples, count, sizeof *samples, compare_nanoseconds);
}

/* The percentile `share` (0 to 1) of sorted samples. */
static inline uint64_t percentile(const uint64_t *sorted, size_t count, double share) {
    size_t index = (size_t)(share * (double)count);
    return sorted[index < count ? index : count - 1];
}

#endif
