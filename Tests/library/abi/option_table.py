"""The options as they are promised: name, what each takes, default, environment's variable.

The library's own table is Sources/TPCCore/Options/OptionTable.swift, which `in_the_source` reads.
"""

import re
from dataclasses import dataclass

from support import paths

SECRET, COOKIE, TEXT, BOOLEAN, RATIO = "secret", "cookie", "text", "boolean", "ratio"
REDACTED = (
    "access_token,api_key,auth,auth_token,authenticity_token,authorization,client_secret,code,code_verifier,"
    "confirmation_token,csrf_token,csrfmiddlewaretoken,current_password,id_token,id_token_hint,invitation_token,"
    "jsessionid,jwt,new_password,oauth_token,old_password,otp,passwd,password,password_confirmation,phpsessid,"
    "private_key,pwd,refresh_token,reset_password_token,reset_token,samlresponse,secret,secret_key,session,"
    "session_id,session_token,sid,sig,signature,ticket,token,verification_token,x_amz_security_token,"
    "x_amz_signature,x_goog_signature,xsrf_token"
)


@dataclass(frozen=True)
class Option:
    """`kind` is one of the kinds above, a pair of whole numbers for a range, or a list of values as a text with |."""

    name: str
    kind: object
    default: str = ""
    variable: str = ""
    also: str = ""

    def __str__(self):
        return self.name

    @property
    def is_range(self):
        return isinstance(self.kind, tuple)

    @property
    def is_choice(self):
        return isinstance(self.kind, str) and "|" in self.kind

    @property
    def environment(self):
        return self.variable or "TPC_" + self.name.upper()

    @property
    def variables(self):
        """All of its variables, in the order in which they count."""
        names = [self.environment, "TPC_" + self.name.upper(), self.also]
        return [name for name in dict.fromkeys(names) if name]


OPTIONS = [
    Option("api_key", SECRET, also="TPC_ORGANIZATION_API_KEY"),
    Option("api_key_file", TEXT),
    Option("bearer_token", SECRET),
    Option("session_token", COOKIE),
    Option("organization_id", TEXT),
    Option("organization_slug", TEXT, also="TPC_ORG_SLUG"),
    Option("product_id", TEXT),
    Option("product_slug", TEXT),
    Option("environment", "production|local|dev", "production"),
    Option("base_url", TEXT, variable="THE_PROMPTING_COMPANY_BASE_URL", also="TPC_API_URL"),
    Option("queue_max_bytes", (1024, 1 << 40), "16777216"),
    Option("queue_max_events", (1, 100_000_000), "10000"),
    Option("max_in_flight", (1, 1000), "100"),
    Option("max_connections", (1, 100), "8"),
    Option("connect_timeout_ms", (1, 600_000), "3000"),
    Option("request_timeout_ms", (1, 600_000), "10000"),
    Option("delivery_timeout_ms", (1, 604_800_000), "300000"),
    Option("retry_initial_ms", (1, 600_000), "500"),
    Option("retry_max_ms", (1, 600_000), "30000"),
    Option("max_event_bytes", (1024, 1_048_576), "32768"),
    Option("report_capacity", (0, 10_000_000), "0"),
    Option("spool_directory", TEXT),
    Option("spool_max_bytes", (1_048_576, 1 << 40), "268435456"),
    Option("spool_max_age_ms", (1000, 604_800_000), "86400000"),
    Option("spool_sync", "none|interval|always", "none"),
    Option("spool_sender", "self|shared|never", "self"),
    Option("trusted_proxies", TEXT),
    Option("client_ip_header", TEXT),
    Option("include_paths", TEXT),
    Option("exclude_paths", TEXT),
    Option("page_types", TEXT, "text/html,application/xhtml+xml,text/plain,text/markdown,application/pdf"),
    Option("track_errors", "none|ai|all", "none"),
    Option("only_ai_agents", BOOLEAN, "false"),
    Option("label_ai_agents", BOOLEAN, "false"),
    Option("only_ai", BOOLEAN, "false"),
    Option("label_ai_answers", BOOLEAN, "false"),
    Option("ai_agents_file", TEXT),
    Option("ai_ranges_dir", TEXT),
    Option("ai_ranges_max_age_days", (1, 3650), "30"),
    Option("ai_keys_dir", TEXT),
    Option("sample_rate", RATIO, "1"),
    Option("client_ip", "full|truncate|omit", "full"),
    Option("anonymous_id", "none|daily", "none"),
    Option("privacy_signals", "ignore|minimal|leave_out", "ignore"),
    Option("event_id", "random|request", "random"),
    Option("redact_query", TEXT, REDACTED),
    Option("ca_file", TEXT),
    Option("proxy", SECRET),
    Option("allow_insecure_http", BOOLEAN, "false"),
    Option("log_level", "off|error|warn|info|debug", "warn", "THE_PROMPTING_COMPANY_LOG"),
    Option("log_descriptor", (-1, 65_535), "2"),
    Option("enabled", BOOLEAN, "true"),
    Option("dry_run", BOOLEAN, "false"),
    Option("name", TEXT),
    Option("exit_timeout_ms", (0, 600_000), "0"),
    Option("sdk_name", TEXT, "libtpc"),
    Option("sdk_version", TEXT),
    Option("sdk_runtime", TEXT, "c"),
]
BY_NAME = {option.name: option for option in OPTIONS}
CREDENTIALS = ("api_key", "bearer_token", "session_token")


def in_the_source():
    """The rows of the library's own table."""
    text = (paths.ROOT / "Sources/TPCCore/Options/OptionTable.swift").read_text(encoding="utf-8")
    # A literal of several lines, each but the last with a backslash at its end, is one of one line.
    text = re.sub(r'"""\n(.*?)\n\s*"""', lambda literal: '"' + re.sub(r"\\?\n\s*", "", literal[1].strip()) + '"', text, flags=re.DOTALL)
    rows = re.findall(
        r'OptionRow\(\s*"(\w+)",\s*\.(\w+)(?:\(([^()]*)\))?,\s*"([^"]*)"(?:,\s*"(\w+)")?(?:,\s*also: "(\w+)")?\s*\)',
        text,
    )
    return [
        Option(name, _kind(kind, argument), default, _own(name, variable), also)
        for name, kind, argument, default, variable, also in rows
    ]


def _kind(kind, argument):
    if kind == "integer":
        low, high = argument.replace("_", "").split("...")
        base, _, shift = high.partition("<<")
        return int(low), int(base) << int(shift or 0)
    return argument.strip('"') if kind == "choice" else kind


def _own(name, variable):
    return "" if variable == "TPC_" + name.upper() else variable


def accepted(option):
    """Values that an option takes."""
    if option.is_range:
        return [str(option.kind[0]), str(option.kind[1]), option.default, "00" + option.default]
    if option.is_choice:
        return option.kind.split("|")
    if option.kind == BOOLEAN:
        return ["true", "false", "1", "0", "yes", "no", "on", "off"]
    if option.kind == RATIO:
        return ["0", "1", "0.25", ".5", "1.000", "0.000001"]
    return ["", "text", "x" * 4096]


def refused(option):
    """Values that it does not take, and what its message says is accepted."""
    if option.is_range:
        low, high = option.kind
        values = [
            low - 1,
            high + 1,
            -high,
            "",
            " 5",
            "5 ",
            "0x10",
            "1e3",
            "1.0",
            "5,000",
            "five",
            2**63,
            2**64 + low,
            "٣",
        ]
        return values, f"expected a whole number from {low} to {high}"
    if option.is_choice:
        first = option.kind.split("|")[0]
        words = option.kind.replace("|", ", ")
        return ["", first.upper(), first + " ", first[:-1], option.kind, "|"], f"expected {words}"
    if option.kind == BOOLEAN:
        return ["", "TRUE", "True", "y", "2", "-1", "true "], "expected true or false"
    if option.kind == RATIO:
        return [
            "",
            ".",
            "-0.1",
            "1.01",
            "2",
            "1e3",
            "50%",
            "0,5",
            "nan",
            "inf",
            "0.1.2",
            " 1",
        ], "expected a number from 0 to 1"
    controls = ["a\rb", "a\nb", "a\0b", "\x01", "\x7f", "a\tb"]
    # What RFC 6265's cookie-octet leaves out could end the cookie and begin another.
    cookies = ["a; other=b", "a;", 'a"b', "a,b", "a b", "a\\b", "é"] if option.kind == COOKIE else []
    return [*controls, *cookies, b"\xff", "x" * 4097], "expected "
