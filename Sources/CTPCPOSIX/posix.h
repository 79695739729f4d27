/*
 * What the core uses of C and POSIX. Glibc's own Swift module cannot be imported by an Embedded build, and macros, varargs
 * and errno cannot be imported at all: they get a name here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_POSIX_H
#define TPC_POSIX_H

#ifndef __linux__
#error "libtpc runs on Linux; docs/swift.md says how a package for macOS leaves it out"
#endif

/* No _GNU_SOURCE: the same system types would differ from those of Swift's own modules. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <link.h>
#include <linux/sockios.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A cast in a macro is not imported. */
static void *const tpc_posix_map_failed = MAP_FAILED;
/* Linux's MADV_POPULATE_WRITE, which glibc before 2.35 does not name. */
static const int tpc_posix_populate = 23;

/* glibc declares it with _GNU_SOURCE only. */
extern void *memmem(const void *text, size_t text_length, const void *wanted, size_t wanted_length);
static inline const void *tpc_posix_find(const void *text, size_t length, const void *wanted, size_t wanted_length) {
    return memmem(text, length, wanted, wanted_length);
}

static inline int tpc_posix_errno(void) { return errno; }
static inline void tpc_posix_set_errno(int value) { errno = value; }

/* Of _GNU_SOURCE: declared here under names of their own, so that no other declaration is in the way. */
extern char *tpc_posix_secure_getenv(const char *name) __asm__("secure_getenv");
extern char **tpc_posix_variables __asm__("environ");
/* All variables, as in environ(7); NULL for a program with more rights than its user, as secure_getenv has it. */
static inline char **tpc_posix_secure_environment(void) { return getauxval(AT_SECURE) ? NULL : tpc_posix_variables; }
extern int tpc_posix_memfd_create(const char *name, unsigned flags) __asm__("memfd_create");

static inline int tpc_posix_is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }
static inline int tpc_posix_is_file(int descriptor) {
    struct stat found;
    return fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
}
static inline int tpc_posix_is_inherited(int descriptor) {
    int flags = fcntl(descriptor, F_GETFD);
    return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}
static inline int tpc_posix_set_close_on_exec(int descriptor) { return fcntl(descriptor, F_SETFD, FD_CLOEXEC); }
/* The lowest free number from `lowest` on. */
static inline int tpc_posix_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }
/* A file in memory, close-on-exec, and sealed so that nobody can write to it. By number: glibc names none of these here. */
static inline int tpc_posix_memory_file(const char *name) {
    return tpc_posix_memfd_create(name, 1 | 2 /* MFD_CLOEXEC | MFD_ALLOW_SEALING */);
}
static inline void tpc_posix_seal(int descriptor) {
    (void)fcntl(descriptor, 1033 /* F_ADD_SEALS */, 1 | 2 | 4 | 8 /* all there were in Linux 3.17 */);
}
/* What a descriptor stands for, as /proc says: the length of the text, or -1. */
static inline long tpc_posix_target(int descriptor, char *target, size_t size) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return readlink(path, target, size);
}

/* As socketpair(2) makes them: AF_UNIX, SOCK_STREAM, without a name. */
static inline int tpc_posix_is_unnamed_local_stream(int descriptor) {
    struct sockaddr_un name;
    socklen_t length = sizeof name;
    int type = 0;
    socklen_t type_length = sizeof type;
    if (getsockname(descriptor, (struct sockaddr *)&name, &length) != 0 || name.sun_family != AF_UNIX) return 0;
    if (length > offsetof(struct sockaddr_un, sun_path)) return 0;
    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_length) == 0 && type == SOCK_STREAM;
}

/* The bytes that were written to a socket and not yet read at its other end; -1 if the descriptor is not a socket. */
static inline int tpc_posix_unread_by_peer(int descriptor) {
    int bytes = 0;
    return ioctl(descriptor, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

/* A dl_phdr_info (link.h). The members after `count` exist only if `size` covers them. */
struct tpc_posix_module {
    ElfW(Addr) address;
    const char *name;
    const ElfW(Phdr) * headers;
    ElfW(Half) count;
    unsigned long long loaded, unloaded;
    size_t thread_local_number;
};
extern int tpc_posix_iterate_modules(int (*visit)(struct tpc_posix_module *, size_t, void *),
                                     void *context) __asm__("dl_iterate_phdr");
static inline int tpc_posix_add_thread_local(struct tpc_posix_module *module, size_t size, void *context) {
    /* Few modules have any. The headers of the others stay unread: in a forked child each would bring pages into memory. */
    if (size >= sizeof *module && module->thread_local_number == 0) return 0;
    for (ElfW(Half) index = 0; index < module->count; index++) {
        const ElfW(Phdr) *header = &module->headers[index];
        if (header->p_type == PT_TLS) *(size_t *)context += header->p_memsz + header->p_align;
    }
    return 0;
}
/* The thread-local variables (__thread) of the program and all its libraries, in bytes: the most that a thread can have. */
static inline size_t tpc_posix_thread_local_bytes(void) {
    size_t bytes = 0;
    tpc_posix_iterate_modules(tpc_posix_add_thread_local, &bytes);
    return bytes;
}

/*
 * The calls in progress on a thread, and whether a signal handler left work to the outermost one. They are in memory that the
 * thread has from its start, so that a handler may read them. A handler leaves the count as it found it, so it may interrupt a
 * change.
 */
typedef struct {
    volatile uint32_t under_way, has_deferred;
} tpc_posix_calls;
/* The calling thread's calls. (Swift duplicates a static variable of an inline function in each object file, so only one file may
 * call this.) */
static inline tpc_posix_calls *tpc_posix_own_calls(void) {
    static __thread tpc_posix_calls calls __attribute__((tls_model("initial-exec")));
    return &calls;
}
/* Counts a call that begins; returns how many there were before. A compiler barrier: later accesses stay after it. */
static inline uint32_t tpc_posix_call_begins(tpc_posix_calls *calls) {
    uint32_t before = calls->under_way;
    calls->under_way = before + 1;
    __asm__ volatile("" ::: "memory");
    return before;
}
/* Counts a call that ends; returns 1 when it was the outermost one and work was left to it. Earlier accesses stay before it. */
static inline uint32_t tpc_posix_call_ends(tpc_posix_calls *calls) {
    __asm__ volatile("" ::: "memory");
    uint32_t left = calls->under_way - 1;
    calls->under_way = left;
    return left == 0 && calls->has_deferred;
}

/* A thread. Inside it is what Swift imports as a number with glibc and as a pointer with musl. */
typedef struct {
    pthread_t thread;
} tpc_posix_thread;
static inline int tpc_posix_start_thread(tpc_posix_thread *started, const pthread_attr_t *attributes, void *(*body)(void *),
                                         void *context) {
    return pthread_create(&started->thread, attributes, body, context);
}
static inline void tpc_posix_join_thread(tpc_posix_thread started) { pthread_join(started.thread, NULL); }
static inline void tpc_posix_detach_thread(tpc_posix_thread started) { pthread_detach(started.thread); }

/* The calling thread's name, of up to 15 bytes, as ps and debuggers show it. */
static inline void tpc_posix_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static inline int64_t tpc_posix_clock_ns(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Variable arguments are not imported, nor are macros that look into a struct. */
static inline int tpc_posix_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int tpc_posix_open_at(int folder, const char *path, int flags) { return openat(folder, path, flags); }

/*
 * Writes to a pipe. Fails with EAGAIN rather than wait; with another error if the kernel cannot do that, or if the descriptor is not a
 * pipe. (pwritev2 with RWF_NOWAIT, at the current position; glibc declares neither without _GNU_SOURCE.)
 */
static inline ssize_t tpc_posix_write_without_waiting(int descriptor, const void *bytes, size_t count) {
    struct stat status;
    struct iovec piece = {(void *)bytes, count};
    if (fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode)) return syscall(SYS_pwritev2, descriptor, &piece, 1L, -1L, -1L, 8);
    errno = EOPNOTSUPP;
    return -1;
}

static inline int tpc_posix_is_regular(const struct stat *status) { return S_ISREG(status->st_mode); }

/* A number that changes with a file's contents, or a folder's names. */
static inline uint64_t tpc_posix_state(const struct stat *status) {
    uint64_t time = (uint64_t)status->st_mtim.tv_sec * 1000000000 + (uint64_t)status->st_mtim.tv_nsec;
    return (time * 31 + (uint64_t)status->st_size) * 31 + status->st_ino;
}
/* The folder's next entry whose name does not begin with a dot, and its status. NULL after the last one. */
static inline const char *tpc_posix_next_entry(DIR *folder, int descriptor, struct stat *status) {
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.' && fstatat(descriptor, entry->d_name, status, 0) == 0) return entry->d_name;
    return NULL;
}

/* Whether the process was started with a signal that it is to ignore, as nohup(1) does. */
static inline int tpc_posix_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}
static inline int tpc_posix_has_reader(const struct stat *status) { return S_ISFIFO(status->st_mode) || S_ISSOCK(status->st_mode); }
static inline int tpc_posix_is_pipe(const struct stat *status) { return S_ISFIFO(status->st_mode); }

/* The columns of a terminal; 0 if the descriptor is not one. */
static inline int tpc_posix_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#endif
