/*
 * The texts of one web request, as tpc_client_track_request_fields takes them, collected from a web server.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_REQUEST_TEXTS_H
#define TPC_SERVER_REQUEST_TEXTS_H

#include <stddef.h>
#include <stdint.h>
#include <tpc.h>

/* Room for the library's texts, and for headers that later versions add. */
#define TPC_SERVER_TEXTS 64

/* Points into the server's memory: valid as long as the request is. */
typedef struct {
    const char *values[TPC_SERVER_TEXTS];
    size_t lengths[TPC_SERVER_TEXTS];
    size_t count; /* what to pass as the library's count */
    uint64_t joined; /* a bit for each text that is joined in memory of its own */
} tpc_server_request_texts;

/* Allocates from the request's pool of the server; NULL when memory ran out. */
typedef void *(*tpc_server_allocate)(void *pool, size_t size);

/* Asks the library once in a process which headers it reads. Call it before the others, where one thread runs. */
void tpc_server_request_texts_begin(void);

/* Makes texts empty. */
void tpc_server_request_texts_clear(tpc_server_request_texts *texts);

/* Sets one text (TPC_REQUEST_...). NULL with the length 0 means that it is absent. */
void tpc_server_request_texts_set(tpc_server_request_texts *texts, int field, const char *value, size_t length);

/*
 * Adds a request header if the library reads it, whatever the case of its name; the values of a header that was sent more than
 * once are joined with commas, in memory that allocate returns. Returns 0, or -1 when memory ran out.
 */
int tpc_server_request_texts_add_header(tpc_server_request_texts *texts, const char *name, size_t name_length,
                                        const char *value, size_t value_length, tpc_server_allocate allocate, void *pool);

#endif
