"""The rows of lists that people keep themselves."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0003_audited_sync"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=64)),
                ("fields", models.JSONField(default=dict)),
                ("fault", models.CharField(blank=True, max_length=300)),
                ("given", models.TextField(blank=True)),
                ("taken_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="listed", to="integrations.connection"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["connection", "taken_at", "id"], name="listed_in_order")],
                "constraints": [models.UniqueConstraint(fields=("connection", "external_id"), name="listed_once")],
            },
        ),
    ]
