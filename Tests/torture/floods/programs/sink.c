/*
 * A server that takes events as fast as one core can, and says how many different ones came.
 *
 *     sink EVENTS DELAY_MS      answers each after the given milliseconds; negative: never
 *
 * Prints its port, serves until its standard input ends, then prints its counts. Events are numbered by their ids, from 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 1024
#define REQUEST_BYTES 16384

/* One of HTTP/1.1: a request at a time. */
struct connection {
    size_t used;
    char bytes[REQUEST_BYTES];
};

/* Answers that wait for their time, in the order of it. A connection has at most one. */
struct answer {
    int descriptor;
    long number;
    int64_t due;
};

static struct connection *connections[CONNECTIONS];
static struct answer answers[CONNECTIONS];
static size_t first_answer, answer_count;
static unsigned char *seen;
static long events, delay, requests, distinct, duplicates, unknown;

static void must(int condition, const char *what) {
    if (condition) return;
    perror(what);
    exit(1);
}

static int64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

/* Notes an event and returns its number; -1 when it is not one of ours. */
static long note(const char *body) {
    const char *mark = strstr(body, "\"eventId\":\"");
    long number = mark ? atol(mark + 11) : -1;
    requests++;
    if (number < 0 || number >= events) {
        unknown++;
        return -1;
    }
    if (seen[number]) duplicates++;
    else distinct++;
    seen[number] = 1;
    return number;
}

static void forget(int descriptor) {
    close(descriptor);
    free(connections[descriptor]);
    connections[descriptor] = NULL;
}

static void answer(int descriptor, long number) {
    char body[256], text[512];
    int length = snprintf(body, sizeof body,
                          "{\"ok\":true,\"data\":{\"ok\":true,\"data\":{\"accepted\":true,\"eventId\":\"%ld\","
                          "\"status\":\"accepted\",\"receivedAt\":\"2026-01-31T12:00:00.000Z\"}}}",
                          number);
    length = snprintf(text, sizeof text,
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
    if (send(descriptor, text, (size_t)length, MSG_NOSIGNAL) != length) forget(descriptor);
}

static void answer_later(int descriptor, long number) {
    struct answer waiting = {descriptor, number, microseconds() + delay * 1000};
    answers[(first_answer + answer_count++) % CONNECTIONS] = waiting;
}

/* Answers what is due and returns how long to wait for the next one, in milliseconds; -1 when there is none. */
static int answer_due(void) {
    while (answer_count > 0) {
        struct answer next = answers[first_answer];
        int64_t left = next.due - microseconds();
        if (left > 0) return (int)(left / 1000) + 1;
        first_answer = (first_answer + 1) % CONNECTIONS;
        answer_count--;
        if (connections[next.descriptor] != NULL) answer(next.descriptor, next.number);
    }
    return -1;
}

/* Takes a request out of what came, if there is a whole one. */
static void take_request(int descriptor, struct connection *connection) {
    connection->bytes[connection->used] = 0;
    char *end = strstr(connection->bytes, "\r\n\r\n");
    const char *length = end ? strcasestr(connection->bytes, "\r\ncontent-length:") : NULL;
    if (end == NULL || length == NULL) return;
    size_t head = (size_t)(end + 4 - connection->bytes), body = (size_t)atol(length + 17);
    if (connection->used < head + body) return;
    connection->used = 0;
    long number = note(end + 4);
    if (delay == 0) answer(descriptor, number);
    else if (delay > 0) answer_later(descriptor, number);
}

static void receive(int descriptor) {
    struct connection *connection = connections[descriptor];
    size_t room = REQUEST_BYTES - 1 - connection->used;
    ssize_t count = recv(descriptor, connection->bytes + connection->used, room, 0);
    if (count <= 0) {
        forget(descriptor);
        return;
    }
    connection->used += (size_t)count;
    take_request(descriptor, connection);
}

static void welcome(int listener, int poller) {
    int descriptor = accept(listener, NULL, NULL), one = 1;
    if (descriptor < 0) return;
    must(descriptor < CONNECTIONS, "too many connections");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connections[descriptor] = calloc(1, sizeof(struct connection));
    must(connections[descriptor] != NULL, "calloc");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    must(epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
}

static int listen_somewhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    must(listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
    must(listen(listener, CONNECTIONS) == 0, "listen");
    must(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    must(count == 3, "usage: sink EVENTS DELAY_MS");
    events = atol(arguments[1]);
    delay = atol(arguments[2]);
    seen = calloc((size_t)events + 1, 1);
    int listener = listen_somewhere(), poller = epoll_create1(0);
    struct epoll_event ready[64], input = {.events = EPOLLIN, .data.fd = 0}, new = {.events = EPOLLIN, .data.fd = listener};
    must(seen != NULL && epoll_ctl(poller, EPOLL_CTL_ADD, 0, &input) == 0, "epoll_ctl");
    must(epoll_ctl(poller, EPOLL_CTL_ADD, listener, &new) == 0, "epoll_ctl");
    for (int running = 1; running;) {
        int found = epoll_wait(poller, ready, 64, answer_due());
        for (int index = 0; index < found; index++) {
            int descriptor = ready[index].data.fd;
            if (descriptor == 0) running = 0;
            else if (descriptor == listener) welcome(listener, poller);
            else if (connections[descriptor] != NULL) receive(descriptor);
        }
    }
    printf("{\"requests\": %ld, \"distinct\": %ld, \"duplicates\": %ld, \"unknown\": %ld}\n", requests, distinct,
           duplicates, unknown);
    return 0;
}
