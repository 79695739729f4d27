#!/bin/sh
# openssl.sh SOURCE TARGET FOLDER: builds libssl.a and libcrypto.a in a folder, with the target's tools on the PATH.
#
# Left out is what no client of HTTPS uses: old algorithms and protocols, making certificates, loading modules. OpenSSL does not read the
# host's openssl.cnf, whose modules would be those of another OpenSSL, and registers no handler at exit: a sender may still be using what
# that would free.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(realpath "$1") target=$2
mkdir -p "$3"
cd "$3"
export SOURCE_DATE_EPOCH=0
perl "$(realpath --relative-to=. "$source")/Configure" "linux-${target%%-*}" CC=cc AR=ar RANLIB=ranlib --release \
    --prefix=/usr --openssldir=/etc/ssl \
    no-shared no-module no-dso no-tests no-apps no-docs no-async no-atexit no-autoload-config no-filenames no-ui-console \
    no-legacy no-engine no-comp no-http no-cmp no-cms no-ct no-ts no-rfc3779 no-thread-pool \
    no-ssl3 no-tls1 no-tls1_1 no-dtls no-quic no-srp no-srtp no-psk no-nextprotoneg no-gost no-ssl-trace no-multiblock \
    no-aria no-bf no-blake2 no-camellia no-cast no-des no-dsa no-ec2m no-idea no-md4 no-mdc2 no-ml-dsa no-ocb no-rc2 no-rc4 no-rmd160 \
    no-scrypt no-seed no-siphash no-siv no-slh-dsa no-sm2 no-sm3 no-sm4 no-whirlpool \
    -fPIC -ffunction-sections -fdata-sections -fvisibility=hidden -fno-unwind-tables -fno-asynchronous-unwind-tables -g0 \
    > configure.log 2>&1 || { cat configure.log >&2; exit 1; }
make -s -j"${JOBS:-2}" build_generated > make.log 2>&1 || { tail -n 20 make.log >&2; exit 1; }
# AVX-512 would make a fifth of the library, and saves nothing that a client that sends events would notice. OpenSSL leaves it out for a
# compiler whose assembler does not know it, and asks the compiler for its version.
assembler=$(sed -n 's/^\([a-z0-9/_-]*\.s\):.*/\1/p' Makefile)
# shellcheck disable=SC2086
[ -z "$assembler" ] || make -s -j"${JOBS:-2}" CC="$here/older-assembler.sh" $assembler >> make.log 2>&1
make -s -j"${JOBS:-2}" libcrypto.a libssl.a >> make.log 2>&1 || { tail -n 20 make.log >&2; exit 1; }
