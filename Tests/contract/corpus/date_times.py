# SPDX-License-Identifier: Apache-2.0
"""RFC 3339, section 5.6: `date-time`, with the restrictions of section 5.7."""

from candidate import Candidate, event, quoted

DAYS = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
LEAP_YEARS = ("0000", "0004", "1600", "1904", "1996", "2000", "2024", "2400", "9996")
COMMON_YEARS = ("0001", "0100", "1700", "1800", "1900", "2100", "2023", "2025", "9999")

# Local times at which it is 23:59 UTC, by offset, and one minute that is not.
LEAP_SECONDS = {
    "Z": ("23:59", "23:58"),
    "z": ("23:59", "22:59"),
    "+00:00": ("23:59", "00:00"),
    "-00:00": ("23:59", "00:59"),
    "+01:00": ("00:59", "23:59"),
    "-01:00": ("22:59", "23:59"),
    "+00:30": ("00:29", "23:59"),
    "-00:30": ("23:29", "23:59"),
    "+05:45": ("05:44", "05:45"),
    "-08:00": ("15:59", "07:59"),
    "+08:00": ("07:59", "15:59"),
    "+23:59": ("23:58", "23:59"),
    "-23:59": ("00:00", "23:59"),
}

VALID = [
    # The examples of section 5.8.
    "1985-04-12T23:20:50.52Z",
    "1996-12-19T16:39:57-08:00",
    "1990-12-31T23:59:60Z",
    "1990-12-31T15:59:60-08:00",
    "1937-01-01T12:00:27.87+00:20",
    "2026-11-23t10:00:00Z",
    "2026-11-23T10:00:00z",
    "2026-11-23t10:00:00.5z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0000-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-11-23T23:59:60.999Z",
]

INVALID = [
    "",
    " ",
    "now",
    "2026",
    "2026-11",
    "2026-11-23",
    "2026-11-23T",
    "10:00:00Z",
    "T10:00:00Z",
    "2026-11-23T10Z",
    "2026-11-23T10:00Z",
    "2026-11-23T10:00:00",
    "2026-11-23T10:00:00.000",
    "2026-11-23 10:00:00Z",
    "2026-11-23_10:00:00Z",
    "2026-11-23T10:00:00 Z",
    "2026-11-23T10:00:00Z ",
    " 2026-11-23T10:00:00Z",
    "2026-11-23T10:00:00Z\n",
    "2026-11-23T10:00:00Z\u0000",
    "\u00002026-11-23T10:00:00Z",
    "2026-11-23T10:00:00ZZ",
    "2026-11-23T10:00:00Z+00:00",
    "2026-11-23T10:00:00UTC",
    "2026-11-23T10:00:00 UTC",
    "2026-11-23T10:00:00GMT",
    "2026-11-23T10:00:00+0100",
    "2026-11-23T10:00:00+01",
    "2026-11-23T10:00:00+1:00",
    "2026-11-23T10:00:00+01:0",
    "2026-11-23T10:00:00+001:00",
    "2026-11-23T10:00:00+01:000",
    "2026-11-23T10:00:00+",
    "2026-11-23T10:00:00-",
    "2026-11-23T10:00:00--01:00",
    "2026-11-23T10:00:00\u221201:00",
    "2026-11-23T10:00:00[UTC]",
    "2026-11-23T10:00:00Z[Europe/Berlin]",
    "2026-11-23T10:00:00.Z",
    "2026-11-23T10:00:00.+01:00",
    "2026-11-23T10:00:00,5Z",
    "2026-11-23T10:00:00.5.5Z",
    "2026-11-23T10:00:00.5e1Z",
    "2026-11-23T10:00:00.-5Z",
    "2026-11-23T10:00:.5Z",
    "2026-11-23T10:00.5Z",
    "20261123T100000Z",
    "2026-11-23T100000Z",
    "20261123T10:00:00Z",
    "2026-327T10:00:00Z",
    "2026-W48-1T10:00:00Z",
    "26-11-23T10:00:00Z",
    "12026-11-23T10:00:00Z",
    "+2026-11-23T10:00:00Z",
    "-2026-11-23T10:00:00Z",
    "+002026-11-23T10:00:00Z",
    "2026-1-23T10:00:00Z",
    "2026-11-3T10:00:00Z",
    "2026-11-23T1:00:00Z",
    "2026-11-23T10:0:00Z",
    "2026-11-23T10:00:0Z",
    "2026-011-23T10:00:00Z",
    "2026/11/23T10:00:00Z",
    "2026.11.23T10:00:00Z",
    "23-11-2026T10:00:00Z",
    "2026-11-23T10.00.00Z",
    "2026-11-23T10-00-00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T10:60:00Z",
    "2026-11-23T10:00:61Z",
    "2026-11-23T10:00:99Z",
    "2026-11-23T99:99:99Z",
    "2026-11-23TT10:00:00Z",
    "2026-11-23T10:00:00X",
    "2026-11-23T-1:00:00Z",
    "2026-11-23T+1:00:00Z",
    "2026-11-23T 1:00:00Z",
    "Mon, 23 Nov 2026 10:00:00 GMT",
    "Mon Nov 23 10:00:00 2026",
    "1795428000",
    "1795428000000",
    "P1D",
    "2026-11-23T10:00:00Z/P1D",
    # Digits of other scripts are none.
    "\u0662\u0660\u0662\u0666-11-23T10:00:00Z",
    "\uff12026-11-23T10:00:00Z",
    "2026-11-23T10:00:0\u0660Z",
    "2026-11-23T10:00:00.\u0665Z",
]


def _texts():
    yield from ((text, True) for text in VALID)
    yield from ((text, False) for text in INVALID)
    for month, days in DAYS.items():
        for day in (1, days):
            yield f"2025-{month:02}-{day:02}T10:00:00Z", True
        for day in (0, days + 1, 32, 99):
            yield f"2025-{month:02}-{day:02}T10:00:00Z", False
    for month in ("00", "13", "20", "99"):
        yield f"2025-{month}-01T10:00:00Z", False
    for year in LEAP_YEARS:
        yield f"{year}-02-29T10:00:00Z", True
        yield f"{year}-02-30T10:00:00Z", False
    for year in COMMON_YEARS:
        yield f"{year}-02-28T10:00:00Z", True
        yield f"{year}-02-29T10:00:00Z", False
    for hour in range(26):
        yield f"2026-11-23T{hour:02}:30:30Z", hour <= 23
        yield f"2026-11-23T10:30:30+{hour:02}:00", hour <= 23
        yield f"2026-11-23T10:30:30-{hour:02}:59", hour <= 23
    for sixtieth in (0, 1, 9, 10, 58, 59, 60, 61, 69, 99):
        yield f"2026-11-23T10:{sixtieth:02}:30Z", sixtieth <= 59
        # 60 is a leap second, and 10:30 UTC has none.
        yield f"2026-11-23T10:30:{sixtieth:02}Z", sixtieth <= 59
        yield f"2026-11-23T10:30:30+00:{sixtieth:02}", sixtieth <= 59
        yield f"2026-11-23T10:30:30-12:{sixtieth:02}", sixtieth <= 59
    for offset, (leap, other) in LEAP_SECONDS.items():
        yield f"2016-12-31T{leap}:60{offset}", True
        yield f"2016-12-31T{leap}:60.25{offset}", True
        yield f"2016-12-31T{other}:60{offset}", False
        yield f"2016-12-31T{leap}:61{offset}", False
    for digits in (1, 2, 3, 6, 7, 9, 10, 18, 19, 20, 100, 400):
        yield "2026-11-23T10:00:00." + "1234567890"[digits % 10] * digits + "Z", True
        yield "2026-11-23T10:00:00." + "0" * digits + "+01:00", True
    whole = "2026-11-23T10:00:00.5+01:30"
    for place in range(len(whole)):
        for foreign in "x -:+.T/\u00e9":
            changed = whole[:place] + foreign + whole[place + 1 :]
            # Only the offset's sign has an alternative among these; a changed fraction leaves it without its one digit.
            if foreign != whole[place]:
                yield changed, place == 21 and foreign == "-"
        yield whole[:place], False


def candidates():
    seen = set()
    for text, valid in _texts():
        if text in seen:
            continue
        seen.add(text)
        yield Candidate(
            f"date-time {text[:60]!a}", event({"/occurredAt": quoted(text)}), valid, "" if valid else "/occurredAt"
        )
    # The text is what counts, not how it is escaped.
    escaped = '"2026-11-23\\u005410:00:00\\u005a"'
    yield Candidate("date-time in escapes", event({"/occurredAt": escaped}), True)
    yield Candidate(
        "date-time with an escaped newline", event({"/occurredAt": '"2026-11-23T10:00:00Z\\n"'}), False, "/occurredAt"
    )
