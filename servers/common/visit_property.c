/*
 * A property of a visit, from a text of the web server's configuration.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* strtod_l */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "visit_property.h"

enum { NUMBER_CAPACITY = 64 };

static bool is_text(const char *text, size_t length, const char *expected) {
    return length == strlen(expected) && strncasecmp(text, expected, length) == 0;
}

int tpc_server_property_type(const char *name, size_t length) {
    static const char *const names[] = {"string", "number", "boolean"};
    for (int type = TPC_SERVER_STRING; type <= TPC_SERVER_BOOLEAN; type++)
        if (length == strlen(names[type]) && memcmp(name, names[type], length) == 0) return type;
    return -1;
}

/* The value of a boolean's text; -1 if it is not one. */
static int boolean(const char *text, size_t length) {
    static const char *const values[2][4] = {{"0", "false", "off", "no"}, {"1", "true", "on", "yes"}};
    for (int value = 0; value <= 1; value++)
        for (int i = 0; i < 4; i++)
            if (is_text(text, length, values[value][i])) return value;
    return -1;
}

static const char *skip_digits(const char *text) {
    while (*text >= '0' && *text <= '9') text++;
    return text;
}

/* Whether a text that ends with a NUL is a number of JSON (RFC 8259), and whether it is written as an integer. */
static bool is_number(const char *text, bool *is_integer) {
    *is_integer = true;
    if (*text == '-') text++;
    const char *end = skip_digits(text);
    if (end == text || (*text == '0' && end > text + 1)) return false;
    if (*end == '.') {
        *is_integer = false;
        text = end + 1;
        if ((end = skip_digits(text)) == text) return false;
    }
    if (*end == 'e' || *end == 'E') {
        *is_integer = false;
        text = end + 1;
        if (*text == '+' || *text == '-') text++;
        if ((end = skip_digits(text)) == text) return false;
    }
    return *end == '\0';
}

static int32_t set_number(tpc_event *event, const char *key, size_t key_length, const char *value, size_t value_length,
                          tpc_error *error) {
    char text[NUMBER_CAPACITY];
    bool is_integer;
    if (value_length >= sizeof text) return TPC_OK;
    memcpy(text, value, value_length);
    text[value_length] = '\0';
    if (strlen(text) != value_length || !is_number(text, &is_integer)) return TPC_OK;
    int former = errno;
    errno = 0;
    long long integer = is_integer ? strtoll(text, NULL, 10) : 0;
    if (errno == ERANGE) is_integer = false;
    double number = 0;
    if (!is_integer) {
        /* The decimal point does not depend on the process's locale. */
        locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        number = plain != (locale_t)0 ? strtod_l(text, NULL, plain) : (double)NAN;
        if (plain != (locale_t)0) freelocale(plain);
    }
    errno = former;
    if (is_integer) return tpc_event_set_integer_property(event, key, key_length, integer, error);
    return isfinite(number) ? tpc_event_set_number_property(event, key, key_length, number, error) : TPC_OK;
}

/* A Latin-1 text in UTF-8, which the caller frees; NULL, with the error, when memory ran out. */
static char *utf8_of_latin1(const char *value, size_t value_length, size_t *length, tpc_error *error) {
    char *text = malloc(2 * value_length);
    *length = 0;
    if (text == NULL) {
        if (error != NULL) {
            *error = (tpc_error){.status = TPC_ERROR_NO_MEMORY};
            snprintf(error->message, sizeof error->message, "memory ran out");
        }
        return NULL;
    }
    for (size_t i = 0; i < value_length; i++) {
        unsigned char byte = (unsigned char)value[i];
        if (byte >= 0x80) text[(*length)++] = (char)(0xC0 | byte >> 6);
        text[(*length)++] = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte);
    }
    return text;
}

static int32_t set_latin1(tpc_event *event, const char *key, size_t key_length, const char *value, size_t value_length,
                          tpc_error *error) {
    size_t length;
    char *text = utf8_of_latin1(value, value_length, &length, error);
    if (text == NULL) return TPC_ERROR_NO_MEMORY;
    int32_t status = tpc_event_set_string_property(event, key, key_length, text, length, error);
    free(text);
    return status;
}

int32_t tpc_server_property_set(tpc_event *event, const char *key, size_t key_length, const char *value,
                                size_t value_length, int type, tpc_error *error) {
    if (value_length == 0) return TPC_OK;
    if (type == TPC_SERVER_NUMBER) return set_number(event, key, key_length, value, value_length, error);
    if (type == TPC_SERVER_BOOLEAN) {
        int truth = boolean(value, value_length);
        return truth < 0 ? TPC_OK : tpc_event_set_boolean_property(event, key, key_length, truth, error);
    }
    int32_t status = tpc_event_set_string_property(event, key, key_length, value, value_length, error);
    /* The key, or the value, is not UTF-8. */
    return status == TPC_ERROR_INVALID_EVENT ? set_latin1(event, key, key_length, value, value_length, error) : status;
}

static bool is_ascii(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80) return false;
    return true;
}

int32_t tpc_server_field_set(tpc_event *event, int32_t field, const char *value, size_t value_length, tpc_error *error) {
    if (value_length == 0) return TPC_OK;
    int32_t status = tpc_event_set(event, field, value, value_length, error);
    if (status != TPC_ERROR_INVALID_EVENT || is_ascii(value, value_length)) return status;
    /* It is not UTF-8, or it is not the field's: then it is refused again. */
    size_t length;
    char *text = utf8_of_latin1(value, value_length, &length, error);
    if (text == NULL) return TPC_ERROR_NO_MEMORY;
    status = tpc_event_set(event, field, text, length, error);
    free(text);
    return status;
}
