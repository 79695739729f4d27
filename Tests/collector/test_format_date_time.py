"""date-time is RFC 3339's."""

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tpc_collector.formats import is_date_time

GOOD = """
1985-04-12T23:20:50.52Z
1996-12-19T16:39:57-08:00
1990-12-31T23:59:60Z
1990-12-31T15:59:60-08:00
1937-01-01T12:00:27.87+00:20
2026-01-31t12:00:00z
2026-01-31T12:00:00.123456789012345678901234567890Z
0000-01-01T00:00:00Z
0000-02-29T00:00:00Z
9999-12-31T23:59:59.999Z
2024-02-29T00:00:00Z
2000-02-29T00:00:00Z
2026-01-31T12:00:00-00:00
2026-01-31T12:00:00+23:59
2026-01-31T12:00:00-23:59
2026-05-05T23:59:60.5Z
1991-01-01T00:59:60+01:00
1991-01-01T05:29:60+05:30
1990-12-31T00:00:60-23:59
1991-01-01T23:58:60+23:59
""".split()

BAD = [
    "", "2026", "2026-01-31", "12:00:00Z", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-01-31T12:00Z",
    "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00 Z", " 2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00Z ", "2026-01-31T12:00:00Z\n", "20260131T120000Z", "2026-1-31T12:00:00Z", "2026-01-31T1:00:00Z",
    "02026-01-31T12:00:00Z", "+2026-01-31T12:00:00Z", "-001-01-31T12:00:00Z", "2026-00-31T12:00:00Z",
    "2026-13-31T12:00:00Z", "2026-01-00T12:00:00Z", "2026-01-32T12:00:00Z", "2026-04-31T12:00:00Z",
    "2026-02-29T12:00:00Z", "1900-02-29T12:00:00Z", "2100-02-29T12:00:00Z", "2024-02-30T12:00:00Z",
    "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z", "2026-01-31T12:00:60Z",
    "2026-01-31T23:58:60Z", "2026-01-31T22:59:60Z", "2026-01-31T23:59:60+01:00", "2026-01-31T23:59:60-08:00",
    "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00+00:60", "2026-01-31T12:00:00+0000", "2026-01-31T12:00:00+00",
    "2026-01-31T12:00:00+1:00", "2026-01-31T12:00:00Z+00:00", "2026-01-31T12:00:00\u2212 08:00",
    "2026-01-31T12:00:00\u221208:00", "\u0662\u0660\u0662\u0666-01-31T12:00:00Z", "2026-01-31T12:00:00.\u0665Z",
    "２０２６-01-31T12:00:00Z", "2026-W05-6T12:00:00Z", "2026-031T12:00:00Z", "2026-01-31T12:00:00\x00Z",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_a_date_time_is_accepted(text):
    assert is_date_time(text)


@pytest.mark.parametrize("text", BAD)
def test_text_that_is_not_a_date_time_is_refused(text):
    assert not is_date_time(text)


@given(
    st.datetimes(),
    st.text("0123456789", max_size=12),
    st.sampled_from("Tt"),
    st.one_of(st.sampled_from("Zz"), st.tuples(st.sampled_from("+-"), st.integers(0, 23), st.integers(0, 59))),
)
def test_every_real_time_with_every_offset_is_accepted(time, fraction, separator, zone):
    offset = zone if isinstance(zone, str) else f"{zone[0]}{zone[1]:02}:{zone[2]:02}"
    date = f"{time.year:04}-{time.month:02}-{time.day:02}"
    clock = f"{time.hour:02}:{time.minute:02}:{time.second:02}"
    assert is_date_time(date + separator + clock + ("." + fraction if fraction else "") + offset)


@given(st.integers(1, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_day_is_accepted_exactly_when_the_calendar_has_it(year, month, day):
    exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    assert is_date_time(f"{year:04}-{month:02}-{day:02}T00:00:00Z") == exists


@given(st.integers(0, 1439), st.sampled_from([1, -1]), st.integers(0, 1439))
def test_a_leap_second_is_accepted_only_as_the_last_of_a_utc_day(local, sign, offset):
    text = f"2016-12-31T{local // 60:02}:{local % 60:02}:60{'+' if sign > 0 else '-'}{offset // 60:02}:{offset % 60:02}"
    assert is_date_time(text) == ((local - sign * offset) % 1440 == 1439)


@given(st.sampled_from(GOOD), st.integers(0, 60), st.characters(exclude_characters="0123456789"))
def test_a_stray_character_is_refused(text, position, character):
    assert not is_date_time(text[:position] + character + text[position:])
