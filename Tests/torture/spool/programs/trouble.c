/*
 * A host that gets in the way of its own spool: it tracks, makes trouble, tracks again, and has all delivered.
 *
 *     trouble CASE [LIMIT]
 *
 * It prints its counters as JSON. Its events are named after the moment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "client.h"

enum { EVENTS = 200, BODY = 1500, HOSTS_BYTES = 4096, MOST = 64 };

static const char *folder;
static tpc_client *client;
static int ours[MOST], ours_count;
static char filler[4096];

static tpc_stats counters(void) {
    tpc_stats stats;
    CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_OK);
    CHECK(stats.accepted + stats.adopted ==
          stats.delivered + stats.rejected + stats.expired + stats.abandoned + stats.pending + stats.spooled);
    return stats;
}

static void track(const char *name, int count) {
    static char title[BODY + 1], text[BODY + 200];
    memset(title, 't', BODY);
    for (int number = 0; number < count; number++) {
        snprintf(text, sizeof text,
                 "{\"event\":\"page_visit\",\"eventId\":\"%s-%d\",\"page\":{\"href\":\"https://example.com/\",\"title\":\"%s\"}}", name,
                 number, title);
        CHECK(tpc_client_track_json(client, text, strlen(text), NULL) == TPC_OK);
    }
}

static void rest(int milliseconds) { usleep((unsigned)milliseconds * 1000); }

static void limit(int what, unsigned long value) {
    struct rlimit limits;
    CHECK(getrlimit(what, &limits) == 0);
    limits.rlim_cur = value < limits.rlim_max ? value : limits.rlim_max;
    CHECK(setrlimit(what, &limits) == 0);
}

/* The descriptors of the spool's files. */
static void find_ours(void) {
    char link[64], target[4096];
    for (int number = 3; number < 8192; number++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", number);
        ssize_t size = readlink(link, target, sizeof target - 1);
        if (size <= 0) continue;
        target[size] = 0;
        if (strncmp(target, folder, strlen(folder)) == 0 && ours_count < MOST) ours[ours_count++] = number;
    }
    CHECK(ours_count > 0);
}

/* A file of this program's, with a known content. */
static int hosts_file(void) {
    char content[HOSTS_BYTES];
    int file = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
    memset(content, 'h', sizeof content);
    CHECK(file >= 0 && write(file, content, sizeof content) == sizeof content);
    return file;
}

static void check_content(int file) {
    char content[HOSTS_BYTES + 1];
    CHECK(pread(file, content, sizeof content, 0) == HOSTS_BYTES);
    for (int index = 0; index < HOSTS_BYTES; index++) CHECK(content[index] == 'h');
}

/* Tracks until the spool takes events again. */
static void await_spool(void) {
    for (int turn = 0; turn < 300; turn++) {
        char name[32];
        uint64_t before = counters().unspooled;
        snprintf(name, sizeof name, "again-%d", turn);
        track(name, 1);
        if (counters().unspooled == before) return;
        rest(100);
    }
    CHECK(!"the spool takes events again");
}

static void remove_folder(void) {
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(system(command) == 0);
}

/* Fills the file system, but for a little. */
static void fill(void) {
    static char block[4096];
    snprintf(filler, sizeof filler, "%s/filler", folder);
    int file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(file >= 0);
    while (write(file, block, sizeof block) == sizeof block) continue;
    CHECK(errno == ENOSPC);
    close(file);
}

static void release_numbers(void) {
    for (int number = 3; number < 400; number++) {
        struct stat found;
        if (fstat(number, &found) == 0 && S_ISCHR(found.st_mode)) close(number);
    }
}

static const char *which;
static unsigned long value;
static int file = -1, reaches_server = 1;
#define IS(name) (strcmp(which, name) == 0)

/* What has to be so before the client is there. */
static void prepare(void) {
    if (IS("size")) limit(RLIMIT_FSIZE, value);
    if (IS("full")) CHECK(mount("tmpfs", folder, "tmpfs", 0, "size=4m,mode=700") == 0);
    if (!IS("read-only")) return;
    CHECK(mount(folder, folder, NULL, MS_BIND, NULL) == 0);
    CHECK(mount(NULL, folder, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0);
}

static void use_up_descriptors(void) {
    CHECK(tpc_client_flush(client, 30000, NULL) == TPC_OK);
    /* So that it needs another file. */
    remove_folder();
    limit(RLIMIT_NOFILE, 400);
    while (open("/dev/null", O_RDONLY) >= 0) continue;
    CHECK(errno == EMFILE);
}

/* The host's own files come right after, by the lowest numbers. Where libcurl's descriptors are closed, too, the lowest are
   libcurl's, which it wakes its thread by. */
static void close_ours(void) {
    find_ours();
    for (int index = 0; index < ours_count; index++) close(ours[index]);
    reaches_server = IS("closed");
    if (!reaches_server) CHECK(syscall(SYS_close_range, 3, ~0U, 0) == 0);
    file = hosts_file();
    for (int turn = 0; reaches_server && turn < 100; turn++) CHECK(dup(file) > file);
    if (reaches_server) return;
    int high = fcntl(file, F_DUPFD, 300);
    CHECK(high >= 300 && close(file) == 0);
    file = high;
}

static void make_trouble(void) {
    if (IS("exhausted")) use_up_descriptors();
    if (IS("size-later")) limit(RLIMIT_FSIZE, value);
    if (IS("removed")) remove_folder();
    if (IS("no-access")) CHECK(chmod(folder, 0) == 0);
    if (IS("full")) fill();
    if (IS("closed") || IS("all-closed") || IS("idle-closed")) close_ours();
}

/* The library has had the time to look: the spool's numbers are the host's, too, from now on. */
static void reuse_numbers(void) {
    for (int index = 0; file >= 0 && index < ours_count; index++)
        if (fcntl(ours[index], F_GETFD) < 0) CHECK(dup2(file, ours[index]) == ours[index]);
}

static void end_trouble(void) {
    /* More than the file has on disk by now, faster than it is delivered. */
    if (IS("slots") || IS("full")) track("more", 2 * EVENTS);
    if (IS("exhausted")) release_numbers();
    if (IS("full")) CHECK(unlinkat(AT_FDCWD, filler, 0) == 0);
    /* A line on standard input says that the server is there. */
    if (IS("slots")) {
        char line[16];
        puts("full");
        fflush(stdout);
        CHECK(fgets(line, sizeof line, stdin) != NULL);
    }
}

int main(int count, char **arguments) {
    which = arguments[1];
    value = count > 2 ? strtoul(arguments[2], NULL, 10) : 0;
    folder = getenv("TPC_SPOOL_DIRECTORY");
    prepare();
    client = client_open();
    track("before", IS("idle-closed") ? 1 : EVENTS);
    /* The sender lets go of a segment with events of others. */
    if (IS("idle-closed")) rest(300);
    make_trouble();
    track("after", EVENTS / 2);
    /* It looks whether its file is still there ten times a second. */
    rest(250);
    track("noticed", 1);
    reuse_numbers();
    track("late", EVENTS / 2);
    end_trouble();
    const int takes_again = IS("full") || IS("as-if-full") || IS("slots") || IS("exhausted");
    if (takes_again) CHECK(counters().unspooled > 0);
    if (reaches_server) {
        CHECK(tpc_client_flush(client, 30000, NULL) == TPC_OK);
        if (takes_again || IS("removed") || IS("closed")) await_spool();
        CHECK(tpc_client_flush(client, 30000, NULL) == TPC_OK);
    }
    tpc_stats s = counters();
    printf("{\"accepted\":%lu,\"delivered\":%lu,\"pending\":%lu,\"unspooled\":%lu}\n", s.accepted, s.delivered, s.pending, s.unspooled);
    tpc_client_close(client, reaches_server ? 20000 : 200, NULL);
    if (file >= 0) check_content(file);
    return 0;
}
