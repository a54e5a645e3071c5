from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from notes.forms import NoteForm
from notes.models import Note


def index(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Thank you, your note is here.")
        return redirect("index")
    status = 400 if form.errors else 200
    return render(request, "notes/index.html", {"form": form, "notes": Note.objects.all()[:100]}, status=status)


@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    image = get_object_or_404(Note, pk=pk).thumbnail
    if not image:
        raise Http404("This note has no picture.")
    return HttpResponse(bytes(image), content_type="image/jpeg", headers={"Cache-Control": "max-age=31536000, immutable"})


@require_POST
@permission_required("notes.delete_note")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Note, pk=pk).delete()
    messages.success(request, "The note is gone.")
    return redirect("index")


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; a deployment asks this before it moves traffic."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": connection.vendor}, status=503)
    return JsonResponse({"status": "ok", "database": connection.vendor})
