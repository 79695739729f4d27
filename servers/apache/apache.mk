# mod_tpc, the module for Apache httpd: `make apache` builds it, and `make install-apache` installs it with the library.
#
# SPDX-License-Identifier: Apache-2.0

APACHE_PACKAGES := apache2-dev
APXS            ?= apxs
APR_CONFIG      ?= apr-1-config
APACHE_MODULE   := build/apache/mod_tpc.so
APACHE_OBJECTS  := $(patsubst servers/%.c,build/apache/%.o,$(wildcard servers/apache/*.c servers/common/*.c))
APACHE_COMPILE   = $(CC) -std=gnu99 -O2 -g -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Werror $(APACHE_CFLAGS) \
	-Iinclude -Iservers/common

TEST_PACKAGES += apache2-bin $(APACHE_PACKAGES)

.PHONY: apache install-apache
apache: $(APACHE_MODULE)

build/apache/%.o: servers/%.c $(wildcard servers/apache/*.h servers/common/*.h) include/tpc.h servers/apache/apache.mk
	@packaging/debian-packages check $(APACHE_PACKAGES)
	@mkdir -p $(@D)
	$(APACHE_COMPILE) $(if $(findstring servers/apache/,$<),$$($(APR_CONFIG) --cppflags --includes) -I$$($(APXS) -q INCLUDEDIR)) \
		-c -o $@ $<

# Linked without apxs, whose libtool adds a search path. The module is never unloaded (-z nodelete): httpd unloads modules while
# a child ends, and the thread that closed the child's client may still be on its way out. What is undefined is httpd's.
$(APACHE_MODULE): $(APACHE_OBJECTS) | build/lib/libtpc.so.$(VERSION)
	$(CC) -shared -pthread $(APACHE_CFLAGS) -Wl,-z,nodelete,-z,relro,-z,now -o $@.new $^ -Lbuild/lib -ltpc
	mv $@.new $@
