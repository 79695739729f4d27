/*
 * A web server's life, in rounds: two threads track visits at a steady rate while the main thread takes reports; then what is
 * pending is flushed, a second client comes and goes, and a child is forked that sends through the client it inherits. At rest
 * after each round it prints what it holds, as a line of JSON; in the end, what became of its events.
 *
 *     soak SECONDS EVENTS_PER_SECOND ROUND_MS [leak]
 *
 * Every event's report is noted in a table that is as large from the beginning as it will ever be. With `leak` each round loses
 * 1 MiB, to show that it would be noticed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { TRACKERS = 2, PATIENCE = 120000, SIDE_EVENTS = 20, CHILD_EVENTS = 5, OUTCOMES = 6 };

/* Sums over the clients of one kind. */
struct sums {
    unsigned long accepted, adopted, delivered, rejected, expired, abandoned, spooled, left_out;
};

static tpc_client *client;
static unsigned long events_per_second, round_ms, capacity;
static unsigned char *reports_of; /* by the event's number: how many reports it had */
static atomic_ulong next_number, accepted, left_out;
static unsigned long reports[OUTCOMES], strange_reports;
static struct sums side;
static struct sums *children; /* shared with them */

static void add(struct sums *sums, tpc_client *from) {
    tpc_stats stats = client_stats(from);
    sums->accepted += stats.accepted;
    sums->adopted += stats.adopted;
    sums->delivered += stats.delivered;
    sums->rejected += stats.rejected;
    sums->expired += stats.expired;
    sums->abandoned += stats.abandoned;
    sums->spooled += stats.spooled;
    sums->left_out += stats.left_out;
}

/* ---- The visits --------------------------------------------------------------------------------------------------- */

static int32_t track_with_setters(unsigned long number) {
    char id[32];
    tpc_event *event = tpc_event_new();
    snprintf(id, sizeof id, "%lu", number);
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/pricing?plan=pro", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_event_set(event, TPC_FIELD_EVENT_ID, id, TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_event_set_string_property(event, "plan", TPC_NTS, "pro", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_event_set_integer_property(event, "seats", TPC_NTS, (int64_t)number, NULL) == TPC_OK);
    int32_t status = tpc_client_track(client, event, NULL);
    tpc_event_free(event);
    return status;
}

static int32_t track_text(unsigned long number) {
    char text[512];
    /* Of different lengths, as real ones are. */
    snprintf(text, sizeof text,
             "{\"event\":\"page_visit\",\"eventId\":\"%lu\",\"page\":{\"href\":\"https://example.com/guides/%.*s\"},"
             "\"properties\":{\"ratio\":0.25,\"new\":true}}",
             number, (int)(number % 97),
             "a-long-address-is-a-long-address-is-a-long-address-is-a-long-address-is-a-long-address-and-ends-here");
    return tpc_client_track_json(client, text, strlen(text), NULL);
}

/* One in ten asks for an asset, which is not a visit. */
static int32_t track_web_request(unsigned long number) {
    char text[512];
    const char *target = number % 10 ? "/guides/start?utm_source=assistant" : "/style.css", *word;
    snprintf(text, sizeof text,
             "{\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"example.com\",\"target\":\"%s\",\"remoteAddress\":\"203.0.113.7\","
             "\"status\":200,\"headers\":{\"User-Agent\":\"Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)\","
             "\"Referer\":\"https://assistant.example/\"},\"event\":{\"eventId\":\"%lu\"}}",
             target, number);
    int32_t status = tpc_client_track_request(client, text, strlen(text), &word, NULL);
    CHECK(status != TPC_OK || (word == NULL) == (number % 10 != 0));
    if (status == TPC_OK && word != NULL) {
        left_out++;
        accepted--; /* the caller's count of it */
    }
    return status;
}

/* One round's share of one thread, evenly over its time. */
static void *track_round(void *unused) {
    uint64_t begin = nanoseconds(), step = 1000000000ull * TRACKERS / events_per_second;
    unsigned long share = events_per_second * round_ms / 1000 / TRACKERS;
    for (unsigned long turn = 0; turn < share; turn++) {
        uint64_t due = begin + turn * step;
        struct timespec at = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        unsigned long number = next_number++;
        CHECK(number < capacity);
        accepted++;
        switch (number % 3) {
        case 0: CHECK(track_with_setters(number) == TPC_OK); break;
        case 1: CHECK(track_text(number) == TPC_OK); break;
        default: CHECK(track_web_request(number) == TPC_OK);
        }
    }
    return unused;
}

/* ---- Their reports ------------------------------------------------------------------------------------------------ */

static void note(tpc_report *report) {
    int32_t outcome = tpc_report_outcome(report);
    char *end;
    unsigned long number = strtoul(tpc_report_event_id(report), &end, 10);
    if (*end != '\0' || number >= next_number || outcome < 1 || outcome >= OUTCOMES) {
        strange_reports++;
    } else {
        reports[outcome]++;
        reports_of[number]++;
    }
    tpc_report_free(report);
}

/* Takes those that are there, or come within a twentieth of a second. */
static void take_reports(void) {
    struct pollfd waiting = {tpc_client_report_descriptor(client), POLLIN, 0};
    poll(&waiting, 1, 50);
    for (tpc_report *report;;) {
        CHECK(tpc_client_poll(client, 0, &report) == TPC_OK);
        if (report == NULL) return;
        note(report);
    }
}

/* ---- A round ------------------------------------------------------------------------------------------------------ */

static void use_second_client(unsigned long turn) {
    tpc_client *second = client_open();
    char sender[32];
    size_t pending;
    unsigned long told = 0;
    snprintf(sender, sizeof sender, "second-%lu", turn);
    for (int number = 0; number < SIDE_EVENTS; number++) CHECK(client_track(second, sender, number) == TPC_OK);
    CHECK(tpc_client_flush(second, PATIENCE, &pending) == TPC_OK && pending == 0);
    for (tpc_report *report;; told++) {
        CHECK(tpc_client_poll(second, 0, &report) == TPC_OK);
        if (report == NULL) break;
        tpc_report_free(report);
    }
    CHECK(told == SIDE_EVENTS);
    add(&side, second);
    CHECK(tpc_client_close(second, PATIENCE, NULL) == TPC_OK);
}

static void fork_child(unsigned long turn) {
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char sender[32];
        snprintf(sender, sizeof sender, "child-%lu", turn);
        for (int number = 0; number < CHILD_EVENTS; number++) CHECK(client_track(client, sender, number) == TPC_OK);
        CHECK(tpc_client_flush(client, PATIENCE, NULL) == TPC_OK);
        add(children, client);
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void work(unsigned long turn) {
    pthread_t trackers[TRACKERS];
    uint64_t end = nanoseconds() + round_ms * 1000000u;
    size_t pending;
    for (int index = 0; index < TRACKERS; index++) CHECK(pthread_create(&trackers[index], NULL, track_round, NULL) == 0);
    while (nanoseconds() < end) take_reports();
    for (int index = 0; index < TRACKERS; index++) CHECK(pthread_join(trackers[index], NULL) == 0);
    CHECK(tpc_client_flush(client, PATIENCE, &pending) == TPC_OK && pending == 0);
    take_reports();
    use_second_client(turn);
    fork_child(turn);
}

/* ---- What it holds ------------------------------------------------------------------------------------------------ */

/* Of the descriptors: connections to the server, which come and go as it pleases. */
static int connections(void) {
    int count = 0;
    for (int descriptor = 3; descriptor < 256; descriptor++) {
        int family;
        socklen_t length = sizeof family;
        if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 && family == AF_INET) count++;
    }
    return count;
}

static void say_what_it_holds(uint64_t begin) {
    struct timespec moment = {0, 1000000};
    /* The main thread and the sender: a joined thread's entry goes a moment later. The number is printed, whatever it is then. */
    for (int turn = 0; turn < 5000 && threads() > 2; turn++) nanosleep(&moment, NULL);
    int open = connections();
    printf("{\"seconds\": %.1f, \"resident\": %ld, \"anonymous\": %ld, \"threads\": %d, \"descriptors\": %d, "
           "\"connections\": %d, \"events\": %lu}\n",
           (double)(nanoseconds() - begin) / 1e9, memory_bytes("VmRSS") / 1024, memory_bytes("RssAnon") / 1024, threads(),
           descriptors() - open, open, (unsigned long)accepted);
    fflush(stdout);
}

/* Volatile, since a compiler may leave out memory that nothing reads. */
static void lose(size_t bytes) {
    volatile char *lost = malloc(bytes);
    CHECK(lost != NULL);
    for (size_t index = 0; index < bytes; index += 512) lost[index] = 1;
}

static void say_what_became(const char *name, const struct sums *sums, char end) {
    printf("\"%s\": {\"accepted\": %lu, \"adopted\": %lu, \"delivered\": %lu, \"rejected\": %lu, \"expired\": %lu, "
           "\"abandoned\": %lu, \"spooled\": %lu, \"left_out\": %lu}%c ",
           name, sums->accepted, sums->adopted, sums->delivered, sums->rejected, sums->expired, sums->abandoned, sums->spooled,
           sums->left_out, end);
}

int main(int count, char **arguments) {
    CHECK(count == 4 || count == 5);
    uint64_t begin = nanoseconds(), seconds = strtoul(arguments[1], NULL, 10), once = 0, more = 0;
    events_per_second = strtoul(arguments[2], NULL, 10);
    round_ms = strtoul(arguments[3], NULL, 10);
    int leaks = count == 5 && strcmp(arguments[4], "leak") == 0, before = descriptors();
    CHECK(seconds > 0 && events_per_second >= TRACKERS && round_ms >= 100);
    capacity = (seconds + 1) * events_per_second + events_per_second * round_ms / 1000;
    reports_of = malloc(capacity);
    CHECK(reports_of != NULL);
    /* Not zeros from calloc, whose pages would come one by one. */
    memset(reports_of, 0, capacity);
    children = mmap(NULL, sizeof *children, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(children != MAP_FAILED);
    client = client_open();
    for (unsigned long turn = 0; nanoseconds() - begin < seconds * 1000000000u; turn++) {
        work(turn);
        if (leaks) lose(1 << 20);
        say_what_it_holds(begin);
    }
    struct sums own = {0};
    add(&own, client);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    await_threads(1);
    CHECK(descriptors() == before);
    /* One in 30 was left out: it has no report. */
    for (unsigned long number = 0; number < next_number; number++) {
        int wanted = !(number % 3 == 2 && number % 10 == 0);
        once += reports_of[number] == wanted;
        more += reports_of[number] > wanted;
    }
    printf("{\"tracked\": %lu, \"accepted\": %lu, \"left_out\": %lu, \"as_wanted\": %lu, \"twice\": %lu, \"strange\": %lu, "
           "\"reports\": [%lu, %lu, %lu, %lu, %lu], ",
           (unsigned long)next_number, (unsigned long)accepted, (unsigned long)left_out, once, more, strange_reports, reports[1],
           reports[2], reports[3], reports[4], reports[5]);
    say_what_became("main", &own, ',');
    say_what_became("second", &side, ',');
    say_what_became("children", children, ' ');
    printf("}\n");
    return 0;
}
