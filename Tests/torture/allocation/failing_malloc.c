/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "failing_malloc.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's own, under the names that it exports for this purpose. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

enum library { NONE, TPC, CURL, JANSSON, OTHER };

static struct range {
    uintptr_t start, end;
    enum library library;
} ranges[128];
static int range_count;
static int counts_every_library;

static atomic_int mode, has_failed;
static atomic_long counted, chosen, swift_count, held;
static atomic_size_t swift_largest;

static int add_library(struct dl_phdr_info *info, size_t size, void *unused) {
    const char *name = strrchr(info->dlpi_name, '/');
    enum library library = OTHER;
    (void)size;
    (void)unused;
    /* The program itself, and the loader and C library, whose callers do not come here by these names. */
    if (name == NULL || strncmp(name, "/libc.", 6) == 0 || strncmp(name, "/ld-", 4) == 0) return 0;
    if (strncmp(name, "/libtpc.", 8) == 0) library = TPC;
    if (strncmp(name, "/libcurl.", 9) == 0) library = CURL;
    if (strncmp(name, "/libjansson.", 12) == 0) library = JANSSON;
    for (int index = 0; index < info->dlpi_phnum && range_count < 128; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
        ranges[range_count].start = info->dlpi_addr + segment->p_vaddr;
        ranges[range_count].end = ranges[range_count].start + segment->p_memsz;
        ranges[range_count++].library = library;
    }
    return 0;
}

void failing_malloc_begin(int of_every_library) {
    counts_every_library = of_every_library;
    dl_iterate_phdr(add_library, NULL);
}

void failing_malloc_arm(enum failing_mode new_mode, long number) {
    counted = 0;
    has_failed = 0;
    chosen = number;
    mode = new_mode;
}

void failing_malloc_disarm(void) { mode = FAIL_NEVER; }
int failing_malloc_has_failed(void) { return has_failed; }
long failing_malloc_count(void) { return counted; }
long failing_malloc_held(void) { return held; }
size_t failing_malloc_largest_of_swift(void) { return swift_largest; }
long failing_malloc_count_of_swift(void) { return swift_count; }

static enum library caller(void *address) {
    for (int index = 0; index < range_count; index++)
        if ((uintptr_t)address >= ranges[index].start && (uintptr_t)address < ranges[index].end)
            return ranges[index].library;
    return NONE;
}

static int fails(enum library library) {
    long number;
    if (library == NONE || (library == OTHER && !counts_every_library)) return 0;
    number = atomic_fetch_add(&counted, 1) + 1;
    if (mode == FAIL_ONCE ? number != chosen : mode == FAIL_NEVER || number < chosen) return 0;
    has_failed = 1;
    errno = ENOMEM;
    return 1;
}

/* ---- Blocks that are held: a set of addresses -------------------------------------------------------------------------- */

#define SLOTS (1u << 20)
static atomic_uintptr_t blocks[SLOTS];
/* An address that was there and went: a search goes on after it. */
#define GONE ((uintptr_t)1)

static unsigned slot_of(uintptr_t address) { return (unsigned)(address / 16 * 2654435761u) % SLOTS; }

static void *note(void *block, enum library library) {
    if (block == NULL || (library != TPC && library != JANSSON)) return block;
    for (unsigned slot = slot_of((uintptr_t)block);; slot = (slot + 1) % SLOTS) {
        uintptr_t found = blocks[slot];
        if (found > GONE) continue;
        if (atomic_compare_exchange_strong(&blocks[slot], &found, (uintptr_t)block)) break;
    }
    held++;
    return block;
}

static void forget(void *block) {
    uintptr_t found;
    if (block == NULL || held == 0) return;
    for (unsigned slot = slot_of((uintptr_t)block); (found = blocks[slot]) != 0; slot = (slot + 1) % SLOTS) {
        if (found != (uintptr_t)block) continue;
        blocks[slot] = GONE;
        held--;
        return;
    }
}

/* ---- The functions ----------------------------------------------------------------------------------------------------- */

#define CALLER caller(__builtin_return_address(0))

void *malloc(size_t size) {
    enum library library = CALLER;
    return fails(library) ? NULL : note(__libc_malloc(size), library);
}

void *calloc(size_t count, size_t size) {
    enum library library = CALLER;
    return fails(library) ? NULL : note(__libc_calloc(count, size), library);
}

void *realloc(void *block, size_t size) {
    enum library library = CALLER;
    void *moved;
    if (fails(library)) return NULL;
    /* Before: another thread may be given the old address as soon as it is free. */
    forget(block);
    moved = __libc_realloc(block, size);
    return note(moved != NULL ? moved : block, library) == block && moved == NULL ? NULL : moved;
}

char *strdup(const char *text) {
    enum library library = CALLER;
    size_t size = strlen(text) + 1;
    char *copy = fails(library) ? NULL : note(__libc_malloc(size), library);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    enum library library = CALLER;
    if (library == TPC) {
        swift_count++;
        for (size_t largest = swift_largest; size > largest;)
            if (atomic_compare_exchange_weak(&swift_largest, &largest, size)) break;
    }
    *block = note(__libc_memalign(alignment, size), library);
    return *block != NULL ? 0 : ENOMEM;
}

/* What libtpc asks the system for itself. */
void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    if (fails(caller(__builtin_return_address(0)) == TPC ? TPC : NONE)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
}

void free(void *block) {
    forget(block);
    __libc_free(block);
}
