"""Schedules, editions, deliveries."""

from __future__ import annotations

from reports.models.delivery import Delivery, DeliveryAttempt
from reports.models.edition import Edition
from reports.models.schedule import Schedule

__all__ = ["Delivery", "DeliveryAttempt", "Edition", "Schedule"]
