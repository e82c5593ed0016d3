"""Mounts the JSON API and the capture addresses, described by one OpenAPI document: /api/openapi.json."""

from ninja import NinjaAPI

from events.api.capture import router as capture
from events.api.compare import router as compare
from events.api.errors import install
from events.api.exports import router as exports
from events.api.imports import router as imports
from events.api.recordings import router as recordings
from events.api.reference import router as reference
from events.api.replay import router as strip
from events.api.validate import router as validate

api = NinjaAPI(
    title="Cact Inspector",
    version="1",
    description=(
        "Judge, capture and read Commanders Act events. "
        'Every error is `{"error": {"code", "message", "path"?}}`. Where people log in, send a token of '
        "your account to everything under `/api/`: `Authorization: Bearer …`."
    ),
    urls_namespace="api",
    docs_url="/api/docs",
    openapi_url="/api/openapi.json",
)
install(api)
api.add_router("", capture)
api.add_router("", strip)
api.add_router("/api", validate)
api.add_router("/api", recordings)
api.add_router("/api", imports)
api.add_router("/api", reference)
api.add_router("/api", compare)
api.add_router("/api", exports)
