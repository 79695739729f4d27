/*
 * Preloaded into a program: a resolver that fails, or hangs, before it answers. getaddrinfo is found here before the C
 * library's. TPC_RESOLVER=fail:N gives N temporary failures first, unknown:N as many unknown hosts, hang:N as many calls that
 * never return; everything after them is this machine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int resolve(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static atomic_int calls;
    const char *plan = getenv("TPC_RESOLVER");
    const char *colon = plan ? strchr(plan, ':') : NULL;
    resolve *real = (resolve *)dlsym(RTLD_NEXT, "getaddrinfo");
    (void)node;
    if (colon != NULL && atomic_fetch_add(&calls, 1) < atoi(colon + 1)) {
        if (plan[0] == 'f') return EAI_AGAIN;
        if (plan[0] == 'u') return EAI_NONAME;
        for (;;) pause();
    }
    return real("127.0.0.1", service, hints, result);
}
