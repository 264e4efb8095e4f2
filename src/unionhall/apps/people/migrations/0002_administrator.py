"""The role of those who keep the register of unions and people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="post",
            name="role",
            field=models.CharField(
                choices=[
                    ("ADMINISTRATOR", "Administrator"),
                    ("OFFICER", "Officer"),
                    ("CONTEST_ORGANISER", "Contest organiser"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
    ]
