"""The PHP tests of unit/, run by phpunit with the package as it is built."""

import pathlib

from . import package

UNIT = pathlib.Path(__file__).parent / "unit"


def test_the_tests_in_php_pass(built, collector, tmp_path):
    variables = package.environment(PACKAGE_UNDER_TEST=str(built), COLLECTOR_URL=collector.url)
    strict = ["--fail-on-warning", "--fail-on-risky", "--fail-on-skipped", "--fail-on-incomplete"]
    command = ["phpunit", *strict, "--do-not-cache-result", "--colors=never", "--bootstrap", UNIT / "bootstrap.php", UNIT]
    print(package.output_of(command, environment=variables, folder=tmp_path).decode())
