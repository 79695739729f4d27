# SPDX-License-Identifier: Apache-2.0
"""What the library has is in some scenario: a new option, status, counter or field asks for one."""

from library.abi.option_table import OPTIONS
from support.header import DECLARATIONS, constants

from . import reading
from .compiled import compiles
from .languages import FOLDER, LANGUAGES

SCENARIOS = reading.load()
CALLS = [call for scenario in SCENARIOS for call in scenario.calls]
ERRORS = [call["error"] for call in CALLS if "error" in call]
# A timeout is a number in the drivers' answers; the others need a machine without memory, threads or sense.
OTHER_STATUSES = {"TPC_ERROR_TIMEOUT", "TPC_ERROR_NO_MEMORY", "TPC_ERROR_BUFFER_TOO_SMALL", "TPC_ERROR_SYSTEM"}
# The contract's fields, as JSON pointers.
FIELDS = """/event /occurredAt /eventId /sessionId /anonymousId /page/href /page/domain /page/pathname /page/title
/page/canonicalUrl /request/referrer /request/userAgent /request/clientIp /request/method /sdk/name /sdk/version
/sdk/runtime""".split()


def test_every_option_is_in_a_scenario():
    given = {name for scenario in SCENARIOS for name in scenario.options or {}}
    given |= {name for call in CALLS for name in call.get("open", {})}
    assert {option.name for option in OPTIONS} - given == set()


def test_every_variable_of_the_environment_is_in_a_scenario():
    given = {name for scenario in SCENARIOS for name in scenario.environment or {}}
    assert {option.environment for option in OPTIONS} - given == set()


def test_every_status_is_in_a_scenario():
    statuses = {name for name in DECLARATIONS.constants if name.startswith("TPC_ERROR_")}
    assert statuses - OTHER_STATUSES == {error["code"] for error in ERRORS}


def test_every_counter_is_in_a_scenario():
    given = {name for scenario in SCENARIOS for name in scenario.stats or {}}
    given |= {name for call in CALLS for name in call.get("stats", {})}
    counters = {name for name, _ in DECLARATIONS.structs["tpc_stats"]._fields_} - {"size"}
    assert counters - given - {"abandoned", "refused_system"} == set()


def test_every_field_is_refused_in_a_scenario():
    assert set(FIELDS) - {error.get("field") for error in ERRORS} == set()
    assert len(FIELDS) == sum(name.startswith("TPC_FIELD_") for name in vars(constants))


def test_every_rule_for_requests_is_in_a_scenario():
    words = reading.SCHEMA["$defs"]["track_request"]["properties"]["left_out"]["enum"]
    assert set(words) == {call["left_out"] for call in CALLS if "left_out" in call}


def test_every_driver_has_its_language():
    found = {path.suffix.lstrip(".") or path.name for path in FOLDER.iterdir() if path.name != "__pycache__"}
    assert len(found) == len(LANGUAGES), f"{found} and {[language.name for language in LANGUAGES]}"


def test_seven_scenarios_do_not_compile_in_swift():
    assert [scenario.title for scenario in SCENARIOS if not compiles(scenario)] == [
        "lifecycle: a closed client has no reports, and says so",
        "lifecycle: a negative time is refused",
        "requests: a header that no rule reads may be of any type, and so may what the contract does not name",
        "requests_refused: a member of another type in the application's event is named within the event",
        "requests_refused: a request without method or target is refused by name",
        "requests_refused: a member of another type is refused by name",
        "requests_refused: a member that no request has is refused by name",
    ]
