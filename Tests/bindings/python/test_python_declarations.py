# SPDX-License-Identifier: Apache-2.0
"""The package's declarations say what tpc.h says."""

import inspect

from support import header
from tpc import _declarations, _errors, _reports, _version


def test_every_function_is_declared_with_the_headers_types():
    declared = {name: (result, list(arguments)) for name, (result, arguments) in _declarations.FUNCTIONS.items()}
    expected = {name: header.DECLARATIONS.function_type(name) for name in header.DECLARATIONS.functions}
    assert _named(declared) == _named(expected)


def _named(functions):
    """Structs are other classes there, with the same names."""
    return {name: (str(result), [kind.__name__ for kind in arguments]) for name, (result, arguments) in functions.items()}


def test_every_constant_has_the_headers_value():
    constants = {name: value for name, value in vars(_declarations).items() if name.startswith("TPC_")}
    assert constants == {**header.DECLARATIONS.constants, "TPC_NTS": header.NTS, "TPC_NULL": header.NULL}


def test_every_struct_has_the_headers_members():
    for name, struct in header.DECLARATIONS.structs.items():
        assert getattr(_declarations, name)._fields_ == struct._fields_


def test_the_statistics_have_every_counter():
    members = [name for name, _ in header.DECLARATIONS.structs["tpc_stats"]._fields_]
    assert list(_reports.Stats._fields) == members[1:]


def test_every_error_that_can_be_raised_has_its_name_from_the_header():
    errors = [kind for kind in vars(_errors).values() if inspect.isclass(kind) and issubclass(kind, _errors.Error)]
    codes = {kind.code for kind in errors if kind is not _errors.Error}
    assert codes <= set(header.DECLARATIONS.constants)


def test_the_version_is_the_headers():
    numbers = [header.MACROS[f"TPC_VERSION_{part}"] for part in ("MAJOR", "MINOR", "PATCH")]
    assert _version.__version__ == ".".join(numbers)
