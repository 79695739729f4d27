// SPDX-License-Identifier: Apache-2.0
// The lines of the documents as they stand.
import Hummingbird
import TPC
import TPCHummingbird

let visits = try PageVisits()
let router = Router()
router.add(middleware: TrackPageVisits(visits))
router.get("/") { _, _ in "Hello" }
let app = Application(router: router, services: [visits])
try await app.runService()
