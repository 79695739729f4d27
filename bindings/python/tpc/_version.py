# SPDX-License-Identifier: Apache-2.0
"""The package's version; the build takes it from here."""

__version__ = "0.1.0"
