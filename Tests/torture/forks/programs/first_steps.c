/*
 * Forks at a step of another thread's first use of the library: that thread is held at it until then. A step is something
 * that the library itself asks the system for, but for Swift's own objects. A child then makes a client of its own.
 *
 *     first_steps NUMBER [HANDLERS]
 *
 * Prints whether there is a step of that number. With HANDLERS, that many exit handlers exist already, and a step is when glibc
 * makes room for another 32, which it does with a lock held that a child would inherit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* glibc's `struct exit_function_list`: 32 handlers of four words, how many are in use, and the next list. */
enum { PATIENCE = 60000, HELD = 20000000, HANDLERS_SIZE = (2 + 32 * 4) * sizeof(void *) };

/* glibc's own, under the names that it exports for this purpose. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);

static _Thread_local int is_making;
static atomic_int stands, forks, goes_on, has_made;
static long wanted, step;
static int is_counting_handlers;

/*
 * The gate before libcurl holds a fork up until this thread is out of it, but for 200 ms at most: on a busy machine, too, this
 * thread has to be out by then. So it is held until a fork begins, and then for a tenth of that.
 */
static void reach(void *caller) {
    struct timespec moment = {0, 1000000};
    Dl_info object;
    const char *name = is_counting_handlers ? "/libc." : "/libtpc.";
    if (!is_making || dladdr(caller, &object) == 0 || strstr(object.dli_fname, name) == NULL || ++step != wanted) return;
    stands = 1;
    while (!forks) sched_yield();
    for (uint64_t until = nanoseconds() + HELD; nanoseconds() < until && !goes_on;) nanosleep(&moment, NULL);
}

void *malloc(size_t size) {
    if (!is_counting_handlers) reach(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    if (!is_counting_handlers || count * size == HANDLERS_SIZE) reach(__builtin_return_address(0));
    return __libc_calloc(count, size);
}

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    reach(__builtin_return_address(0));
    return (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
}

int madvise(void *address, size_t length, int advice) {
    reach(__builtin_return_address(0));
    return (int)syscall(SYS_madvise, address, length, advice);
}

static void *make(void *unused) {
    is_making = 1;
    tpc_client *client = client_open();
    CHECK(client_track(client, "parent", 0) == TPC_OK);
    is_making = 0;
    has_made = 1;
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    return unused;
}

static void handle_exit(void) {}

static void be_child(void) {
    tpc_client *client = client_open();
    CHECK(client_track(client, "child", 0) == TPC_OK);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
}

int main(int count, char **arguments) {
    pthread_t making;
    int status;
    CHECK(count == 2 || count == 3);
    wanted = atol(arguments[1]);
    if (count == 3) {
        for (long handlers = atol(arguments[2]); handlers > 0; handlers--) CHECK(atexit(handle_exit) == 0);
        is_counting_handlers = 1;
    }
    CHECK(pthread_create(&making, NULL, make, NULL) == 0);
    while (!stands && !has_made) sched_yield();
    forks = 1;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        /* One that hangs ends by SIGALRM. */
        alarm(60);
        be_child();
        exit(0);
    }
    goes_on = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(pthread_join(making, NULL) == 0);
    puts(stands ? "a step" : "no step");
    return 0;
}
