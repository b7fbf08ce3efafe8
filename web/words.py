"""Words on the page: Indonesian first, English by a switch; dates as an office writes them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import current_app, g, has_app_context, session
from flask_babel import Babel, force_locale, get_translations

from bpmn.messages import Message, message
from engine import civil_service, clock
from engine.errors import InvalidInput
from tasks.persons import Directory, Person
from tasks.spelling import percent, show_number
from web.visit import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"

KINDS = {
    "instance.started": message("Kasus dimulai"),
    "instance.completed": message("Kasus selesai"),
    "instance.cancelled": message("Kasus dibatalkan"),
    "role.chosen": message("Pelaksana dipilih sendiri"),
    "role.reassigned": message("Peran dialihkan"),
    "task.opened": message("Tugas dibuka"),
    "task.claimed": message("Tugas diambil"),
    "task.released": message("Tugas dilepaskan"),
    "task.taken-up": message("Mulai dikerjakan"),
    "task.completed": message("Diselesaikan"),
    "task.nudged": message("Pelaksana diingatkan"),
    "task.corrected": message("Isian dikoreksi"),
    "message.thrown": message("Pemberitahuan"),
    "signal.thrown": message("Sinyal"),
    "message.received": message("Pesan diterima"),
    "signal.received": message("Sinyal diterima"),
    "timer.fired": message("Batas waktu terlewati"),
    "timer.postponed": message("Batas waktu ditunda"),
    "timer.moved": message("Batas waktu bergeser karena kalender"),
    "timers.armed": message("Batas waktu dipasang"),
    "service.called": message("Layanan diminta"),
    "service.completed": message("Layanan selesai"),
    "service.failed": message("Layanan berakhir dengan galat"),
    "instance.suspended": message("Kasus ditangguhkan"),
    "instance.resumed": message("Kasus dilanjutkan"),
    "incident.resolved": message("Insiden diatasi"),
    "incident.retried": message("Pekerjaan yang gagal dicoba lagi"),
    "comment.added": message("Komentar"),
    "attachment.added": message("Lampiran ditambahkan"),
    "attachment.removed": message("Lampiran dihapus"),
    "document.ordered": message("Dokumen dipesan"),
    "document.requested": message("Dokumen diminta"),
    "document.made": message("Dokumen dibuat"),
    "document.signed": message("Dokumen ditandatangani"),
    "dispute.decided": message("Keberatan diputus"),
    "case.jumped": message("Dipindahkan ke langkah lain"),
    "case.moved": message("Kasus mengikuti versi lain"),
}
# What documents are called, by kind.
DOCUMENTS = {
    "formulir_skp": message("Formulir Sasaran Kerja Pegawai"),
    "penilaian": message("Penilaian Prestasi Kerja"),
    "rekaman": message("Lembar rekaman"),
}
DOCUMENT_STATES = {
    "making": message("sedang dibuat"),
    "failed": message("gagal; lihat insidennya"),
    "dropped": message("tidak dibuat"),
    "made": message("siap"),
    "superseded": message("digantikan"),
}
DOCUMENT_LOOKS = {
    "making": "waiting",
    "failed": "late",
    "dropped": "cancelled",
    "made": "done",
    "superseded": "paused",
}
CAPACITIES = {
    "starter": message("Pemulai kasus"),
    "supervisor": message("Pengawas"),
    "superior": message("Atasan yang memutus keberatan"),
    "calendar": message("Pengelola kalender"),
    "administrator": message("Administrator"),
    "participant": message("Peserta kasus"),
    "request": message("Peminta"),
    "analyst": message("Analis proses"),
    "campaign": message("Kampanye"),
}
DUTIES = {
    "analyst": message("Analis proses"),
    "auditor": message("Auditor"),
    "administrator": message("Administrator"),
    "supervisor": message("Pengawas"),
}
# Before the name of whose place somebody holds.
STANDS_IN = {
    "plh": message("Plh."),
    "plt": message("Plt."),
    "leave": message("pengganti"),
}
STATUSES = {
    "running": message("Berjalan"),
    "completed": message("Selesai"),
    "cancelled": message("Dibatalkan"),
    "suspended": message("Ditangguhkan"),
}
# What a supervisor does to many cases at once.
DEEDS = {
    "remind": message("Ingatkan pelaksana"),
    "reassign": message("Alihkan peran"),
    "postpone": message("Tunda batas waktu"),
    "suspend": message("Tangguhkan kasus"),
    "resume": message("Lanjutkan kasus"),
    "cancel": message("Batalkan kasus"),
    "retry": message("Coba lagi yang gagal"),
}
SEVERITIES = {
    "error": message("Kesalahan"),
    "blocking": message("Menghalangi pemberlakuan"),
    "warning": message("Peringatan"),
}


def register(app: Flask, zone: str) -> None:
    """Sets up translation and the filters of the templates."""
    Babel(app, default_locale=DEFAULT, locale_selector=language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # its extension's
        gettext, lambda one, many, number: _catalogue().ungettext(one, many, number), newstyle=True
    )
    app.config["ALUR_ZONE"] = zone
    app.jinja_env.filters.update(
        say=say,
        moment=moment,
        utc=lambda instant: f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        day=lambda day: f"{day:%d-%m-%Y}",
        due=due,
        span=span,
        ago=ago,
        percent=percent,
        nip=civil_service.spaced,
        number=lambda value: "–" if value is None else show_number(value),
    )
    app.add_template_global(language)
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        DOCUMENTS=DOCUMENTS,
        DOCUMENT_STATES=DOCUMENT_STATES,
        DOCUMENT_LOOKS=DOCUMENT_LOOKS,
        CAPACITIES=CAPACITIES,
        DEEDS=DEEDS,
        DUTIES=DUTIES,
        STANDS_IN=STANDS_IN,
        STATUSES=STATUSES,
        SEVERITIES=SEVERITIES,
    )


def zone() -> ZoneInfo:
    """The time zone of the office."""
    return ZoneInfo(current_app.config["ALUR_ZONE"])


def today() -> date:
    """The day in the office."""
    return clock.now().astimezone(zone()).date()


def language() -> str:
    """The language of the person at the browser."""
    chosen = session.get("language", DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """What the block says is said in this language, whoever is at the browser."""
    kept = g.pop("catalogue", None)
    try:
        with force_locale(code):
            yield
    finally:
        g.catalogue = kept


def gettext(text: str) -> str:
    """A text in the language of the page."""
    found: str = _catalogue().ugettext(text)
    return found


def _catalogue() -> Any:
    """The texts of the page's language: Flask-Babel would look for them anew for each.

    A page has fifty texts and more, each of which took 0.05 ms.
    """
    if not has_app_context():  # nobody is at a browser
        return get_translations()
    if g.get("catalogue") is None:
        g.catalogue = get_translations()
    return g.catalogue


def say(said: Any) -> str:
    """A message in the person's language, a person with the name; anything else as its text."""
    if isinstance(said, Person):
        return Directory(database()).shown(said)
    return said.render(gettext) if isinstance(said, Message) else str(said)


def moment(instant: datetime) -> str:
    """``31-12-2026 16.00 WIB``: an instant by the office's clock."""
    return instant.astimezone(zone()).strftime("%d-%m-%Y %H.%M %Z")


def due(instant: datetime) -> str:
    """A due time by the office's clock, in which the end of a day is its 24.00."""
    return clock.due_time(instant, zone())


def ago(instant: datetime) -> str:
    """How long ago, in the largest whole unit."""
    passed = clock.now() - instant
    if passed >= timedelta(days=1):
        return say(message("{n} hari lalu", n=passed.days))
    if passed >= timedelta(hours=1):
        return say(message("{n} jam lalu", n=passed.seconds // 3600))
    if passed >= timedelta(minutes=1):
        return say(message("{n} menit lalu", n=passed.seconds // 60))
    return say(message("baru saja"))


def span(seconds: int) -> str:
    """A span of time in hours and minutes; a working day has no fixed length, so no days."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours and minutes:
        return say(message("{hours} jam {minutes} menit", hours=hours, minutes=minutes))
    if hours:
        return say(message("{n} jam", n=hours))
    return say(message("{n} menit", n=minutes))


def office_time(day: str, clock_time: str) -> datetime:
    """An instant as people write it, ``31-12-2026`` and ``16.00``, in the office's zone.

    Raises `InvalidInput`.
    """
    at = clock_time.strip().replace(".", ":")
    at, days = ("00:00", 1) if at == "24:00" else (at, 0)  # the end of a day, as it is shown
    try:
        written = datetime.strptime(f"{day.strip()} {at}", "%d-%m-%Y %H:%M")
        return (written + timedelta(days=days)).replace(tzinfo=zone())
    except (ValueError, OverflowError) as error:
        said = message("Tulis tanggal seperti 31-12-2026 dan jam seperti 16.00.")
        raise InvalidInput(said) from error


def day(text: str) -> date:
    """A day as people write it, ``31-12-2026``; raises `InvalidInput`."""
    try:
        return datetime.strptime(text.strip(), "%d-%m-%Y").date()
    except ValueError as error:
        raise InvalidInput(message("Tulis tanggal sebagai hh-bb-tttt.")) from error


def day_of(text: str) -> str:
    """A day that is kept as ISO 8601 as people write it; other words as they are."""
    try:
        return f"{date.fromisoformat(text):%d-%m-%Y}"
    except ValueError:
        return text
