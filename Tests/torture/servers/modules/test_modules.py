"""Quick forms of the rows; `make torture-servers` has the long ones."""

import pytest

from . import bad_endpoints, delivery, outages, reading, stops
from .sites import SERVERS, site


def test_reloads_of_nginx_under_load_lose_no_page_and_send_none_twice():
    assert delivery.reloads_of_nginx(2000, 5).complaints == []


def test_reloads_of_nginx_with_tls_on_both_sides_lose_no_page_and_send_none_twice():
    assert delivery.reloads_of_nginx_over_tls(1000, 3).complaints == []


def test_a_binary_upgrade_of_nginx_loses_no_page_and_sends_none_twice():
    assert delivery.upgrades_of_nginx(1000, 1).complaints == []


@pytest.mark.parametrize("mpm", ["prefork", "worker"])
def test_graceful_restarts_and_recycled_children_of_apache_lose_no_page_and_send_none_twice(mpm):
    assert delivery.reloads_of_apache(mpm, 1000, 1).complaints == []


def test_a_killed_worker_that_was_idle_loses_no_page():
    assert delivery.killed_when_idle(lambda endpoint: site("nginx", endpoint), 100, 1).complaints == []


@pytest.mark.parametrize(
    "name, behavior, end",
    [("nginx", bad_endpoints.HANGS, "stop"), ("nginx", bad_endpoints.DOWN, "quit"), ("prefork", bad_endpoints.REFUSES, "stop")],
)
def test_pages_are_answered_beside_a_bad_endpoint_and_the_server_ends_in_its_time_and_tells_the_loss(name, behavior, end):
    # nginx kills a worker that takes longer than 1.55 s, which its log would say.
    limit = None if (name, end) == ("nginx", "stop") else 1
    assert bad_endpoints.ends(name, behavior, 200, end, shutdown_seconds=limit).complaints == []


@pytest.mark.parametrize("name", ["nginx", "prefork"])
def test_nothing_is_lost_or_sent_twice_when_processes_end_in_an_outage_with_a_spool(name):
    assert outages.with_a_spool(name, 200).complaints == []


@pytest.mark.parametrize("name", ["nginx", "event"])
def test_a_reload_in_an_outage_without_a_spool_tells_how_much_is_lost(name):
    assert outages.without_a_spool(name, 200).complaints == []


@pytest.mark.parametrize("name", ["nginx", "worker"])
def test_the_counters_go_on_after_kill_9_and_count_what_was_lost(name):
    assert outages.killed_with_a_queue(name, 200).complaints == []


def test_children_of_prefork_end_by_themselves_when_they_are_stopped_in_the_middle_of_a_visit():
    assert stops.stops_under_load("prefork", 500, 2).complaints == []


def test_the_module_of_nginx_can_be_removed_and_added_by_a_reload():
    assert reading.module_removed_and_added(50, 1).complaints == []


def test_the_cache_manager_and_the_cache_loader_of_nginx_have_one_thread():
    assert reading.threads_of_nginx(50).complaints == []
