/*
 * Preloaded into a program: a clock that somebody keeps setting, or one that runs fast.
 *
 * TPC_CLOCK_STEPS="SECONDS SECONDS ...": the wall clock is ahead by the first of these for a hundred readings, then by the
 * second, and so on; after the last it is right. Negative ones are behind.
 * TPC_CLOCK_SPEED=N: a second of the monotonic clock passes in an Nth of one, and waits that are reckoned by it are as much
 * shorter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define READINGS_A_STEP 100

/* What the wall clock is ahead by now, in seconds. */
static long long wall_step(void) {
    static atomic_int readings;
    const char *steps = getenv("TPC_CLOCK_STEPS");
    if (steps == NULL) return 0;
    for (int left = atomic_fetch_add(&readings, 1) / READINGS_A_STEP;; left--) {
        char *end;
        long long step = strtoll(steps, &end, 10);
        if (end == steps) return 0;
        if (left == 0) return step;
        steps = end;
    }
}

static long speed(void) {
    static atomic_long known;
    if (known == 0) {
        const char *text = getenv("TPC_CLOCK_SPEED");
        known = text ? atol(text) : 1;
    }
    return known;
}

static long long real_nanoseconds(void) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* When the monotonic clock was first read: it counts fast from there. */
static long long beginning(void) {
    static atomic_llong start;
    long long none = 0;
    atomic_compare_exchange_strong(&start, &none, real_nanoseconds());
    return start;
}

static struct timespec as_time(long long nanoseconds) {
    return (struct timespec){nanoseconds / 1000000000, nanoseconds % 1000000000};
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW;
    if (monotonic && speed() != 1) {
        long long start = beginning();
        *time = as_time(start + (real_nanoseconds() - start) * speed());
        return 0;
    }
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += wall_step();
    return result;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

/* The library's conditions are all on the monotonic clock. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
    long long start = beginning(), deadline = until->tv_sec * 1000000000ll + until->tv_nsec;
    struct timespec real = as_time(start + (deadline - start) / speed());
    return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &real);
}

int poll(struct pollfd *descriptors, nfds_t count, int timeout) {
    struct timespec wait = as_time(timeout * 1000000ll / speed());
    return (int)syscall(SYS_ppoll, descriptors, count, timeout < 0 ? NULL : &wait, NULL, 0);
}
