"""Rows that come with the schema: a page that shows them proves that the migrations ran."""

from django.db import migrations

FIRST_NOTES = [
    ("Ada", "This note came with the migrations."),
    ("Grace", "The schema is in place before the first visitor arrives."),
    ("Guido", "Readability counts, on Lambda too."),
]


def add_first_notes(apps, schema_editor) -> None:
    note = apps.get_model("notes", "Note")
    for author, text in FIRST_NOTES:
        note.objects.create(author=author, text=text)


def remove_first_notes(apps, schema_editor) -> None:
    note = apps.get_model("notes", "Note")
    for author, text in FIRST_NOTES:
        note.objects.filter(author=author, text=text).delete()


class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]

    operations = [migrations.RunPython(add_first_notes, remove_first_notes)]
