from django.db import models


class Note(models.Model):
    author = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)
    # A JPEG of a few kilobytes. It is kept in the row because a function has no disk that lasts.
    thumbnail = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"
