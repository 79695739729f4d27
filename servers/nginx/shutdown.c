/*
 * The end of a worker's client: what is pending is delivered, for as long as the worker may wait.
 *
 * A worker that ends in order (reload, QUIT) may take tpc_shutdown_timeout. One that is told to end at once (TERM) has to be gone
 * before nginx's master kills it, 1.55 seconds later; and the same order may come while the worker waits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

#include <poll.h>

#define FAST_MILLISECONDS 1000
#define STEP_MILLISECONDS 20

static uint64_t ngx_http_tpc_now(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The connection over which the master sends a worker its orders; NULL where there is none. */
static ngx_connection_t *ngx_http_tpc_channel(ngx_cycle_t *cycle) {
    ngx_connection_t *connection = cycle->connections;
    ngx_uint_t i;

    if (connection == NULL) return NULL; /* a cycle that began after a reload without a master */
    for (i = 0; i < cycle->connection_n; i++)
        if (connection[i].fd != (ngx_socket_t)-1 && connection[i].read != NULL && connection[i].read->channel)
            return &connection[i];
    return NULL;
}

/* Waits a moment, or until the master sends an order; its handler then sets ngx_terminate. */
static void ngx_http_tpc_wait(ngx_connection_t *channel) {
    struct pollfd watched = {channel == NULL ? -1 : channel->fd, POLLIN, 0};

    if (poll(&watched, 1, STEP_MILLISECONDS) > 0 && watched.revents != 0) channel->read->handler(channel->read);
    ngx_time_update(); /* for the log */
}

/* Returns when nothing is pending, or the time is up. Only one flush: each one tries again what waits for a retry. */
static void ngx_http_tpc_deliver(ngx_cycle_t *cycle, tpc_client *client, ngx_msec_t timeout) {
    ngx_connection_t *channel = ngx_http_tpc_channel(cycle);
    ngx_uint_t is_fast = ngx_terminate != 0;
    uint64_t now = ngx_http_tpc_now();
    uint64_t deadline = now + (is_fast ? ngx_min(timeout, FAST_MILLISECONDS) : timeout);
    tpc_stats stats;

    if (tpc_client_flush(client, (int32_t)ngx_min(deadline - now, STEP_MILLISECONDS), NULL) != TPC_ERROR_TIMEOUT) return;
    for (now = ngx_http_tpc_now(); now < deadline; now = ngx_http_tpc_now()) {
        ngx_memzero(&stats, sizeof(stats));
        if (tpc_client_stats(client, &stats, sizeof(stats)) != TPC_OK || stats.pending == 0) return;
        ngx_http_tpc_wait(channel);
        if (channel != NULL && channel->fd == (ngx_socket_t)-1) channel = NULL;
        if (ngx_terminate && !is_fast) {
            is_fast = 1;
            deadline = ngx_min(deadline, now + FAST_MILLISECONDS);
        }
    }
}

void ngx_http_tpc_shut_down(ngx_cycle_t *cycle, tpc_client *client, ngx_msec_t timeout, tpc_stats *stats) {
    size_t undelivered = 0;

    ngx_http_tpc_deliver(cycle, client, timeout);
    ngx_http_tpc_publish(stats);
    tpc_client_close(client, 0, &undelivered);
    tpc_server_counters_closed(stats, undelivered);
    ngx_http_tpc_take_log_lines(cycle->log);
    if (undelivered != 0)
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0, "tpc: %uz visits were undelivered when this worker ended", undelivered);
}
