# SPDX-License-Identifier: Apache-2.0
"""The application "tpc.django", which is only there for `manage.py check`."""

from __future__ import annotations

from typing import Any, List

from django.apps import AppConfig  # type: ignore[import-untyped,unused-ignore]
from django.core import checks  # type: ignore[import-untyped,unused-ignore]

from .._errors import LibraryNotFound, OptionError
from .._options import validate_options
from .._tracker import check_hook, lacks_credential
from ._setting import Setting


class TPCConfig(AppConfig):  # type: ignore[misc,unused-ignore]  # Django has no types
    name = "tpc.django"
    label = "tpc"
    verbose_name = "The Prompting Company's page visits"

    def ready(self) -> None:
        checks.register(check)


def check(**_: Any) -> List[Any]:
    """Checks the setting TPC and the environment."""
    try:
        setting = Setting.read()
        check_hook("event", setting.event, awaits=True)
        check_hook("before_send", setting.before_send, awaits=True)
        if setting.client is None:
            validate_options(**setting.options)
    except LibraryNotFound as error:
        return [checks.Warning(f"Page visits are not tracked: {error}", id="tpc.W002")]
    except OptionError as error:
        if lacks_credential(error):
            return [checks.Warning(f"Page visits are not tracked: {error}", id="tpc.W001")]
        return [checks.Error(f"The setting TPC, or the environment: {error}", id="tpc.E001")]
    except Exception as error:
        return [checks.Error(f"The setting TPC: {error}", id="tpc.E002")]
    return []
