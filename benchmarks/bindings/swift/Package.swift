// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
  name: "enqueue",
  dependencies: [.package(name: "libtpc", path: "../../..")],
  targets: [.executableTarget(name: "enqueue", dependencies: [.product(name: "TPC", package: "libtpc")])]
)
