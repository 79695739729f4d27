# The library compiled with each sanitizer, the shipped way otherwise, and the tests that run with it. The sanitizers' runtimes
# and the clang that links them are the Swift toolchain's own.
#
# SPDX-License-Identifier: Apache-2.0

SANITIZED       := .build-sanitizers
SANITIZER_CLANG := $(dir $(realpath $(shell command -v swiftc)))clang
SANITIZER_SWIFT  = swiftc -O -g -wmo -parse-as-library -sanitize=$* -enable-experimental-feature Embedded \
	-enforce-exclusivity=unchecked -I $(@D) -I Sources/CPOSIX -I Sources/CCurl -I Sources/CJansson -I include
SANITIZER_LINK   = -shared -g -fsanitize=$* -shared-libsan -fuse-ld=lld -Wl,-soname,$(SONAME) -Wl,-z,defs -Wl,-z,nodelete \
	-Wl,--version-script=packaging/libtpc.map
TEST_PACKAGES += valgrind

$(SANITIZED)/%/lib/libtpc.so: $(SOURCES) packaging/libtpc.map
	@mkdir -p $(@D)
	$(SANITIZER_SWIFT) -module-name TPCCore -emit-module-path $(@D)/TPCCore.swiftmodule -emit-module -emit-object \
		$(filter Sources/TPCCore/%.swift,$^) -o $(@D)/TPCCore.o
	$(SANITIZER_SWIFT) -module-name TPCExport -emit-object $(filter Sources/TPCExport/%.swift,$^) -o $(@D)/TPCExport.o
	$(SANITIZER_CLANG) $(SANITIZER_LINK) $(@D)/TPCExport.o $(@D)/TPCCore.o -lcurl -ljansson -lm -o $@
	ln -sf libtpc.so $(@D)/$(SONAME)

TORTURES += torture-sanitizers

.PHONY: torture-sanitizers
torture-sanitizers: setup all php $(SANITIZED)/thread/lib/libtpc.so $(SANITIZED)/address/lib/libtpc.so
	@PYTHONPATH=Tests $(PYTHON) -m torture.sanitizers
