"""Reads the spool's files as their format is documented, for the rigs: how many events are pending in a segment."""

import struct

HEADER = struct.Struct("<8sHHIQqqQIB7xI")
RECORD = struct.Struct("<4sIIBBHIHHq")
PENDING, ENDED, EVENT = 0x5A, (0xA1, 0xA2, 0xA3, 0xA4), 1


def _table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


TABLE = tuple(_table())


def checksum(*pieces):
    """CRC-32C, from ~0 and without a last inversion."""
    value = 0xFFFFFFFF
    for piece in pieces:
        for byte in piece:
            value = value >> 8 ^ TABLE[(value ^ byte) & 0xFF]
    return value


def pending(data):
    """How many events of a segment's bytes have not ended; 0 without a header."""
    if len(data) < HEADER.size or data[:8] != b"TPCSPOOL":
        return 0
    at, salt, count = HEADER.unpack_from(data)[3], data[16:24], 0
    while at + RECORD.size <= len(data):
        magic, _, length, kind, state, *_ = RECORD.unpack_from(data, at)
        end = at + RECORD.size + length
        if magic != b"TPCe" or end > len(data) or not _is_valid(data, at, end, salt):
            at += 8
            continue
        count += kind == EVENT and state not in ENDED
        at += -(-(end - at) // 8) * 8
    return count


def _is_valid(data, at, end, salt):
    head = bytearray(data[at : at + RECORD.size])
    wanted = int.from_bytes(head[4:8], "little")
    head[0:8] = bytes(8)
    head[13] = 0
    return checksum(salt, head, data[at + RECORD.size : end]) == wanted


def pending_below(folder):
    """How many events are pending in all segments of a spool."""
    count = 0
    for file in folder.glob("*/s*.tpc1"):
        try:
            count += pending(file.read_bytes())
        except FileNotFoundError:
            continue
    return count
