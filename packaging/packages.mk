# What is built for other machines than this one: `make packages`.
#
# SPDX-License-Identifier: Apache-2.0

.PHONY: packages
packages: self-contained
