// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A user's program, in Swift 6 mode and with warnings as errors: each subcommand is what one test is about.
let package = Package(
  name: "consumer",
  dependencies: [.package(name: "libtpc", path: "../../../..")],
  targets: [
    .systemLibrary(name: "CFork"),
    .executableTarget(
      name: "consumer", dependencies: ["CFork", .product(name: "TPC", package: "libtpc")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
