# The library and the tool for packages, with all inside that they need beyond the C library: `make self-contained`. They are for each of
# these systems; one machine builds all of them. It takes ten minutes or so the first time, and nothing where nothing changed.
#
# SPDX-License-Identifier: Apache-2.0

TARGETS        := x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-linux-musl
SELF_CONTAINED := build/self-contained
CACHE          := .build-packages
RECIPES        := packaging/self-contained
CONTENTS       := openssl curl nghttp2 jansson zlib libzstd
# In the tool's place, the flags of SwiftPM are for swiftc.
SWIFTC_MODE    := $(filter-out -Xswiftc -debug-info-format none,$(MODE)) -Xcc -fomit-frame-pointer
# The target's commands, in the folder of the same name.
WITH_TOOLS      = PATH="$(CURDIR)/$(CACHE)/$*/bin:$$PATH" JOBS=$(JOBS)

.PHONY: self-contained renew-sources sources-state
self-contained: $(foreach target,$(TARGETS),$(SELF_CONTAINED)/$(target)/lib/libtpc.so) \
	$(foreach target,$(filter %-musl,$(TARGETS)),$(SELF_CONTAINED)/$(target)/bin/tpc-events) $(SELF_CONTAINED)/licences

# Debian's newest versions, and which of those in the table are older.
renew-sources sources-state:
	@python3 -B $(RECIPES)/sources.py $(if $(filter renew%,$@),renew,state) $(CACHE)

.PRECIOUS: $(CACHE)/%/bin/cc $(CACHE)/%/openssl/libcrypto.a $(CACHE)/%/archives/libcurl.a $(CACHE)/%/TPCCore.o \
	$(SELF_CONTAINED)/%/lib/libtpc.so.$(VERSION)

$(CACHE)/zig/installed: $(RECIPES)/requirements.txt
	@packaging/debian-packages check python3-venv dpkg-dev patch xz-utils make perl
	rm -rf $(@D) && mkdir -p $(CACHE)
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(CACHE)/sources/unpacked: $(RECIPES)/sources.json | $(RECIPES)/sources.py
	python3 -B $(RECIPES)/sources.py unpack $(CACHE) $(CONTENTS)
	@touch $@

$(CACHE)/%/bin/cc: $(RECIPES)/tools.sh $(CACHE)/zig/installed
	$(RECIPES)/tools.sh $(CACHE)/zig/bin/python $* $(@D)

$(CACHE)/%/openssl/libcrypto.a: $(RECIPES)/openssl.sh $(RECIPES)/older-assembler.sh $(CACHE)/sources/unpacked $(CACHE)/%/bin/cc
	rm -rf $(@D)
	$(WITH_TOOLS) $(RECIPES)/openssl.sh $(CACHE)/sources/openssl $* $(@D)

# The last of the archives.
$(CACHE)/%/archives/libcurl.a: $(RECIPES)/archives.sh $(RECIPES)/compile.sh $(RECIPES)/curl/curl_config.h $(CACHE)/%/openssl/libcrypto.a
	$(WITH_TOOLS) $(RECIPES)/archives.sh $(CACHE)/sources $(CACHE)/$*

$(CACHE)/%/TPCCore.o: $(RECIPES)/core.sh $(SOURCES) $(CACHE)/%/archives/libcurl.a
	@$(MAKE) --no-print-directory requirements
	$(WITH_TOOLS) $(RECIPES)/core.sh $(CACHE)/sources $* $(CACHE)/$* $(SWIFTC_MODE)

LINKED = $(CACHE)/%/TPCCore.o $(CACHE)/%/archives/libcurl.a $(RECIPES)/link.sh $(RECIPES)/compatibility.c
$(SELF_CONTAINED)/%/lib/libtpc.so.$(VERSION): $(LINKED) packaging/libtpc.map
	@mkdir -p $(@D)
	$(WITH_TOOLS) $(RECIPES)/link.sh $(CACHE)/$* $@.new $(SONAME) && mv $@.new $@

$(SELF_CONTAINED)/%/lib/libtpc.so: $(SELF_CONTAINED)/%/lib/libtpc.so.$(VERSION)
	ln -sf libtpc.so.$(VERSION) $(@D)/$(SONAME)
	ln -sf $(SONAME) $@

$(SELF_CONTAINED)/%/bin/tpc-events: $(LINKED)
	@mkdir -p $(@D)
	$(WITH_TOOLS) $(RECIPES)/link.sh $(CACHE)/$* $@.new && mv $@.new $@

# What a package has to have beside the library: the licences of what is inside.
$(SELF_CONTAINED)/licences: $(CACHE)/sources/unpacked
	python3 -B $(RECIPES)/sources.py licences $(CACHE) $@
	@touch $@

# ---- Tests: the files, programs for each system (by an emulator where the processor is another), and the library's own tests of delivery
# and of the ABI with this library in the place of the other.

.PHONY: test-self-contained
test-self-contained: setup all self-contained
	@packaging/debian-packages install qemu-user-static
	TEST_SELF_CONTAINED=yes $(PYTHON) -m pytest -q Tests/packages
	TPC_LIBRARY=$(CURDIR)/$(SELF_CONTAINED)/$(shell uname -m)-linux-gnu/lib/libtpc.so $(PYTHON) -m pytest -q Tests/library/delivery Tests/library/abi
