from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from shop import views

router = DefaultRouter()
router.register("products", views.ProductViewSet)

urlpatterns = [
    path("", views.index),
    path("api/", include(router.urls)),
    path("admin/", admin.site.urls),
]
