/*
 * plain_spool.h - the bare work of a spool: records of a 32-byte header and a body, with a CRC-32C by the processor's instruction, are
 * written with one pwritev at an offset that is kept, into files of 1 MiB of this process's own. Nothing is locked, looked at,
 * bounded or acknowledged.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PLAIN_SPOOL_H
#define PLAIN_SPOOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct plain_spool {
    const char *folder;
    unsigned number; /* of the file */
    int descriptor;
    off_t end;
    uint64_t salt;
    uint32_t sequence;
};

/* The files are called after `name`; the folder is there already. */
void plain_spool_open(struct plain_spool *spool, const char *folder);
void plain_spool_append(struct plain_spool *spool, const char *body, size_t length);
/* Begins anew in the same file once it is longer than 128 KiB, as the library does when everything in it was delivered. */
void plain_spool_rewind(struct plain_spool *spool);
void plain_spool_close(struct plain_spool *spool);

/* Reads the library's segments in a folder and those below it, and sums every record. Returns how many were right. */
unsigned long plain_spool_recover(const char *folder);

#endif
