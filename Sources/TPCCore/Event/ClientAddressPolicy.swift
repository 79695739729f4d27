// SPDX-License-Identifier: Apache-2.0

/// What happens to a visitor's address: the choices of the option `client_ip`, in the option's order.
enum ClientAddressPolicy: Int {
  case full, truncate, omit
}
