#!/bin/sh
# compile.sh FOLDER FLAG... FILE: compiles one C file as all of the self-contained library is: any address, nothing visible from outside,
# a section for each function, so that the linker leaves out what nothing uses.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
folder=$1
shift
for file in "$@"; do :; done
exec cc -O2 -DNDEBUG -g0 -fPIC -ffunction-sections -fdata-sections -fvisibility=hidden -fno-unwind-tables \
    -fno-asynchronous-unwind-tables \
    -c -o "$folder/$(echo "$file" | tr / -).o" "$@"
