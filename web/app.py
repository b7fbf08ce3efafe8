"""The application: built from settings and a database; nothing is live at import."""

from __future__ import annotations

import secrets
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import abort, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from bpmn.messages import message
from engine import effort, file_types
from engine.errors import InvalidInput
from engine.punctuality import standing, was_late
from engine.sign_ins import LONGEST
from tasks import file_fields
from tasks.forms import visible_when
from tasks.papers.typesetting import can_draw
from tasks.skp import rule_sets
from web import (
    assets,
    bulk,
    calendars,
    campaign_orders,
    campaigns,
    candidates,
    carried,
    cases,
    chronicles,
    control_sheets,
    corrections,
    deployments,
    directory_imports,
    disputes,
    documents,
    drafts,
    errors,
    evidence,
    figures,
    files,
    forecasts,
    form_previews,
    groups,
    health,
    incidents,
    journal,
    jumps,
    library,
    logs,
    marks,
    mass_acts,
    metrics,
    modeler,
    monitoring,
    moves,
    notices,
    own_data,
    packing,
    passwords,
    people,
    person_access,
    profile,
    publications,
    register,
    remarks,
    retention,
    rules,
    sign_in,
    sign_ins,
    signatures,
    skp_overview,
    sop_imports,
    sops,
    starts,
    substitutions,
    timeline,
    trial_starts,
    trials,
    units,
    variants,
    verification,
    walks,
    words,
    worklist,
)
from web.in_parts import PartedRequest
from web.visit import MAX_NUMBER, by_script

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.routing import Map

    from engine.database import Database
    from engine.settings import Settings
    from engine.worker import Worker

MAX_REQUEST_BYTES = 6_000_000  # a diagram of the largest size, and its form around it
AROUND_A_FILE = 2_000_000  # the form that it comes with
BRINGING_FILES = frozenset(
    {"worklist.complete", "drafts.save", "files.answer", "remarks.attach", "trials.complete"}
)
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
# Nothing here films, listens or asks where somebody is.
NOTHING_PERMITTED = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=()"


class _Number(IntegerConverter):
    """A number in an address, of the size that a database can look for."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MAX_NUMBER)


def create_app(
    settings: Settings, db: Database, worker: Worker | None = None, key: bytes | None = None
) -> Flask:
    """The WSGI application of one installation; ``worker`` is the one of this process, if any.

    Sessions are signed with ``key``, or with that of ``home``.

    Raises `InvalidInput` when the environment says what the tasks cannot use.
    """
    rule_sets.last_day_of_pp46()  # what is no day is said now, and not at a form
    if settings.logo and not can_draw(settings.logo):
        raise InvalidInput(message("ALUR_LOGO: gambar itu tidak dapat dicetak."))
    app = logs.LoggedFlask(__name__, static_folder=None)
    app.request_class = PartedRequest
    app.config.update(
        SECRET_KEY=key or own_key(settings),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=carried.MAX_FIELDS,
        SESSION_COOKIE_NAME="__Host-alur" if settings.secure_cookies else "alur",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=LONGEST,
        SESSION_REFRESH_EACH_REQUEST=False,  # a sign-in lasts that long from its beginning
        WTF_CSRF_TIME_LIMIT=None,
        PROVIDE_AUTOMATIC_OPTIONS=False,  # guards let that method through, and nobody needs it
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
    )
    app.url_map.converters["int"] = _Number
    app.extensions["alur"] = db
    app.extensions["alur-settings"] = settings
    app.extensions["alur-worker"] = worker
    app.extensions["alur-going"] = threading.Event()  # set once it is to end
    app.wsgi_app = _bounded(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way
    packing.register(app)  # last of all, for what comes first is called last
    logs.register(app, proxied=settings.proxies > 0)  # before all that may refuse a request
    CSRFProtect(app)
    words.register(app, settings.zone)
    app.add_template_filter(timeline.performed)
    app.add_template_global(standing)
    app.add_template_global(timeline.called)
    app.add_template_global(was_late)
    app.add_template_global(walks.of_page, "walk_of")
    app.jinja_env.globals.update(PUBLICATION_STATES=publications.STATES)
    app.jinja_env.globals.update(LABELS=marks.LABELS, LOOKS=marks.LOOKS)
    app.jinja_env.globals.update(PUBLIC_URL=settings.public_url, MAX_FILE_MB=settings.max_file_mb)
    app.jinja_env.globals.update(ALL_FILES=",".join(file_types.endings()))
    app.add_template_global(notices.unread, "unread_notices")
    app.add_template_global(substitutions.ahead, "substitutions_ahead")
    app.add_template_global(visible_when)
    app.add_template_global(by_script)
    app.add_template_global(files.accepted, "accepted_files")
    app.add_template_filter(file_fields.show_size, "size")
    assets.register(app)
    metrics.register(app)
    errors.register(app)
    sign_in.register(app, db)
    for area in (
        sign_in.area,
        worklist.area,
        candidates.area,
        drafts.area,
        files.area,
        walks.area,
        bulk.area,
        control_sheets.area,
        chronicles.area,
        cases.area,
        starts.area,
        remarks.area,
        documents.area,
        figures.area,
        monitoring.area,
        forecasts.area,
        variants.area,
        register.area,
        skp_overview.area,
        deployments.area,
        library.area,
        mass_acts.area,
        campaigns.area,
        campaign_orders.area,
        moves.area,
        publications.area,
        form_previews.area,
        modeler.area,
        sop_imports.area,
        rules.area,
        sops.area,
        trials.area,
        trial_starts.area,
        incidents.area,
        calendars.area,
        people.area,
        units.area,
        groups.area,
        journal.area,
        substitutions.area,
        corrections.area,
        jumps.area,
        disputes.area,
        evidence.area,
        notices.area,
        profile.area,
        passwords.area,
        sign_ins.area,
        person_access.area,
        own_data.area,
        directory_imports.area,
        retention.area,
        signatures.area,
        verification.area,
        health.area,
        metrics.area,
    ):
        app.register_blueprint(area)
    app.url_value_preprocessor(_admit_files)  # before anybody reads the form
    app.before_request(_refuse_nul)
    app.after_request(_guard)
    if settings.proxies:  # what they say of the client; anybody else's word is not taken
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    app.wsgi_app = _static_files(app)  # type: ignore[method-assign]  # Flask's documented way
    return app


def own_key(settings: Settings) -> bytes:
    """With which this node would sign sessions if it were the only one."""
    return settings.secret("session.key", partial(secrets.token_bytes, 32))


def _static_files(app: Flask) -> Any:
    return WhiteNoise(
        app.wsgi_app,
        root=assets.DIST,
        prefix="static/",
        # File names carry a hash of their content, so that browsers may keep them for ever.
        immutable_file_test=r"-[A-Z0-9]{8}\.(?:js|css|woff2)$",
    )


def _bounded(serve: Any) -> Any:
    """All expressions of a request share one bound: a form may have hundreds of rules."""

    def answer(environ: Any, start_response: Any) -> Any:
        with effort.bounded():
            return serve(environ, start_response)

    return answer


def _admit_files(endpoint: str | None, _values: Any) -> None:
    """Where files are brought, more comes in one request than elsewhere."""
    if endpoint in BRINGING_FILES:
        largest = current_app.extensions["alur-settings"].max_file_mb * 1_000_000
        request.max_content_length = max(MAX_REQUEST_BYTES, largest + AROUND_A_FILE)


def _refuse_nul() -> None:
    """No keyboard writes NUL and PostgreSQL does not take it: whoever sends it means no good."""
    given = (*request.args.items(multi=True), *request.form.items(multi=True))
    if "\x00" in request.path or any("\x00" in text for pair in given for text in pair):
        abort(400)


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = NOTHING_PERMITTED
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint not in ("deployments.diagram", "profile.calendar", "sops.sheet"):
        # Pages show personal data; "back" must ask again, and find a task already completed.
        response.headers["Cache-Control"] = "no-store"
    return response
