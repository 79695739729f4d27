"""`date-time` and `uri` exactly by their grammars: RFC 3339 section 5.6, RFC 3986 appendix A.

The checkers in jsonschema are less strict or need further packages, so these replace them.
"""

import re

from jsonschema import FormatChecker

DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# [0-9] and not \d, which also matches the digits of other scripts.
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def is_date_time(text):
    """Whether the text is an RFC 3339 date-time of a day, time and offset that exist."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return False
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month) or hour > 23 or minute > 59:
        return False
    offset = 0
    if match.group(7):
        offset_hours, offset_minutes = int(match.group(8)), int(match.group(9))
        if offset_hours > 23 or offset_minutes > 59:
            return False
        offset = offset_hours * 60 + offset_minutes
        if match.group(7) == "-":
            offset = -offset
    if second == 60:
        # A leap second is the last second of a UTC day, whatever the local time then is (section 5.7). Leap seconds are
        # announced at most half a year ahead, so any day is accepted.
        return (hour * 60 + minute - offset) % 1440 == 23 * 60 + 59
    return second < 60


def _days(year, month):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else DAYS_IN_MONTH[month - 1]


def _ipv6_address():
    """The nine alternatives of IPv6address, in the order of the RFC."""
    h16 = "[0-9A-Fa-f]{1,4}"
    octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    ls32 = rf"(?:{h16}:{h16}|{octet}(?:\.{octet}){{3}})"
    alternatives = [rf"(?:{h16}:){{6}}{ls32}", rf"::(?:{h16}:){{5}}{ls32}"]
    for before in range(5):
        after = f"(?:{h16}:){{{4 - before}}}{ls32}"
        alternatives.append(f"(?:(?:{h16}:){{0,{before}}}{h16})?::{after}")
    alternatives.append(f"(?:(?:{h16}:){{0,5}}{h16})?::{h16}")
    alternatives.append(f"(?:(?:{h16}:){{0,6}}{h16})?::")
    return "(?:" + "|".join(alternatives) + ")"


def _uri():
    unreserved, sub_delims = r"A-Za-z0-9\-._~", r"!$&'()*+,;="
    # "%" stands here for a percent-encoded octet. For speed, the two hex digits are checked separately.
    reg_name = rf"[{unreserved}{sub_delims}%]*"
    segment_character = rf"[{unreserved}{sub_delims}%:@]"
    ipv_future = rf"[Vv][0-9A-Fa-f]+\.[{unreserved}{sub_delims}:]+"
    # An IPv4address needs no alternative of its own, because it is also a reg-name.
    host = rf"(?:\[(?:{_ipv6_address()}|{ipv_future})\]|{reg_name})"
    authority = rf"(?:[{unreserved}{sub_delims}%:]*@)?{host}(?::[0-9]*)?"
    segments = f"(?:/{segment_character}*)*"
    rootless = f"{segment_character}+{segments}"
    query = rf"[{unreserved}{sub_delims}%:@/?]*"
    return re.compile(
        rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{authority}{segments}|/(?:{rootless})?|{rootless}|)"
        rf"(?:\?{query})?(?:#{query})?"
    )


_URI = _uri()
_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


def is_uri(text):
    """Whether the text is an RFC 3986 URI: absolute with a scheme, a fragment allowed, ASCII only."""
    return _URI.fullmatch(text) is not None and _BROKEN_ESCAPE.search(text) is None


CHECKER = FormatChecker(formats=())
# A format applies only to strings; `type` is checked separately.
CHECKER.checks("date-time")(lambda value: not isinstance(value, str) or is_date_time(value))
CHECKER.checks("uri")(lambda value: not isinstance(value, str) or is_uri(value))
