/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "gate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECTIONS = 16, ROOM = 32768 };

static const char body[] = "{\"ok\":true,\"data\":{\"ok\":true,\"data\":{\"accepted\":true,\"eventId\":"
                           "\"0195565c-7d3a-7b1e-9c4f-5a6b7c8d9e0f\",\"status\":\"accepted\",\"receivedAt\":"
                           "\"2026-03-02T09:41:07.123Z\"}}}";

/* The command pipe, the listener, and the connections. */
static struct pollfd polled[2 + CONNECTIONS];
static struct connection {
    size_t length;
    char bytes[ROOM + 1];
} connections[CONNECTIONS];
static int is_open;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* The size of the whole request that is there; 0 if it is not. */
static size_t whole_request(struct connection *connection) {
    connection->bytes[connection->length] = 0;
    char *end = strstr(connection->bytes, "\r\n\r\n"), *length = strcasestr(connection->bytes, "\r\ncontent-length:");
    if (!end || !length) return 0;
    size_t size = (size_t)(end + 4 - connection->bytes) + strtoul(length + 17, NULL, 10);
    return size <= connection->length ? size : 0;
}

static void answer(int index) {
    struct connection *connection = &connections[index];
    size_t size;
    char text[512];
    int length = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          sizeof body - 1, body);
    while (is_open && (size = whole_request(connection)) > 0) {
        if (send(polled[2 + index].fd, text, (size_t)length, MSG_NOSIGNAL) != length) return;
        connection->length -= size;
        memmove(connection->bytes, connection->bytes + size, connection->length);
    }
}

static void receive(int index) {
    struct connection *connection = &connections[index];
    ssize_t count = recv(polled[2 + index].fd, connection->bytes + connection->length, ROOM - connection->length, 0);
    if (count <= 0) {
        close(polled[2 + index].fd);
        polled[2 + index].fd = -1;
        return;
    }
    connection->length += (size_t)count;
    answer(index);
}

static void accept_one(int listener) {
    for (int index = 0; index < CONNECTIONS; index++) {
        if (polled[2 + index].fd >= 0) continue;
        connections[index].length = 0;
        polled[2 + index].fd = accept(listener, NULL, NULL);
        return;
    }
}

static void serve(int commands, int listener) {
    char command;
    for (int index = 0; index < CONNECTIONS; index++) polled[2 + index] = (struct pollfd){.fd = -1, .events = POLLIN};
    polled[0] = (struct pollfd){.fd = commands, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    while (poll(polled, 2 + CONNECTIONS, -1) > 0) {
        if (polled[0].revents) {
            if (read(commands, &command, 1) != 1) exit(0);
            is_open = command == 'o';
            for (int index = 0; index < CONNECTIONS; index++) answer(index);
        }
        if (polled[1].revents) accept_one(listener);
        for (int index = 0; index < CONNECTIONS; index++)
            if (polled[2 + index].fd >= 0 && polled[2 + index].revents) receive(index);
    }
    exit(1);
}

int listen_only(char url[40]) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, CONNECTIONS) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        fail("the endpoint's socket");
    snprintf(url, 40, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return listener;
}

void gate_start(struct gate *gate) {
    int ends[2], listener = listen_only(gate->url);

    if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
    gate->process = fork();
    if (gate->process < 0) fail("fork");
    if (gate->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[1]);
        serve(ends[0], listener);
    }
    close(listener);
    close(ends[0]);
    gate->commands = ends[1];
}

static void command(const struct gate *gate, char command) {
    if (write(gate->commands, &command, 1) != 1) fail("the endpoint has ended");
}

void gate_open(const struct gate *gate) { command(gate, 'o'); }
void gate_close(const struct gate *gate) { command(gate, 'c'); }

void gate_end(const struct gate *gate) {
    close(gate->commands);
    waitpid(gate->process, NULL, 0);
}
