/*
 * tpc_zone: memory in which all workers' counters are, and stay when the configuration is read again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

/* What is found again when the configuration is read again, by a newer version of the module perhaps. */
typedef struct {
    void *memory;
    size_t size;
} ngx_http_tpc_zone_t;

static ngx_http_tpc_zone_t *ngx_http_tpc_allocate_zone(ngx_slab_pool_t *pool) {
    ngx_http_tpc_zone_t *kept = ngx_slab_calloc(pool, sizeof(ngx_http_tpc_zone_t));

    if (kept == NULL) return NULL;
    kept->size = pool->pfree * ngx_pagesize;
    kept->memory = ngx_slab_calloc(pool, kept->size);
    return kept->memory == NULL ? NULL : kept;
}

/* zone->data is the counters; a zone without them counts nothing, which is not worth a server that does not start. */
static ngx_int_t ngx_http_tpc_init_zone(ngx_shm_zone_t *zone, void *former) {
    ngx_slab_pool_t *pool = (ngx_slab_pool_t *)zone->shm.addr;
    ngx_http_tpc_zone_t *kept = pool->data;

    (void)former;
    if (kept == NULL) kept = pool->data = ngx_http_tpc_allocate_zone(pool);
    zone->data = kept == NULL ? NULL : tpc_server_counters_begin(kept->memory, kept->size);
    if (zone->data == NULL)
        ngx_log_error(NGX_LOG_WARN, zone->shm.log, 0,
                      "tpc_zone \"%V\" was made by another version; restart nginx to add up counters", &zone->shm.name);
    return NGX_OK;
}

/* tpc_zone name [size] */
char *ngx_http_tpc_set_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_main_conf_t *mcf = conf;
    ngx_str_t *arguments = cf->args->elts;
    ssize_t size = 256 * 1024;
    ssize_t least = 8 * (ssize_t)ngx_pagesize;

    (void)cmd;
    if (mcf->zone != NULL) return "is duplicate";
    if (arguments[1].len == 0) return "needs a name";
    if (cf->args->nelts > 2) size = ngx_parse_size(&arguments[2]);
    if (size < least) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tpc_zone: found the size \"%V\"; expected %z bytes or more, such as 256k",
                           &arguments[cf->args->nelts - 1], least);
        return NGX_CONF_ERROR;
    }
    mcf->zone = ngx_shared_memory_add(cf, &arguments[1], (size_t)size, &ngx_http_tpc_module);
    if (mcf->zone == NULL) return NGX_CONF_ERROR;
    mcf->zone->init = ngx_http_tpc_init_zone;
    return NGX_CONF_OK;
}
