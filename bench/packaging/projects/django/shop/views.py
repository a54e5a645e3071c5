from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework import viewsets

from shop.models import Product
from shop.pictures import thumbnail
from shop.serializers import ProductSerializer
from shop.tokens import seal


class ProductViewSet(viewsets.ModelViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    thumbnail = staticmethod(thumbnail)


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/index.html", {"token": seal("basket")})
