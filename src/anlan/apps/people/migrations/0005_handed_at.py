"""When the next hop took a notice over: a receipt that comes later does not hide it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0004_words")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="notice", name="handed_at", field=models.DateTimeField(null=True)
        ),
    ]
