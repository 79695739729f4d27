"""Systems that cannot have the library, such as a developer's Mac: everything works, nothing is tracked, and that is logged once."""

import json

import pytest
from support.paths import LIBRARY

from . import package

# What the package asks PHP, answered as another system would.
SYSTEMS = {
    "macOS": ("define('Tpc\\\\PHP_OS_FAMILY', 'Darwin');", {}, "found Darwin; expected Linux"),
    "Windows": ("define('Tpc\\\\PHP_OS_FAMILY', 'Windows');", {}, "found Windows; expected Linux"),
    "a Linux with musl": (
        "eval('namespace Tpc; function glob($pattern) { return str_contains($pattern, \"musl\") ? [$pattern] : []; }"
        " function is_file($file) { return !str_contains($file, \"ld-linux\"); }');",
        {}, "found a Linux with musl; expected one with glibc",
    ),
    "a PHP without the extension": ("", {"PHP_INI_SCAN_DIR": ""}, "PHP's extension ffi is not loaded; expected extension=ffi in php.ini"),
}  # fmt: skip
USE = """<?php
{system}
require '{package}/autoload.php';
use Tpc\\Client;
$visit = ['page' => ['href' => 'https://example.com/']];
Client::validateOptions();
Tpc\\Web\\PageVisits::check([]);
foreach ([new Client(), Client::shared(), Client::shared(['name' => 'a'])] as $client) {{
    $client->track($visit);
    $client->trackJson('{{}}');
    $told[] = [$client->trackRequest(['method' => 'GET']), $client->flush(0), [...$client->reports()], array_sum($client->stats())];
    $told[] = [count($client->stats()) > 10, $client->close(0), $client->close(0), Tpc\\AiAgent::find('GPTBot/1.2')];
}}
$_SERVER['REQUEST_METHOD'] = 'GET';
Client::shared()->trackRequest(Tpc\\Web\\WebRequest::fromServer($_SERVER, 200));
Tpc\\Web\\PageVisits::track([], fn () => ['method' => 'GET'], null, fn (array $event) => $event);
Tpc\\Web\\PageVisits::trackAtShutdown();
echo json_encode($told);
"""


@pytest.mark.parametrize("name", SYSTEMS)
def test_everything_works_and_nothing_is_tracked_on(name, built, tmp_path):
    system, variables, reason = SYSTEMS[name]
    text = USE.format(system=system, package=built)
    result = package.run_script(text, folder=tmp_path, variables=package.environment(**variables))
    assert json.loads(result.stdout) == [[None, 0, [], 0], [True, 0, 0, None]] * 3
    assert result.stderr.count("tpc-events: ") == 1
    assert f"tpc-events: nothing is tracked on this machine: {reason}" in result.stderr


def test_a_library_that_is_named_counts_on_any_system(built, collector, tmp_path):
    text = f"<?php define('Tpc\\PHP_OS_FAMILY', 'Darwin'); require '{built}/autoload.php';"
    text += "(new Tpc\\Client())->track(['page' => ['href' => 'https://example.com/']]);"
    package.run_script(text, folder=tmp_path, variables=package.environment(collector.url, TPC_LIBRARY=str(LIBRARY)))
    assert len(collector.good()) == 1


def test_composer_installs_where_the_extension_is_missing(built):
    manifest = json.loads((built / "composer.json").read_text())
    assert "ext-ffi" not in manifest["require"] and "ext-ffi" in manifest["suggest"]
