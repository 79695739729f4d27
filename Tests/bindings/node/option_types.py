# SPDX-License-Identifier: Apache-2.0
"""lib/client-options.d.ts as the library's table of options and docs/options.md have it. To write it anew:

.venv/bin/python Tests/bindings/node/option_types.py
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from support.paths import ROOT  # noqa: E402

from library.abi import option_table  # noqa: E402

FILE = ROOT / "bindings" / "node" / "lib" / "client-options.d.ts"
LISTS = ("trusted_proxies", "include_paths", "exclude_paths", "page_types", "redact_query")
# The defaults of this package. The environment overrides these, too.
OWN_DEFAULTS = {
    "exit_timeout_ms": "2000",
    "log_descriptor": "-1, which is logger",
    "sdk_name": "tpc-events",
    "sdk_version": "the package's",
    "sdk_runtime": "node/20 or similar",
}
# A default of more than a few names does not help in an editor.
LONGEST_DEFAULT = 80
WIDTH = 130
HEADERS = ("CF-Connecting-IP", "True-Client-IP", "X-Real-IP", "Fly-Client-IP")
HEAD = """// SPDX-License-Identifier: Apache-2.0

// From the library's own table of options. Tests/bindings/node/option_types.py writes this file anew.

/** The library's options. Those that are not given are read from the environment: apiKey from TPC_API_KEY. */
export interface LibraryOptions {
"""


def camel_case(name):
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def meanings():
    """Each option's meaning, from the table in docs/options.md."""
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8").partition("\n| option | default | meaning |\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (?:–|`[^`]*`) \| (.*) \|$", text, re.MULTILINE))


def kind(option):
    """The option's type."""
    if option.name in LISTS:
        return "string | readonly string[]"
    if option.name == "client_ip_header":
        return " | ".join([*(f"'{name}'" for name in HEADERS), "(string & {})"])
    if option.is_choice:
        return " | ".join(f"'{name}'" for name in option.kind.split("|"))
    if option.is_range or option.kind in (option_table.RATIO, "integer"):
        return "number"
    return "boolean" if option.kind == option_table.BOOLEAN else "string"


def comment(option, meaning):
    """The doc comment, in this language's names."""
    names = "|".join(other.name for other in option_table.in_the_source() if "_" in other.name)
    text = re.sub(rf"(?<![\w.-])({names})\b", lambda match: camel_case(match[1]), meaning)
    default = OWN_DEFAULTS.get(option.name, option.default)
    ending = f" Default: {default}." if default and len(default) <= LONGEST_DEFAULT else ""
    # A pattern such as /admin/* would end the comment.
    text = (text[0].upper() + text[1:]).rstrip(".").replace("*/", "*\\/")
    return f"/** {text}.{ending} */"


def written():
    """The whole file."""
    known = meanings()
    lines = []
    for option in option_table.in_the_source():
        text = comment(option, known[option.name])
        lines += [*wrapped(text), f"  {camel_case(option.name)}?: {kind(option)};"]
    return HEAD + "\n".join(lines) + "\n}\n"


def wrapped(text):
    """The comment in lines of the usual width."""
    if len(text) + 2 <= WIDTH:
        return [f"  {text}"]
    lines = [""]
    for word in text.removeprefix("/** ").removesuffix(" */").split(" "):
        if len(lines[-1]) + len(word) + 6 > WIDTH:
            lines.append("")
        lines[-1] += f" {word}"
    return ["  /**", *(f"   *{line}" for line in lines), "   */"]


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
