// swift-tools-version: 6.0
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The conformance driver of Swift: a program of its own that uses the library's Swift product.
let package = Package(
  name: "conformance-driver",
  dependencies: [.package(name: "libtpc", path: "../../../..")],
  targets: [
    .executableTarget(name: "conformance-driver", dependencies: [.product(name: "TPCCore", package: "libtpc")])
  ],
  swiftLanguageModes: [.v5]
)
