"""The model of API tokens. Accounts and sessions are Django's own models."""

from django.conf import settings
from django.db import models

LABEL_LENGTH = 100


class AccessToken(models.Model):
    """An API token of an account. Only its digest is stored; the token itself is shown once."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=LABEL_LENGTH)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, as hexadecimal digits
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)  # to the minute: a busy client must not write at each request

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.label
