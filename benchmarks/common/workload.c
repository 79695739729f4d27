/* SPDX-License-Identifier: Apache-2.0 */
#include "workload.h"

#include <stdio.h>
#include <string.h>

#include <tpc.h>

#define TEXT(number) #number
#define VERSION_TEXT(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)
/* What the library fills in. */
#define SDK_VERSION VERSION_TEXT(TPC_VERSION_MAJOR, TPC_VERSION_MINOR, TPC_VERSION_PATCH)

struct page {
    const char *href, *pathname, *title, *canonical_url;
};

/* All about equally long, so that every event costs the same. */
static const struct page pages[] = {
    {"https://docs.example.com/guides/quickstart?step=2", "/guides/quickstart", "Quickstart: install and send a request",
     "https://docs.example.com/guides/quickstart"},
    {"https://docs.example.com/guides/webhooks?page=31", "/guides/webhooks", "Webhooks: receive what happened, in order",
     "https://docs.example.com/guides/webhooks"},
    {"https://docs.example.com/reference/errors?code=9", "/reference/errors", "Errors: what each of the codes stands for",
     "https://docs.example.com/reference/errors"},
    {"https://docs.example.com/pricing/calculator?n=25", "/pricing/calculator", "Pricing: what a month of use will cost",
     "https://docs.example.com/pricing/calculator"},
};

static const char *const agents[] = {
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
};

static void set(struct visit *visit, int field, const char *value) {
    visit->values[field] = value;
    visit->lengths[field] = strlen(value);
}

void visit_make(struct visit *visit, unsigned number) {
    const struct page *page = &pages[number % 4];

    memset(visit, 0, sizeof *visit);
    snprintf(visit->occurred_at, sizeof visit->occurred_at, "2026-03-02T09:%02u:%02u.%03uZ", number / 60000 % 60,
             number / 1000 % 60, number % 1000);
    snprintf(visit->event_id, sizeof visit->event_id, "0195565c-7d3a-7b1e-9c4f-%012x", number);
    set(visit, 1, visit->occurred_at);
    set(visit, 2, visit->event_id);
    set(visit, 3, "session-5f0c2d9a71");
    set(visit, 4, "visitor-8b64e01c3d");
    set(visit, 5, page->href);
    set(visit, 6, "docs.example.com");
    set(visit, 7, page->pathname);
    set(visit, 8, page->title);
    set(visit, 9, page->canonical_url);
    set(visit, 10, "https://chatgpt.com/");
    set(visit, 11, agents[number % 3]);
    set(visit, 12, "203.0.113.77");
    set(visit, 13, "GET");
    visit->status = 200;
    visit->plan = "enterprise";
    visit->cached = 1;
}

void visit_add_sdk(struct visit *visit) {
    set(visit, 14, "libtpc");
    set(visit, 15, SDK_VERSION);
    set(visit, 16, "c");
}

size_t visit_json(const struct visit *visit, char *buffer, size_t capacity) {
    const char *const *v = visit->values;
    /* No value of the workload needs an escape. */
    int length = snprintf(
        buffer, capacity,
        "{\"event\":\"page_visit\",\"occurredAt\":\"%s\",\"eventId\":\"%s\",\"sessionId\":\"%s\",\"anonymousId\":\"%s\","
        "\"page\":{\"href\":\"%s\",\"domain\":\"%s\",\"pathname\":\"%s\",\"title\":\"%s\",\"canonicalUrl\":\"%s\"},"
        "\"request\":{\"referrer\":\"%s\",\"userAgent\":\"%s\",\"clientIp\":\"%s\",\"method\":\"%s\"},"
        "\"sdk\":{\"name\":\"libtpc\",\"version\":\"" SDK_VERSION "\",\"runtime\":\"c\"},"
        "\"properties\":{\"status\":%lld,\"plan\":\"%s\",\"cached\":%s}}",
        v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], (long long)visit->status,
        visit->plan, visit->cached ? "true" : "false");
    return length > 0 && (size_t)length < capacity ? (size_t)length : 0;
}
