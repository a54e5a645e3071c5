from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from notes import views
from notes.api import NoteViewSet

router = DefaultRouter()
router.register("notes", NoteViewSet)

urlpatterns = [
    path("", views.index, name="index"),
    path("notes/<int:pk>/thumbnail.jpg", views.thumbnail, name="thumbnail"),
    path("notes/<int:pk>/delete/", views.delete, name="delete"),
    path("api/", include(router.urls)),
    path("accounts/", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
    path("health", views.health, name="health"),
]
