from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "unionhall.apps.meetings"
    default_auto_field = "django.db.models.BigAutoField"
