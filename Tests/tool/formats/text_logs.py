# SPDX-License-Identifier: Apache-2.0
"""Lines of the text formats, with the events that they become."""

import dataclasses

from tool.logs import CHROME

AGENT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
REFERRER = "https://chatgpt.com/"
TIME = "2026-11-23T10:00:00Z"
TAB = "\t"


@dataclasses.dataclass
class Log:
    """A log's lines, and what becomes of each: an event, or a word of the reason why there is none."""

    format: str
    lines: list
    expected: list
    flags: tuple = ()


def visit(href, time=TIME, method="GET", status=200, size=5120, **request):
    """The whole event of a page visit, without what each event has of its own."""
    domain = href.split("/")[2]
    path = "/" + href.split("/", 3)[3].split("?")[0]
    properties = {name: value for name, value in (("status", status), ("bytes", size)) if value is not None}
    return {
        "event": "page_visit",
        "occurredAt": time,
        "page": {"href": href, "domain": domain, "pathname": path},
        "request": {**{name: value for name, value in request.items() if value is not None}, "method": method},
        "properties": properties,
    }


def seen(href, referrer=REFERRER, userAgent=AGENT, clientIp="192.0.2.1", **rest):
    """A visit by an agent."""
    return visit(href, referrer=referrer, userAgent=userAgent, clientIp=clientIp, **rest)


def haproxy(request, captures="", frontend="in", client="192.0.2.1:5123", prefix="Nov 23 10:00:00 lb haproxy[77]: "):
    head = f"{prefix}{client} [23/Nov/2026:10:00:00.655] {frontend} web/web1 10/0/30/69/109 200 5120 - - ----"
    return f'{head} 1/1/1/1/0 0/0 {captures}"{request}"'


def haproxy_clf(request, captures=""):
    head = f'Nov 23 10:00:00 lb haproxy[77]: 192.0.2.1 - - [23/Nov/2026:11:00:00 +0100] "{request}" 200 5120 "" ""'
    return f'{head} 5123 655 "in" "web" "web1" 10 0 30 69 109 "----" 1 1 1 1 0 0 0 "" ""{captures}'


HAPROXY_TIME = "2026-11-23T10:00:00.655Z"
HAPROXY = Log(
    "haproxy",
    [
        haproxy("GET /docs?a=1 HTTP/1.1", f"{{www.example.org|{AGENT}|{REFERRER}}} {{text/html}} ", "in~"),
        haproxy("GET /plain HTTP/1.1"),
        haproxy("GET /six HTTP/1.1", client="2001:db8::1:5123", prefix="<134>1 2026-11-23T10:00:00+00:00 lb haproxy 77 - - "),
        haproxy("GET /say#22hi#22 HTTP/1.1", "{|say #22hi#22 (again) #7B#7C#7D/1|} "),
        haproxy("GET /more HTTP/1.1", f"{{{AGENT}}} ", "in~") + " 0/0/0/0/1 www.example.org/TLSv1.3/TLS_AES_256_GCM_SHA384",
        haproxy("<BADREQ>"),
        haproxy("GET /cut HTTP/1.1")[:-12],
        "Nov 23 10:00:00 lb haproxy[77]: Proxy web started.",
        haproxy("GET /one-more-field HTTP/1.1").replace("web/web1", "web/web1 www.example.org"),
    ],
    [
        seen("https://www.example.org/docs?a=1", time=HAPROXY_TIME),
        seen("https://example.com/plain", None, None, time=HAPROXY_TIME),
        seen("https://example.com/six", None, None, "2001:db8::1", time=HAPROXY_TIME),
        seen("https://example.com/say%22hi%22", None, 'say "hi" (again) {|}/1', time=HAPROXY_TIME),
        seen("https://example.com/more", None, time=HAPROXY_TIME),
        "no HTTP request",
        "has no request",
        "has no time",
        "has something other",
    ],
)

# Without names, the order of these would not be seen.
HAPROXY_WITH_FIELDS = Log(
    "haproxy",
    [haproxy("GET /named HTTP/1.1", f"{{de|{AGENT}|www.example.org|203.0.113.9}} {{text/html}} ")],
    [seen("https://www.example.org/named", None, time=HAPROXY_TIME)],
    ("--fields", "accept-language, User-Agent, host, x-forwarded-for"),
)

HAPROXY_CLF = Log(
    "haproxy-clf",
    [haproxy_clf("GET /docs HTTP/1.1", f' "www.example.org" "{AGENT}" "{REFERRER}"'), haproxy_clf("GET /plain HTTP/2.0")],
    [
        seen("https://www.example.org/docs", time="2026-11-23T11:00:00+01:00"),
        seen("https://example.com/plain", None, None, time="2026-11-23T11:00:00+01:00"),
    ],
)

ENVOY_REST = f'"{AGENT}" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "www.example.org:443" "10.0.2.1:80"'
ENVOY_ODD = ENVOY_REST.replace(AGENT, 'an "odd" one/1')
ENVOY = Log(
    "envoy",
    [
        f'[2026-11-23T10:00:00.310Z] "GET /docs?a=1 HTTP/2" 200 - 0 5120 1 0 "203.0.113.5" {ENVOY_REST}',
        f'[2026-11-23T10:00:00.310Z] "GET /nobody HTTP/1.1" 200 DC 0 5120 1 - "-" {ENVOY_REST}',
        f'[2026-11-23T10:00:00.310Z] "GET /mesh HTTP/1.1" 200 - via_upstream - "-" 0 5120 1 0 "-" {ENVOY_REST} '
        "inbound|80|| 127.0.0.6:1 10.0.0.1:80 203.0.113.7:4411 - default",
        f'[2026-11-23T10:00:00.310Z] "GET /odd HTTP/1.1" 200 - 0 5120 1 0 "-" {ENVOY_ODD}',
        f'[2026-11-23T10:00:00.310Z] "GET /gone HTTP/1.1" 0 DC 0 0 1 - "-" {ENVOY_REST}',
        "[2026-11-23T10:00:00.310Z] \"GET /cut HTTP/1.1\" 200 - 0 51",
    ],
    [
        seen("https://www.example.org/docs?a=1", None, clientIp="203.0.113.5", time="2026-11-23T10:00:00.310Z"),
        seen("https://www.example.org/nobody", None, clientIp=None, time="2026-11-23T10:00:00.310Z"),
        seen("https://www.example.org/mesh", None, clientIp="203.0.113.7", time="2026-11-23T10:00:00.310Z"),
        seen("https://www.example.org/odd", None, 'an "odd" one/1', None, time="2026-11-23T10:00:00.310Z"),
        "errors",
        "has something other",
    ],
)  # fmt: skip

ALB_TIME = "2026-11-23T10:00:00.186641Z"
ALB_REST = (
    "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/web/73e2d6bc "
    '"Root=1-58337262-36d228ad5d99923122bbe354" "www.example.org" "-" 0 2026-11-23T09:59:59.000000Z "forward" "-" "-" '
    '"10.0.0.1:80" "200" "-" "-" TID_dc57cebed65b444ebc8177bb698fe166'
)
ALB = Log(
    "alb",
    [
        f'h2 {ALB_TIME} app/web/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 5120 '
        f'"GET https://www.example.org:443/docs?a=1 HTTP/2.0" "{AGENT}" {ALB_REST}',
        f'http {ALB_TIME} app/web/50dc6c495c0c9188 [2001:db8::1]:2817 - -1 -1 -1 301 - 34 5120 '
        f'"GET http://www.example.org:80/moved HTTP/1.1" "{AGENT}" {ALB_REST}',
        f'https {ALB_TIME} app/web/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 5120 '
        f'"GET https://www.example.org:443/escaped\\x22 HTTP/1.1" "say \\"hi\\" \\x22" {ALB_REST} "and" "more"',
        f'http {ALB_TIME} app/web/50dc6c495c0c9188 192.0.2.1:2817 - -1 -1 -1 400 - 0 0 "- http://www.example.org:80- -" "-" - - -',
        f'{ALB_TIME} classic 192.0.2.1:2817 10.0.0.1:80 0.00007 0.001 0.00005 200 200 0 5120 '
        f'"GET http://www.example.org:80/classic HTTP/1.1" "{AGENT}" - -',
        f'{ALB_TIME} classic 192.0.2.1:2817 10.0.0.1:80 0.00007 0.001 0.00005 200 200 0 5120 "- - - " "-" - -',
        f'h2 {ALB_TIME} app/web/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 5120 "GET https',
    ],
    [
        seen("https://www.example.org/docs?a=1", None, time=ALB_TIME),
        "redirects",
        seen("https://www.example.org/escaped%22", None, 'say "hi" "', time=ALB_TIME),
        "no HTTP request",
        seen("http://www.example.org/classic", None, time=ALB_TIME),
        "no HTTP request",
        "has something other",
    ],
)  # fmt: skip

S3_HEAD = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be web [23/Nov/2026:10:00:00 +0000] 192.0.2.1 - 3E57427F33A59F07"
S3 = Log(
    "s3",
    [
        f'{S3_HEAD} WEBSITE.GET.OBJECT a%2520b.html "GET /a%20b.html?c=1 HTTP/1.1" 200 - 5120 5120 20 19 "{REFERRER}" "{AGENT}" - '
        "s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader www.example.org TLSv1.3 - -",
        f'{S3_HEAD} REST.GET.OBJECT a "GET /before-the-newer-fields HTTP/1.1" 200 - 5120 5120 20 - "-" "{AGENT}" -',
        f'{S3_HEAD} REST.GET.OBJECT a "GET /quotes HTTP/1.1" 200 - 5120 5120 20 19 "-" "an "odd" one/1" -',
        f'{S3_HEAD} REST.GET.OBJECT a "GET /none HTTP/1.1" 404 NoSuchKey 297 - 20 - "-" "{AGENT}" -',
        f'{S3_HEAD} S3.EXPIRE.OBJECT a "-" - - - 5120 - - "-" "-" - x= - - - - -',
        f'{S3_HEAD} REST.GET.OBJECT a "GET /cut HTTP/1.1" 200 - 51',
    ],
    [
        seen("https://www.example.org/a%20b.html?c=1"),
        seen("https://example.com/before-the-newer-fields", None),
        seen("https://example.com/quotes", None, 'an "odd" one/1'),
        "errors",
        "no HTTP request",
        "has something other",
    ],
)  # fmt: skip

TRAEFIK = Log(
    "traefik",
    [
        f'192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] "GET /docs HTTP/2.0" 200 5120 "{REFERRER}" "{AGENT}" 7 "docs@docker" "http://10.0.0.1:80" 2ms',
        f'192.0.2.1 - alice [23/Nov/2026:10:00:00 +0000] "GET /first HTTP/1.1" 200 5120 - "{AGENT}" 7 "docs" "/docs" 2ms',
        '192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] "GET /dropped HTTP/1.1" 200 5120 "-" "-" 7 "-" "-" 2ms',
    ],
    [seen("https://example.com/docs"), seen("https://example.com/first", None), seen("https://example.com/dropped", None, None)],
)

IIS_FIELDS = (
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) cs-host sc-status "
    "sc-substatus sc-win32-status sc-bytes time-taken X-Forwarded-For"
)
# As IIS writes it.
IIS_AGENT = AGENT.replace(" ", "+")
W3C = Log(
    "w3c",
    [
        f"2026-11-23 10:00:00 10.0.0.9 GET /before - 443 - 192.0.2.1 {IIS_AGENT} - www.example.org 200 0 0 5120 15 -",
        "#Software: Microsoft Internet Information Services 10.0",
        "#Version: 1.0",
        "#Date: 2026-11-23 10:00:00",
        IIS_FIELDS,
        f"2026-11-23 10:00:00 10.0.0.9 GET /docs a=1+2 443 - 192.0.2.1 {IIS_AGENT} {REFERRER}?q=a+b www.example.org 200 0 0 5120 15 -",
        f"2026-11-23 10:00:00 10.0.0.9 GET /proxied - 80 - - {IIS_AGENT} - www.example.org:8080 200 0 0 5120 15 203.0.113.9,+10.0.0.3",
        "2026-11-23 10:00:00 10.0.0.9 GET /app - 443 - 192.0.2.1 Our%20App/1+CFNetwork/1410 - www.example.org 200 0 0 5120 15 -",
        "2026-11-23 10:00:00 10.0.0.9 GET /plus - 443 - 192.0.2.1 Odd/1+(+https://a.example)+(+odd@a.example) - www.example.org 200 0 0 5120 15 -",
        f"2026-11-23 10:00:00 10.0.0.9 GET /local - 443 - 192.0.2.1 odd/1 - www.example.org 200 0 0 5120",
        f"2026-11-23 10:00:00 10.0.0.9 GET /short - 443 - 192.0.2.1 {IIS_AGENT}",
        f"2026-11-23 10:00:00 10.0.0.9 GET /a b - 443 - 192.0.2.1 {IIS_AGENT} - www.example.org 200 0 0 5120 15 -",
        "#Fields: time c-ip cs-method cs-uri sc-status cs(User-Agent)",
        '10:00:00 192.0.2.1 GET /quoted?a=1 200 "an ""odd"" one+two/1"',
        "10:00:00 192.0.2.1 GET http://www.example.net/whole?a=1 200 odd+one/1",
        "#Date: 2026-11-24 23:59:58",
        "23:59:59 192.0.2.1 GET /before-midnight 200 odd/1",
        "00:00:01 192.0.2.1 GET /after-midnight 200 odd/1",
        "#Fields: c-ip cs-method cs-uri-stem",
        "192.0.2.1 GET /timeless",
        "#Fields: date time c-ip cs-uri-stem",
        "2026-11-23 10:00:00 192.0.2.1 /methodless",
        "#Fields: date time c-ip cs-method",
        "2026-11-23 10:00:00 192.0.2.1 GET",
    ],
    [
        "comes before any #Fields: line",
        *[None] * 4,
        seen("https://www.example.org/docs?a=1+2", REFERRER + "?q=a+b"),
        seen("https://www.example.org/proxied", None, clientIp="203.0.113.9"),
        seen("https://www.example.org/app", None, "Our%20App/1 CFNetwork/1410"),
        seen("https://www.example.org/plus", None, "Odd/1 (+https://a.example) (+odd@a.example)"),
        "has fewer fields",
        "has fewer fields",
        "has more fields",
        None,
        seen("https://example.com/quoted?a=1", None, 'an "odd" one+two/1', size=None),
        seen("http://www.example.net/whole?a=1", None, "odd one/1", size=None),
        None,
        seen("https://example.com/before-midnight", None, "odd/1", size=None, time="2026-11-24T23:59:59Z"),
        "is of another day",
        None,
        "comes after a #Fields: line without date and time",
        None,
        "comes after a #Fields: line without cs-method",
        None,
        "comes after a #Fields: line without cs-uri-stem",
    ],
)

# IIS Advanced Logging: quoted texts, and the server's own time.
W3C_LOCAL = Log(
    "w3c",
    [
        "#Software: IIS Advanced Logging Module",
        "#Fields:   date-local time-local   s-ip   cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) cs(Host) sc-status TimeTakenMS",
        f'2026-11-23 10:00:00.363 10.0.0.9 GET /local - "192.0.2.1" "{AGENT}" "{REFERRER}" "www.example.org" 200 109',
    ],
    [None, None, seen("https://www.example.org/local", size=None, time="2026-11-23T10:00:00.363Z")],
)

W3C_WITH_FIELDS = Log(
    "w3c",
    [
        "2026-11-23 10:00:00 192.0.2.1 GET /named 200 odd/1",
        "2026-11-23 10:00:00 192.0.2.1 GET /codes 200 odd%20one/1%20(+https://example.net/)",
        "2026-11-23 10:00:00 192.0.2.1 GET /pluses 200 Our%20App/1+CFNetwork/1410",
    ],
    [
        seen("https://example.com/named", None, "odd/1", size=None),
        seen("https://example.com/codes", None, "odd one/1 (+https://example.net/)", size=None),
        seen("https://example.com/pluses", None, "Our%20App/1 CFNetwork/1410", size=None),
    ],
    ("--fields", "date time c-ip cs-method cs-uri-stem sc-status cs(User-Agent)"),
)

CLOUDFRONT_FIELDS = (
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query "
    "cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type "
    "sc-content-type sc-content-len sc-range-start sc-range-end"
)


def cloudfront(stem, query="-", status=200, referrer=REFERRER, agent=AGENT.replace(" ", "%20"), protocol="https", forwarded="-"):
    return TAB.join(
        ["2026-11-23", "10:00:00", "SEA19-C1", "5120", "192.0.2.1", "GET", "d111111abcdef8.cloudfront.net", stem, str(status), referrer,
         agent, query, "-", "Hit", "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==", "www.example.org", protocol, "23", "0.001",
         forwarded, "-", "-", "Hit", "HTTP/2.0", "-", "-", "443", "0.001", "Hit", "text/html", "5120", "-", "-"]
    )  # fmt: skip


CLOUDFRONT = Log(
    "cloudfront",
    [
        "#Version: 1.0",
        CLOUDFRONT_FIELDS,
        cloudfront("/docs", "a=1"),
        cloudfront("/caf%25C3%25A9/~%7Ea%20b/100%25", "x=%252Fa%253Fb", referrer="https://example.net/?q=a%2520b"),
        # From 2013 to 2019, the user agent was encoded twice.
        cloudfront("/twice", agent=CHROME.replace(" ", "%2520"), protocol="http"),
        cloudfront("/tab", agent="odd%09one/1%20100%25"),
        cloudfront("/gone", status="000"),
        cloudfront("/fewer").removesuffix("\t-\t-"),
        cloudfront("/socket", protocol="wss"),
        cloudfront("/spaces").replace(TAB, " "),
        "#Fields: timestamp(ms) c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) c-country",
        TAB.join(["1795428000123", "192.0.2.1", "GET", "www.example.net", "/chosen", "200", "odd/1", "DE"]),
    ],
    [
        None,
        None,
        seen("https://www.example.org/docs?a=1"),
        seen("https://www.example.org/caf%C3%A9/~~a%20b/100%25?x=%2Fa%3Fb", "https://example.net/?q=a%20b"),
        seen("http://www.example.org/twice", userAgent=CHROME),
        seen("https://www.example.org/tab", userAgent="odd\tone/1 100%"),
        "errors",
        seen("https://www.example.org/fewer"),
        seen("https://www.example.org/socket"),
        "has no tabs",
        None,
        seen("https://www.example.net/chosen", None, "odd/1", size=None, time="2026-11-23T10:00:00.123Z"),
    ],
)

REALTIME_VALUES = [
    "1795428000.123", "192.0.2.1", "198.51.100.7", "0.001", "200", "5120", "GET", "https", "d111111abcdef8.cloudfront.net", "/docs", "23",
    "SEA19-C1", "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==", "www.example.org", "0.001", "HTTP/2.0", "IPv4",
    AGENT.replace(" ", "%20"), REFERRER, "-", "a=1", "Hit", "-", "TLSv1.3", "TLS_AES_128_GCM_SHA256", "Hit", "-", "-", "text/html", "5120",
    "-", "-", "51234", "Hit", "DE", "gzip", "*/*", "*", "Host:www.example.org", "Host", "1",
]  # fmt: skip
REALTIME_EVENT = seen("https://www.example.org/docs?a=1", time="2026-11-23T10:00:00.123Z")
REALTIME = Log(
    "cloudfront-realtime",
    [
        TAB.join(REALTIME_VALUES),
        TAB.join(REALTIME_VALUES[:2] + REALTIME_VALUES[3:]),
        TAB.join(REALTIME_VALUES + ["E1", "d1.cloudfront.net", "0.1", "0.2", "64500"]),
        TAB.join(value for value in REALTIME_VALUES if value != "IPv4"),
        TAB.join(REALTIME_VALUES[:9]),
    ],
    [REALTIME_EVENT] * 3 + ["has other fields"] * 2,
)
REALTIME_WITH_FIELDS = Log(
    "cloudfront-realtime",
    [TAB.join(["1795428000.123", "192.0.2.1", "200", "GET", "www.example.org", "https", "/chosen", AGENT.replace(" ", "%20")])],
    [seen("https://www.example.org/chosen", None, size=None, time="2026-11-23T10:00:00.123Z")],
    ("--fields", "timestamp,c-ip,sc-status,cs-method,x-host-header,cs-protocol,cs-uri-stem,cs-user-agent"),
)

NAMED = [
    HAPROXY, HAPROXY_WITH_FIELDS, HAPROXY_CLF, ENVOY, ALB, S3, TRAEFIK, W3C, W3C_LOCAL, W3C_WITH_FIELDS, CLOUDFRONT, REALTIME, REALTIME_WITH_FIELDS,
]  # fmt: skip
