/*
 * Loaded before libtpc (LD_PRELOAD): the process gets SIGTERM in the middle of each visit that is tracked, before the library is
 * called and after it, and blocked signals come as soon as they may.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>
#include <tpc.h>

int32_t tpc_client_track_request_fields(tpc_client *client, const char *const *values, const size_t *lengths, size_t count,
                                        const tpc_event *event, const char **left_out, tpc_error *error) {
    int32_t (*track)(tpc_client *, const char *const *, const size_t *, size_t, const tpc_event *, const char **, tpc_error *);
    *(void **)&track = dlsym(RTLD_NEXT, "tpc_client_track_request_fields");
    kill(getpid(), SIGTERM);
    return track(client, values, lengths, count, event, left_out, error);
}
