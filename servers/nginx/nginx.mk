# The module for nginx. `make nginx` builds it for Debian's nginx, `make install-nginx` installs it with the library.
#
# For nginx.org's or OpenResty's nginx: unpack the sources of the very version that runs (`nginx -V`), and name their folder, as
# in `make nginx NGINX_SOURCE=../nginx-1.28.0`. OpenResty's are in bundle/nginx-1.27.1 or so of its own archive, where its patches
# are applied already. Both are built with --with-compat, so their other options need not be repeated. For an nginx that is not,
# pass on the options that `nginx -V` prints: NGINX_FLAGS="...". The module belongs where `nginx -V` has --modules-path, and is
# loaded by the first line of nginx.conf: load_module modules/ngx_http_tpc_module.so;
#
# SPDX-License-Identifier: Apache-2.0

NGINX_SOURCE  ?= /usr/share/nginx/src
# Debian's package has the options that its nginx was built with.
NGINX_FLAGS   ?= $(if $(wildcard $(NGINX_SOURCE)/conf_flags),"$${NGX_CONF_FLAGS[@]}",--with-compat)
NGINX_BUILD   ?= $(CURDIR)/$(BUILD)/nginx
NGINX_MODULE  := $(NGINX_BUILD)/ngx_http_tpc_module.so
NGINX_SOURCES := $(wildcard servers/nginx/*.c servers/nginx/*.h servers/common/*.c servers/common/*.h)
NGINX_MODULES ?= /usr/lib/nginx/modules

NGINX_PACKAGES := nginx-dev gcc make
TEST_PACKAGES  += nginx-dev wrk

.PHONY: nginx install-nginx
nginx: $(NGINX_MODULE)

# Another source, or other options, need another build.
.PHONY: nginx-source
$(NGINX_BUILD)/source: export NGINX_IDENTITY = $(NGINX_SOURCE) $(NGINX_FLAGS)
$(NGINX_BUILD)/source: nginx-source
	@mkdir -p $(@D)
	@echo "$$NGINX_IDENTITY" | cmp -s - $@ || { rm -rf $(@D)/addon && echo "$$NGINX_IDENTITY" > $@; }

# A file that is added needs configure; a change of what is in the files only the compiler. nginx.org's archive has configure at
# its top, its repository in auto/. Debian's options are a list of bash's.
$(NGINX_BUILD)/Makefile: SHELL := /bin/bash
$(NGINX_BUILD)/Makefile: $(NGINX_BUILD)/source servers/nginx/config servers/nginx/nginx.mk servers/nginx servers/common
	@[ $(NGINX_SOURCE) != /usr/share/nginx/src ] || packaging/debian-packages check $(NGINX_PACKAGES)
	cd $(NGINX_SOURCE) && { [ ! -e conf_flags ] || . ./conf_flags; } && $$(ls -d ./configure auto/configure 2>/dev/null | head -1) \
		$(NGINX_FLAGS) --builddir=$(NGINX_BUILD) --add-dynamic-module=$(CURDIR)/servers/nginx \
		--with-ld-opt="-L$(CURDIR)/$(BUILD)/lib -Wl,-z,relro -Wl,-z,now" \
		--with-cc-opt="-g -O2 -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2" > $(NGINX_BUILD)/configure.log 2>&1 || \
		{ cat $(NGINX_BUILD)/configure.log; exit 1; }
	@touch $@

$(NGINX_MODULE): $(NGINX_BUILD)/Makefile $(NGINX_SOURCES) servers/nginx/exports.map include/tpc.h | $(LIBRARY)
	$(MAKE) --no-print-directory -C $(NGINX_SOURCE) -f $(NGINX_BUILD)/Makefile modules > $(NGINX_BUILD)/build.log 2>&1 || \
		{ cat $(NGINX_BUILD)/build.log; exit 1; }
	@touch $@

# What a fresh machine lacks, with what the library needs where it has to be built.
.PHONY: nginx-packages
nginx-packages:
	@[ $(NGINX_SOURCE) != /usr/share/nginx/src ] || \
		packaging/debian-packages install $(NGINX_PACKAGES) $(if $(wildcard $(LIBRARY)),,$(BUILD_PACKAGES))

# As Debian's own packages of modules do: the module is loaded, and does nothing until the configuration says `tpc on;`.
install-nginx: nginx-packages $(NGINX_MODULE)
	install -d $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/
	ln -sf libtpc.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	install -D -m 644 $(NGINX_MODULE) $(DESTDIR)$(NGINX_MODULES)/ngx_http_tpc_module.so
	install -d $(DESTDIR)/usr/share/nginx/modules-available $(DESTDIR)/etc/nginx/modules-enabled
	echo 'load_module modules/ngx_http_tpc_module.so;' > $(DESTDIR)/usr/share/nginx/modules-available/mod-http-tpc.conf
	ln -sf /usr/share/nginx/modules-available/mod-http-tpc.conf $(DESTDIR)/etc/nginx/modules-enabled/50-mod-http-tpc.conf
	$(if $(DESTDIR),,ldconfig)
