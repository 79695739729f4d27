/*
 * CRC-32C (Castagnoli; RFC 3720, section 12.1), by the processor's own instruction where it has one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_CHECKSUM_H
#define TPC_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The instruction's names, for functions that are only called where the processor has it: the rest of the library stays compiled
 * for any processor of the architecture. Asking the compiler's own runtime (__builtin_cpu_supports) would link a symbol of it.
 */
#if defined(__x86_64__)
#include <cpuid.h>
#define TPC_POSIX_CRC32C_TARGET __attribute__((target("sse4.2")))
#define TPC_POSIX_CRC32C_WORD(crc, word) __builtin_ia32_crc32di((crc), (word))
#define TPC_POSIX_CRC32C_BYTE(crc, byte) __builtin_ia32_crc32qi((crc), (byte))
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#include <sys/auxv.h>
#define TPC_POSIX_CRC32C_TARGET __attribute__((target("+crc")))
#if defined(__clang__)
#define TPC_POSIX_CRC32C_WORD(crc, word) __builtin_arm_crc32cd((uint32_t)(crc), (word))
#define TPC_POSIX_CRC32C_BYTE(crc, byte) __builtin_arm_crc32cb((crc), (byte))
#else
#define TPC_POSIX_CRC32C_WORD(crc, word) __builtin_aarch64_crc32cx((uint32_t)(crc), (word))
#define TPC_POSIX_CRC32C_BYTE(crc, byte) __builtin_aarch64_crc32cb((crc), (byte))
#endif
#endif

/* By a table of 16 entries, half a byte at a time: small rather than fast. */
static inline uint32_t tpc_posix_crc32c_by_table(uint32_t crc, const void *bytes, size_t count) {
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    const unsigned char *next = (const unsigned char *)bytes;
    for (; count > 0; count--) {
        crc ^= *next++;
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return crc;
}

#ifdef TPC_POSIX_CRC32C_TARGET
/* Only for a processor that has the instruction. */
TPC_POSIX_CRC32C_TARGET static inline uint32_t tpc_posix_crc32c_by_instruction(uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *next = (const unsigned char *)bytes;
    uint64_t wide = crc; /* As wide as x86-64's instruction has it: narrowing it each time would take a cycle of four. */
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, sizeof word);
        wide = TPC_POSIX_CRC32C_WORD(wide, word);
    }
    crc = (uint32_t)wide;
    for (; count > 0; count--) crc = TPC_POSIX_CRC32C_BYTE(crc, *next++);
    return crc;
}

static inline int tpc_posix_find_crc32c(void) {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2) != 0;
#else
    return (getauxval(AT_HWCAP) & (1UL << 7) /* HWCAP_CRC32 */) != 0;
#endif
}
#else
static inline uint32_t tpc_posix_crc32c_by_instruction(uint32_t crc, const void *bytes, size_t count) {
    return tpc_posix_crc32c_by_table(crc, bytes, count);
}
static inline int tpc_posix_find_crc32c(void) { return 0; }
#endif

/*
 * Whether the processor has the instruction. A virtual machine takes microseconds to answer that, so the answer is kept; threads
 * that ask at the same time find the same. (Swift duplicates the variable in each object file that calls this: each asks once.)
 */
static inline int tpc_posix_has_crc32c(void) {
    enum { unknown, absent, present };
    static int kept = unknown;
    int answer = __atomic_load_n(&kept, __ATOMIC_RELAXED);
    if (answer == unknown) {
        answer = tpc_posix_find_crc32c() ? present : absent;
        __atomic_store_n(&kept, answer, __ATOMIC_RELAXED);
    }
    return answer == present;
}

/*
 * The checksum of further bytes. It starts with ~0, and the last value is the result: RFC 3720 inverts it once more. Sums of pieces
 * in turn are the sum of the whole.
 */
static inline uint32_t tpc_posix_crc32c(uint32_t crc, const void *bytes, size_t count) {
    if (tpc_posix_has_crc32c()) return tpc_posix_crc32c_by_instruction(crc, bytes, count);
    return tpc_posix_crc32c_by_table(crc, bytes, count);
}

#endif
