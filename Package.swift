// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// libtpc runs on Linux. Swift programs use the product TPC, and servers of Hummingbird TPCHummingbird too; `make` builds the others.
// The manifest needs no unsafe flags: `make` passes those of the Embedded build and of the link (see Makefile).
let package = Package(
  name: "libtpc",
  products: [
    .library(name: "TPC", targets: ["TPC"]),
    .library(name: "TPCHummingbird", targets: ["TPCHummingbird"]),
    .library(name: "tpc", type: .dynamic, targets: ["TPCExport"]),
    .executable(name: "tpc-events", targets: ["tpc-events"]),
    .executable(name: "tpc-events-kafka", targets: ["tpc-events-kafka"]),
  ],
  // Off unless a package that depends on this one names them: without them, no other package is fetched.
  traits: [
    .default(enabledTraits: []),
    .trait(name: "Logging", description: "Log lines come to a Logger of swift-log."),
    .trait(name: "Metrics", description: "The counters come to swift-metrics."),
    .trait(name: "ServiceLifecycle", description: "PageVisits is a Service, which a graceful shutdown closes."),
    .trait(
      name: "Hummingbird", description: "TPCHummingbird: middleware that tracks a server's page visits.",
      enabledTraits: ["Logging", "ServiceLifecycle"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.9.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
  ],
  targets: [
    // The ABI's own header: Swift and C read the same file, as the module CTPC.
    .systemLibrary(name: "CTPCHeader", path: "include/tpc"),
    // Header-only shims: what Swift cannot import as it is.
    .systemLibrary(name: "CTPCPOSIX"),
    .systemLibrary(name: "CTPCCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CTPCJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    // Those of the tool alone.
    .systemLibrary(name: "CTPCZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CTPCZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CTPCCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CTPCKafka"),
    .target(name: "TPCCore", dependencies: ["CTPCPOSIX", "CTPCCurl", "CTPCJansson"]),
    .target(name: "TPCExport", dependencies: ["TPCCore", "CTPCHeader", "CTPCPOSIX"]),
    .executableTarget(name: "tpc-events", dependencies: ["TPCCore", "CTPCPOSIX", "CTPCZlib", "CTPCZstd", "CTPCCrypto"]),
    // Only `make kafka` builds it: it needs librdkafka.
    .executableTarget(
      name: "tpc-events-kafka", dependencies: ["TPCCore", "CTPCPOSIX", "CTPCKafka"], linkerSettings: [.linkedLibrary("rdkafka")]),
    .target(
      name: "TPC",
      dependencies: [
        "TPCCore",
        .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Logging"])),
        .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["ServiceLifecycle"])),
      ],
      swiftSettings: swift6),
    .target(
      name: "TPCHummingbird",
      dependencies: [
        "TPC",
        .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
        .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Hummingbird"])),
      ],
      swiftSettings: swift6),
    .testTarget(name: "TPCCoreTests", dependencies: ["TPCCore"], path: "Tests/unit"),
  ],
  swiftLanguageModes: [.v5]
)

var swift6: [SwiftSetting] {
  [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
   .enableUpcomingFeature("ExistentialAny")]
}
