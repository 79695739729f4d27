/*
 * The program's own malloc and its like, which can be made to fail, and which count what the libraries make of them.
 *
 * Swift's runtime, which an Embedded build carries within the library, allocates by posix_memalign and cannot do without an
 * answer; the library's own C-side memory comes from malloc, calloc and realloc. So the two can be told apart by the function.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_FAILING_MALLOC_H
#define TPC_FAILING_MALLOC_H

#include <stddef.h>

enum failing_mode { FAIL_NEVER, FAIL_ONCE, FAIL_FROM_THERE_ON };

/* Whose allocations are counted and fail: those of libtpc, libcurl and libjansson, or of every library. */
void failing_malloc_begin(int of_every_library);
/* From now on the allocation of this number (from 1) fails; or that and every later one. */
void failing_malloc_arm(enum failing_mode mode, long number);
void failing_malloc_disarm(void);
/* Whether an allocation failed since arming. */
int failing_malloc_has_failed(void);
/* How many allocations were counted since arming. */
long failing_malloc_count(void);
/* Blocks that libtpc and libjansson hold, whichever function they came from. */
long failing_malloc_held(void);
/* The largest block that Swift's runtime asked for, and how many it asked for. */
size_t failing_malloc_largest_of_swift(void);
long failing_malloc_count_of_swift(void);

#endif
