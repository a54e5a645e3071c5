from io import BytesIO

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase
from PIL import Image

from mysite.database import database_from_url
from notes.images import make_thumbnail
from notes.models import Note


def picture(width: int = 1200, height: int = 800, mode: str = "RGB", kind: str = "PNG") -> BytesIO:
    output = BytesIO()
    Image.new(mode, (width, height), "teal").save(output, kind)
    output.seek(0)
    return output


class IndexTests(TestCase):
    def test_it_shows_the_rows_that_came_with_the_migrations(self):
        response = self.client.get("/")
        self.assertContains(response, "This note came with the migrations.")
        self.assertContains(response, "Readability counts, on Lambda too.")

    def test_a_note_with_a_picture_is_kept_in_the_database(self):
        upload = SimpleUploadedFile("sea.png", picture().read(), "image/png")
        response = self.client.post("/", {"author": "Katherine", "text": "Hello", "image": upload}, follow=True)
        note = Note.objects.get(author="Katherine")
        self.assertContains(response, f"/notes/{note.pk}/thumbnail.jpg")
        response = self.client.get(f"/notes/{note.pk}/thumbnail.jpg")
        self.assertEqual(response["Content-Type"], "image/jpeg")
        self.assertEqual(Image.open(BytesIO(response.content)).size, (480, 320))

    def test_what_is_no_picture_is_refused(self):
        upload = SimpleUploadedFile("sea.png", b"no picture", "image/png")
        response = self.client.post("/", {"author": "Katherine", "text": "Hello", "image": upload})
        self.assertContains(response, "Upload a valid image", status_code=400)
        self.assertFalse(Note.objects.filter(author="Katherine").exists())

    def test_text_is_escaped(self):
        self.client.post("/", {"author": "Bobby", "text": "<script>"})
        self.assertContains(self.client.get("/"), "&lt;script&gt;")

    def test_a_note_without_a_picture_has_no_thumbnail(self):
        note = Note.objects.earliest("pk")
        self.assertEqual(self.client.get(f"/notes/{note.pk}/thumbnail.jpg").status_code, 404)


class SignInTests(TestCase):
    def test_only_those_with_the_permission_delete(self):
        note = Note.objects.earliest("pk")
        address = f"/notes/{note.pk}/delete/"
        self.assertRedirects(self.client.post(address), f"/accounts/login/?next={address}")
        User.objects.create_superuser("ada", password="correct horse")
        response = self.client.post("/accounts/login/", {"username": "ada", "password": "correct horse"}, follow=True)
        self.assertContains(response, "Sign out ada")
        self.client.post(address)
        self.assertFalse(Note.objects.filter(pk=note.pk).exists())
        self.assertContains(self.client.post("/accounts/logout/", follow=True), "Sign in")


class ApiTests(TestCase):
    def test_everybody_reads(self):
        notes = self.client.get("/api/notes/").json()
        self.assertEqual(notes["count"], 3)
        self.assertEqual({note["author"] for note in notes["results"]}, {"Ada", "Grace", "Guido"})

    def test_only_those_with_the_permission_write(self):
        note = {"author": "Grace", "text": "Through the API"}
        self.assertEqual(self.client.post("/api/notes/", note).status_code, 403)
        self.client.force_login(User.objects.create_superuser("grace"))
        self.assertEqual(self.client.post("/api/notes/", note).status_code, 201)

    def test_it_can_be_browsed(self):
        self.assertContains(self.client.get("/api/", headers={"accept": "text/html"}), "Api Root")


class SiteTests(TestCase):
    def test_health_asks_the_database(self):
        self.assertEqual(self.client.get("/health").json()["status"], "ok")

    def test_static_files_are_served_without_collecting_them(self):
        for address in ("notes/style.css", "admin/css/base.css", "rest_framework/css/default.css"):
            response = self.client.get(f"/static/{address}")
            self.assertEqual(response.status_code, 200, address)
            self.assertTrue(response["Content-Type"].startswith("text/css"), address)
            self.assertTrue(b"".join(response.streaming_content), address)

    def test_the_admin_is_there(self):
        self.client.force_login(User.objects.create_superuser("ada"))
        self.assertContains(self.client.get("/admin/notes/note/"), "This note came with the migrations.")


class ThumbnailTests(SimpleTestCase):
    def test_every_kind_becomes_a_small_jpeg(self):
        for mode, kind in (("RGB", "JPEG"), ("RGBA", "PNG"), ("P", "GIF"), ("L", "PNG"), ("CMYK", "JPEG")):
            with self.subTest(mode=mode, kind=kind):
                image = Image.open(BytesIO(make_thumbnail(picture(mode=mode, kind=kind))))
                self.assertEqual((image.format, image.mode, image.size), ("JPEG", "RGB", (480, 320)))


class DatabaseUrlTests(SimpleTestCase):
    def test_postgres(self):
        database = database_from_url("postgres://me:p%40ss@db.example:6543/notes?sslmode=require")
        self.assertEqual(database["ENGINE"], "django.db.backends.postgresql")
        self.assertEqual((database["USER"], database["PASSWORD"]), ("me", "p@ss"))
        self.assertEqual((database["HOST"], database["PORT"], database["NAME"]), ("db.example", 6543, "notes"))
        self.assertEqual(database["OPTIONS"], {"sslmode": "require"})

    def test_sqlite(self):
        self.assertEqual(database_from_url("sqlite:////srv/notes.sqlite3")["NAME"], "/srv/notes.sqlite3")

    def test_anything_else_is_named(self):
        with self.assertRaisesMessage(ValueError, "mysql"):
            database_from_url("mysql://host/name")
