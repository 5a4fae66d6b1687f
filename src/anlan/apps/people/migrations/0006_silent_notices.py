from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_handed_at"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["state", "due_at"],
                name="people_notice_silent",
            ),
        ),
    ]
