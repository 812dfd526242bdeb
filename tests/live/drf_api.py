"""Django REST framework, unmodified: Basic, Token and session authentication, and Django's CSRF
check. drf_api.py PORT PASSWORD TOKEN FOLDER"""
import sys
from wsgiref.simple_server import make_server

import django
from django.conf import settings

port, password, token, folder = int(sys.argv[1]), *sys.argv[2:5]
settings.configure(
    SECRET_KEY="of this run only", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, DEBUG=False,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField", USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "rest_framework", "rest_framework.authtoken"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/db.sqlite3"}},
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]})
django.setup()

from django.contrib.auth import authenticate, login  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import authentication as ways  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework.permissions import IsAdminUser, IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Items(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, _request):
        return Response({"items": []})

    def post(self, _request):
        return Response({"made": True}, status=201)


class Login(APIView):
    authentication_classes, permission_classes = [], []

    def post(self, request):
        login(request._request, authenticate(username="ann", password=password))
        return Response({"in": True})


def items(way, permission=IsAuthenticated):
    return Items.as_view(authentication_classes=[way], permission_classes=[permission])


urlpatterns = [
    path("basic/items", items(ways.BasicAuthentication)),
    path("token/items", items(ways.TokenAuthentication)),
    path("token/admin", items(ways.TokenAuthentication, IsAdminUser)),
    path("session/items", items(ways.SessionAuthentication)),
    path("login", Login.as_view()),
]

call_command("migrate", verbosity=0)
user = User.objects.create_user("ann", password=password)
Token.objects.create(user=user, key=token)
make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()
