from rest_framework import serializers, viewsets
from rest_framework.reverse import reverse

from notes.models import Note


class NoteSerializer(serializers.ModelSerializer):
    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = ["id", "author", "text", "created_at", "thumbnail"]

    def get_thumbnail(self, note: Note) -> str | None:
        return reverse("thumbnail", [note.pk], request=self.context["request"]) if note.thumbnail else None


class NoteViewSet(viewsets.ModelViewSet):
    """Everybody reads; those with the permissions of the admin write."""

    queryset = Note.objects.all()
    serializer_class = NoteSerializer
