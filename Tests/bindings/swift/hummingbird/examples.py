# SPDX-License-Identifier: Apache-2.0
"""The code in the doc comments of what is behind a trait, as one Swift file."""

import re

from support.paths import ROOT

IMPORTS = ("CoreMetrics", "Foundation", "Hummingbird", "Logging", "NIOCore", "ServiceLifecycle", "TPC", "TPCHummingbird")
TRAIT = re.compile(r"#if (?:Hummingbird|Logging|Metrics|ServiceLifecycle)$")
# What an example may use without making it.
CONTEXT = """func example{number}(
  visits: PageVisits, router: Router<BasicRequestContext>, request: Request, context: BasicRequestContext,
  responder: RouterResponder<BasicRequestContext>, middleware: TrackPageVisits<BasicRequestContext>, server: any Service,
  logger: Logger, configuration original: Configuration
) async throws {{
  var configuration = original
  configuration.logger = logger
  do {{
{code}
  }}
}}
"""


def examples():
    """The blocks, each with its file's name."""
    for path in sorted(path for folder in ("TPC", "TPCHummingbird") for path in (ROOT / "Sources" / folder).rglob("*.swift")):
        conditions, block = [], None
        for line in (line.strip() for line in path.read_text(encoding="utf-8").splitlines()):
            if line.startswith("#if"):
                conditions.append(bool(TRAIT.match(line)))
            elif line == "#endif":
                conditions.pop()
            elif line == "/// ```swift" and any(conditions):
                block = []
            elif line == "/// ```" and block is not None:
                yield path.name, "\n".join(block)
                block = None
            elif block is not None:
                block.append("    " + line.removeprefix("///").removeprefix(" "))


def source():
    functions = [f"// {name}\n" + CONTEXT.format(number=number, code=code) for number, (name, code) in enumerate(examples())]
    return "\n".join([*(f"import {name}" for name in IMPORTS), "", *functions])
