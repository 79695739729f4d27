// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The manifest needs no unsafe flags: `make` passes those of the Embedded build and of the link (see Makefile).
let package = Package(
  name: "libtpc",
  products: [
    .library(name: "TPCCore", targets: ["TPCCore"]),
    .library(name: "tpc", type: .dynamic, targets: ["TPCExport"]),
    .executable(name: "tpc-events", targets: ["tpc-events"]),
  ],
  targets: [
    // The ABI's own header: Swift and C read the same file.
    .systemLibrary(name: "CTPC", path: "include"),
    // Header-only shims: what Swift cannot import as it is.
    .systemLibrary(name: "CPOSIX"),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .target(name: "TPCCore", dependencies: ["CPOSIX", "CCurl", "CJansson"]),
    .target(name: "TPCExport", dependencies: ["TPCCore", "CTPC", "CPOSIX"]),
    .executableTarget(name: "tpc-events", dependencies: ["TPCCore", "CPOSIX"]),
    .testTarget(name: "TPCCoreTests", dependencies: ["TPCCore"], path: "Tests/unit"),
  ],
  swiftLanguageModes: [.v5]
)
