// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A program of its own that uses the module TPC. Elsewhere, name the package by its URL instead of by its path.
let package = Package(
  name: "page-visit",
  dependencies: [.package(name: "libtpc", path: "../..")],
  targets: [
    .executableTarget(name: "page-visit", dependencies: [.product(name: "TPC", package: "libtpc")])
  ]
)
