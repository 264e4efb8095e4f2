from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoverageConfig(AppConfig):
    name = "unionhall.apps.coverage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from unionhall.apps.coverage import tasks
        from unionhall.apps.coverage.models import (
            ContactEntry,
            CoverageSnapshot,
            DrawnEnterprise,
            FoundingDocument,
            FoundingStep,
            Headcount,
            PairOpinion,
            PairRecall,
            PriorityRule,
            SampleCheck,
            SiteCount,
            StateEntry,
        )
        from unionhall.kernel.audit import guard_append_only, name_actions

        tasks.describe()
        guard_append_only(
            CoverageSnapshot,
            DrawnEnterprise,
            ContactEntry,
            FoundingDocument,
            FoundingStep,
            Headcount,
            PairOpinion,
            PairRecall,
            PriorityRule,
            SampleCheck,
            SiteCount,
            StateEntry,
        )
        name_actions(
            {
                "enterprise.add": _("Entered in the ledger"),
                "enterprise.change": _("Facts changed"),
                "enterprise.rename": _("Name changed"),
                "enterprise.move": _("Address changed"),
                "enterprise.code": _("Number noted"),
                "enterprise.count": _("Employees counted"),
                "enterprise.state": _("State of the union changed"),
                "enterprise.headquarters": _("Not covered by its headquarters"),
                "enterprise.contact": _("Contact logged"),
                "enterprise.next_step": _("Next step set"),
                "enterprise.gone": _("Marked as no longer here"),
                "enterprise.back": _("Marked as here again"),
                "enterprise.take_in": _("Taken in from another territory"),
                "enterprise.import": _("Taken over from a ledger"),
                "ledger.export": _("Ledger taken out"),
                "visit_contact.note": _("Contact person noted"),
                "visit_contact.show": _("Contact person shown"),
                "visit_contact.delete": _("Contact person deleted"),
                "site.add": _("Site entered"),
                "site.change": _("Site changed"),
                "site.count": _("Workers counted"),
                "site.contact": _("Contact logged"),
                "named_worker.add": _("Worker named with consent"),
                "named_worker.withdraw": _("Consent withdrawn, name deleted"),
                "priority.publish": _("Priority rule published"),
                "office.place": _("Office placed on the map"),
                "founding.open": _("Founding begun"),
                "founding.link": _("Members' meeting named"),
                "founding.file": _("Document filed"),
                "founding.pass": _("Stage passed"),
                "founding.return": _("Sent back"),
                "founding.move_due": _("Another day set"),
                "founding.give_up": _("Founding given up"),
                "founding.register": _("Union founded"),
                "coverage.freeze": _("Figures frozen"),
                "enterprise.cover": _("Joined a joint union"),
                "enterprise.block": _("Put in a block"),
                "site.block": _("Put in a block"),
                "blocks.place": _("Blocks found by coordinates"),
                "block.add": _("Block entered"),
                "block.change": _("Block changed"),
                "block.close": _("Block closed"),
                "block.hand_over": _("Given to another steward"),
                "touchpoint.add": _("Channel noted"),
                "touchpoint.count": _("Channel counted anew"),
                "touchpoint.close": _("Channel closed"),
                "plan.ask": _("Plan asked for"),
                "plan.make": _("Plan made"),
                "plan.accept": _("Plan accepted"),
                "plan.discard": _("Plan discarded"),
                "handover.print": _("Handover sheet printed"),
                "lead.report": _("Shop reported"),
                "lead.enter": _("Shop entered in the ledger"),
                "lead.dismiss": _("Shop not entered"),
                "register.add": _("Register entered"),
                "delivery.arrive": _("Register handed in"),
                "delivery.columns": _("Columns confirmed"),
                "delivery.read": _("Register read"),
                "delivery.keep": _("Kept as the standing register"),
                "delivery.discard": _("File deleted"),
                "run.begin": _("Linking asked for"),
                "run.write": _("Ledger told of the result"),
                "sample.draw": _("Sample drawn"),
                "sample.check": _("Drawn enterprise checked"),
                "sample.close": _("Sample closed"),
                "pair.decide": _("Pair decided"),
                "pair.recall": _("Decision taken back"),
            }
        )
