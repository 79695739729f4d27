# The Lua module for OpenResty, and for nginx with its Lua module. There is nothing to build; `make install-openresty` installs it with
# the library. OpenResty's own folder is LUA_MODULES=/usr/local/openresty/site/lualib.
#
# SPDX-License-Identifier: Apache-2.0

LUA_MODULES ?= $(PREFIX)/share/lua/5.1

TEST_PACKAGES += libnginx-mod-http-lua

.PHONY: install-openresty
install-openresty: $(LIBRARY)
	install -d $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(LUA_MODULES)/resty/tpc
	install -m 755 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib/
	ln -sf libtpc.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	install -m 644 servers/openresty/lib/resty/tpc.lua $(DESTDIR)$(LUA_MODULES)/resty/
	install -m 644 servers/openresty/lib/resty/tpc/*.lua $(DESTDIR)$(LUA_MODULES)/resty/tpc/
	$(if $(DESTDIR),,ldconfig)
