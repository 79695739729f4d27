# libtpc: build, test, measure, install. `make` builds, and says what the machine lacks; `make setup` installs it. `make demo` and
# `make test` do all by themselves on a fresh Debian machine that has Swift.
#
# SPDX-License-Identifier: Apache-2.0

# The one place for the number: `make version V=0.2.0` changes it, and everything that repeats it.
VERSION := $(shell cat VERSION)
# The binary interface's version; it changes with an incompatible change only.
SONAME  := libtpc.so.0

# STDLIB=embedded (the default) makes the shipped library; STDLIB=static the fall-back, with Swift's standard library inside.
STDLIB ?= embedded
ifeq ($(STDLIB),static)
BUILD   := build-static
SCRATCH := .build-static
MODE    := -Xswiftc -static-stdlib
MODE_LINK :=
else ifeq ($(STDLIB),embedded)
BUILD   := build
SCRATCH := .build
# Compiled for size, except what runs for each event: that is marked @_optimize(speed). The two passes that are left out make copies
# of functions without the mark. Debug information would bring .eh_frame along, which nothing reads, and frame pointers (see SWIFT) take
# eight kilobytes and a register. Traps are shared: nobody tells one from another without debug information.
SMALL   := -Xswiftc -Osize -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=function-signature-opts \
	-Xswiftc -Xllvm -Xswiftc -sil-disable-pass=closure-specialize -Xswiftc -Xfrontend -Xswiftc -mergeable-traps -debug-info-format none
# Swift's check of exclusive access ends the program. The tests run with it, in ordinary Swift; a host must not be ended.
MODE    := -Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo \
	-Xswiftc -enforce-exclusivity=unchecked -Xswiftc -Xfrontend -Xswiftc -function-sections $(SMALL)
MODE_LINK := $(BUILD)/lib/libtpc.a
else
$(error STDLIB is either embedded or static)
endif

PREFIX  ?= /usr/local
LIBRARY := $(BUILD)/lib/libtpc.so.$(VERSION)
TOOL    := $(BUILD)/bin/tpc-events
KAFKA   := $(BUILD)/bin/tpc-events-kafka
# Built with the rest where its library is there.
HAS_KAFKA := $(shell pkg-config --exists rdkafka 2>/dev/null && echo yes)
VENV    := .venv
PYTHON  := $(VENV)/bin/python
SWIFT   := swift build -c release --omit-frame-pointers --disable-local-rpath --scratch-path $(SCRATCH) $(MODE)
SOURCES := $(shell find Sources/TPCCore Sources/TPCExport Sources/tpc-events Sources/C* include Package.swift -type f)

# Each function has a section of its own (see MODE), so that --gc-sections can leave out what nothing uses. The library is never
# unloaded (-z nodelete), since a sender thread may be running in it. The linker is lld: gold, the default, leaves Swift's own
# symbols in the dynamic table.
LINK := -Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker nodelete -Xlinker -z -Xlinker now \
	-Xlinker -z -Xlinker relro -Xlinker --as-needed -Xlinker -s -Xlinker --icf=all -Xlinker $(CURDIR)/packaging/unused.ld

# Prerequisites run in their order, even with -j: nothing is built before what it needs is installed. Swift uses all cores anyway.
.NOTPARALLEL:

.PHONY: all demo test bench install clean help version
all: $(LIBRARY) $(TOOL) $(if $(MODE_LINK),$(if $(HAS_KAFKA),$(KAFKA))) $(MODE_LINK) $(BUILD)/lib/pkgconfig/tpc.pc man completions

help:
	@echo 'make            the library and the tool, in $(BUILD)/; says what is missing'
	@echo 'make setup      installs what the build and the tests need'
	@echo 'make demo       a web log and programs in four languages, sent to a local collector (PORT=, LOG=, SITE=)'
	@echo 'make nginx, make apache   the modules for web servers; make install-nginx and make install-apache install them with the library'
	@echo 'make kafka      tpc-events-kafka, which reads logs out of Kafka; a part of make where librdkafka-dev is installed'
	@echo 'make wheel, make npm, make php   the packages, in build/python, build/node and build/php'
	@echo 'make self-contained   the library and the tool that need nothing but the C library, for four systems, in build/self-contained'
	@echo 'make test       everything that has to pass; from a fresh clone, it sets itself up'
	@echo 'make test-hummingbird   the parts behind package traits, with a Hummingbird server; fetches packages and takes minutes'
	@echo 'make bench      the table of speeds, each next to its reference'
	@echo 'make torture    the long forms of the reliability rigs; takes hours'
	@echo 'make version    sets the version number everywhere (V=0.2.0)'
	@echo 'make man        the manual pages, in $(BUILD)/man'
	@echo 'make docc       the documentation of the Swift module TPC, in build/docc'
	@echo 'make install    into PREFIX=$(PREFIX), below DESTDIR='
	@echo 'STDLIB=static   the same with Swift'"'"'s standard library inside, in build-static/'

# ---- The library and the tool -----------------------------------------------------------------------------------------

# SwiftPM does not notice that a header behind a module map changed: touching its readers makes it look again.
.build/headers .build-static/headers: include/tpc.h $(wildcard Sources/C*/*.h)
	@mkdir -p $(@D)
	@find Sources -name '*.swift' -exec touch {} +
	@touch $@

$(LIBRARY): $(SOURCES) $(SCRATCH)/headers packaging/libtpc.map
	@$(MAKE) --no-print-directory requirements
	$(SWIFT) --product tpc $(LINK) -Xlinker -soname=$(SONAME) -Xlinker --version-script=packaging/libtpc.map
	@mkdir -p $(BUILD)/lib
	cp $(SCRATCH)/release/libtpc.so $@.new && mv $@.new $@
	ln -sf libtpc.so.$(VERSION) $(BUILD)/lib/$(SONAME)
	ln -sf $(SONAME) $(BUILD)/lib/libtpc.so

# One object whose only global symbols are the ABI's. The objects are named after today's sources: SwiftPM also keeps those of
# sources that are gone.
OBJECTS = $(foreach source,$(wildcard Sources/TPCCore/*/*.swift),$(SCRATCH)/release/TPCCore.build/$(notdir $(source)).o) \
	$(foreach source,$(wildcard Sources/TPCExport/*.swift),$(SCRATCH)/release/TPCExport.build/$(notdir $(source)).o)
$(BUILD)/lib/libtpc.a: $(LIBRARY)
	ld -r -o $(SCRATCH)/tpc.o $(OBJECTS)
	objcopy -w --keep-global-symbol='tpc_*' $(SCRATCH)/tpc.o
	objcopy --strip-unneeded $(SCRATCH)/tpc.o
	rm -f $@ && ar rcsD $@ $(SCRATCH)/tpc.o

$(TOOL): $(LIBRARY)
	$(SWIFT) --product tpc-events $(LINK)
	@mkdir -p $(BUILD)/bin
	cp $(SCRATCH)/release/tpc-events $@.new && mv $@.new $@

# A program of its own, so that nobody else needs librdkafka.
.PHONY: kafka
kafka: $(KAFKA)
$(KAFKA): $(TOOL) $(wildcard Sources/tpc-events-kafka/*.swift)
	@packaging/debian-packages check librdkafka-dev
	$(SWIFT) --product tpc-events-kafka $(LINK)
	@mkdir -p $(BUILD)/bin
	cp $(SCRATCH)/release/tpc-events-kafka $@.new && mv $@.new $@

# Within the build tree the header is in ../include, so that a program can be compiled without an install. Its module map is in a
# folder of its own: in /usr/local/include itself, it would take part in the compilation of whatever else is installed there.
$(BUILD)/lib/pkgconfig/tpc.pc: packaging/tpc.pc.in Makefile VERSION
	@mkdir -p $(@D)
	sed -e 's|@VERSION@|$(VERSION)|' -e 's|@INCLUDEDIR@|../include|' $< > $@

# The manual pages come from the tool's own help and from the header. Without a Python 3 there are none.
MAN_PAGES := $(if $(shell python3 --version 2>/dev/null),$(BUILD)/man/tpc-events.1 $(BUILD)/man/tpc.3)
.PHONY: man
man: $(MAN_PAGES)

$(BUILD)/man/tpc-events.1: $(TOOL) $(wildcard packaging/manual/*.py)
	@mkdir -p $(@D)
	python3 -B packaging/manual/tool_page.py $(TOOL) > $@.new && mv $@.new $@

$(BUILD)/man/tpc.3: include/tpc.h $(wildcard packaging/manual/*.py)
	@mkdir -p $(@D)
	python3 -B packaging/manual/header_page.py $< > $@.new && mv $@.new $@

# What shells complete, by the tool's own tables.
.PHONY: completions
completions: $(BUILD)/completions/tpc-events.bash $(BUILD)/completions/tpc-events.zsh

$(BUILD)/completions/tpc-events.%: $(TOOL)
	@mkdir -p $(@D)
	$(TOOL) completion $* > $@.new && mv $@.new $@

# The Swift module's tutorial and reference. In a browser: python3 -m http.server -d build/docc, then /documentation/tpc.
.PHONY: docc
docc:
	swift build --scratch-path .build-docc --target TPC
	packaging/docc .build-docc/debug/Modules build/docc

install: all
	install -d $(DESTDIR)$(PREFIX)/include/tpc $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/lib/cmake/tpc \
		$(DESTDIR)$(PREFIX)/bin
	install -m 644 include/tpc.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 include/tpc/module.modulemap $(DESTDIR)$(PREFIX)/include/tpc/
	install -m 755 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/
	ln -sf libtpc.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/libtpc.so
	$(if $(MODE_LINK),install -m 644 $(MODE_LINK) $(DESTDIR)$(PREFIX)/lib/)
	sed -e 's|@VERSION@|$(VERSION)|' -e 's|@INCLUDEDIR@|include|' packaging/tpc.pc.in \
		> $(DESTDIR)$(PREFIX)/lib/pkgconfig/tpc.pc
	install -m 644 packaging/tpc-config.cmake $(DESTDIR)$(PREFIX)/lib/cmake/tpc/
	sed -e 's|@VERSION@|$(VERSION)|' packaging/tpc-config-version.cmake.in \
		> $(DESTDIR)$(PREFIX)/lib/cmake/tpc/tpc-config-version.cmake
	install -m 755 $(TOOL) $(wildcard $(KAFKA)) $(DESTDIR)$(PREFIX)/bin/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(foreach unit,tpc-spool.service tpc-spool-once.service tpc-follow@.service,sed -e 's|@PREFIX@|$(PREFIX)|' packaging/systemd/$(unit).in \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/$(unit) &&) :
	install -m 644 packaging/systemd/tpc-spool.timer $(DESTDIR)$(PREFIX)/lib/systemd/system/
	install -D -m 644 $(BUILD)/completions/tpc-events.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tpc-events
	install -D -m 644 $(BUILD)/completions/tpc-events.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tpc-events
	install -d $(DESTDIR)$(PREFIX)/share/man
	$(foreach page,$(MAN_PAGES),install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(page))) $(page) &&) :

# ---- What the machine needs -------------------------------------------------------------------------------------------

BUILD_PACKAGES := libcurl4-openssl-dev libjansson-dev zlib1g-dev libzstd-dev libssl-dev pkg-config binutils gcc libc6-dev
TEST_PACKAGES  := g++ python3-venv nginx-light openssl zstd abigail-tools cmake clang groff-base zsh \
	librdkafka-dev kcat rsyslog rsyslog-relp

# Before the included files, which add to it what is installed with these packages.
.PHONY: requirements system-packages setup
setup: system-packages $(VENV)/installed

# Each binding adds its own targets and packages, and so do the rigs.
-include $(wildcard bindings/*/*.mk servers/*/*.mk packaging/*.mk packaging/*/*.mk Tests/*/*.mk Tests/bindings/*/*.mk)

# Checked when the library has to be built: `sudo make install` of a finished tree finds no Swift on root's PATH, and needs none.
requirements:
	@packaging/debian-packages check $(BUILD_PACKAGES)
	@command -v swift >/dev/null || { echo 'Swift 6.3 is missing from the PATH: https://www.swift.org/install/linux/' >&2; \
		[ "$$(id -u)" -ne 0 ] || echo "If only root's PATH lacks it, build without sudo first ('make', 'make nginx')." >&2; exit 1; }
	@swift --version >/dev/null || { echo 'Swift does not run: install what https://www.swift.org/install/linux/ names' >&2; exit 1; }

system-packages:
	@packaging/debian-packages install $(BUILD_PACKAGES) $(TEST_PACKAGES)

# Debian's python3-venv belongs to Debian's Python; another python3 that comes first on the PATH has its own.
$(VENV)/installed: Tests/requirements.txt collector/pyproject.toml
	@python3 -c 'import ensurepip, venv' 2>/dev/null || packaging/debian-packages check python3-venv
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt -e collector
	@touch $@

# ---- The main job -----------------------------------------------------------------------------------------------------

PORT ?= 3000
LOG  ?= examples/access.log
SITE ?= https://docs.example.com

# Less than what the tests need.
DEMO_PACKAGES := $(BUILD_PACKAGES) python3-venv php-cli

.PHONY: demo-packages
demo-packages:
	@packaging/debian-packages install $(DEMO_PACKAGES)

demo: demo-packages all $(VENV)/installed wheel npm php
	@$(PYTHON) examples/demo.py --port '$(PORT)' --log '$(LOG)' --site '$(SITE)'

# ---- Tests ------------------------------------------------------------------------------------------------------------

# How many builds, and then how many tests, run at a time.
JOBS ?= 2

# The pure parts as ordinary Swift; everything else through the shipped library. Both ways to compile are built. What touches the
# sources comes before the builds, so that no build finds them newer than what another made of them.
test: setup
	@$(MAKE) --no-print-directory .build/headers .build-static/headers
	@$(MAKE) --no-print-directory -f Tests/builds.mk -j$(JOBS) -Otarget
	$(PYTHON) -m pytest -q -n $(JOBS) Tests

bench: setup all wheel npm php nginx
	$(PYTHON) benchmarks/run.py

version:
	@test -n '$(V)' || { echo 'usage: make version V=0.2.0' >&2; exit 1; }
	@python3 packaging/version.py '$(V)'

clean:
	rm -rf build build-static .build .build-* $(VENV)
