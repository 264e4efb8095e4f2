from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What issues call an outreach session that they came from.
SESSION = "OUTREACH"


class ApplicationState(TextChoices):
    """From the first letter typed to the committee's decision; a returned one comes back as SUBMITTED."""

    DRAFT = "DRAFT", pgettext_lazy("application", "Draft")
    UNCONFIRMED = "UNCONFIRMED", _("Phone not confirmed yet")
    SUBMITTED = "SUBMITTED", pgettext_lazy("application", "Received")
    ACCEPTED = "ACCEPTED", pgettext_lazy("application", "Accepted, awaits the decision")
    RETURNED = "RETURNED", pgettext_lazy("application", "Returned for completion")
    APPROVED = "APPROVED", pgettext_lazy("application", "Approved")
    REFUSED = "REFUSED", pgettext_lazy("application", "Not approved")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("application", "Withdrawn")


# States in which an application still waits for somebody.
PENDING = (
    ApplicationState.UNCONFIRMED,
    ApplicationState.SUBMITTED,
    ApplicationState.ACCEPTED,
    ApplicationState.RETURNED,
)


class Step(TextChoices):
    """What was done with an application."""

    SUBMIT = "SUBMIT", _("Sent in")
    CONFIRM = "CONFIRM", _("Phone confirmed")
    ACCEPT = "ACCEPT", _("Accepted for decision")
    RETURN = "RETURN", _("Returned for completion")
    COMPLETE = "COMPLETE", _("Completed and sent in again")
    FORWARD = "FORWARD", _("Passed to another union")
    APPROVE = "APPROVE", _("Approved by the committee")
    REFUSE = "REFUSE", _("Not approved by the committee")
    WITHDRAW = "WITHDRAW", pgettext_lazy("step", "Withdrawn")


class FilledBy(TextChoices):
    SELF = "SELF", _("By the applicant")
    PROXY = "PROXY", _("By somebody for the applicant")


class Confirmation(TextChoices):
    """How a phone, and with it a form that somebody else filled in, was confirmed."""

    SMS = "SMS", _("By a code sent to the phone")
    DESK = "DESK", _("By the officer at the desk")


class Employment(TextChoices):
    """Where an applicant works: an employer, a platform with its site, or nowhere fixed."""

    EMPLOYER = "EMPLOYER", _("With an employer")
    PLATFORM = "PLATFORM", _("Through a platform")
    NONE = "NONE", _("Neither, or from job to job")


class Occupation(TextChoices):
    """Occupations that one of the official lists names; everything else is OTHER, in the worker's words."""

    LORRY_DRIVER = "LORRY_DRIVER", _("Lorry driver")
    RIDE_HAILING_DRIVER = "RIDE_HAILING_DRIVER", _("Ride-hailing driver")
    COURIER = "COURIER", _("Courier")
    FOOD_RIDER = "FOOD_RIDER", _("Food-delivery rider")
    CARE_WORKER = "CARE_WORKER", _("Care worker")
    DOMESTIC_WORKER = "DOMESTIC_WORKER", _("Domestic worker")
    SHOP_INFORMATION = "SHOP_INFORMATION", _("Information clerk in a mall")
    HOUSING_AGENT = "HOUSING_AGENT", _("Housing agent")
    SECURITY_GUARD = "SECURITY_GUARD", _("Security guard")
    LIVE_STREAMER = "LIVE_STREAMER", _("Live-stream host")
    HOMESTAY_WORKER = "HOMESTAY_WORKER", _("Homestay worker")
    CASUAL_WORKER = "CASUAL_WORKER", _("Casual worker")
    OTHER = "OTHER", pgettext_lazy("occupation", "Other")


class EventKind(TextChoices):
    """The entries of the membership ledger. A transfer is never a new join."""

    JOIN = "JOIN", _("Joined")
    TRANSFER_OUT = "TRANSFER_OUT", _("Transferred out")
    TRANSFER_IN = "TRANSFER_IN", _("Transferred in")
    RETAIN = "RETAIN", _("Membership retained")
    RESTORE = "RESTORE", _("Membership restored")
    LEAVE = "LEAVE", _("Left")
    REMOVE = "REMOVE", _("Removed")
    CORRECT = "CORRECT", _("Entry corrected")


class Standing(TextChoices):
    """Where a person stands by the ledger."""

    NONE = "NONE", _("Not a member")
    MEMBER = "MEMBER", _("Member")
    MOVING = "MOVING", _("Between two unions")
    RETAINED = "RETAINED", _("Membership retained")
    ENDED = "ENDED", _("Membership ended")


class Channel(TextChoices):
    """How the union and a worker met."""

    COMMUNICATION_MEETING = "COMMUNICATION_MEETING", _("Worker communication meeting")
    JOB_FAIR = "JOB_FAIR", _("Desk at a job fair")
    SKILL_TRAINING = "SKILL_TRAINING", _("Skill training")
    FACE_TO_FACE = "FACE_TO_FACE", _("Face-to-face session")
    STATION = "STATION", _("Service station")
    WORKPLACE = "WORKPLACE", _("At the workplace")
    STEWARD_VISIT = "STEWARD_VISIT", _("Steward's visit")
    CHAT_GROUP = "CHAT_GROUP", _("Chat group")
    SHORT_VIDEO = "SHORT_VIDEO", _("Short video")
    POSTER = "POSTER", _("Poster")
    UNKNOWN = "UNKNOWN", _("Unknown")


class PartnerKind(TextChoices):
    HUMAN_RESOURCES = "HUMAN_RESOURCES", _("Human-resources bureau")
    COMMERCE = "COMMERCE", _("Federation of industry and commerce")
    PARTY = "PARTY", _("Party organisation")
    ENTERPRISE = "ENTERPRISE", _("Enterprise or platform")
    OTHER = "OTHER", pgettext_lazy("partner", "Other")


class SessionState(TextChoices):
    PLANNED = "PLANNED", _("Planned")
    HELD = "HELD", _("Held")
    CANCELLED = "CANCELLED", _("Cancelled")


class MatchKind(TextChoices):
    """Why two records may be one person."""

    IDENTITY = "IDENTITY", _("Same identity number")
    PHONE = "PHONE", _("Same phone and name")
    NAME_BIRTH_EMPLOYER = "NAME_BIRTH_EMPLOYER", _("Same name, birthday and employer")


class MatchState(TextChoices):
    OPEN = "OPEN", pgettext_lazy("match", "To be looked at")
    MERGED = "MERGED", _("Merged")
    APART = "APART", _("Two persons")


class WishField(TextChoices):
    """What of the own record somebody can ask to have corrected."""

    NAME = "NAME", _("Name")
    PHONE = "PHONE", _("Mobile phone")
    BIRTH = "BIRTH", _("Date of birth")
    EMPLOYER = "EMPLOYER", _("Employer or platform")


class WishState(TextChoices):
    WAITING = "WAITING", pgettext_lazy("wish", "Awaits an answer")
    DONE = "DONE", pgettext_lazy("wish", "Corrected")
    REJECTED = "REJECTED", pgettext_lazy("wish", "Not corrected")


class RowOutcome(TextChoices):
    """What one row of an uploaded form does."""

    ADD = "ADD", _("to be added")
    TRANSFER = "TRANSFER", _("to be transferred in")
    MATCH = "MATCH", _("to be added; may be one person with another record")
    WARNING = "WARNING", _("to be added; please look again")
    SAME = "SAME", _("there already")
    ERROR = "ERROR", _("to be mended")


class ProxyConfirmation(TextChoices):
    """How a member confirmed what a collector filled in."""

    PHONE = "PHONE", _("By telephone")
    SMS = "SMS", _("By text message")
    WECHAT = "WECHAT", _("By WeChat")
    IN_PERSON = "IN_PERSON", _("In person")


class ExportState(TextChoices):
    """What became of an export that was asked for."""

    WRITING = "WRITING", _("being written")
    READY = "READY", _("ready")
    STOPPED = "STOPPED", _("not finished")
    DELETED = "DELETED", _("not kept any more")


class ExportPurpose(TextChoices):
    """What an exported roll is for."""

    CHECK = "CHECK", _("Checking the roll with the unit")
    HANDOVER = "HANDOVER", _("Handing the roll over to another union")
    REPORT = "REPORT", _("Reporting to the union above")
    SERVICE = "SERVICE", _("Serving members, such as gifts or insurance")
    OTHER = "OTHER", pgettext_lazy("purpose", "Other")


class ReminderKind(TextChoices):
    """What a message of the house reminds of."""

    LAST_DAY = "LAST_DAY", _("Last day to complete the application")
    DUE_SOON = "DUE_SOON", _("Application to be completed soon")
    DECIDED = "DECIDED", _("Application decided")
    DIGEST = "DIGEST", _("What waits for an officer")


class ReminderState(TextChoices):
    """What became of a message; what was surely not sent is tried again by the next run, nothing else is."""

    SENT = "SENT", pgettext_lazy("message", "Sent")
    FAILED = "FAILED", _("Not sent")
    UNCLEAR = "UNCLEAR", _("Perhaps sent")
