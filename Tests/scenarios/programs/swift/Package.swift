// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The scenario driver of Swift: a program of its own that uses the library's module TPC.
let package = Package(
  name: "scenario-driver",
  dependencies: [.package(name: "libtpc", path: "../../../..")],
  targets: [
    .executableTarget(
      name: "scenario-driver", dependencies: [.product(name: "TPC", package: "libtpc")],
      swiftSettings: [.treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
