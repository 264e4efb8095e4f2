"""Every correction names its stage; those made before were of sheets, which lead to it."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, _schema_editor):
    Correction = apps.get_model("contests", "Correction")
    Ballot = apps.get_model("contests", "Ballot")
    of_ballot = Ballot.objects.filter(pk=OuterRef("replaces")).values("box__entry__stage")[:1]
    Correction.objects.filter(stage=None).update(stage=Subquery(of_ballot))


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0004_late_changes'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
