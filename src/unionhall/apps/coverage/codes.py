from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Source(TextChoices):
    """Where a fact about an enterprise comes from."""

    HAND = "HAND", _("Entered by hand")
    LEDGER = "LEDGER", _("A former ledger")
    MARKET = "MARKET", _("Market regulator")
    TAX = "TAX", _("Tax authority")
    INSURANCE = "INSURANCE", _("Social insurance")
    UNION = "UNION", _("Register of unions")
    VISIT = "VISIT", _("A visit")
    OTHER = "OTHER", pgettext_lazy("source", "Another source")


class CodeKind(TextChoices):
    """Kinds of numbers, told apart by their check digits (`engines.linkage.read_code`)."""

    CREDIT = "CREDIT", _("Unified social credit code")
    TAX = "TAX", _("Tax number (15 digits)")
    ORGANISATION = "ORGANISATION", _("Organisation code (9 characters)")
    REGISTRATION = "REGISTRATION", _("Former registration number")


class Sector(TextChoices):
    """The sections of the national classification of trades (GB/T 4754—2017)."""

    A = "A", _("Farming, forestry, fishery")
    B = "B", _("Mining")
    C = "C", _("Manufacturing")
    D = "D", _("Electricity, heat, gas, water")
    E = "E", _("Construction")
    F = "F", _("Wholesale and retail")
    G = "G", _("Transport, storage, post")
    H = "H", _("Lodging and catering")
    I = "I", _("Information and software")  # noqa: E741 - the standard's own letter
    J = "J", _("Finance")
    K = "K", _("Real estate")
    L = "L", _("Leasing and business services")
    M = "M", _("Research and technical services")
    N = "N", _("Water, environment, public facilities")
    O = "O", _("Household, repair and other services")  # noqa: E741 - the standard's own letter
    P = "P", _("Education")
    Q = "Q", _("Health and social work")
    R = "R", _("Culture, sport, entertainment")
    S = "S", _("Public administration and social organisations")
    T = "T", _("International organisations")


class Party(TextChoices):
    """An enterprise's party organisation; empty while nobody has told."""

    NONE = "NONE", _("No party organisation")
    OWN = "OWN", _("Own party organisation")
    JOINT = "JOINT", _("Joint party organisation")


class UnionState(TextChoices):
    """Whether an enterprise has a union. Every change is dated and kept."""

    NONE = "NONE", _("No union")
    BEING_FOUNDED = "BEING_FOUNDED", _("Union being founded")
    FOUNDED = "FOUNDED", _("Own union")
    JOINT = "JOINT", _("In a joint union")
    HEADQUARTERS = "HEADQUARTERS", _("Covered by its headquarters elsewhere")
    DORMANT = "DORMANT", _("Union dormant")
    NOT_DUE = "NOT_DUE", _("Need not found one")
    REFUSED = "REFUSED", _("Refuses for now")
    UNKNOWN = "UNKNOWN", _("Not known yet")


# In these an enterprise counts as covered; UNKNOWN and NOT_DUE stand outside the denominator.
COVERED = (UnionState.FOUNDED, UnionState.JOINT, UnionState.HEADQUARTERS)
OUTSIDE = (UnionState.UNKNOWN, UnionState.NOT_DUE)
# What may follow on a founding or on joining a joint union.
OPEN_TO_FOUND = (UnionState.NONE, UnionState.UNKNOWN, UnionState.REFUSED, UnionState.DORMANT)


class Funds(TextChoices):
    """Whether union funds are collected together with taxes."""

    YES = "YES", _("Collected")
    NO = "NO", _("Not collected")
    UNKNOWN = "UNKNOWN", _("Not told")


class Gone(TextChoices):
    """Why an enterprise is no longer counted; empty while it is there."""

    CLOSED = "CLOSED", _("Closed down")
    MOVED = "MOVED", _("Moved out of the area")


class SizeClass(TextChoices):
    """By the number of insured employees; from 25 on a union committee is due at once."""

    S1 = "S1", _("1 to 9 employees")
    S10 = "S10", _("10 to 24 employees")
    S25 = "S25", _("25 to 99 employees")
    S100 = "S100", _("100 to 299 employees")
    S300 = "S300", _("300 employees and more")
    UNKNOWN = "UNKNOWN", _("Number not known")


# From how many employees on, and below how many.
SIZES: dict[SizeClass, tuple[int, int | None]] = {
    SizeClass.S1: (0, 10),
    SizeClass.S10: (10, 25),
    SizeClass.S25: (25, 100),
    SizeClass.S100: (100, 300),
    SizeClass.S300: (300, None),
}


class ContactKind(TextChoices):
    VISIT = "VISIT", _("Visit")
    CALL = "CALL", _("Call")
    MEETING = "MEETING", _("Meeting")
    LETTER = "LETTER", _("Letter")


class Outcome(TextChoices):
    NOBODY = "NOBODY", _("Nobody there")
    AGAIN = "AGAIN", _("Come again")
    AGREED = "AGREED", _("Agreed")
    REFUSED = "REFUSED", _("Declined")
    UNION_THERE = "UNION_THERE", _("Has a union already")
    CLOSED = "CLOSED", _("Closed down")
    MOVED = "MOVED", _("Moved away")


class SiteKind(TextChoices):
    DEPOT = "DEPOT", _("Delivery depot")
    TEAM = "TEAM", _("Platform team")
    MARKET = "MARKET", _("Market")
    STATION = "STATION", _("Riders' or drivers' station")
    OTHER = "OTHER", pgettext_lazy("site", "Other site")


class FoundingKind(TextChoices):
    SINGLE = "SINGLE", _("Union of one enterprise")
    JOINT = "JOINT", _("Joint union of several")


class Stage(TextChoices):
    """Where a founding stands; each but the last two waits for somebody until a day."""

    PREPARING = "PREPARING", _("Preparatory group")
    ASSEMBLY = "ASSEMBLY", _("Members' meeting")
    APPROVAL = "APPROVAL", _("Approval by the upper union")
    REGISTRATION = "REGISTRATION", _("Registration")
    FOUNDED = "FOUNDED", _("Founded")
    GIVEN_UP = "GIVEN_UP", _("Given up")


class FoundingAct(TextChoices):
    OPENED = "OPENED", _("Begun")
    PASSED = "PASSED", _("Stage passed")
    RETURNED = "RETURNED", _("Sent back")
    DUE_MOVED = "DUE_MOVED", _("Another day set")
    FILED = "FILED", _("Document filed")
    FOUNDED = "FOUNDED", _("Union founded")
    GIVEN_UP = "GIVEN_UP", _("Given up")


class DocumentKind(TextChoices):
    APPLICATION = "APPLICATION", _("Application to found a union")
    GROUP = "GROUP", _("List of the preparatory group")
    MINUTES = "MINUTES", _("Minutes of the members' meeting")
    ELECTION = "ELECTION", _("Result of the election")
    REPLY = "REPLY", _("Reply of the upper union")
    CERTIFICATE = "CERTIFICATE", _("Certificate of legal person status")
    OTHER = "OTHER", pgettext_lazy("document", "Other document")


# Without these a stage does not pass.
NEEDED: dict[Stage, tuple[DocumentKind, ...]] = {
    Stage.PREPARING: (DocumentKind.APPLICATION, DocumentKind.GROUP),
    Stage.ASSEMBLY: (DocumentKind.MINUTES, DocumentKind.ELECTION),
    Stage.APPROVAL: (DocumentKind.REPLY,),
    Stage.REGISTRATION: (),
}


class RowOutcome(TextChoices):
    """What a row of a ledger that comes in would do."""

    ADD = "ADD", _("is entered")
    CHANGE = "CHANGE", _("changes what is there")
    SAME = "SAME", _("says what is there")
    ERROR = "ERROR", _("is wrong")


class SheetPurpose(TextChoices):
    """What a ledger is taken out for."""

    VISITS = "VISITS", _("For visits")
    REPORT = "REPORT", _("To report to the upper union")
    HANDOVER = "HANDOVER", _("To hand it over")
    MEETING = "MEETING", _("For a joint conference")


class TouchpointKind(TextChoices):
    """By what else the people of a block are reached."""

    GROUP = "GROUP", _("Chat group")
    VIDEO = "VIDEO", _("Short-video account")
    ACCOUNT = "ACCOUNT", _("Official account")
    STATION = "STATION", _("Station or service centre")
    OTHER = "OTHER", pgettext_lazy("touchpoint", "Another channel")


class PlanKind(TextChoices):
    """What a plan is asked for."""

    FIRST = "FIRST", _("First cut")
    DRIFT = "DRIFT", _("Even out the loads")
    LEAVER = "LEAVER", _("A steward leaves")
    JOINER = "JOINER", _("A steward joins")


class PlanState(TextChoices):
    ASKED = "ASKED", _("being made")
    READY = "READY", _("waits for a decision")
    FAILED = "FAILED", _("could not be made")
    ACCEPTED = "ACCEPTED", _("accepted")
    DISCARDED = "DISCARDED", _("discarded")


class MoveReason(TextChoices):
    """Why a block changes hands; the engine's own codes."""

    LEAVER = "LEAVER", _("who had it leaves")
    JOINER = "JOINER", _("who gets it had nothing")
    BALANCE = "BALANCE", _("the loads had become uneven")
    APART = "APART", _("it lay apart from the rest of its steward's ground")
    NEW = "NEW", _("nobody had it")
    DIVIDED_ANEW = "DIVIDED_ANEW", _("the ground is divided for the first time")


class LeadState(TextChoices):
    OPEN = "OPEN", pgettext_lazy("lead", "to be looked into")
    ENTERED = "ENTERED", pgettext_lazy("lead", "entered in the ledger")
    DISMISSED = "DISMISSED", pgettext_lazy("lead", "not entered")


class DeliveryState(TextChoices):
    """How far a register that was handed in is; its file is there in the first three only.

    KEPT is what a run leaves of the register of unions: the standing register, which the next ones may use.
    """

    ARRIVED = "ARRIVED", _("Columns to be confirmed")
    READING = "READING", _("Being read")
    READY = "READY", _("Ready to be linked")
    KEPT = "KEPT", _("Standing register")
    DELETED = "DELETED", _("File deleted")


# What a run may begin with.
LINKABLE = (DeliveryState.READY, DeliveryState.KEPT)


class PairState(TextChoices):
    OPEN = "OPEN", _("To be decided")
    SAME = "SAME", _("One enterprise")
    OTHER = "OTHER", _("Two enterprises")
    LAPSED = "LAPSED", _("Replaced by a later run")


class Verdict(TextChoices):
    """What somebody says of a pair."""

    SAME = "SAME", _("Is the same")
    OTHER = "OTHER", _("Is another")


# What the register of a kind gives besides finding an enterprise is noted as told by it.
REGISTERS = (Source.MARKET, Source.TAX, Source.INSURANCE, Source.UNION)


class Finding(TextChoices):
    """What is found of an enterprise that the ledger says has no union."""

    NONE = "NONE", _("Has no union: the list is right")
    UNION = "UNION", _("Has a union: the list is wrong")
    NOT_FOUND = "NOT_FOUND", _("Not found, or closed")
