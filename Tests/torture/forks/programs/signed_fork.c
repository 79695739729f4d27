/*
 * A fork while another thread verifies a request's signature, and stands still in it for longer than the fork waits. OpenSSL's locks
 * may stay taken in the child: it makes its events without entering OpenSSL.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>

static tpc_client *client;
static atomic_int stands, goes_on, calls;

/* In the place of OpenSSL's. */
int EVP_DigestVerify(void *digest, const unsigned char *signature, size_t signature_length, const unsigned char *text, size_t length);
int EVP_DigestVerify(void *digest, const unsigned char *signature, size_t signature_length, const unsigned char *text, size_t length) {
    (void)digest, (void)signature, (void)signature_length, (void)text, (void)length;
    calls++;
    stands = 1;
    while (!goes_on) sched_yield();
    return 1;
}

static const char request[] =
    "{\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"example.com\",\"target\":\"/a\",\"headers\":{\"sign"
    "ature-agent\":\"sig1=\\\"https://chatgpt.com\\\"\",\"signature-input\":\"sig1=(\\\"@authority\\\" "
    "\\\"@method\\\" \\\"@path\\\" \\\"signature-agent\\\";key=\\\"sig1\\\");created=1799999990;expires=1"
    "800000300;keyid=\\\"24AA77UJbR41zPkKVgAY4igbYcBtRP9Xs7PoufYi6Cc\\\";tag=\\\"web-bot-auth\\\""
    "\",\"signature\":\"sig1=:HTHFCeJv9NjlLGEuqqtPgoyv+v4VULEkpYceXyD9eXXybz18LaSJ7hebOTLRXGp"
    "E05BQJgnwgq7taNLlGcILCg==:\"},\"event\":{\"occurredAt\":\"2027-01-15T08:00:00.000Z\"}}";

static void *visit(void *unused) {
    tpc_event *event;
    CHECK(tpc_client_event_from_request(client, request, TPC_NTS, &event, NULL, NULL) == TPC_OK && event != NULL);
    tpc_event_free(event);
    return unused;
}

int main(void) {
    pthread_t visiting;
    int status;
    client = client_open();
    CHECK(pthread_create(&visiting, NULL, visit, NULL) == 0);
    while (!stands) sched_yield();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        /* One that hangs ends by SIGALRM. */
        alarm(60);
        visit(NULL);
        CHECK(calls == 1);
        _exit(0);
    }
    goes_on = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(pthread_join(visiting, NULL) == 0);
    visit(NULL);
    CHECK(calls == 2);
    CHECK(tpc_client_close(client, 0, NULL) == TPC_OK);
    return 0;
}
