/*
 * Visitors of a web server: each has a keep-alive connection and asks for one page after the other, each page only once.
 *
 *     visitors PORT CONNECTIONS RATE FIRST FILE plain|tls
 *
 * Asks for /page/FIRST, /page/FIRST+1 and so on until its standard input ends, at most RATE a second; 0: as fast as they can. Each line of its standard output is the number of
 * pages answered so far. In the end FILE has one byte for each page that was asked for: 'a' was answered, 'u' was not (the
 * connection ended first). The last line is JSON: the numbers, and the median and the 99th percentile of the answers' times.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PAGES = 4 << 20, STEP = 20, ANSWER_BYTES = 16384, PATIENCE_SECONDS = 60 };

struct connection {
    int descriptor; /* -1: none */
    SSL *tls;
};

static int port;
static long first, rate;
static int64_t start; /* of the first page, in microseconds */
static SSL_CTX *context; /* NULL: plain */
static char pages[MOST_PAGES];
static uint32_t times[MOST_PAGES]; /* microseconds, of answered pages */
static long asked, answered, unanswered;
static int stopping;

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

static void hang_up(struct connection *connection) {
    SSL_free(connection->tls);
    connection->tls = NULL;
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
}

static int call(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {PATIENCE_SECONDS, 0};
    int one = 1;

    connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(connection->descriptor >= 0, "socket");
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(connection->descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0) return 0;
    if (context == NULL) return 1;
    connection->tls = SSL_new(context);
    must(connection->tls != NULL && SSL_set_fd(connection->tls, connection->descriptor) == 1, "SSL_new");
    return SSL_connect(connection->tls) == 1;
}

static int send_text(struct connection *connection, const char *text, size_t length) {
    if (connection->tls != NULL) return SSL_write(connection->tls, text, (int)length) == (int)length;
    return send(connection->descriptor, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static ssize_t receive(struct connection *connection, char *buffer, size_t capacity) {
    if (connection->tls != NULL) return SSL_read(connection->tls, buffer, (int)capacity);
    return recv(connection->descriptor, buffer, capacity, 0);
}

/* Reads one answer with a Content-Length; whether it was a 200 and came to its end. *stays says whether the connection does. */
static int read_answer(struct connection *connection, int *stays) {
    char answer[ANSWER_BYTES + 1];
    size_t used = 0, wanted = 0;

    while (wanted == 0 || used < wanted) {
        ssize_t count = receive(connection, answer + used, ANSWER_BYTES - used);
        if (count <= 0) return 0;
        used += (size_t)count;
        answer[used] = 0;
        char *end = strstr(answer, "\r\n\r\n");
        if (end == NULL || wanted != 0) continue;
        char *length = strcasestr(answer, "\r\ncontent-length:");
        if (length == NULL || length > end) return 0;
        wanted = (size_t)(end + 4 - answer) + (size_t)atol(length + 17);
        char *close_mark = strcasestr(answer, "\r\nconnection: close");
        *stays = close_mark == NULL || close_mark > end;
    }
    return strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

static int ask(struct connection *connection, long page, int *stays) {
    char request[256];
    int length = snprintf(request, sizeof request,
                          "GET /page/%ld HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n", page);
    return send_text(connection, request, (size_t)length) && read_answer(connection, stays);
}

static void note(long index, int was_answered, int64_t took) {
    pages[index] = was_answered ? 'a' : 'u';
    times[index] = (uint32_t)took;
    if (!was_answered) {
        __atomic_add_fetch(&unanswered, 1, __ATOMIC_RELAXED);
        return;
    }
    long total = __atomic_add_fetch(&answered, 1, __ATOMIC_RELAXED);
    if (total % STEP == 0) {
        char line[32];
        int length = snprintf(line, sizeof line, "%ld\n", total);
        must(write(STDOUT_FILENO, line, (size_t)length) == length, "write");
    }
}

/* Waits until it is this page's time. */
static void wait_for_turn(long index) {
    int64_t early = rate > 0 ? start + index * 1000000ll / rate - microseconds() : 0;
    if (early > 0) usleep((useconds_t)early);
}

static void *visit(void *unused) {
    struct connection connection = {-1, NULL};

    while (!__atomic_load_n(&stopping, __ATOMIC_RELAXED)) {
        int stays = 1;
        if (connection.descriptor < 0 && !call(&connection)) {
            hang_up(&connection);
            usleep(1000);
            continue;
        }
        long index = __atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED);
        must(index < MOST_PAGES, "too many pages");
        wait_for_turn(index);
        int64_t begun = microseconds();
        int was_answered = ask(&connection, first + index, &stays);
        note(index, was_answered, microseconds() - begun);
        if (!was_answered || !stays) hang_up(&connection);
    }
    hang_up(&connection);
    return unused;
}

static int compare(const void *one, const void *other) {
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
    return (left > right) - (left < right);
}

static void report(const char *file) {
    FILE *output = fopen(file, "w");
    long count = 0;

    must(output != NULL && fwrite(pages, 1, (size_t)asked, output) == (size_t)asked && fclose(output) == 0, file);
    for (long index = 0; index < asked; index++)
        if (pages[index] == 'a') times[count++] = times[index];
    qsort(times, (size_t)count, sizeof times[0], compare);
    printf("{\"answered\": %ld, \"unanswered\": %ld, \"median\": %u, \"p99\": %u}\n", answered, unanswered,
           count > 0 ? times[count / 2] : 0, count > 0 ? times[count * 99 / 100] : 0);
}

int main(int count, char **arguments) {
    must(count == 7, "usage: visitors PORT CONNECTIONS RATE FIRST FILE plain|tls");
    int connections = atoi(arguments[2]);
    pthread_t threads[connections];
    char input[64];

    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    port = atoi(arguments[1]);
    rate = atol(arguments[3]);
    first = atol(arguments[4]);
    start = microseconds();
    if (strcmp(arguments[6], "tls") == 0) must((context = SSL_CTX_new(TLS_client_method())) != NULL, "SSL_CTX_new");
    for (int i = 0; i < connections; i++) must(pthread_create(&threads[i], NULL, visit, NULL) == 0, "pthread_create");
    while (read(STDIN_FILENO, input, sizeof input) > 0) {}
    __atomic_store_n(&stopping, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    report(arguments[5]);
    return 0;
}
