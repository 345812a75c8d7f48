"""What is estimated today counts as the first estimate of the milestones that exist: no earlier one was kept.

An estimate of 0 is none.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def copy_estimates(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In one statement."""
    milestones = apps.get_model("milestones", "Milestone")._default_manager.using(schema_editor.connection.alias)
    milestones.filter(estimate_days__gt=0).update(first_estimate_days=models.F("estimate_days"))


class Migration(migrations.Migration):
    dependencies = [("milestones", "0005_movements")]

    operations = [migrations.RunPython(copy_estimates, migrations.RunPython.noop)]
