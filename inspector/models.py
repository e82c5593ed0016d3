"""What the upper room keeps: tokens that let machines in. Accounts and sessions are Django's own."""

from django.conf import settings
from django.db import models

LABEL_LENGTH = 100


class AccessToken(models.Model):
    """Lets a machine use the API as its owner. The token itself was shown once and is not kept."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=LABEL_LENGTH)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, as hexadecimal digits
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)  # to the minute, so that a busy script does not write all day

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.label
