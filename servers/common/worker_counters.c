/*
 * The counters of all workers of a web server, in memory that they share.
 *
 * A slot has two banks. Its worker writes the one that is not in use, and then makes it the one in use by adding 1 to
 * the version, so that a worker that is killed while it writes leaves its last complete counters. A bank holds the sum of
 * all of the slot's owners; what the former ones counted is `base`, which nobody but the owner reads. Taking a slot over
 * is one compare-and-swap of its owner, and whatever follows can be done again by the next one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <string.h>

#include "process_identity.h"
#include "worker_counters.h"

/* A bank's numbers, all of them 64 bits wide. What is added here changes LAYOUT by its size. */
typedef struct {
    uint64_t writer; /* the process that wrote them */
    tpc_stats stats;
    tpc_server_module_counters module;
    uint64_t lost;
} bank;

struct tpc_server_slot {
    uint64_t owner; /* a process's identity; 0: free */
    uint64_t version;
    bank banks[2];
    bank base;
};

struct tpc_server_counters {
    uint64_t layout;
    uint64_t slots;
    tpc_server_slot slot[];
};

#define LAYOUT (UINT64_C(0x7470630000000000) | sizeof(tpc_server_slot))

enum { WORDS = sizeof(bank) / sizeof(uint64_t), ATTEMPTS = 100 };

/* Gauges describe a client that lives. */
static void clear_gauges(tpc_stats *stats) {
    stats->pending = 0;
    stats->queue_bytes = 0;
    stats->in_flight = 0;
    stats->spool_bytes = 0;
}

/* Adds the members of a bank, but for its writer and the size of stats. */
static void add(bank *sum, const bank *more) {
    uint64_t *to = (uint64_t *)(void *)sum;
    const uint64_t *from = (const uint64_t *)(const void *)more;
    for (size_t i = offsetof(bank, stats.accepted) / sizeof(uint64_t); i < WORDS; i++) to[i] += from[i];
}

/*
 * Turns the counters of a worker that is gone into those of the past. What it had pending on disk is there for another
 * client; the rest is lost. The library counts in `unspooled` what it could not write to the disk.
 */
static void end(bank *counters) {
    tpc_stats *stats = &counters->stats;
    uint64_t lost = stats->pending;
    if (stats->spool_bytes > 0 && stats->unspooled < lost) lost = stats->unspooled;
    counters->lost += lost;
    stats->spooled += stats->pending - lost;
    clear_gauges(stats);
}

/* Copies the bank in use. One that changes again and again is taken as it is: each number of it is right by itself. */
static void load(const tpc_server_slot *slot, bank *out) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        uint64_t version = __atomic_load_n(&slot->version, __ATOMIC_ACQUIRE);
        const uint64_t *from = (const uint64_t *)(const void *)&slot->banks[version & 1];
        uint64_t *to = (uint64_t *)(void *)out;
        for (size_t i = 0; i < WORDS; i++) to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&slot->version, __ATOMIC_RELAXED) == version) return;
    }
}

static void store(tpc_server_slot *slot, const bank *counters) {
    uint64_t version = __atomic_load_n(&slot->version, __ATOMIC_RELAXED) + 1;
    uint64_t *to = (uint64_t *)(void *)&slot->banks[version & 1];
    const uint64_t *from = (const uint64_t *)(const void *)counters;
    for (size_t i = 0; i < WORDS; i++) __atomic_store_n(&to[i], from[i], __ATOMIC_RELAXED);
    __atomic_store_n(&slot->version, version, __ATOMIC_RELEASE);
    /* A reader that sees numbers of the next publication sees this version as well. */
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

size_t tpc_server_counters_size(size_t workers) {
    return sizeof(tpc_server_counters) + workers * sizeof(tpc_server_slot);
}

tpc_server_counters *tpc_server_counters_begin(void *memory, size_t size) {
    tpc_server_counters *counters = memory;
    if (memory == NULL || size < tpc_server_counters_size(1)) return NULL;
    size_t slots = (size - sizeof *counters) / sizeof(tpc_server_slot);
    if (counters->layout == 0) {
        counters->slots = slots;
        counters->layout = LAYOUT;
    }
    return counters->layout == LAYOUT && counters->slots <= slots ? counters : NULL;
}

/* Whether the slot was free, or its owner's process is gone, and now is self's. */
static bool take(tpc_server_slot *slot, uint64_t self, bool only_free) {
    uint64_t owner = __atomic_load_n(&slot->owner, __ATOMIC_ACQUIRE);
    if (owner != 0 && (only_free || tpc_server_process_lives(owner))) return false;
    return __atomic_compare_exchange_n(&slot->owner, &owner, self, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

tpc_server_slot *tpc_server_counters_claim(tpc_server_counters *counters) {
    uint64_t self = tpc_server_process_identity();
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t i = 0; i < counters->slots; i++) {
            tpc_server_slot *slot = &counters->slot[i];
            if (!take(slot, self, pass == 0)) continue;
            load(slot, &slot->base);
            end(&slot->base);
            slot->base.writer = self;
            store(slot, &slot->base);
            return slot;
        }
    }
    return NULL;
}

void tpc_server_counters_publish(tpc_server_slot *slot, const tpc_stats *stats, const tpc_server_module_counters *module) {
    bank counters = {.module = *module};
    size_t known = stats->size < sizeof counters.stats ? (size_t)stats->size : sizeof counters.stats;
    memcpy(&counters.stats, stats, known);
    add(&counters, &slot->base);
    counters.writer = slot->base.writer;
    store(slot, &counters);
}

void tpc_server_counters_release(tpc_server_slot *slot, const tpc_stats *stats, const tpc_server_module_counters *module) {
    tpc_server_counters_publish(slot, stats, module);
    __atomic_store_n(&slot->owner, 0, __ATOMIC_RELEASE);
}

void tpc_server_counters_closed(tpc_stats *stats, size_t undelivered) {
    uint64_t abandoned = undelivered < stats->pending ? undelivered : stats->pending;
    uint64_t others = stats->pending - abandoned;
    stats->abandoned += abandoned;
    if (stats->spool_bytes > 0)
        stats->spooled += others;
    else
        stats->delivered += others;
    clear_gauges(stats);
}

/* The counters of one slot; returns whether its owner lives. */
static bool read_slot(const tpc_server_slot *slot, bank *counters) {
    for (;;) {
        uint64_t owner = __atomic_load_n(&slot->owner, __ATOMIC_ACQUIRE);
        bool lives = owner != 0 && tpc_server_process_lives(owner);
        load(slot, counters);
        /* Each change of the owner is another process, so this ends. */
        if (__atomic_load_n(&slot->owner, __ATOMIC_ACQUIRE) != owner) continue;
        if (!lives || counters->writer != owner) end(counters);
        return lives;
    }
}

void tpc_server_counters_sum(const tpc_server_counters *counters, tpc_server_totals *totals) {
    bank sum = {0}, one = {0};
    uint64_t workers = 0;
    for (uint64_t i = 0; i < counters->slots; i++) {
        workers += read_slot(&counters->slot[i], &one);
        add(&sum, &one);
    }
    *totals = (tpc_server_totals){
        .stats = sum.stats, .module = sum.module, .lost = sum.lost, .workers = workers, .slots = counters->slots};
    totals->stats.size = sizeof totals->stats;
}
