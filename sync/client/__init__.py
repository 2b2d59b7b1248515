"""A headless device: what a phone does, without a browser."""

from sync.client.bundles import Packed
from sync.client.contacts import Contact, DeviceCount, Overview
from sync.client.coordinator import Coordinator, Fetched, Refused, Rotated
from sync.client.device import Around, Device, Status
from sync.client.retry import Patience
from sync.client.sending import Asked, Sent

__all__ = [
    "Around",
    "Asked",
    "Contact",
    "Coordinator",
    "Device",
    "DeviceCount",
    "Fetched",
    "Overview",
    "Packed",
    "Patience",
    "Refused",
    "Rotated",
    "Sent",
    "Status",
]
