"""What messages tried to change and were not let."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("warning", "0011_slips"),
    ]

    operations = [
        migrations.CreateModel(
            name="IncomingRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("feed", "it came by another feed"),
                            ("key", "it is not signed with the key of the first message"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refusals",
                        to="warning.incoming",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refusals",
                        to="warning.incomingmessage",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "abstract": False,
            },
        ),
    ]
