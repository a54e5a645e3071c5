from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notes", "0002_first_notes")]

    operations = [
        migrations.AddField(
            model_name="note",
            name="thumbnail",
            field=models.BinaryField(blank=True, null=True),
        ),
    ]
