#!/bin/sh
# tools.sh PYTHON TARGET FOLDER: writes the commands cc, ar and ranlib for a target into a folder: those of
# the zig that a Python has. Sources that keep the compiler's command
# line in what they build then keep these names, and no path of this machine.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
zig=$("$1" -c 'import pathlib, ziglang; print(pathlib.Path(ziglang.__file__).parent / "zig")') target=$2 folder=$3
cache=$(realpath -m "$folder/../../zig-cache")
case $target in
*-gnu) target=$target.2.17 ;; # the first glibc for arm64, and old enough for x86-64
esac
# An indirect branch of a hijacked program may only go where the compiler marked a target.
case $target in
x86_64-*) branches=-fcf-protection=full ;;
aarch64-*) branches=-mbranch-protection=standard ;;
esac
mkdir -p "$folder"
write() {
    cat > "$folder/$1" <<END
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR='$cache' ZIG_LOCAL_CACHE_DIR='$cache'
exec '$zig' $2 "\$@"
END
    chmod +x "$folder/$1"
}
write cc "cc -target $target $branches -fstack-protector-strong -fno-sanitize=all"
write ar ar
write ranlib ranlib
