# The library and the tool for packages, with all inside that they need beyond the C library: `make self-contained`. They are for each of
# these systems; one machine builds all of them. It takes ten minutes or so the first time, and nothing where nothing changed.
#
# SPDX-License-Identifier: Apache-2.0

# The other way to compile is for this machine alone.
ifeq ($(STDLIB),embedded)

PACKAGE_TARGETS := x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-linux-musl
PACKAGE_SOURCES := openssl curl nghttp2 jansson zlib libzstd
PACKAGE_RECIPES := packaging/self-contained
PACKAGE_CACHE   := .build-packages
SELF_CONTAINED  := build/self-contained
# The flags of the shipped library, as swiftc itself takes them.
SWIFTC_MODE     := $(filter-out -Xswiftc -debug-info-format none,$(MODE)) -Xcc -fomit-frame-pointer
# With the target's commands first on the PATH.
WITH_TOOLS       = PATH="$(CURDIR)/$(PACKAGE_CACHE)/$*/bin:$$PATH" JOBS=$(JOBS)

# The tests make a source package of their own.
TEST_PACKAGES  += dpkg-dev

.PHONY: self-contained renew-sources sources-state
self-contained: $(foreach target,$(PACKAGE_TARGETS),$(SELF_CONTAINED)/$(target)/lib/libtpc.so) \
	$(foreach target,$(filter %-musl,$(PACKAGE_TARGETS)),$(SELF_CONTAINED)/$(target)/bin/tpc-events) $(SELF_CONTAINED)/licences

# Debian's newest versions, and which of those in the table are older.
renew-sources sources-state:
	@python3 -B $(PACKAGE_RECIPES)/sources.py $(if $(filter renew%,$@),renew,state) $(PACKAGE_CACHE)

.PRECIOUS: $(PACKAGE_CACHE)/%/bin/cc $(PACKAGE_CACHE)/%/openssl/libcrypto.a $(PACKAGE_CACHE)/%/archives/libcurl.a $(PACKAGE_CACHE)/%/TPCCore.o \
	$(SELF_CONTAINED)/%/lib/libtpc.so.$(VERSION)

$(PACKAGE_CACHE)/zig/installed: $(PACKAGE_RECIPES)/requirements.txt
	@packaging/debian-packages check dpkg-dev patch xz-utils perl
	@python3 -c 'import ensurepip, venv' 2>/dev/null || packaging/debian-packages check python3-venv
	rm -rf $(@D) && mkdir -p $(PACKAGE_CACHE)
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# What is built from the sources is built anew when they change, not whenever the table does: the first file is as old as the last look
# at the table, the second as the last change.
$(PACKAGE_CACHE)/sources/checked: $(PACKAGE_RECIPES)/sources.json | $(PACKAGE_RECIPES)/sources.py
	python3 -B $(PACKAGE_RECIPES)/sources.py unpack $(PACKAGE_CACHE) $(PACKAGE_SOURCES)
	@touch $@
$(PACKAGE_CACHE)/sources/unpacked: $(PACKAGE_CACHE)/sources/checked
	@:

$(PACKAGE_CACHE)/%/bin/cc: $(PACKAGE_RECIPES)/tools.sh $(PACKAGE_CACHE)/zig/installed
	$(PACKAGE_RECIPES)/tools.sh $(PACKAGE_CACHE)/zig/bin/python $* $(@D)

$(PACKAGE_CACHE)/%/openssl/libcrypto.a: $(PACKAGE_RECIPES)/openssl.sh $(PACKAGE_RECIPES)/older-assembler.sh $(PACKAGE_CACHE)/sources/unpacked $(PACKAGE_CACHE)/%/bin/cc
	rm -rf $(@D)
	$(WITH_TOOLS) $(PACKAGE_RECIPES)/openssl.sh $(PACKAGE_CACHE)/sources/openssl $* $(@D)

# The last of the archives.
$(PACKAGE_CACHE)/%/archives/libcurl.a: $(PACKAGE_RECIPES)/archives.sh $(PACKAGE_RECIPES)/compile.sh $(PACKAGE_RECIPES)/curl/curl_config.h $(PACKAGE_CACHE)/%/openssl/libcrypto.a
	$(WITH_TOOLS) $(PACKAGE_RECIPES)/archives.sh $(PACKAGE_CACHE)/sources $(PACKAGE_CACHE)/$*

$(PACKAGE_CACHE)/%/TPCCore.o: $(PACKAGE_RECIPES)/core.sh $(SOURCES) $(PACKAGE_CACHE)/%/archives/libcurl.a
	@$(MAKE) --no-print-directory requirements
	$(WITH_TOOLS) $(PACKAGE_RECIPES)/core.sh $(PACKAGE_CACHE)/sources $* $(PACKAGE_CACHE)/$* $(SWIFTC_MODE)

PACKAGE_OBJECTS = $(PACKAGE_CACHE)/%/TPCCore.o $(PACKAGE_CACHE)/%/archives/libcurl.a $(PACKAGE_RECIPES)/link.sh $(PACKAGE_RECIPES)/compatibility.c
$(SELF_CONTAINED)/%/lib/libtpc.so.$(VERSION): $(PACKAGE_OBJECTS) packaging/libtpc.map
	@mkdir -p $(@D)
	$(WITH_TOOLS) $(PACKAGE_RECIPES)/link.sh $(PACKAGE_CACHE)/$* $@.new $(SONAME) && mv $@.new $@

$(SELF_CONTAINED)/%/lib/libtpc.so: $(SELF_CONTAINED)/%/lib/libtpc.so.$(VERSION)
	ln -sf libtpc.so.$(VERSION) $(@D)/$(SONAME)
	ln -sf $(SONAME) $@

$(SELF_CONTAINED)/%/bin/tpc-events: $(PACKAGE_OBJECTS)
	@mkdir -p $(@D)
	$(WITH_TOOLS) $(PACKAGE_RECIPES)/link.sh $(PACKAGE_CACHE)/$* $@.new && mv $@.new $@

# What a package has to have beside the library: the licences of what is inside.
$(SELF_CONTAINED)/licences: $(PACKAGE_CACHE)/sources/checked $(PACKAGE_CACHE)/zig/installed
	python3 -B $(PACKAGE_RECIPES)/sources.py licences $(PACKAGE_CACHE) $@
	@touch $@

# ---- Tests: the files, programs for each system (by an emulator where the processor is another), and the library's own tests of delivery
# and of the ABI with this library in the place of the other.

.PHONY: test-self-contained
test-self-contained: setup all self-contained
	@packaging/debian-packages install qemu-user-static
	TEST_SELF_CONTAINED=yes $(PYTHON) -m pytest -q Tests/packages
	TPC_LIBRARY=$(CURDIR)/$(SELF_CONTAINED)/$(shell uname -m)-linux-gnu/lib/libtpc.so $(PYTHON) -m pytest -q Tests/library/delivery Tests/library/abi

endif
