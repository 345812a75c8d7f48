"""What is estimated today counts as the first estimate of the milestones that exist: no earlier one was kept."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def copy_estimates(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In one statement."""
    milestones = apps.get_model("milestones", "Milestone")._default_manager.using(schema_editor.connection.alias)
    milestones.filter(estimate_days__isnull=False).update(first_estimate_days=models.F("estimate_days"))


class Migration(migrations.Migration):
    dependencies = [("milestones", "0005_movements")]

    operations = [migrations.RunPython(copy_estimates, migrations.RunPython.noop)]
