// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// What `make test-hummingbird` builds: a server that tracks its page visits, and programs that use the other packages.
let package = Package(
  name: "server",
  dependencies: [
    .package(name: "libtpc", path: "../../../../..", traits: ["Hummingbird", "Metrics"]),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.9.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
  ],
  targets: [
    .executableTarget(
      name: "server",
      dependencies: [
        .product(name: "TPC", package: "libtpc"), .product(name: "TPCHummingbird", package: "libtpc"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "three",
      dependencies: [
        .product(name: "TPC", package: "libtpc"), .product(name: "TPCHummingbird", package: "libtpc"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "examples",
      dependencies: [
        .product(name: "TPC", package: "libtpc"), .product(name: "TPCHummingbird", package: "libtpc"),
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "services",
      dependencies: [
        .product(name: "TPC", package: "libtpc"), .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"), .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
