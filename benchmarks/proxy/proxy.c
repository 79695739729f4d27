/*
 * proxy.c - a TCP proxy that puts a distance between a client and a server on one machine.
 *
 *     proxy PORT ROUND_TRIP_MS     forwards to 127.0.0.1:PORT; prints the port that it listens on
 *
 * Every chunk of bytes waits for half of the round trip, in either direction, and nothing is reordered, dropped or slowed
 * down beyond that: bandwidth is unlimited. A connection's first bytes wait for a whole round trip more, since a handshake
 * of TCP over that distance would have to end first. Ends with its standard input.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../common/measure.h"

enum { CHUNK = 65536 };

/* Bytes on their way; none at all means the end of the stream. */
struct chunk {
    struct chunk *next;
    uint64_t due;
    size_t length, sent;
    unsigned char bytes[];
};

/* One direction of a connection: what was read from one socket and is due at the other. */
struct direction {
    struct chunk *first, *last;
    int ended;   /* the source sent its end */
    int closed;  /* the end was passed on */
    int blocked; /* the destination takes no more for now */
};

struct end {
    struct connection *connection;
    int descriptor, side;
};

/* ends[0] is the client's socket, ends[1] the server's; directions[i] carries what ends[i] sent. */
struct connection {
    struct connection *next;
    struct end ends[2];
    struct direction directions[2];
    uint64_t established;
    int broken;
};

static int epoll, listener, timer;
static struct sockaddr_in server;
static uint64_t half_trip;
static struct connection *connections;

static void watch(int descriptor, uint32_t events, void *data) {
    struct epoll_event event = {.events = events, .data.ptr = data};
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void accept_connection(void) {
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
    if (client < 0) return;
    int upstream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection || upstream < 0 || connect(upstream, (struct sockaddr *)&server, sizeof server) < 0) {
        free(connection);
        close(upstream);
        close(client);
        return;
    }
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(upstream, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->established = wall_nanoseconds() + 2 * half_trip;
    connection->ends[0] = (struct end){connection, client, 0};
    connection->ends[1] = (struct end){connection, upstream, 1};
    connection->next = connections;
    connections = connection;
    for (int side = 0; side < 2; side++)
        watch(connection->ends[side].descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &connection->ends[side]);
}

/* Takes everything that this end has sent. */
static void receive(struct end *end) {
    static unsigned char buffer[CHUNK];
    struct connection *connection = end->connection;
    struct direction *direction = &connection->directions[end->side];

    while (!direction->ended && !connection->broken) {
        ssize_t length = recv(end->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
        if (length < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN) connection->broken = 1;
            return;
        }
        struct chunk *chunk = malloc(sizeof *chunk + (size_t)length);
        if (!chunk) {
            connection->broken = 1;
            return;
        }
        uint64_t now = wall_nanoseconds();
        chunk->next = NULL;
        chunk->due = (now < connection->established ? connection->established : now) + half_trip;
        chunk->length = (size_t)length;
        chunk->sent = 0;
        memcpy(chunk->bytes, buffer, (size_t)length);
        if (direction->last)
            direction->last->next = chunk;
        else
            direction->first = chunk;
        direction->last = chunk;
        direction->ended = length == 0;
    }
}

/* Passes on what is due in one direction. */
static void deliver(struct connection *connection, int side, uint64_t now) {
    struct direction *direction = &connection->directions[side];
    int destination = connection->ends[1 - side].descriptor;

    while (direction->first && direction->first->due <= now && !direction->blocked && !connection->broken) {
        struct chunk *chunk = direction->first;
        if (chunk->length == 0) {
            shutdown(destination, SHUT_WR);
            direction->closed = 1;
        } else {
            ssize_t sent = send(destination, chunk->bytes + chunk->sent, chunk->length - chunk->sent,
                                MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0) {
                if (errno == EINTR) continue;
                if (errno == EAGAIN)
                    direction->blocked = 1;
                else
                    connection->broken = 1;
                return;
            }
            chunk->sent += (size_t)sent;
            if (chunk->sent < chunk->length) continue;
        }
        direction->first = chunk->next;
        if (!direction->first) direction->last = NULL;
        free(chunk);
    }
}

static void free_connection(struct connection *connection) {
    for (int side = 0; side < 2; side++) {
        close(connection->ends[side].descriptor);
        for (struct chunk *chunk = connection->directions[side].first, *next; chunk; chunk = next) {
            next = chunk->next;
            free(chunk);
        }
    }
    free(connection);
}

/* Passes on all that is due, forgets what has ended, and sets the timer for what comes next. */
static void advance(void) {
    uint64_t now = wall_nanoseconds(), soonest = UINT64_MAX;

    for (struct connection **link = &connections, *connection; (connection = *link);) {
        for (int side = 0; side < 2; side++) {
            deliver(connection, side, now);
            struct direction *direction = &connection->directions[side];
            if (direction->first && !direction->blocked && direction->first->due < soonest)
                soonest = direction->first->due;
        }
        if (connection->broken || (connection->directions[0].closed && connection->directions[1].closed)) {
            *link = connection->next;
            free_connection(connection);
        } else {
            link = &connection->next;
        }
    }
    struct itimerspec when = {0};
    if (soonest != UINT64_MAX) {
        when.it_value.tv_sec = (time_t)(soonest / 1000000000u);
        when.it_value.tv_nsec = (long)(soonest % 1000000000u);
    }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void serve(void) {
    struct epoll_event events[64];

    for (;;) {
        int count = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < count; i++) {
            void *source = events[i].data.ptr;
            if (source == &listener) {
                accept_connection();
            } else if (source == &timer) {
                uint64_t expirations;
                if (read(timer, &expirations, sizeof expirations) < 0) continue;
            } else if (source == &server) {
                return; /* standard input: whoever started this has ended */
            } else {
                struct end *end = source;
                if (events[i].events & EPOLLOUT) end->connection->directions[1 - end->side].blocked = 0;
                if (events[i].events & ~(uint32_t)EPOLLOUT) receive(end);
            }
        }
        advance();
    }
}

int main(int count, char **arguments) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    if (count != 3) {
        fprintf(stderr, "usage: proxy PORT ROUND_TRIP_MS\n");
        return 2;
    }
    server = address;
    server.sin_port = htons((uint16_t)atoi(arguments[1]));
    half_trip = (uint64_t)(atof(arguments[2]) * 1e6 / 2);
    signal(SIGPIPE, SIG_IGN);

    epoll = epoll_create1(EPOLL_CLOEXEC);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0) {
        perror("proxy");
        return 1;
    }
    watch(listener, EPOLLIN, &listener);
    watch(timer, EPOLLIN, &timer);
    watch(STDIN_FILENO, EPOLLIN | EPOLLHUP, &server);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    serve();
    return 0;
}
