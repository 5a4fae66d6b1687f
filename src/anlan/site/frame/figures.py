"""GET /metrics: the site's figures for Prometheus."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from anlan import __version__
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.views.stream import HUB
from anlan.desk.doors import asker_of
from anlan.site.frame.devices import gateway_told, ways_told
from anlan.site.frame.live import ask_live
from anlan.site.frame.system import SEE
from anlan.terms.levels import Level

_KIND = "text/plain; version=0.0.4; charset=utf-8"


def prometheus(request: HttpRequest) -> HttpResponse:
    """Figures of the whole site: for this machine, or for who may see the system page."""
    is_here = request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1")
    is_proxied = "HTTP_X_FORWARDED_FOR" in request.META
    if not (is_here and not is_proxied) and not asker_of(request).may(SEE):
        return HttpResponse(status=403)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Site())
    return HttpResponse(generate_latest(registry), content_type=_KIND)


class _Site:
    """The figures at the moment of asking."""

    def collect(self) -> Iterator[Any]:
        told = ask_live("/api/v1/status")
        yield _gauge("anlan_up", "1 where the live process answers", 1.0 if told else 0.0)
        yield _gauge("anlan_stream_clients", "open event streams here", HUB.listeners)
        alarms = GaugeMetricFamily("anlan_alarms_standing", "alarms that stand", labels=["level"])
        standing = Alarm.objects.filter(urgency__gt=0, level__gt=0, status="Actual")
        standing = standing.order_by()
        for row in standing.values("level").annotate(n=Count("pk")):
            alarms.add_metric([str(Level(row["level"]).word)], row["n"])
        yield alarms
        about = GaugeMetricFamily("anlan_about", "the version", labels=["version", "demo"])
        about.add_metric([__version__, str(settings.PLACE.is_demo).lower()], 1)
        yield about
        if told:
            yield from _live(told)
        said = [one for one in (gateway_told(), ways_told()) if one]
        yield from _devices([row for one in said for row in one["listeners"]])


def _live(told: dict[str, Any]) -> Iterator[Any]:
    store, queue = told["store"], told["queue"]
    yield _counter("anlan_readings", "readings stored", store["readings"])
    yield _counter("anlan_changes", "changes told", store["changes"])
    yield _gauge("anlan_lag_seconds", "how far intake is behind", queue["lag_s"])
    yield _gauge("anlan_queue_bytes", "bodies at work", queue["bytes"])
    yield _gauge("anlan_disk_free_bytes", "free on the disk of the history", store["free_bytes"])
    yield _gauge("anlan_sensors", "sensors in use", told["registry"]["sensors"])
    yield _gauge("anlan_damaged_records", "records set aside", len(store["damage"]))
    refused = CounterMetricFamily("anlan_refused", "rows refused", labels=["code"])
    for code, number in told["refused"].items():
        refused.add_metric([code], number)
    yield refused
    kept = sum(one["rows"] for one in told["quarantine"]["sources"])
    yield _gauge("anlan_quarantine_rows", "rows in quarantine", kept)


_OF_DEVICES = (
    (GaugeMetricFamily, "anlan_device_connections", "connections of devices", "connections"),
    (GaugeMetricFamily, "anlan_devices_online", "devices that are connected", "devices_online"),
    (CounterMetricFamily, "anlan_device_frames", "frames of devices", "frames"),
    (CounterMetricFamily, "anlan_device_readings", "readings stored of devices", "readings"),
)


def _devices(listeners: list[dict[str, Any]]) -> Iterator[Any]:
    """The field gateway's figures, of each listener."""
    for kind, name, about, key in _OF_DEVICES:
        family = kind(name, about, labels=["listener"])
        for one in listeners:
            family.add_metric([one["name"]], one[key])
        yield family
    faults = CounterMetricFamily(
        "anlan_device_faults", "faults of devices", labels=["listener", "code"]
    )
    for one in listeners:
        for code, number in one["faults"].items():
            faults.add_metric([one["name"], code], number)
    yield faults


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _counter(name: str, about: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(name, about, value=value)
