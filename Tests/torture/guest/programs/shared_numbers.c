/*
 * A host one of whose threads opens descriptors while clients are made, and does so in the very moments when the library opens
 * something, too: pairs of sockets, or a file of its own at the number of a standard stream that it had closed. None of its
 * descriptors gets another flag, and none is closed.
 *
 *     shared_numbers pairs|stream CLIENTS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define STREAM 0
enum { IDLE, GOING, PLACED, OVER, DONE };

static int own, chosen[2] = {-1, -1};
static atomic_int phase, done, with_pairs;

static int is_own(int number) {
    struct stat here, there;
    return fstat(own, &here) == 0 && fstat(number, &there) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

/* Another thread that opens something at the same moment can make the system say EBUSY (dup2(2)). */
static void place(void) {
    while (dup2(own, STREAM) == -1) CHECK(errno == EBUSY);
}

static void expect_inherited(const int pair[2]) {
    for (int end = 0; end < 2; end++) CHECK(fcntl(pair[end], F_GETFD) == 0);
}

/* What libcurl's pair would get, had another thread not been quicker. */
void *curl_multi_init(void) {
    void *(*real)(void) = (void *(*)(void))dlsym(RTLD_NEXT, "curl_multi_init");
    if (!with_pairs) return real();
    if (chosen[0] != -1) close(chosen[0]), close(chosen[1]);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, chosen) == 0);
    return real();
}

/* The moment in which the library keeps away from the standard streams. */
int socket(int domain, int type, int protocol) {
    int descriptor = (int)syscall(SYS_socket, domain, type, protocol);
    if (phase == GOING) place();
    return descriptor;
}

static void *make_pairs(void *unused) {
    while (!done) {
        int pair[2];
        CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
        for (int turn = 0; turn < 20; turn++) expect_inherited(pair);
        close(pair[0]), close(pair[1]);
    }
    return unused;
}

/* Closes the stream, and puts its own file there at some moment of a client's life. */
static void *use_stream(void *unused) {
    for (unsigned turn = 0; !done; turn++) {
        close(STREAM);
        phase = GOING;
        for (unsigned spin = 0; spin < turn * 7919 % 50000; spin++) atomic_load(&done);
        place();
        phase = PLACED;
        while (phase == PLACED && !done) {
            CHECK(is_own(STREAM));
            sched_yield();
        }
        CHECK(is_own(STREAM));
        phase = DONE;
        while (phase == DONE && !done) sched_yield();
    }
    return unused;
}

static void await(int wanted) {
    while (phase < wanted && !with_pairs) sched_yield();
}

static void use_client(int number) {
    tpc_client *client = client_open();
    CHECK(client_track(client, "numbers", number) == TPC_OK);
    CHECK(tpc_client_report_descriptor(client) > 2);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    await(PLACED);
    if (with_pairs) expect_inherited(chosen);
    CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
    if (with_pairs) expect_inherited(chosen);
}

int main(int count, char **arguments) {
    CHECK(count == 3);
    with_pairs = strcmp(arguments[1], "pairs") == 0;
    char path[] = "/tmp/shared-numbers-XXXXXX";
    CHECK((own = mkstemp(path)) > 2 && unlink(path) == 0);
    phase = DONE;
    use_client(-1);
    phase = IDLE;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, with_pairs ? make_pairs : use_stream, NULL) == 0);
    for (int number = 0; number < atoi(arguments[2]); number++) {
        await(GOING);
        use_client(number);
        phase = OVER;
        await(DONE);
        phase = IDLE;
    }
    done = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    return 0;
}
