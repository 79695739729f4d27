# The PHP package: an archive that Composer installs, or that is copied.
#
# SPDX-License-Identifier: Apache-2.0

PHP_FILES   := $(shell find bindings/php/src bindings/php/bin bindings/php/wordpress bindings/php/config -type f) \
	bindings/php/autoload.php bindings/php/preload.php bindings/php/README.md LICENSE
PHP_STAGE   := build/php/tpc-events
PHP_ARCHIVE := build/php/tpc-events-$(VERSION).zip

TEST_PACKAGES += php-cli php-fpm phpunit php-parser composer php-nyholm-psr7 php-laravel-framework php-mysql \
	mariadb-server-core php-symfony-framework-bundle php-symfony-yaml php-symfony-browser-kit apache2-bin

# PHP's FFI reads the header's marked body at every request unless it is preloaded, so its comments, which take a third of the
# time, are removed. This file is generated and never committed, so that it cannot differ from tpc.h.
all: bindings/php/tpc.ffi.h
bindings/php/tpc.ffi.h: include/tpc.h | requirements
	sed -n '/BEGIN FFI/,/END FFI/p' $< | gcc -fpreprocessed -E -P - > $@.new && mv $@.new $@

.PHONY: php
php: $(PHP_ARCHIVE)

# A package in an archive has its version in composer.json; in a repository, the tag is the version.
$(PHP_ARCHIVE): $(PHP_FILES) bindings/php/composer.json bindings/php/tpc.ffi.h bindings/php/php.mk $(LIBRARY)
	rm -rf $(PHP_STAGE) $@ && mkdir -p $(PHP_STAGE)/lib
	cd bindings/php && \
		cp -r src bin wordpress config autoload.php preload.php tpc.ffi.h README.md $(CURDIR)/$(PHP_STAGE)/
	cp LICENSE $(PHP_STAGE)/
	cp $(LIBRARY) $(PHP_STAGE)/lib/$(SONAME)
	sed 's|^    "description"|    "version": "$(VERSION)",\n&|' bindings/php/composer.json > $(PHP_STAGE)/composer.json
	cd build/php && python3 -m zipfile -c $(notdir $@) tpc-events/

# Three things that the tests need are in packages that conflict with Composer, require a web server of their own or change the
# machine's: the interfaces of PSR-15, which are in the extension psr, WordPress, and PHP in Apache. These packages are only unpacked.
PHP_UNPACKED := build/php/unpacked
setup: $(PHP_UNPACKED)/php-psr $(PHP_UNPACKED)/wordpress $(PHP_UNPACKED)/libapache2-mod-php
$(PHP_UNPACKED)/%:
	@packaging/debian-packages check php-cli
	@rm -rf $@.new && mkdir -p $@.new
	cd $@.new && version=php$$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;') && \
		apt-get download -qq $(patsubst %-mod-php,%-mod-$$version,$(subst php-,$$version-,$*)) 2>/dev/null && \
		dpkg-deb -x *.deb . && rm *.deb
	mv $@.new $@
