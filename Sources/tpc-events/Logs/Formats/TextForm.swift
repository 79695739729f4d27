// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// How a log writes the visitors' own texts.
enum TextForm {
  /// As they came.
  case plain
  /// With `\"`, `\\`, `\n` and `\xHH`, as Apache and nginx write them.
  case escaped
  /// With `%HH`, as CloudFront and Akamai write them: once more than the visitor did.
  case percentEncoded
  /// With `+` for each space, as IIS writes them.
  case plusForSpace
  /// With `#HH`, as HAProxy writes them.
  case hashEncoded
}
