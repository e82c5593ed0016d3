"""Every address. The page's noun names its module, template and test."""

from django.urls import path

from events.api import api
from inspector.pages import (
    compare,
    connect,
    dashboard,
    demo,
    errors,
    event,
    extension,
    health,
    recordings,
    reference,
    share,
    shared,
    shim,
    strip,
)

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("recordings/", recordings.recordings, name="recordings"),
    path("recordings/new/", recordings.new_recording, name="new_recording"),
    path("recordings/<str:key>/", dashboard.dashboard, name="dashboard"),
    path("recordings/<str:key>/change/", recordings.change, name="change_recording"),
    path("recordings/<str:key>/rows/", dashboard.rows, name="rows"),
    path("recordings/<str:key>/frame/", dashboard.frame, name="frame"),
    path("recordings/<str:key>/events/<int:seq>/", event.event, name="event"),
    path("recordings/<str:key>/connect/", connect.connect, name="connect"),
    path("recordings/<str:key>/connect/troubles/", connect.troubles, name="troubles"),
    path("recordings/<str:key>/extension.zip", extension.extension, name="extension"),
    path("recordings/<str:key>/strip/", strip.strip, name="strip"),
    path("recordings/<str:key>/strip/delete/", strip.delete_strips, name="delete_strips"),
    path("recordings/<str:key>/strip/<int:page_load>/", strip.strip_player, name="strip_player"),
    path("recordings/<str:key>/strip/<int:page_load>/parts/", strip.strip_parts, name="strip_parts"),
    path("strip/replay.js", strip.replay_script, name="replay_script"),
    path("strip/replay.css", strip.replay_style, name="replay_style"),
    path("compare/", compare.compare, name="compare"),
    path("recordings/<str:key>/share/", share.share, name="share"),
    path("recordings/<str:key>/share/new/", share.share_new, name="share_new"),
    path("recordings/<str:key>/share/preview/", share.share_preview, name="share_preview"),
    path(
        "recordings/<str:key>/share/preview/events/<int:seq>/",
        share.share_preview_event,
        name="share_preview_event",
    ),
    path("recordings/<str:key>/share/<int:share>/end/", share.share_end, name="share_end"),
    path("s/<str:token>/", shared.shared, name="shared"),
    path("s/<str:token>/rows/", shared.shared_rows, name="shared_rows"),
    path("s/<str:token>/frame/", shared.shared_frame, name="shared_frame"),
    path("s/<str:token>/events/<int:seq>/", shared.shared_event, name="shared_event"),
    path("s/<str:token>/export.<str:extension>", shared.shared_export, name="shared_export"),
    path("reference/", reference.reference, name="reference"),
    path("reference/<str:name>/", reference.reference_event, name="reference_event"),
    path("demo/", demo.demo, name="demo"),
    path("demo/collect/events", demo.demo_collect, name="demo_collect"),
    path("demo/<str:page>/", demo.demo_page, name="demo_page"),
    path("shim/show.js", shim.show, name="show"),
    path("shim/strip.js", shim.strip, name="strip_script"),
    path("shim/<str:capture_key>.user.js", shim.user_script_page, name="user_script"),
    path("shim/<str:capture_key>.js", shim.shim, name="shim"),
    path("healthz", health.health, name="health"),
    path("", api.urls),
]
handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.failed
