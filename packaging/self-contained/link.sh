#!/bin/sh
# link.sh FOLDER LIBRARY SONAME: links the library for a target, whose tools are on the PATH, from the objects and archives in FOLDER.
# link.sh FOLDER TOOL: links the tool as a static program.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath "$1") output=$2
swift=$(dirname "$(realpath "$(command -v swiftc)")")
(cd "$here" && ./compile.sh "$folder" compatibility.c)

# What TPCCore takes of libcrypto is weak, since a system's libcurl may do without. A linker takes nothing out of an archive for a weak
# name, so each is asked for. What stays undefined all the same, a test finds.
weak=$("$swift/llvm-nm" "$folder/TPCCore.o" | sed -n 's/^ *w \([A-Za-z].*\)/-Wl,-u,\1/p')
archives="$folder/archives/libcurl.a $folder/archives/libnghttp2.a $folder/archives/libjansson.a"
archives="$archives $folder/openssl/libssl.a $folder/openssl/libcrypto.a"
hardened='-Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack'
small='-Wl,--gc-sections -Wl,--build-id=none -s'

# shellcheck disable=SC2086
case $# in
3)
    cc -shared -o "$output" "-Wl,-soname,$3" "$folder/TPCExport.o" "$folder/TPCCore.o" "$folder/compatibility.c.o" $weak $archives \
        -Wl,--version-script=packaging/libtpc.map -Wl,-z,defs -Wl,-z,nodelete -Wl,-Bsymbolic -Wl,--as-needed $hardened $small
    ;;
2)
    "$swift/llvm-objcopy" --redefine-sym tpc_events_main=main "$folder/tpc_events.o" "$folder/main.o"
    cc -static -pie -o "$output" "$folder/main.o" "$folder/TPCCore.o" "$folder/compatibility.c.o" $weak $archives \
        "$folder/archives/libzstd.a" "$folder/archives/libz.a" $hardened $small
    ;;
esac
