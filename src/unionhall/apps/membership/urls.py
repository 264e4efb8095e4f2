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
    path("collection/<public_id>", collecting.collection, name="collection"),
    path("collection/<public_id>/new", collecting.collect, name="collect"),
    path("collection/<public_id>/export", collecting.export, name="export-roll"),
    path("collection/<public_id>/forms/<kind>", collecting.blank, name="collection-blank"),
    path("collection/<public_id>/<import_id>", collecting.collected, name="collected"),
    path("collection/<public_id>/<import_id>/decide", collecting.decide, name="collected-decide"),
    path("collection/<public_id>/<import_id>/returned", collecting.returned, name="collected-returned"),
]
