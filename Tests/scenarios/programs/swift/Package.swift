// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The scenario driver of Swift: a program of its own that uses the library's Swift product.
let package = Package(
  name: "scenario-driver",
  dependencies: [.package(name: "libtpc", path: "../../../..")],
  targets: [
    .executableTarget(name: "scenario-driver", dependencies: [.product(name: "TPCCore", package: "libtpc")])
  ],
  swiftLanguageModes: [.v5]
)
