from django import forms

from notes.images import make_thumbnail
from notes.models import Note

# A Lambda request has room for 6 MB, and a picture grows by a third on its way in (base64).
MAX_IMAGE_BYTES = 4 * 1024 * 1024
MAX_IMAGE_PIXELS = 25_000_000


class NoteForm(forms.ModelForm):
    image = forms.ImageField(required=False, label="Picture", widget=forms.FileInput(attrs={"accept": "image/*"}))

    class Meta:
        model = Note
        fields = ["author", "text"]
        labels = {"author": "Your name", "text": "Your note"}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def clean_image(self):
        image = self.cleaned_data["image"]
        if image is None:
            return None
        if image.size > MAX_IMAGE_BYTES:
            raise forms.ValidationError("Pictures can have up to 4 MB.")
        width, height = image.image.size
        if width * height > MAX_IMAGE_PIXELS:
            raise forms.ValidationError("Pictures can have up to 25 million pixels.")
        return image

    def save(self, commit: bool = True) -> Note:
        if self.cleaned_data["image"]:
            self.instance.thumbnail = make_thumbnail(self.cleaned_data["image"])
        return super().save(commit)
