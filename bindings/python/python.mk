# The Python package: one wheel for every Python 3 of this platform, with the library inside.
#
# SPDX-License-Identifier: Apache-2.0

PYTHON_FILES := $(shell find bindings/python -name '*.py' -o -name pyproject.toml -o -name README.md)
PYTHON_WHEEL := build/python/built

TEST_PACKAGES += uwsgi-core uwsgi-plugin-python3

.PHONY: wheel
wheel: $(PYTHON_WHEEL)

# The wheel's name depends on the platform; a stamp with a fixed name is the target instead.
$(PYTHON_WHEEL): $(PYTHON_FILES) $(LIBRARY) $(VENV)/installed
	@mkdir -p $(@D) && rm -f $(@D)/*.whl
	LIBTPC_BUNDLE=$(abspath $(LIBRARY)) $(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w $(@D) ./bindings/python
	@touch $@
