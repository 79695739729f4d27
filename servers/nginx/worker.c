/*
 * A worker's client, its counters and its log lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

/* How often a worker that has something to do looks at its counters and the library's log lines. */
#define INTERVAL_MILLISECONDS 1000

ngx_http_tpc_worker_t ngx_http_tpc_worker;

void ngx_http_tpc_take_log_lines(ngx_log_t *log) {
    static const struct {
        const char *name;
        ngx_uint_t level;
    } levels[] = {{"error: ", NGX_LOG_ERR}, {"warn: ", NGX_LOG_WARN}, {"info: ", NGX_LOG_INFO}, {"debug: ", NGX_LOG_DEBUG}};
    char line[512];
    size_t length = 0, i, skipped;
    ngx_uint_t level;

    while (tpc_log_take(line, sizeof(line), &length) == TPC_OK && length != 0) {
        level = NGX_LOG_WARN;
        skipped = 0;
        for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
            if (ngx_strncmp(line, levels[i].name, ngx_strlen(levels[i].name)) != 0) continue;
            level = levels[i].level;
            skipped = ngx_strlen(levels[i].name);
        }
        ngx_log_error(level, log, 0, "tpc: %s", line + skipped);
    }
}

void ngx_http_tpc_publish(tpc_stats *stats) {
    ngx_memzero(stats, sizeof(*stats));
    if (ngx_http_tpc_worker.client == NULL || tpc_client_stats(ngx_http_tpc_worker.client, stats, sizeof(*stats)) != TPC_OK)
        stats->size = sizeof(*stats); /* all 0 */
    stats->left_out += ngx_http_tpc_worker.left_out;
    if (ngx_http_tpc_worker.slot != NULL)
        tpc_server_counters_publish(ngx_http_tpc_worker.slot, stats, &ngx_http_tpc_worker.module);
}

/* Runs on while events are pending; the next visit starts it again. */
static void ngx_http_tpc_timer(ngx_event_t *timer) {
    tpc_stats stats;

    (void)timer;
    ngx_http_tpc_publish(&stats);
    ngx_http_tpc_take_log_lines(ngx_cycle->log);
    if (stats.pending != 0) ngx_http_tpc_changed();
}

void ngx_http_tpc_changed(void) {
    if (!ngx_http_tpc_worker.timer.timer_set) ngx_add_timer(&ngx_http_tpc_worker.timer, INTERVAL_MILLISECONDS);
}

static void ngx_http_tpc_begin_timer(ngx_cycle_t *cycle) {
    static ngx_connection_t none; /* what nginx's debug log takes a timer's data for */

    none.fd = (ngx_socket_t)-1;
    ngx_http_tpc_worker.timer.handler = ngx_http_tpc_timer;
    ngx_http_tpc_worker.timer.data = &none;
    ngx_http_tpc_worker.timer.log = cycle->log;
    ngx_http_tpc_worker.timer.cancelable = 1; /* a worker that is shutting down does not wait for it */
}

/* The counters of all workers, or a place for this one's where there is no tpc_zone. */
static void ngx_http_tpc_begin_counters(const ngx_http_tpc_main_conf_t *mcf) {
    size_t size = tpc_server_counters_size(1);
    void *memory;

    if (mcf->zone != NULL) ngx_http_tpc_worker.counters = mcf->zone->data;
    if (ngx_http_tpc_worker.counters == NULL) {
        memory = calloc(1, size);
        if (memory != NULL) ngx_http_tpc_worker.counters = tpc_server_counters_begin(memory, size);
    }
    if (ngx_http_tpc_worker.counters != NULL) ngx_http_tpc_worker.slot = tpc_server_counters_claim(ngx_http_tpc_worker.counters);
}

static void ngx_http_tpc_begin_client(ngx_cycle_t *cycle, const ngx_http_tpc_main_conf_t *mcf) {
    tpc_error error = {TPC_ERROR_NO_MEMORY, "", "memory ran out"};

    if (ngx_http_tpc_worker.counters != NULL && ngx_http_tpc_worker.slot == NULL)
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0, "tpc: tpc_zone is full; this worker's counters are not added up: give it a larger size");
    ngx_http_tpc_worker.event = tpc_event_new();
    if (ngx_http_tpc_worker.event != NULL && tpc_client_new(mcf->options, &ngx_http_tpc_worker.client, &error) == TPC_OK) return;
    ngx_log_error(NGX_LOG_ERR, cycle->log, 0, "tpc: this worker tracks no visits: %s%s%s", error.field,
                  error.field[0] == '\0' ? "" : ": ", error.message);
}

ngx_int_t ngx_http_tpc_init_process(ngx_cycle_t *cycle) {
    const ngx_http_tpc_main_conf_t *mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tpc_module);

    /* Neither the cache manager nor the cache loader, which answer no requests. */
    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) return NGX_OK;
    if (mcf == NULL) return NGX_OK;
    ngx_http_tpc_begin_counters(mcf);
    ngx_http_tpc_begin_timer(cycle);
    if (mcf->first_on.line == 0) return NGX_OK;
    ngx_http_tpc_begin_client(cycle, mcf);
    ngx_http_tpc_take_log_lines(cycle->log);
    return NGX_OK;
}

void ngx_http_tpc_exit_process(ngx_cycle_t *cycle) {
    const ngx_http_tpc_main_conf_t *mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tpc_module);
    tpc_stats stats;

    if (ngx_http_tpc_worker.timer.timer_set) ngx_del_timer(&ngx_http_tpc_worker.timer);
    ngx_http_tpc_publish(&stats);
    if (ngx_http_tpc_worker.client != NULL && mcf != NULL)
        ngx_http_tpc_shut_down(cycle, ngx_http_tpc_worker.client, mcf->shutdown_timeout, &stats);
    if (ngx_http_tpc_worker.slot != NULL)
        tpc_server_counters_release(ngx_http_tpc_worker.slot, &stats, &ngx_http_tpc_worker.module);
    ngx_http_tpc_worker.client = NULL;
    ngx_http_tpc_worker.slot = NULL;
    tpc_event_free(ngx_http_tpc_worker.event);
    ngx_http_tpc_worker.event = NULL;
}
