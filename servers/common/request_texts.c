/*
 * The texts of one web request, as tpc_client_track_request_fields takes them, collected from a web server.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "request_texts.h"

enum { LENGTHS = 64, HEADERS = TPC_SERVER_TEXTS - TPC_REQUEST_USER_AGENT };

/*
 * Most headers of a request are not the library's. A header's length and first letter tell so for nearly all of them, and
 * only the others are compared. Lengths share an entry modulo LENGTHS, so that no name is too long.
 */
static struct {
    uint32_t first_letters[LENGTHS]; /* by length: a bit for each letter that a name of the length begins with */
    uint8_t first[LENGTHS];          /* by length: the first such header's number + 1, or 0 */
    struct {
        const char *name;
        size_t length;
        uint8_t next; /* the next one of that length: its number + 1, or 0 */
    } header[HEADERS];
    size_t count; /* of texts */
} known;

/* The bit of a letter, whatever its case. Other characters share the letters' bits, which costs a comparison. */
static uint32_t letter_bit(char character) { return UINT32_C(1) << ((unsigned char)character & 31); }

void tpc_server_request_texts_begin(void) {
    memset(&known, 0, sizeof known);
    const char *name;
    size_t index = 0;
    for (; index < HEADERS && (name = tpc_request_header(index)) != NULL; index++) {
        size_t length = strlen(name), entry = length % LENGTHS;
        known.header[index].name = name;
        known.header[index].length = length;
        known.header[index].next = known.first[entry];
        known.first[entry] = (uint8_t)(index + 1);
        known.first_letters[entry] |= letter_bit(name[0]);
    }
    known.count = TPC_REQUEST_USER_AGENT + index;
}

void tpc_server_request_texts_clear(tpc_server_request_texts *texts) {
    texts->count = known.count;
    texts->joined = 0;
    memset(texts->values, 0, known.count * sizeof texts->values[0]);
    memset(texts->lengths, 0, known.count * sizeof texts->lengths[0]);
}

void tpc_server_request_texts_set(tpc_server_request_texts *texts, int field, const char *value, size_t length) {
    if (field < 0 || (size_t)field >= texts->count) return;
    texts->values[field] = value;
    texts->lengths[field] = length;
}

/* The number of the text that a header is, or -1. */
static int header_field(const char *name, size_t length) {
    size_t entry = length % LENGTHS;
    if (length == 0 || !(known.first_letters[entry] & letter_bit(name[0]))) return -1;
    for (unsigned number = known.first[entry]; number != 0; number = known.header[number - 1].next)
        if (known.header[number - 1].length == length && strncasecmp(known.header[number - 1].name, name, length) == 0)
            return TPC_REQUEST_USER_AGENT + (int)number - 1;
    return -1;
}

/* What a joined text of this length has room for: so thousands of equal headers cost no copy of all former ones each. */
static size_t capacity(size_t length) {
    size_t room = 256;
    while (room < length) room *= 2;
    return room;
}

int tpc_server_request_texts_add_header(tpc_server_request_texts *texts, const char *name, size_t name_length,
                                        const char *value, size_t value_length, tpc_server_allocate allocate, void *pool) {
    int field = header_field(name, name_length);
    if (field < 0) return 0;
    const char *former = texts->values[field];
    if (former == NULL) {
        tpc_server_request_texts_set(texts, field, value != NULL ? value : "", value_length);
        return 0;
    }
    size_t former_length = texts->lengths[field], length = former_length + 2 + value_length;
    bool has_room = (texts->joined >> field & 1) && length <= capacity(former_length);
    char *joined = has_room ? (char *)former : allocate(pool, capacity(length));
    if (joined == NULL) return -1;
    if (!has_room) memcpy(joined, former, former_length);
    texts->joined |= UINT64_C(1) << field;
    memcpy(joined + former_length, ", ", 2);
    if (value_length > 0) memcpy(joined + former_length + 2, value, value_length);
    tpc_server_request_texts_set(texts, field, joined, length);
    return 0;
}
