/*
 * reference.c - what the library is measured against: the same events posted by a plain C program over libcurl.
 *
 * It has nothing to do but to post: the bodies are ready before the clock starts, there is no queue, no check, no retry and
 * no second thread. Every easy handle is made once and used again; connections are kept alive; over HTTP/2 all transfers
 * share one connection. Prints one line of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "../common/measure.h"
#include "../common/workload.h"

struct settings {
    const char *url, *ca_file;
    size_t count;
    long http_version, connections, streams;
};

struct body {
    char *bytes;
    size_t length;
};

/* One easy handle and the response that it reads. */
struct transfer {
    CURL *easy;
    size_t received;
    char response[1024];
};

struct sender {
    CURLM *multi;
    const struct body *bodies;
    size_t count, started, delivered, failed;
};

/* Keeps what fits: an answer is some 200 bytes. */
static size_t read_response(char *bytes, size_t size, size_t count, void *context) {
    struct transfer *transfer = context;
    size_t length = size * count, room = sizeof transfer->response - transfer->received;
    memcpy(transfer->response + transfer->received, bytes, length < room ? length : room);
    transfer->received += length < room ? length : room;
    return length;
}

static struct body *prepare_bodies(size_t count) {
    struct body *bodies = calloc(count, sizeof *bodies);
    for (size_t i = 0; bodies && i < count; i++) {
        struct visit visit;
        char text[2048];
        visit_make(&visit, (unsigned)i);
        bodies[i].length = visit_json(&visit, text, sizeof text);
        bodies[i].bytes = malloc(bodies[i].length);
        if (!bodies[i].bytes || bodies[i].length == 0) return NULL;
        memcpy(bodies[i].bytes, text, bodies[i].length);
    }
    return bodies;
}

static struct curl_slist *make_headers(void) {
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Accept: application/json");
    return curl_slist_append(headers, "x-api-key: " API_KEY);
}

static void make_transfer(struct transfer *transfer, const struct settings *settings, struct curl_slist *headers) {
    CURL *easy = transfer->easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, settings->url);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, settings->http_version);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, settings->http_version == CURL_HTTP_VERSION_2TLS ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "reference/1.0");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, read_response);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* The smallest there is: over TLS, libcurl allocates it for each request again, and its default costs a fifth. */
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10000L);
    if (settings->ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file);
}

static void start_next(struct sender *sender, struct transfer *transfer) {
    if (sender->started == sender->count) return;
    const struct body *body = &sender->bodies[sender->started++];
    transfer->received = 0;
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, body->bytes);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long)body->length);
    curl_multi_add_handle(sender->multi, transfer->easy);
}

static void finish(struct sender *sender, CURL *easy, CURLcode result) {
    struct transfer *transfer;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(sender->multi, easy);
    if (result == CURLE_OK && status >= 200 && status < 300 && transfer->received > 0) {
        sender->delivered++;
    } else if (sender->failed++ == 0) {
        fprintf(stderr, "reference: status %ld, %s\n", status, curl_easy_strerror(result));
    }
    start_next(sender, transfer);
}

static void send_all(struct sender *sender, struct transfer *transfers, size_t slots) {
    for (size_t i = 0; i < slots; i++) start_next(sender, &transfers[i]);
    for (;;) {
        int running, queued, finished = 0;
        CURLMsg *message;
        curl_multi_perform(sender->multi, &running);
        while ((message = curl_multi_info_read(sender->multi, &queued))) {
            finish(sender, message->easy_handle, message->data.result);
            finished = 1;
        }
        if (sender->delivered + sender->failed == sender->count) return;
        if (!finished) curl_multi_poll(sender->multi, NULL, 0, 1000, NULL);
    }
}

static int parse(struct settings *settings, int count, char **arguments) {
    int option;
    while ((option = getopt(count, arguments, "u:n:a:v:c:s:")) != -1) {
        switch (option) {
        case 'u': settings->url = optarg; break;
        case 'n': settings->count = strtoul(optarg, NULL, 10); break;
        case 'a': settings->ca_file = optarg; break;
        case 'v': settings->http_version = *optarg == '2' ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1; break;
        case 'c': settings->connections = atol(optarg); break;
        case 's': settings->streams = atol(optarg); break;
        default: return 0;
        }
    }
    return settings->url && settings->count > 0 && settings->connections > 0 && settings->streams > 0;
}

int main(int count, char **arguments) {
    struct settings settings = {NULL, NULL, 10000, CURL_HTTP_VERSION_1_1, 8, 100};
    if (!parse(&settings, count, arguments)) {
        fprintf(stderr, "usage: reference -u URL [-n COUNT] [-a CA_FILE] [-v 1.1|2] [-c CONNECTIONS] [-s STREAMS]\n");
        return 2;
    }
    int multiplexed = settings.http_version == CURL_HTTP_VERSION_2TLS;
    size_t slots = (size_t)(multiplexed ? settings.streams : settings.connections);
    struct transfer *transfers = calloc(slots, sizeof *transfers);
    struct sender sender = {.bodies = prepare_bodies(settings.count), .count = settings.count};
    if (!transfers || !sender.bodies) return 1;

    uint64_t wall = wall_nanoseconds();
    double cpu = cpu_seconds();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct curl_slist *headers = make_headers();
    sender.multi = curl_multi_init();
    curl_multi_setopt(sender.multi, CURLMOPT_MAX_HOST_CONNECTIONS, multiplexed ? 1L : settings.connections);
    curl_multi_setopt(sender.multi, CURLMOPT_MAX_CONCURRENT_STREAMS, settings.streams);
    for (size_t i = 0; i < slots; i++) make_transfer(&transfers[i], &settings, headers);
    send_all(&sender, transfers, slots);
    for (size_t i = 0; i < slots; i++) curl_easy_cleanup(transfers[i].easy);
    curl_multi_cleanup(sender.multi);
    printf("{\"events\": %zu, \"wall_seconds\": %.6f, \"cpu_seconds\": %.6f, \"failed\": %zu}\n", sender.delivered,
           (double)(wall_nanoseconds() - wall) / 1e9, cpu_seconds() - cpu, sender.failed);
    curl_slist_free_all(headers);
    return sender.failed == 0 ? 0 : 1;
}
