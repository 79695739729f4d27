/*
 * The shortest text of a double that reads back as the same one (Burger and Dybvig, "Printing Floating-Point Numbers Quickly and
 * Accurately"), whatever the locale and the rounding mode. Small rather than fast.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_NUMBER_H
#define TPC_NUMBER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    tpc_posix_number_room = 32,    /* the longest text, -1.7976931348623157e+308, has 24 bytes */
    tpc_posix_number_digits = 17,  /* as many as a double ever needs */
    tpc_posix_number_words = 37,   /* of the longest integer: 2 to the power of 1,076, times ten */
    tpc_posix_number_least = -3,   /* numbers from 0.0001 on are written without an exponent */
    tpc_posix_number_largest = 16, /* those below 10 to the power of this, too */
};

/* An integer, its lowest word first. */
typedef uint32_t tpc_posix_integer[tpc_posix_number_words];

/* value times 2 to the power of shift. */
static inline void tpc_posix_set_shifted(tpc_posix_integer integer, uint64_t value, int shift) {
    uint64_t high = value >> 32 << (shift & 31), low = (value & UINT32_MAX) << (shift & 31);
    memset(integer, 0, sizeof(tpc_posix_integer));
    high += low >> 32;
    integer[shift / 32] = (uint32_t)low;
    integer[shift / 32 + 1] = (uint32_t)high;
    integer[shift / 32 + 2] = (uint32_t)(high >> 32);
}

/* result = a * x + b * y + c * z, unless result is NULL. Returns the sign of the sum, of which only positive ones are kept. */
__attribute__((noinline)) static int tpc_posix_sum(
    uint32_t *result, int words, int a, const uint32_t *x, int b, const uint32_t *y, int c, const uint32_t *z) {
    int64_t carry = 0;
    uint32_t any = 0;
    for (int index = 0; index < words; index++) {
        carry += a * (int64_t)x[index] + b * (int64_t)y[index] + c * (int64_t)z[index];
        any |= (uint32_t)carry;
        if (result != NULL) result[index] = (uint32_t)carry;
        carry >>= 32;
    }
    return carry < 0 ? -1 : any != 0;
}

/*
 * Writes the digits of fraction times 2 to the power of power, a positive double, and returns how many there are. *exponent is that
 * of the power of ten in 0.DIGITS.
 */
static inline int tpc_posix_write_digits(uint64_t fraction, int power, uint8_t *digits, int *exponent) {
    /* The number is rest / divisor. Texts up to below / divisor under it and above * below / divisor over it read back as it. */
    tpc_posix_integer rest, divisor, below;
    int shift = power < 0 ? -power : power, words = (shift + 95) / 32 + 1, length = 0;
    int above = fraction == (uint64_t)1 << 52 && power > -1074 ? 2 : 1; /* The next number over it is twice as far then. */
    int least = fraction & 1 ? 1 : 0; /* Halfway between two numbers, a text reads as the one whose fraction is even. */
    tpc_posix_set_shifted(rest, fraction * 4, power < 0 ? 0 : shift);
    tpc_posix_set_shifted(divisor, 4, power < 0 ? shift : 0);
    tpc_posix_set_shifted(below, (uint64_t)(3 - above), power < 0 ? 0 : shift);
    *exponent = 0;
    for (; tpc_posix_sum(NULL, words, 1, rest, above, below, -1, divisor) >= least; ++*exponent)
        tpc_posix_sum(divisor, words, 10, divisor, 0, divisor, 0, divisor);
    for (; tpc_posix_sum(NULL, words, 10, rest, 10 * above, below, -1, divisor) < least; --*exponent) {
        tpc_posix_sum(rest, words, 10, rest, 0, rest, 0, rest);
        tpc_posix_sum(below, words, 10, below, 0, below, 0, below);
    }
    for (;;) {
        uint8_t digit = '0';
        tpc_posix_sum(rest, words, 10, rest, 0, rest, 0, rest);
        tpc_posix_sum(below, words, 10, below, 0, below, 0, below);
        for (; tpc_posix_sum(NULL, words, 1, rest, -1, divisor, 0, divisor) >= 0; digit++)
            tpc_posix_sum(rest, words, 1, rest, -1, divisor, 0, divisor);
        int is_low = tpc_posix_sum(NULL, words, 1, below, -1, rest, 0, rest) >= least;
        int is_high = tpc_posix_sum(NULL, words, 1, rest, above, below, -1, divisor) >= least;
        if (is_low && is_high) is_high = tpc_posix_sum(NULL, words, 2, rest, -1, divisor, 0, divisor) >= 1 - (digit & 1);
        digits[length++] = (uint8_t)(digit + is_high);
        if (is_low || is_high || length == tpc_posix_number_digits) return length;
    }
}

/* Writes a finite number as JSON has it, and returns its length; there is no NUL. */
static inline int tpc_posix_write_number(double number, uint8_t *text) {
    uint64_t bits, fraction;
    uint8_t digits[tpc_posix_number_digits], *next = text;
    int count = 1, exponent = 1, power;
    memcpy(&bits, &number, sizeof bits);
    power = (int)(bits >> 52 & 0x7ff);
    fraction = bits & (((uint64_t)1 << 52) - 1);
    digits[0] = '0';
    if (power != 0) fraction |= (uint64_t)1 << 52;
    if (fraction != 0) count = tpc_posix_write_digits(fraction, (power == 0 ? 1 : power) - 1075, digits, &exponent);
    if (bits >> 63) *next++ = '-';
    int is_plain = exponent >= tpc_posix_number_least && exponent <= tpc_posix_number_largest;
    int point = is_plain ? exponent : 1; /* How many digits come before the point. */
    for (int index = point < 0 ? point : 0; index < count || index < point; index++) {
        if (index == point) {
            if (next == text + (bits >> 63)) *next++ = '0';
            *next++ = '.';
        }
        *next++ = index >= 0 && index < count ? digits[index] : '0';
    }
    if (is_plain) return (int)(next - text);
    *next++ = 'e';
    *next++ = exponent < 1 ? '-' : '+';
    exponent = exponent < 1 ? 1 - exponent : exponent - 1;
    for (int unit = 100; unit > 0; unit /= 10)
        if (exponent >= unit) *next++ = (uint8_t)('0' + exponent / unit % 10);
    return (int)(next - text);
}

#endif
