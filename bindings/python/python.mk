# The Python package: one wheel for every Python 3 of this platform, with the library inside. The one in any/ has no library: it is for
# developers' machines of other systems, where it tracks nothing.
#
# SPDX-License-Identifier: Apache-2.0

PYTHON_FILES := $(shell find bindings/python -name '*.py' -o -name pyproject.toml -o -name README.md)
PYTHON_WHEEL := build/python/built

TEST_PACKAGES += uwsgi-core uwsgi-plugin-python3

.PHONY: wheel
wheel: $(PYTHON_WHEEL)

# The wheel's name depends on the platform, so make watches a file with a fixed name instead.
$(PYTHON_WHEEL): $(PYTHON_FILES) $(LIBRARY) $(VENV)/installed
	@mkdir -p $(@D) && rm -f $(@D)/*.whl $(@D)/any/*.whl
	LIBTPC_BUNDLE=$(abspath $(LIBRARY)) $(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w $(@D) ./bindings/python
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w $(@D)/any ./bindings/python
	@touch $@
