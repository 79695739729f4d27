# What the tests of the shared code need: a locale whose decimal point is a comma.
#
# SPDX-License-Identifier: Apache-2.0

TEST_PACKAGES += locales
