#!/bin/sh
# core.sh SOURCES TARGET FOLDER FLAG...: compiles the library, in Embedded Swift, to FOLDER/TPCCore.o and TPCExport.o, and for musl the
# tool to tpc_events.o, with swiftc's flags for the mode. The headers are those of the target's C library, which its cc knows, and those
# of SOURCES.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
sources=$1 target=$2 folder=$3
shift 3
# Swift's embedded standard library has no Linux on arm64: code for no system at all is the same, with Linux' headers.
#
# zig's headers declare what a version of glibc has: here 2.25, the first with getrandom, which compatibility.c has for older ones.
# Whatever else an older one lacks is missing when the library is linked.
case $target in
x86_64-*) triple=x86_64-unknown-linux-gnu system='-Xcc -fcf-protection=full' ;;
aarch64-*) triple=aarch64-none-none-elf system='-Xcc -D__linux__ -Xcc -mbranch-protection=standard' ;;
esac
# The C library's folders of headers, in their order; the first is the compiler's own, and swiftc has its own.
headers=$(cc -x c -E -v /dev/null 2>&1 | sed -n '/search starts here:$/,/^End of search/s/^ //p' | sed 1d | sed 's/^/-Xcc -isystem -Xcc /')
[ -n "$headers" ] || { echo 'core.sh: cc -v names no folder of headers' >&2; exit 1; }
modules=$(for module in Sources/CTPC*/; do echo "-I $module"; done)
cache=$folder/module-cache
mkdir -p "$folder"

# Without warnings: the ordinary build shows those of the sources, and the others are about the C library, which swiftc does not know.
# shellcheck disable=SC2086
compile() {
    name=$1
    shift
    swiftc -suppress-warnings -target "$triple" -swift-version 5 -package-name libtpc -module-cache-path "$cache" -module-name "$name" "$@" \
        -Xcc -nostdlibinc $headers $system -Xcc -D__GLIBC_MINOR__=25 -Xcc -fPIC -Xcc -DCURL_STATICLIB $modules -I include -I "$folder" \
        -I "$sources/curl/include" -I "$sources/jansson/src" -I "$sources/openssl/include" -I "$folder/openssl/include" \
        -I "$sources/zlib" -I "$sources/libzstd/lib" -I "$folder/headers" -o "$folder/$name.o" -c
}
# shellcheck disable=SC2046
compile TPCCore "$@" -parse-as-library -emit-module -emit-module-path "$folder/TPCCore.swiftmodule" $(find Sources/TPCCore -name '*.swift' | LC_ALL=C sort)
# shellcheck disable=SC2046
compile TPCExport "$@" -parse-as-library $(find Sources/TPCExport -name '*.swift' | LC_ALL=C sort)
names='TPCCore TPCExport'
case $target in
*-musl)
    # shellcheck disable=SC2046
    compile tpc_events "$@" $(find Sources/tpc-events -name '*.swift' | LC_ALL=C sort)
    names="$names tpc_events"
    ;;
esac
# A hash of each module, which nothing reads, depends on the folder of the build.
objcopy=$(dirname "$(realpath "$(command -v swiftc)")")/llvm-objcopy
for name in $names; do
    "$objcopy" -R .swift_modhash "$folder/$name.o"
done
