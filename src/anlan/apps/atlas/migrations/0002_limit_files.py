from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("atlas", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LimitFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=32, unique=True)),
                ("region", models.CharField(blank=True, db_index=True, max_length=12)),
                ("owner", models.CharField(blank=True, db_index=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "waits for approval"),
                            ("entered", "approved and entered"),
                            ("refused", "turned down"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_name", models.CharField(max_length=128)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_name", models.CharField(blank=True, max_length=128)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=256)),
                ("digest", models.CharField(max_length=64)),
                ("count", models.PositiveIntegerField()),
                ("rows", models.JSONField()),
            ],
            options={
                "ordering": ("-proposed_at",),
                "abstract": False,
                "indexes": [models.Index(fields=["state", "region"], name="atlas_file_waits")],
            },
        ),
    ]
