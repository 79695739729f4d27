#!/bin/sh
# archives.sh SOURCES FOLDER: builds libcurl, nghttp2 and jansson for the library, and zlib and libzstd for the tool: an archive each in
# FOLDER/archives, and the headers that are made for them in FOLDER/headers. The target's tools are on the PATH, OpenSSL is in
# FOLDER/openssl.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources=$(realpath "$1") folder=$(realpath "$2")
mkdir -p "$folder/archives" "$folder/headers/nghttp2"

# archive NAME SUBFOLDER PATTERN FLAG...: compiles a source's files into libNAME.a. The compiler runs in their folder, so that the names
# of files in a message are the same on every machine.
archive() {
    name=$1 pattern=$3 objects=$folder/objects/$1
    cd "$sources/$2"
    shift 3
    rm -rf "$objects" "$folder/archives/lib$name.a"
    mkdir -p "$objects"
    # shellcheck disable=SC2086
    for file in $pattern; do echo "$file"; done | xargs -P "${JOBS:-2}" -n 1 "$here/compile.sh" "$objects" "$@"
    ar rcsD "$folder/archives/lib$name.a" "$objects"/*.o
}

version=$(sed -n 's/^AC_INIT(\[nghttp2\], \[\([0-9.]*\)\].*/\1/p' "$sources/nghttp2/configure.ac")
number=$(echo "$version" | awk -F. '{ printf "0x%02x%02x%02x", $1, $2, $3 }')
sed -e "s/@PACKAGE_VERSION@/$version/" -e "s/@PACKAGE_VERSION_NUM@/$number/" \
    "$sources/nghttp2/lib/includes/nghttp2/nghttp2ver.h.in" > "$folder/headers/nghttp2/nghttp2ver.h"
sed -e '/^#cmakedefine HAVE_STDINT_H/s/.*/#define HAVE_STDINT_H 1/' -e '/^#cmakedefine/d' -e 's/@JSON_INLINE@/inline/' \
    -e 's/@JSON_INT_T@/long long/' -e 's/@JSON_STRTOINT@/strtoll/' -e 's/@JSON_INTEGER_FORMAT@/"lld"/' \
    -e 's/@JSON_HAVE_[A-Z_]*@/1/' "$sources/jansson/cmake/jansson_config.h.cmake" > "$folder/headers/jansson_config.h"
# Its settings are on the command line.
: > "$folder/headers/jansson_private_config.h"

archive nghttp2 nghttp2/lib '*.c' -DNGHTTP2_STATICLIB -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H -DHAVE_CLOCK_GETTIME \
    -DHAVE_DECL_CLOCK_MONOTONIC=1 -Iincludes "-I$folder/headers"
archive jansson jansson/src '*.c' -DHAVE_STDINT_H -DHAVE_SYS_TYPES_H -DHAVE_UNISTD_H -DHAVE_FCNTL_H -DHAVE_SYS_STAT_H \
    -DHAVE_SYS_TIME_H -DHAVE_GETTIMEOFDAY -DHAVE_GETPID -DHAVE_OPEN -DHAVE_READ -DHAVE_CLOSE -DHAVE_SCHED_H -DHAVE_SCHED_YIELD -DHAVE_STRTOLL \
    -DHAVE_LOCALE_H -DHAVE_LOCALECONV -DHAVE_ATOMIC_BUILTINS -DUSE_URANDOM "-I$folder/headers"
# A file of curl's whose feature is left out is empty.
archive curl curl/lib '[!dm]*.c d[!l]*.c m[!a]*.c curlx/*.c vauth/*.c vquic/*.c vtls/*.c' -DHAVE_CONFIG_H -DBUILDING_LIBCURL -DCURL_STATICLIB \
    -DNGHTTP2_STATICLIB "-I$here/curl" -I../include -I. "-I$folder/openssl/include" -I../../openssl/include -I../../nghttp2/lib/includes \
    "-I$folder/headers"
archive z zlib '*.c' -D_LARGEFILE64_SOURCE -DHAVE_UNISTD_H
archive zstd libzstd/lib 'common/*.c decompress/*.c' -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM
