/*
 * Sequences of calls, each run again and again with another allocation failing: every call says so by its status, nothing
 * crashes, the counters balance, and what was made can be freed. Each run is a process of its own, so that what a failure
 * leaves behind in libcurl does not reach the next.
 *
 * `usage` has the arguments: which sequence, whether one allocation fails or all from there on, in a process that has used
 * the library before or not, whose allocations, and the step from one failing allocation to the next. It prints a line of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tpc.h>
#include <unistd.h>

#include "failing_malloc.h"

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            failing_malloc_disarm();                                                                                   \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            _exit(99);                                                                                                 \
        }                                                                                                              \
    } while (0)

static const char EVENT[] =
    "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/?token=1\",\"title\":\"\\u00e9\\n\"},"
    "\"properties\":{\"a\\n\":1,\"b\":\"x\"},\"extra\":[1,{}]}";
static const char *url;
static int is_forever;
static int gets_memory_back;
/* Calls that failed for want of memory. */
static int refused;

/* Whether the call went well. Otherwise its status says that memory, or what memory is needed for, was short. */
static int well(int32_t status, const tpc_error *error) {
    if (status == TPC_OK) return 1;
    CHECK(status == TPC_ERROR_NO_MEMORY || status == TPC_ERROR_SYSTEM);
    if (error != NULL) CHECK(error->status == status && error->message[0] != 0);
    refused++;
    return 0;
}

static tpc_options *make_options(const char *const (*values)[2]) {
    tpc_error error;
    tpc_options *options = tpc_options_new();
    if (options == NULL) {
        refused++;
        return NULL;
    }
    for (int index = 0; values[index][0] != NULL; index++)
        well(tpc_options_set(options, values[index][0], TPC_NTS, values[index][1], TPC_NTS, &error), &error);
    return options;
}

static tpc_client *open_client(const char *const (*values)[2]) {
    tpc_error error;
    tpc_client *client = NULL;
    tpc_options *options = make_options(values);
    if (options == NULL) return NULL;
    if (!well(tpc_client_new(options, &client, &error), &error)) CHECK(client == NULL);
    tpc_options_free(options);
    return client;
}

static tpc_stats balanced(tpc_client *client) {
    tpc_stats stats;
    CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_OK);
    CHECK(stats.accepted + stats.adopted ==
          stats.delivered + stats.rejected + stats.expired + stats.abandoned + stats.pending + stats.spooled);
    return stats;
}

static void fill(tpc_event *event) {
    tpc_error error;
    const char *texts[17] = {[TPC_FIELD_PAGE_TITLE] = "a \"title\"", [TPC_FIELD_REQUEST_USER_AGENT] = "GPTBot/1.2",
                             [TPC_FIELD_REQUEST_CLIENT_IP] = "192.0.2.7"};
    tpc_event_clear(event);
    well(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/a?code=1#x", TPC_NTS, &error), &error);
    well(tpc_event_set_fields(event, texts, NULL, 17, &error), &error);
    well(tpc_event_set_null(event, TPC_FIELD_SESSION_ID, &error), &error);
    well(tpc_event_set_string_property(event, "a key", TPC_NTS, "a \x01 value", TPC_NTS, &error), &error);
    well(tpc_event_set_number_property(event, "number", TPC_NTS, 0.1, &error), &error);
    well(tpc_event_set_integer_property(event, "integer", TPC_NTS, 7, &error), &error);
    well(tpc_event_set_boolean_property(event, "boolean", TPC_NTS, 1, &error), &error);
    well(tpc_event_set_null_property(event, "null\n", TPC_NTS, &error), &error);
}

static tpc_event *fill_event(void) {
    tpc_event *event = tpc_event_new();
    if (event == NULL) refused++;
    else fill(event);
    return event;
}

/* ---- The sequences ----------------------------------------------------------------------------------------------------- */

static void run_options(void) {
    static const char *const none[][2] = {{NULL, NULL}};
    static const char *const values[][2] = {{"api_key", "key"}, {"base_url", "https://example.com"},
                                            {"redact_query", "a,b"}, {"sample_rate", "0.5"}, {NULL, NULL}};
    tpc_error error;
    tpc_options *options = make_options(values);
    tpc_client *client = NULL;
    if (options == NULL) return;
    CHECK(tpc_options_set(options, "no_option", TPC_NTS, "x", TPC_NTS, &error) == TPC_ERROR_INVALID_OPTION);
    well(tpc_options_load_environment(options, &error), &error);
    well(tpc_client_shared(options, &client, &error), &error);
    tpc_options_free(options);
    if (client != NULL) CHECK(tpc_client_close(client, 0, NULL) == TPC_OK);
    options = make_options(none);
    if (options != NULL) CHECK(tpc_client_new(options, &client, &error) != TPC_OK && client == NULL);
    tpc_options_free(options);
}

static void run_events(void) {
    tpc_error error;
    char buffer[4096];
    size_t length;
    int32_t status;
    tpc_event *read = NULL, *event = fill_event();
    char *large = malloc(100000);
    memset(large, 'x', 100000);
    if (event != NULL) {
        for (int turn = 0; turn < 4; turn++)
            well(tpc_event_set(event, TPC_FIELD_PAGE_TITLE, large, 60000 + (size_t)turn, &error), &error);
        tpc_event_clear(event);
        tpc_event_free(event);
    }
    free(large);
    event = fill_event();
    status = event != NULL ? tpc_event_validate(event, &error) : TPC_OK;
    /* Its page may be what there was no memory for. */
    CHECK(status == TPC_OK || (status == TPC_ERROR_INVALID_EVENT && refused > 0));
    if (event != NULL) well(tpc_event_to_json(event, buffer, sizeof buffer, &length), NULL);
    tpc_event_free(event);
    if (!well(tpc_event_from_json(EVENT, TPC_NTS, &read, &error), &error)) CHECK(read == NULL);
    tpc_event_free(read);
    well(tpc_uri_encode("https://example.com/a b", TPC_NTS, buffer, sizeof buffer, &length, &error), &error);
}

/* Tracks six events in both ways. How many were taken. */
static uint64_t track(tpc_client *client) {
    uint64_t taken = 0;
    tpc_error error;
    for (int number = 0; number < 3; number++) {
        tpc_event *event = fill_event();
        if (event != NULL && tpc_event_validate(event, NULL) == TPC_OK)
            taken += (uint64_t)well(tpc_client_track(client, event, &error), &error);
        tpc_event_free(event);
        taken += (uint64_t)well(tpc_client_track_json(client, EVENT, TPC_NTS, &error), &error);
        balanced(client);
    }
    return taken;
}

/* Polls what there is. How many reports came with this outcome. */
static uint64_t poll_reports(tpc_client *client, int32_t outcome) {
    uint64_t polled = 0;
    for (;;) {
        tpc_report *report = NULL;
        if (!well(tpc_client_poll(client, 0, &report), NULL) || report == NULL) return polled;
        CHECK(tpc_report_event_id(report) != NULL && tpc_report_details(report) != NULL);
        polled += tpc_report_outcome(report) == outcome;
        tpc_report_free(report);
    }
}

/* With memory for it again, everything that was taken reaches its end. */
static void finish(tpc_client *client, uint64_t taken, int is_rejected) {
    size_t left;
    tpc_stats stats;
    CHECK(tpc_client_flush(client, 60000, &left) == TPC_OK && left == 0);
    stats = balanced(client);
    CHECK((is_rejected ? stats.rejected : stats.delivered) == taken);
    CHECK(tpc_client_close(client, 60000, &left) == TPC_OK && left == 0);
}

/*
 * Flushes until every event is answered for; without memory from some point on, for a moment after that point. Before it the
 * server's and the machine's pace must not matter: it decides which allocations there are to fail.
 */
static int32_t flush_all(tpc_client *client, size_t *left) {
    int32_t status = TPC_ERROR_TIMEOUT;
    if (!is_forever) return tpc_client_flush(client, 60000, left);
    for (int turn = 0, had_failed = 0; turn < 1000 && status == TPC_ERROR_TIMEOUT && !had_failed; turn++) {
        had_failed = failing_malloc_has_failed();
        status = tpc_client_flush(client, 20, left);
    }
    return status;
}

static void send_all(const char *const (*values)[2], int is_rejected) {
    size_t left = 0;
    uint64_t taken, ended, reports;
    int32_t status;
    tpc_stats stats;
    tpc_client *client = open_client(values);
    if (client == NULL) return;
    taken = track(client);
    status = flush_all(client, &left);
    stats = balanced(client);
    CHECK(stats.accepted == taken && (stats.refused_system > 0) <= (refused > 0));
    /* One failure at worst delays an event; with no memory at all it stays until there is some. */
    CHECK(status == TPC_OK || (is_forever && status == TPC_ERROR_TIMEOUT && left <= taken));
    (void)tpc_client_report_descriptor(client);
    reports = poll_reports(client, is_rejected ? TPC_OUTCOME_REJECTED : TPC_OUTCOME_DELIVERED);
    stats = balanced(client);
    ended = is_rejected ? stats.rejected : stats.delivered;
    CHECK(reports + stats.reports_dropped <= ended);
    if (gets_memory_back) failing_malloc_disarm();
    if (!is_forever || gets_memory_back) return finish(client, taken, is_rejected);
    status = tpc_client_close(client, 0, &left);
    CHECK(status == TPC_OK || status == TPC_ERROR_TIMEOUT);
    CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_ERROR_CLOSED);
}

static void run_dry(void) {
    static const char *const values[][2] = {{"dry_run", "true"}, {"client_ip", "truncate"}, {"report_capacity", "100"},
                                            {NULL, NULL}};
    send_all(values, 0);
}

static char address[200];

static void send_to(const char *path, int is_rejected) {
    const char *const values[][2] = {{"base_url", address}, {"api_key", "key"}, {"report_capacity", "100"},
                                     {"retry_initial_ms", "1"}, {"retry_max_ms", "2"}, {"log_level", "off"}, {NULL, NULL}};
    snprintf(address, sizeof address, "%s%s", url, path);
    send_all(values, is_rejected);
}

/* Inputs at their limits: what Swift's own runtime allocates for them has to stay small. */
static void run_large(void) {
    static char large[1 << 20], names[4096], key[1024], buffer[4 << 20];
    const char *const values[][2] = {{"base_url", address}, {"api_key", "key"}, {"report_capacity", "100"}, {"name", key},
                                     {"redact_query", names}, {"max_event_bytes", "1048576"}, {NULL, NULL}};
    char *json = large;
    tpc_client *client;
    tpc_event *event = NULL;
    tpc_error error;
    snprintf(address, sizeof address, "%s/large", url);
    memset(key, 'k', sizeof key - 1);
    for (size_t index = 0; index + 2 < sizeof names; index += 2) memcpy(names + index, "a,", 2);
    client = open_client(values);
    if (client == NULL) return;
    memset(large, ' ', sizeof large - 1);
    memcpy(json, "{\"event\":\"page_visit\",\"page\":{\"href\":\"x:y\",\"title\":\"", 52);
    memcpy(large + sizeof large - 2000, "\"}}", 3);
    for (int turn = 0; turn < 8; turn++) well(tpc_client_track_json(client, json, TPC_NTS, &error), &error);
    well(tpc_event_from_json(json, TPC_NTS, &event, &error), &error);
    tpc_event_free(event);
    event = tpc_event_new();
    for (int turn = 0; event != NULL && turn < 1000; turn++) {
        key[turn] = 'x';
        well(tpc_event_set_string_property(event, key, TPC_NTS, "v", TPC_NTS, &error), &error);
    }
    tpc_event_free(event);
    memset(large, '[', sizeof large - 1);
    CHECK(tpc_client_track_json(client, large, TPC_NTS, &error) != TPC_OK);
    memcpy(large, "https://example.com/", 20);
    well(tpc_uri_encode(large, TPC_NTS, buffer, sizeof buffer, NULL, &error), &error);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK && balanced(client).rejected == balanced(client).accepted);
    poll_reports(client, TPC_OUTCOME_REJECTED);
    CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
}

/* The message that memory ran out needs no memory itself. */
static void refuse(tpc_event *event) {
    static char large[100000];
    tpc_error error;
    long before = failing_malloc_count_of_swift();
    memset(large, 'x', sizeof large - 1);
    failing_malloc_arm(FAIL_FROM_THERE_ON, 1);
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_TITLE, large, TPC_NTS, &error) == TPC_ERROR_NO_MEMORY);
    CHECK(failing_malloc_count_of_swift() == before);
    failing_malloc_disarm();
    CHECK(strstr(error.message, "memory ran out") != NULL);
}

/* Once the first events have been tracked, no other takes anything of Swift's own, which nothing could refuse. */
static void run_steady(void) {
    static const char *const values[][2] = {{"dry_run", "true"}, {"client_ip", "truncate"}, {"report_capacity", "100"},
                                            {"label_ai_agents", "true"}, {NULL, NULL}};
    static const char request[] =
        "{\"method\":\"GET\",\"host\":\"example.com\",\"target\":\"/a b\",\"headers\":{\"user-agent\":\"GPTBot/1.2\"}}";
    /* The target is not UTF-8. */
    static const char *const texts[] = {"GET", NULL, "example.com", "/caf\xe9"};
    const char *left_out;
    tpc_client *client = open_client(values);
    tpc_event *event = tpc_event_new();
    for (int turn = 0; client != NULL && event != NULL && turn < 100; turn++) {
        long before = failing_malloc_count_of_swift();
        fill(event);
        well(tpc_client_track(client, event, NULL), NULL);
        well(tpc_client_track_json(client, EVENT, TPC_NTS, NULL), NULL);
        well(tpc_client_track_request(client, request, TPC_NTS, &left_out, NULL), NULL);
        well(tpc_client_track_request_fields(client, texts, NULL, 4, event, &left_out, NULL), NULL);
        CHECK(poll_reports(client, TPC_OUTCOME_DELIVERED) == 4 || refused > 0);
        CHECK(turn == 0 || failing_malloc_count_of_swift() == before);
    }
    if (client != NULL && event != NULL) refuse(event);
    tpc_event_free(event);
    if (client != NULL) CHECK(tpc_client_close(client, 0, NULL) == TPC_OK);
}

/* The process's threads, counted without an allocation. */
static long threads(void) {
    struct stat folder;
    CHECK(stat("/proc/self/task", &folder) == 0);
    return (long)folder.st_nlink - 2;
}

/* Takes the log's lines. How many there were. */
static int take_lines(void) {
    char line[512];
    size_t length;
    int lines = 0;
    while (well(tpc_log_take(line, sizeof line, &length), NULL) && length > 0) lines++;
    return lines;
}

/* Writes an event as it would be sent. */
static void preview(tpc_client *client) {
    char buffer[4096];
    size_t length;
    tpc_error error;
    tpc_event *event = fill_event();
    if (event != NULL && tpc_event_validate(event, NULL) == TPC_OK &&
        well(tpc_client_event_to_json(client, event, buffer, sizeof buffer, &length, NULL, &error), &error))
        CHECK(length == strlen(buffer) && length > 0);
    tpc_event_free(event);
}

/* A client that is released delivers what it has, ends its thread and leaves nothing behind. */
static void run_release(void) {
    const char *const values[][2] = {{"name", "shared"}, {"base_url", address}, {"api_key", "key"}, {"log_descriptor", "-1"},
                                     {"retry_initial_ms", "1"}, {"retry_max_ms", "2"}, {NULL, NULL}};
    static const char *const others[][2] = {{"name", "shared"}, {"client_ip", "omit"}, {NULL, NULL}};
    int lines, refused_before = refused;
    tpc_error error;
    tpc_client *client = NULL, *same = NULL;
    tpc_options *options, *other_options = make_options(others);
    snprintf(address, sizeof address, "%s/retry", url);
    options = make_options(values);
    /* Without its name or address it would be another client. */
    if (refused == refused_before && well(tpc_client_shared(options, &client, &error), &error)) {
        CHECK(tpc_client_shared(other_options, &same, &error) == TPC_OK && same == client);
        lines = take_lines();
        CHECK(lines == 1 || (lines == 0 && failing_malloc_has_failed()));
        preview(client);
        track(client);
        CHECK(tpc_client_release(client) == TPC_OK && tpc_client_release(client) == TPC_ERROR_CLOSED);
        if (is_forever) failing_malloc_disarm();
        for (int turn = 0; threads() > 1; turn++) CHECK(turn < 60000 && usleep(1000) == 0);
        /* Of the server's refusals. */
        take_lines();
    }
    tpc_options_free(options);
    tpc_options_free(other_options);
}

static void run_delivery(void) { send_to("", 0); }
static void run_rejection(void) { send_to("/reject", 1); }
static void run_retry(void) { send_to("/retry", 0); }

static const struct {
    const char *name;
    void (*run)(void);
} sequences[] = {{"options", run_options},     {"events", run_events},       {"dry", run_dry},
                 {"delivery", run_delivery},   {"rejection", run_rejection}, {"retry", run_retry},
                 {"release", run_release},     {"large", run_large},         {"steady", run_steady}};

/* ---- The runs ---------------------------------------------------------------------------------------------------------- */

/* What a run found, in memory that the runs' processes share. */
static struct {
    long count;
    size_t swift_largest;
    int refused;
} *result;

/* A cold process meets the failure in what is made once; a warm one has all of that, and may hold no more afterwards. */
static void run_in_child(void (*run)(void), enum failing_mode mode, long number, int is_warm) {
    long held;
    alarm(240);
    if (is_warm) {
        tpc_event *event;
        run();
        /* The message for when memory runs out is built once, too. */
        failing_malloc_arm(FAIL_FROM_THERE_ON, 1);
        CHECK(tpc_event_from_json(EVENT, TPC_NTS, &event, NULL) == TPC_ERROR_NO_MEMORY);
        failing_malloc_disarm();
    }
    held = failing_malloc_held();
    failing_malloc_arm(mode, number);
    run();
    failing_malloc_disarm();
    if (is_warm && failing_malloc_held() != held) {
        fprintf(stderr, "%ld blocks are held, and %ld before\n", failing_malloc_held(), held);
        _exit(97);
    }
    result->count = failing_malloc_count();
    result->swift_largest = failing_malloc_largest_of_swift();
    result->refused = refused;
    _exit(0);
}

/* One run in a process of its own: 0 when all was well. */
static int run_once(void (*run)(void), enum failing_mode mode, long number, int is_warm) {
    int status;
    pid_t process = fork();
    if (process == 0) run_in_child(run, mode, number, is_warm);
    if (process < 0 || waitpid(process, &status, 0) != process) return 98;
    if (WIFSIGNALED(status)) fprintf(stderr, "allocation %ld: ended by signal %d\n", number, WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0) fprintf(stderr, "allocation %ld: ended with %d\n", number, WEXITSTATUS(status));
    return status;
}

static int usage(void) {
    fprintf(stderr, "sequences options|events|dry|delivery|rejection|retry|release|large|steady once|forever cold|warm"
                    " libtpc|every URL step\n");
    return 2;
}

int main(int count, char **values) {
    void (*run)(void) = NULL;
    enum failing_mode mode;
    long total, step, refusals = 0, runs = 0;
    int is_warm;
    size_t largest;
    if (count != 7) return usage();
    for (size_t index = 0; index < sizeof sequences / sizeof *sequences; index++)
        if (strcmp(values[1], sequences[index].name) == 0) run = sequences[index].run;
    is_forever = strcmp(values[2], "forever") == 0;
    mode = is_forever ? FAIL_FROM_THERE_ON : FAIL_ONCE;
    is_warm = strcmp(values[3], "warm") == 0;
    gets_memory_back = is_warm;
    url = values[5];
    step = atol(values[6]);
    result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run == NULL || result == MAP_FAILED || step < 1) return usage();
    failing_malloc_begin(strcmp(values[4], "every") == 0);
    if (run_once(run, FAIL_NEVER, 0, is_warm) != 0) return 1;
    total = result->count;
    largest = result->swift_largest;
    /* How many there are differs by a few from run to run, as threads meet; a number beyond them fails nothing. */
    for (long number = 1; number <= total + total / 10; number += step) {
        if (run_once(run, mode, number, is_warm) != 0) return 1;
        refusals += result->refused;
        runs++;
        if (result->swift_largest > largest) largest = result->swift_largest;
    }
    printf("{\"sequence\": \"%s\", \"runs\": %ld, \"allocations\": %ld, \"refused\": %ld, \"swift_largest\": %zu}\n",
           values[1], runs, total, refusals, largest);
    return 0;
}
