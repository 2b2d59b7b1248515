"""Counts for Prometheus, on a port of their own that nobody but this machine reaches unless the operator says so.

Off unless asked for: who keeps them beside their times, keeps when something arrived (docs/operating.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.api import Hub
from server.errors import SettingsError
from server.settings import PREFIX, Settings


class HubCollector(Collector):
    """What is read when somebody asks; nothing is prepared for it while requests are answered."""

    def __init__(self, hub: Callable[[], Hub | None]) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        hub = self._hub()
        if hub is None:
            return
        answers = CounterMetricFamily(
            "sojourn_answers", "Answers, by operation of the OpenAPI document and status", labels=NAMES
        )
        # A copy: the hub goes on in its own thread.
        for (operation, status), count in sorted(hub.counts.answers.copy().items()):
            answers.add_metric([operation, str(status)], count)
        yield answers
        yield GaugeMetricFamily("sojourn_waiting", "Requests that wait for news", hub.waiters.count)
        yield GaugeMetricFamily("sojourn_push_bytes", "Bytes of pushes in memory", hub.bodies.held)
        yield GaugeMetricFamily(
            "sojourn_backup_bytes", "Bytes of bodies for personal backups in memory", hub.backup_bodies.held
        )
        yield GaugeMetricFamily(
            "sojourn_body_bytes", "Bytes of other bodies in memory", hub.small_bodies.held
        )


NAMES = ["operation", "status"]


def serve_metrics(settings: Settings, hub: Callable[[], Hub | None]) -> Callable[[], None]:
    """In a thread of its own. Gives what ends it; raises SettingsError where the port cannot be had."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(HubCollector(hub))
    try:
        server, _ = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        where = f"{settings.metrics_host}:{settings.metrics_port}"
        raise SettingsError(f"{PREFIX}METRICS_PORT", f"{where}: {error.strerror or error}") from error

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop
