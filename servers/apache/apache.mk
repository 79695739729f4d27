# mod_tpc, the module for Apache httpd: `make apache` builds it, and `make install-apache` installs it with the library.
#
# SPDX-License-Identifier: Apache-2.0

APACHE_PACKAGES := apache2-dev
APXS            ?= apxs
APR_CONFIG      ?= apr-1-config
APACHE_BUILD    ?= $(BUILD)/apache
APACHE_MODULE   := $(APACHE_BUILD)/mod_tpc.so
# Where httpd's modules are.
APACHE_MODULES  ?= $(shell $(APXS) -q LIBEXECDIR 2>/dev/null)
APACHE_OBJECTS  := $(patsubst servers/%.c,$(APACHE_BUILD)/%.o,$(wildcard servers/apache/*.c servers/common/*.c))
APACHE_COMPILE   = $(CC) -std=gnu99 -O2 -g -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Werror $(APACHE_CFLAGS) \
	-Iinclude -Iservers/common

TEST_PACKAGES += apache2-bin $(APACHE_PACKAGES)

.PHONY: apache install-apache
apache: $(APACHE_MODULE)

$(APACHE_BUILD)/%.o: servers/%.c $(wildcard servers/apache/*.h servers/common/*.h) include/tpc.h servers/apache/apache.mk
	@packaging/debian-packages check $(APACHE_PACKAGES)
	@mkdir -p $(@D)
	$(APACHE_COMPILE) $(if $(findstring servers/apache/,$<),$$($(APR_CONFIG) --cppflags --includes) -I$$($(APXS) -q INCLUDEDIR)) \
		-c -o $@ $<

# Linked without apxs, whose libtool adds a search path. The module is never unloaded (-z nodelete): httpd unloads modules while
# a child ends, and the thread that closed the child's client may still be on its way out. What is undefined is httpd's.
$(APACHE_MODULE): $(APACHE_OBJECTS) | $(LIBRARY)
	$(CC) -shared -pthread $(APACHE_CFLAGS) -Wl,-z,nodelete,-z,relro,-z,now -o $@.new $^ -L$(BUILD)/lib -ltpc
	mv $@.new $@

# What a fresh machine lacks, with what the library needs where it has to be built. Another apxs is another Apache's.
.PHONY: apache-packages
apache-packages:
	@[ '$(APXS)' != apxs ] || \
		packaging/debian-packages install $(APACHE_PACKAGES) gcc make $(if $(wildcard $(LIBRARY)),,$(BUILD_PACKAGES))

# The module is loaded, as by Debian's own packages of modules, and does nothing until the configuration says TpcEnable On.
install-apache: apache-packages $(APACHE_MODULE)
	install -d $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/
	ln -sf libtpc.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	install -D -m 644 $(APACHE_MODULE) $(DESTDIR)$(APACHE_MODULES)/mod_tpc.so
	install -d $(DESTDIR)/etc/apache2/mods-available $(DESTDIR)/etc/apache2/mods-enabled
	echo 'LoadModule tpc_module $(APACHE_MODULES)/mod_tpc.so' > $(DESTDIR)/etc/apache2/mods-available/tpc.load
	ln -sf ../mods-available/tpc.load $(DESTDIR)/etc/apache2/mods-enabled/tpc.load
	$(if $(DESTDIR),,ldconfig)
