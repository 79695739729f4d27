"""tpc.h against that of the last release, Tests/library/abi/baseline/tpc.h (renew_baseline.py replaces it)."""

import pathlib

import pytest
from support import header

from . import interface

BASELINE = (pathlib.Path(__file__).parent / "baseline" / "tpc.h").read_text(encoding="utf-8")


def test_a_program_compiled_against_the_last_release_still_works(tmp_path):
    assert interface.differences(BASELINE, header.TEXT, tmp_path) == []


def changed(old, new):
    assert BASELINE.count(old) == 1
    return BASELINE.replace(old, new)


BREAKING = {
    "a function is gone": ("void tpc_report_free(tpc_report *report);", ""),
    "an argument has another type": (
        "tpc_client *client, int32_t timeout_ms, size_t *pending",
        "tpc_client *client, int64_t timeout_ms, size_t *pending",
    ),
    "an argument more": (
        "void tpc_event_clear(tpc_event *event);",
        "void tpc_event_clear(tpc_event *event, int32_t how);",
    ),
    "another result": ("uint32_t tpc_version_number(void);", "uint64_t tpc_version_number(void);"),
    "a larger error": ("char message[192];", "char message[256];"),
    "members of the error swapped": ("int32_t status;    /*", "uint32_t status;    /*"),
    "a statistic in the middle": ("    uint64_t accepted;", "    uint64_t added;\n    uint64_t accepted;"),
    "a statistic gone": ("    uint64_t in_flight;", ""),
    "a status with another number": ("TPC_ERROR_TIMEOUT = -8", "TPC_ERROR_TIMEOUT = -18"),
    "a field gone": ("TPC_FIELD_SDK_RUNTIME = 16", "TPC_FIELD_SDK_OTHER = 16"),
}
COMPATIBLE = {
    "a function more": ("/* END FFI */", "int32_t tpc_more(void);\n/* END FFI */"),
    "a statistic at the end": ("    uint64_t in_flight;", "    uint64_t in_flight;\n    uint64_t added;"),
    "a status more": ("TPC_ERROR_SYSTEM = -11", "TPC_ERROR_MORE = -12,\n    TPC_ERROR_SYSTEM = -11"),
    "another comment": ("/* An empty event.", "/* An event without anything."),
}


@pytest.mark.parametrize("change", BREAKING)
def test_the_comparison_sees_what_breaks(change, tmp_path):
    assert interface.differences(BASELINE, changed(*BREAKING[change]), tmp_path)


@pytest.mark.parametrize("change", COMPATIBLE)
def test_the_comparison_lets_additions_pass(change, tmp_path):
    assert interface.differences(BASELINE, changed(*COMPATIBLE[change]), tmp_path) == []
