/* SPDX-License-Identifier: Apache-2.0 */
#include "plain_spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../common/measure.h"

enum { FILE_BYTES = 1 << 20, HEADER = 64, RECORD = 32, REWIND = 128 << 10 };

/* A record's header and a segment's, as far as this program needs them. */
struct record {
    uint32_t magic, sum, length;
    uint8_t type, state;
    uint16_t id_offset;
    uint32_t sequence;
    uint16_t id_length, unused;
    uint64_t accepted;
};
struct segment {
    char magic[8];
    uint32_t version, start;
    uint64_t salt, rest[5];
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

#if defined(__x86_64__)
#define SUMS __attribute__((target("sse4.2")))
#define SUM_WORD(sum, word) __builtin_ia32_crc32di((sum), (word))
#define SUM_BYTE(sum, byte) __builtin_ia32_crc32qi((uint32_t)(sum), (byte))
#else
#pragma GCC target("+crc")
#include <arm_acle.h>
#define SUMS
#define SUM_WORD(sum, word) __crc32cd((uint32_t)(sum), (word))
#define SUM_BYTE(sum, byte) __crc32cb((uint32_t)(sum), (byte))
#endif

SUMS static uint32_t add_sum(uint32_t sum, const void *bytes, size_t count) {
    const char *next = bytes;
    uint64_t wide = sum;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, sizeof word);
        wide = SUM_WORD(wide, word);
    }
    for (; count > 0; count--, next++) wide = SUM_BYTE(wide, (uint8_t)*next);
    return (uint32_t)wide;
}

/* Over the salt, the header without magic, sum and state, and the body. */
static uint32_t record_sum(uint64_t salt, const struct record *record, const char *body) {
    struct record summed = *record;
    summed.magic = summed.sum = summed.state = 0;
    return add_sum(add_sum(add_sum(~0u, &salt, sizeof salt), &summed, sizeof summed), body, record->length);
}

static void begin_file(struct plain_spool *spool) {
    char path[4096];
    struct segment segment = {.magic = "TPCSPOOL", .version = 1, .start = HEADER, .salt = ++spool->salt};
    if (spool->descriptor < 0) {
        snprintf(path, sizeof path, "%s/plain-%d-%u", spool->folder, (int)getpid(), spool->number++);
        spool->descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (spool->descriptor < 0) fail(path);
    }
    if (pwrite(spool->descriptor, &segment, sizeof segment, 0) != sizeof segment) fail("pwrite");
    spool->end = HEADER;
    spool->sequence = 0;
}

void plain_spool_open(struct plain_spool *spool, const char *folder) {
    memset(spool, 0, sizeof *spool);
    spool->folder = folder;
    spool->salt = wall_nanoseconds();
    spool->descriptor = -1;
    begin_file(spool);
}

void plain_spool_append(struct plain_spool *spool, const char *body, size_t length) {
    if (spool->end + RECORD + (off_t)length > FILE_BYTES) {
        close(spool->descriptor);
        spool->descriptor = -1;
        begin_file(spool);
    }
    struct record record = {.magic = 0x65435054, .length = (uint32_t)length, .type = 1, .state = 0x5A, .id_offset = 75, .id_length = 36,
                            .sequence = spool->sequence++, .accepted = clock_nanoseconds(CLOCK_BOOTTIME) / 1000000};
    record.sum = record_sum(spool->salt, &record, body);
    struct iovec pieces[] = {{&record, sizeof record}, {(char *)body, length}};
    if (pwritev(spool->descriptor, pieces, 2, spool->end) != (ssize_t)(sizeof record + length)) fail("pwritev");
    spool->end += (RECORD + (off_t)length + 7) & ~7;
}

void plain_spool_rewind(struct plain_spool *spool) {
    if (spool->end > REWIND) begin_file(spool);
}

void plain_spool_close(struct plain_spool *spool) { close(spool->descriptor); }

static unsigned long recover_file(const char *path, char *memory) {
    struct segment segment;
    struct record record;
    unsigned long found = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? -1 : pread(file, memory, FILE_BYTES, 0);

    if (size < 0) fail(path);
    close(file);
    if (size < HEADER) return 0;
    memcpy(&segment, memory, sizeof segment);
    for (ssize_t at = HEADER; at + RECORD <= size; at += (RECORD + record.length + 7) & ~7) {
        memcpy(&record, memory + at, sizeof record);
        if (record.magic != 0x65435054 || record.length > size - at - RECORD) break;
        if (record.sum != record_sum(segment.salt, &record, memory + at + RECORD)) break;
        found++;
    }
    return found;
}

static unsigned long recover(const char *folder, char *memory) {
    DIR *entries = opendir(folder);
    struct dirent *entry;
    unsigned long found = 0;

    if (!entries) fail(folder);
    while ((entry = readdir(entries))) {
        char path[4096];
        const char *end = strrchr(entry->d_name, '.');
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') found += recover(path, memory);
        if (entry->d_type == DT_REG && end && strcmp(end, ".tpc1") == 0) found += recover_file(path, memory);
    }
    closedir(entries);
    return found;
}

unsigned long plain_spool_recover(const char *folder) {
    char *memory = malloc(FILE_BYTES);
    unsigned long found = recover(folder, memory);
    free(memory);
    return found;
}
