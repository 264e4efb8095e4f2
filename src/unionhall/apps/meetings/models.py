from django.db import models

from unionhall.apps.orgs.models import Union
from unionhall.kernel.ids import PublicIdField


class Meeting(models.Model):
    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
