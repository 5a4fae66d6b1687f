"""Windows of exercises and tests beside those of maintenance."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("watch", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="maintenance",
            name="status",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "maintenance: kept, but calls nobody"),
                    ("Exercise", "exercise: goes to sandboxes only"),
                    ("Test", "test: goes to sandboxes only"),
                ],
                default="",
                max_length=8,
            ),
        ),
    ]
