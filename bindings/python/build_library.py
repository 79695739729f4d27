# SPDX-License-Identifier: Apache-2.0
"""Puts libtpc into the wheel when LIBTPC_BUNDLE names it; otherwise the wheel is pure Python and needs the system's."""

import os
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LibraryHook(BuildHookInterface):
    """Builds one wheel for every Python 3 of this platform: the library does not depend on Python's ABI."""

    def initialize(self, version, build_data):
        library = os.environ.get("LIBTPC_BUNDLE")
        if not library:
            return
        # The library uses the system's libcurl and libjansson, which manylinux does not allow, hence the plain platform tag.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["force_include"][os.path.realpath(library)] = "tpc/libtpc.so.0"
