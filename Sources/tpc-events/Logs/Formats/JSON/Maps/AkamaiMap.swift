// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// Akamai's DataStream 2. It percent-encodes the visitor's texts, and leaves out what is empty.
  static var akamai: JSONMap {
    JSONMap(
      members: [
        Member("reqTimeSec", .time),
        Member("cliIP", .client), Member("xForwardedFor", .forwardedFor),
        Member("reqHost", .host), Member("proto", .scheme), Member("reqPort", .port), Member("tlsVersion", .tls),
        Member("reqMethod", .method), Member("reqPath", .path), Member("queryStr", .query),
        Member("statusCode", .status), Member("bytes", .bytes), Member("totalBytes", .bytes),
        Member("referer", .referrer), Member("UA", .userAgent), Member("reqId", .requestID),
      ],
      texts: .percentEncoded,
      missing: MissingMembers(
        time: "has no reqTimeSec (the stream's data set needs it)", method: "has no reqMethod (the stream's data set needs it)",
        target: "has no reqPath (the stream's data set needs it)", status: "has no statusCode (the stream's data set needs it)"))
  }
}
