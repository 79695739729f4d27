# SPDX-License-Identifier: Apache-2.0
"""Formats that are given as the server's configuration has them, with lines and the events that these become."""

from tool.formats.text_logs import AGENT, Log, REFERRER, seen

LOCAL = "23/Nov/2026:10:00:00 +0000"

NGINX_MAIN = Log(
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"'
    " $request_time $upstream_response_time",
    [
        f'192.0.2.1 - alice [x] b [{LOCAL}] "GET /docs?q=\\x22a HTTP/1.1" 200 5120 "{REFERRER}" "{AGENT}" "-" 0.003 0.001',
        f'192.0.2.1 - - [{LOCAL}] "GET /escaped HTTP/1.1" 200 5120 "-" "say \\x22hi\\x22 \\" 200" "-" 0.003 0.001, 0.002 : 0.1',
        f'192.0.2.1 - - [{LOCAL}] "GET /unescaped HTTP/1.1" 200 5120 "-" "an "odd" one/1" "-" 0.003 -',
        f'192.0.2.1 - - [{LOCAL}] "GET /cut HTTP/1.1" 200 5120 "-" "odd one/1 and mo',
        f'192.0.2.1 - - [{LOCAL}] "GET /backslash HTTP/1.1" 200 5120 "-" "odd one/1\\"',
        f'192.0.2.1 - - [{LOCAL}] "\\x16\\x03\\x01" 200 5120 "-" "-" "-" 0.003 -',
        f'192.0.2.1 - - [{LOCAL}] "GET /other-format HTTP/1.1" 200 5120 "-" "odd one/1"',
        f'192.0.2.1 - - [{LOCAL}] "GET /half HTTP/1.1" 2',
        f'192.0.2.1 - - [23/Nox/2026:10:00:00 +0000] "GET /month HTTP/1.1" 200 5120 "-" "odd one/1" "-" 0.003 -',
    ],
    [
        seen("https://example.com/docs?q=%22a"),
        seen("https://example.com/escaped", None, 'say "hi" " 200'),
        seen("https://example.com/unescaped", None, 'an "odd" one/1'),
        seen("https://example.com/cut", None, "odd one/1 and mo"),
        seen("https://example.com/backslash", None, "odd one/1\\"),
        "no HTTP request",
        "has something other",
        "has no request",
        "has no time",
    ],
)

NGINX_DIRECTIVE = Log(
    """log_format  vhosts  '$msec $remote_addr:$remote_port $scheme://$host:$server_port $server_name '
                            '"$request_method $request_uri $server_protocol" ${status} '
                            '$body_bytes_sent $request_id "$http_user_agent" $my_own_variable';""",
    ['1795428000.123 2001:db8::1:5123 https://www.example.org:443 web "GET /a b?c=1 HTTP/2.0" 200 5120 8f3a "odd one/1" x'],
    [seen("https://www.example.org/a%20b?c=1", None, "odd one/1", "2001:db8::1", time="2026-11-23T10:00:00.123Z")],
)

# nginx writes a - for arguments that are not there, right after the path.
NGINX_PIECES = Log(
    "log_format bars escape=none '$time_iso8601|$http_x_forwarded_proto|$scheme|$http_host|$request_method|$uri$is_args$args|$status|"
    "$http_user_agent|$http_referer';",
    [
        "2026-11-23T11:00:00+01:00|https|http|www.example.org|GET|/docs-|200|odd one\\x22/1|-",
        "2026-11-23T11:00:00+01:00|-|http|-|GET|/docs?a=b-|200|odd one/1|https://example.net/a|b",
        "2026-11-23T11:00:00+01:00|-|http|evil.example/path?|GET|/host|200|odd one/1|-",
    ],
    [
        seen("https://www.example.org/docs", None, "odd one\\x22/1", None, size=None, time="2026-11-23T11:00:00+01:00"),
        seen("http://example.com/docs?a=b-", "https://example.net/a|b", "odd one/1", None, size=None, time="2026-11-23T11:00:00+01:00"),
        seen("http://example.com/host", None, "odd one/1", None, size=None, time="2026-11-23T11:00:00+01:00"),
    ],
)

# nginx escapes a visitor's tabs, so a tab is an end that can be seen.
NGINX_TABS = [
    Log(
        given,
        [
            "1795428000.123\t192.0.2.1\twww.example.org\thttps\tGET\t/a b|c\t200\t5120\thttps://x.example/ y|z\todd one|1 \\x09 two",
            "1795428000.123\t192.0.2.1\twww.example.org\thttps\tGET\t/more\t200\t5120\t-\todd\tone",
            "1795428000.123\t192.0.2.1\twww.example.org\thttps\tGET\t/half\t2",
        ],
        [
            seen("https://www.example.org/a%20b%7Cc", "https://x.example/ y|z", "odd one|1 \t two", time="2026-11-23T10:00:00.123Z"),
            seen("https://www.example.org/more", None, "odd\tone", time="2026-11-23T10:00:00.123Z"),
            "has no request",
        ],
    )
    for given in [
        r"$msec\t$remote_addr\t$host\t$scheme\t$request_method\t$request_uri\t$status\t$body_bytes_sent\t$http_referer\t$http_user_agent",
        "log_format tabs '$msec\t$remote_addr\t$host\t$scheme\t$request_method\t$request_uri\t$status\t$body_bytes_sent\t'\n"
        r"'$http_referer\t$http_user_agent';",
    ]
]

# A visitor may send bars, and nothing shows then where the texts end.
NGINX_BARS = Log(
    "$remote_addr|$time_iso8601|$request_method|$request_uri|$status|$http_referer|$http_user_agent|$request_id",
    [
        "192.0.2.1|2026-11-23T10:00:00+00:00|GET|/docs|a|200|https://x.example/|odd one/1|8f3a",
        "192.0.2.1|2026-11-23T10:00:00+00:00|GET|/referrer|200|https://x.example/?a|b|odd one/1|8f3a",
        "192.0.2.1|2026-11-23T10:00:00+00:00|GET|/agent|200|-|odd|one|8f3a",
    ],
    [
        seen("https://example.com/docs%7Ca", "https://x.example/", "odd one/1", size=None, time="2026-11-23T10:00:00+00:00"),
        "has a separator within a visitor's text",
        "has a separator within a visitor's text",
    ],
)

# The offset from UTC is part of the time, also without brackets around it.
NGINX_BARE_TIMES = [
    Log(given, lines, [seen("https://example.com/docs", None, "odd/1", client, size=None) for client in ["192.0.2.1", "2001:db8::1"]])
    for given, lines in [
        (
            '$time_local $remote_addr "$request" $status "$http_user_agent"',
            [f'{LOCAL} {client} "GET /docs HTTP/1.1" 200 "odd/1"' for client in ["192.0.2.1", "2001:db8::1"]],
        ),
        (
            '$remote_addr "$request" $status "$http_user_agent" $time_local',
            [f'{client} "GET /docs HTTP/1.1" 200 "odd/1" {LOCAL}' for client in ["192.0.2.1", "2001:db8::1"]],
        ),
    ]
]

NGINX_URL = Log(
    '[$time_local] $remote_addr "$request_method $scheme://$host$request_uri" $status "$http_user_agent"',
    [f'[{LOCAL}] 192.0.2.1 "GET https://www.example.org/docs?a=1" 200 "odd one/1"'],
    [seen("https://www.example.org/docs?a=1", None, "odd one/1", size=None)],
)

APACHE = Log(
    '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
    [
        f'192.0.2.1 - alice [{LOCAL}] "GET /docs HTTP/1.1" 200 5120 "{REFERRER}" "{AGENT}"',
        f'crawler.example.net - - [{LOCAL}] "GET /name HTTP/1.1" 200 5120 "-" "say \\"hi\\""',
        f'192.0.2.1 - - [{LOCAL}] "GET /longer HTTP/1.1" 200 5120 "-" "odd one/1" "more" 12',
    ],
    [
        seen("https://example.com/docs"),
        seen("https://example.com/name", None, 'say "hi"', None),
        seen("https://example.com/longer", None, "odd one/1"),
    ],
)

APACHE_DIRECTIVE = Log(
    r'LogFormat "%v:%p %{c}a %a \"%{X-Forwarded-For}i\" %{msec}t %m %U%q %H %>s %<s %B %I %D %T %X %!400,501{User-agent}i| %{UNIQUE_ID}e %L" own',
    ["www.example.org:443 10.0.0.1 192.0.2.1 \"-\" 1795428000123 GET /docs?a=1 HTTP/1.1 200 302 5120 300 12 0 + odd one/1| Zx7fq -"],
    [seen("https://www.example.org/docs?a=1", None, "odd one/1", time="2026-11-23T10:00:00.123Z")],
)  # fmt: skip

APACHE_TIMES = [
    ("%{sec}t", "1795428000", "2026-11-23T10:00:00.000Z"),
    ("%{begin:usec}t", "1795428000123456", "2026-11-23T10:00:00.123Z"),
    ("[%{%d/%b/%Y:%T %z}t]", f"[{LOCAL}]", "2026-11-23T10:00:00Z"),
    ("%{%Y-%m-%dT%H:%M:%S%z}t", "2026-11-23T10:00:00+0100", "2026-11-23T10:00:00+01:00"),
    ("%{%Y-%m-%dT%H:%M:%S}t", "2026-11-23T10:00:00", "2026-11-23T10:00:00Z"),
    ("[%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t]", "[23/Nov/2026:10:00:00.123 -0730]", "2026-11-23T10:00:00.123-07:30"),
    ("%{%Y-%m-%dT%T}t.%{usec_frac}t%{%z}t", "2026-11-23T10:00:00.123456+0100", "2026-11-23T10:00:00.123456+01:00"),
    ("%{%F}t %{%T}t", "2026-11-23 10:00:00", "2026-11-23T10:00:00Z"),
]

# Arguments with their quotes, as they are copied out of a configuration.
QUOTED = [
    Log(given, [f'192.0.2.1 - - [{LOCAL}] "GET /docs HTTP/1.1" 200 "odd/1"'], [seen("https://example.com/docs", None, "odd/1", size=None)])
    for given in [
        r'"%h %l %u %t \"%r\" %>s \"%{User-Agent}i\"" own',
        r'CustomLog logs/access.log "%h %l %u %t \"%r\" %>s \"%{User-Agent}i\""',
        r'"$remote_addr - - [$time_local] \"$request\" $status \"$http_user_agent\"";',
        r'$remote_addr - - [$time_local] \"$request\" $status \"$http_user_agent\"',
        "'$remote_addr - - [$time_local] '\n  '\"$request\" $status \"$http_user_agent\"';",
    ]
]  # fmt: skip

GIVEN = [NGINX_MAIN, NGINX_DIRECTIVE, NGINX_PIECES, *NGINX_TABS, NGINX_BARS, *NGINX_BARE_TIMES, NGINX_URL, APACHE, APACHE_DIRECTIVE, *QUOTED] + [
    Log(f'{given} %h "%r" %s "%{{User-Agent}}i"', [f'{written} 192.0.2.1 "GET /docs HTTP/1.1" 200 "odd/1"'],
        [seen("https://example.com/docs", None, "odd/1", size=None, time=time)])
    for given, written, time in APACHE_TIMES
]  # fmt: skip

# What is wrong with a format, and a word of the message.
REFUSED = [
    ('$remote_addr$remote_user [$time_local] "$request"', "$remote_addr and $remote_user have nothing between them"),
    ("%a%u %t %r", "%a and %u have nothing between them"),
    ("$remote_addr [$time_local]", "found no request"),
    ("$time_local $request_uri $status", "found no request"),
    ('$remote_addr "$request"', "found no time"),
    ('%h "%r"', "found no time"),
    ('%h %t "%r" %Z', "%Z is not a directive"),
    ('%{%c}t "%r"', "%{%c}t is a time that cannot be read"),
    ('%{%d/%b/%Y %T}t "%r"', "is a time that cannot be read"),
    ('$time_local "$request" $http_user_agent $country', "$http_user_agent may have spaces in it"),
    ("log_format tabs escape=none '$time_local\t$request\t$http_referer\t$http_user_agent';", "$request may have spaces in it"),
    ("log_format main '$';", "found a $ without a variable's name"),
    ("%h %", "found a % without a directive's letter"),
]
