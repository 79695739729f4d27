# The PHP package: an archive that Composer, or a copy, installs.
#
# SPDX-License-Identifier: Apache-2.0

PHP_FILES   := $(shell find bindings/php/src bindings/php/bin bindings/php/wordpress bindings/php/config -type f) \
	bindings/php/autoload.php bindings/php/preload.php bindings/php/README.md LICENSE
PHP_STAGE   := build/php/tpc-events
PHP_ARCHIVE := build/php/tpc-events-$(VERSION).zip

TEST_PACKAGES += php-cli php-fpm phpunit composer php-nyholm-psr7 php-laravel-framework

# PHP's FFI reads the header's marked body. It is copied and never committed, so that it cannot differ.
all: bindings/php/tpc.ffi.h
bindings/php/tpc.ffi.h: include/tpc.h
	sed -n '/BEGIN FFI/,/END FFI/p' $< > $@.new && mv $@.new $@

.PHONY: php
php: $(PHP_ARCHIVE)

# A package from an archive says its version itself; in a repository, the tag does.
$(PHP_ARCHIVE): $(PHP_FILES) bindings/php/composer.json bindings/php/tpc.ffi.h bindings/php/php.mk $(LIBRARY)
	rm -rf $(PHP_STAGE) $@ && mkdir -p $(PHP_STAGE)/lib
	cd bindings/php && cp -r src bin wordpress config autoload.php preload.php tpc.ffi.h README.md $(CURDIR)/$(PHP_STAGE)/
	cp LICENSE $(PHP_STAGE)/
	cp $(LIBRARY) $(PHP_STAGE)/lib/$(SONAME)
	sed 's|^    "description"|    "version": "$(VERSION)",\n&|' bindings/php/composer.json > $(PHP_STAGE)/composer.json
	cd build/php && python3 -m zipfile -c $(notdir $@) tpc-events/

# The interfaces of PSR-15, for the tests. Debian has them in the extension psr only, which cannot be installed beside Composer.
PHP_PSR := build/php/psr.so
setup: $(PHP_PSR)
$(PHP_PSR):
	@packaging/apt-install php-cli
	@mkdir -p $(@D)
	cd $(@D) && apt-get download -qq php$$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')-psr 2>/dev/null
	dpkg-deb --fsys-tarfile $(@D)/php*-psr_*.deb | tar -xO --wildcards './usr/lib/php/*/psr.so' > $@.new && mv $@.new $@
	rm $(@D)/php*-psr_*.deb
