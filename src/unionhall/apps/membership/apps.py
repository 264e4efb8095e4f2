from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    name = "unionhall.apps.membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.apps.membership import tasks
        from unionhall.apps.membership.models import (
            ApplicationStep,
            Attribution,
            CategorySet,
            MembershipEvent,
            RollExport,
            Snapshot,
            SnapshotRows,
            Touch,
        )
        from unionhall.kernel.audit import guard_append_only, name_actions

        tasks.describe()
        guard_append_only(
            ApplicationStep,
            Attribution,
            CategorySet,
            MembershipEvent,
            RollExport,
            Snapshot,
            SnapshotRows,
            Touch,
        )
        name_actions(
            {
                "application.accept": _("Application accepted"),
                "application.complete": _("Application completed"),
                "application.confirm": _("Phone confirmed"),
                "application.draft": _("Draft saved"),
                "application.find": _("Link made anew by a code"),
                "application.forward": _("Application passed on"),
                "application.print": _("Form printed"),
                "application.return": _("Application returned"),
                "application.submit": _("Application sent in"),
                "application.withdraw": _("Application withdrawn"),
                "category_set.publish": _("List of occupations published"),
                "import.check": _("Form checked"),
                "match.apart": _("Kept as two persons"),
                "matches.find": _("Looked for double records"),
                "member.export": _("Own data taken along"),
                "member.show": _("Own number shown"),
                "member.sign_in": _("Signed in by phone"),
                "member.withdraw_consent": _("Consent withdrawn"),
                "membership.ask_export": _("Export asked for"),
                "membership.ask_over": _("Asked to take a member over"),
                "membership.correct": _("Ledger entry corrected"),
                "membership.decide": _("Committee's decision recorded"),
                "membership.export": _("Roll exported"),
                "membership.fetch_export": _("Exported roll fetched"),
                "membership.join": _("Joined"),
                "membership.leave": _("Left"),
                "membership.remove": _("Removed"),
                "membership.restore": _("Membership restored"),
                "membership.retain": _("Membership retained"),
                "membership.transfer_in": _("Transferred in"),
                "membership.transfer_out": _("Transferred out"),
                "outreach.check_in": _("Somebody checked in"),
                "outreach.change": _("Plan of the session changed"),
                "outreach.close": _("Outcome of the session noted"),
                "outreach.plan": _("Session planned"),
                "partner.add": _("Partner added"),
                "period.close": _("Period closed"),
                "period.restate": _("Period restated"),
                "person.merge": _("Records merged"),
                "person.part": _("Merge taken back"),
                "phone_code.hand_out": _("Code handed out at the desk"),
                "phone_code.send": _("Code sent"),
                "question.answer": _("Question answered"),
                "question.note": _("Question noted"),
                "register.print": _("Register printed"),
                "source_code.close": _("Code retired"),
                "source_code.open": _("Code made"),
                "target.set": _("Target set"),
                "wish.grant": _("Corrected as wished"),
                "wish.make": _("Correction asked for"),
                "wish.open": _("Wish for correction opened"),
                "wish.refuse": _("Correction refused"),
            }
        )
