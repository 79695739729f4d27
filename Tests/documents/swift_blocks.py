"""A package of the documents' Swift: statements in functions, and the middleware for Vapor with a stand-in of it."""

import pathlib
import re

import pages
from support import paths

STAND_INS = pathlib.Path(__file__).parent / "stand_ins"

MANIFEST = """// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "documents",
  dependencies: [.package(name: "libtpc", path: "{root}")],
  targets: [
    .executableTarget(name: "statements", dependencies: [.product(name: "TPC", package: "libtpc")]),
    .target(name: "Vapor"),
    .executableTarget(name: "vapor-site", dependencies: ["Vapor", .product(name: "TPC", package: "libtpc")]),
    .testTarget(name: "application", dependencies: [.product(name: "TPC", package: "libtpc")]),
  ]
)
"""

# What every example has, as the doc comments' examples do. `visits` and the rest may be declared anew.
AROUND = """import Foundation
{imports}
func {name}(visits: PageVisits, _ request: WebRequest, _ visit: Visit) async throws {{
  var configuration = Configuration(), request = request, visit = visit
  _ = (configuration, request, visit)
  configuration.dryRun = true
  request.status = 200
  visit.title = nil
  do {{
{statements}
  }}
}}
"""


def articles():
    """The pages of the DocC catalogue."""
    return [pages.Page(path) for path in sorted((paths.ROOT / "Sources/TPC/TPC.docc").glob("**/*.md"))]


def statements():
    """The blocks that are statements: those of the documents, and of the catalogue."""
    return [block for page in [*pages.PAGES.values(), *articles()] for block in page.blocks() if block.kind == "statements"]


def source(number, block):
    """A file with one block in a function."""
    imports = "import TPC\n" + "".join(re.findall(r"^import \w+\n", block.text.replace("import TPC\n", ""), re.MULTILINE))
    text = re.sub(r"^import \w+\n", "", block.text, flags=re.MULTILINE)
    return f"// {block}\n" + AROUND.format(imports=imports, name=f"block{number}", statements=text)


def write(folder):
    """Writes the package."""
    (folder / "Package.swift").write_text(MANIFEST.format(root=paths.ROOT), encoding="utf-8")
    for target in ("statements", "Vapor", "vapor-site"):
        (folder / "Sources" / target).mkdir(parents=True)
    for number, block in enumerate(statements()):
        (folder / "Sources/statements" / f"block{number}.swift").write_text(source(number, block), encoding="utf-8")
    (folder / "Sources/statements/main.swift").write_text('print("compiled")\n', encoding="utf-8")
    (middleware,) = pages.blocks("vapor")
    (folder / "Sources/Vapor/Vapor.swift").write_text((STAND_INS / "Vapor.swift").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "Sources/vapor-site/main.swift").write_text((STAND_INS / "main.swift").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "Sources/vapor-site/TrackPageVisits.swift").write_text(middleware.text, encoding="utf-8")
    (folder / "Tests/application").mkdir(parents=True)
    for number, block in enumerate(pages.blocks("swifttest")):
        (folder / "Tests/application" / f"test{number}.swift").write_text(block.text, encoding="utf-8")
