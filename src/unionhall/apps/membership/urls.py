from __future__ import annotations

from django.urls import path

from unionhall.apps.membership.views import collecting, joining

app_name = "membership"
urlpatterns = [
    path("join", joining.join, name="join"),
    path("join/employers", joining.employers, name="employers"),
    path("join/find", joining.find, name="find"),
    path("join/<token>", joining.state, name="state"),
    path("join/<token>/confirm", joining.confirm, name="confirm"),
    path("join/<token>/form", joining.again, name="again"),
    path("join/<token>/withdraw", joining.withdraw, name="withdraw"),
    path("collection", collecting.start, name="collections"),
    path("unions/<public_id>/collection", collecting.collection, name="collection"),
    path("unions/<public_id>/collection/new", collecting.collect, name="collect"),
    path("unions/<public_id>/collection/export", collecting.export, name="export-roll"),
    path("unions/<public_id>/collection/forms/<kind>", collecting.blank, name="collection-blank"),
    path("unions/<public_id>/collection/<import_id>", collecting.collected, name="collected"),
    path("unions/<public_id>/collection/<import_id>/decide", collecting.decide, name="collected-decide"),
    path(
        "unions/<public_id>/collection/<import_id>/returned", collecting.returned, name="collected-returned"
    ),
]
