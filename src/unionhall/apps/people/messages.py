"""What a refusal says about persons and accounts: what happened and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from unionhall.kernel.refusals import Refusal


def of_refusal(refusal: Refusal) -> str:
    """Why a use case said no."""
    words = {
        "ACCOUNT_EXISTS": _("%(name)s has an account already. Change that one."),
        "NOT_ALLOWED": _("Your post does not reach that union. Nothing was changed."),
        "PASSWORD_WRONG": _("The present password is not right. Nothing was changed."),
        "POST_ABOVE": _(
            "%(name)s holds a post in %(union)s, out of your reach; an administrator there opens the account."
        ),
        "POST_BEGINS_LATER": _("The post began on %(since)s. Choose a later day."),
        "POST_ENDED": _("The post ended on %(on)s already."),
        "POST_HELD": _("%(name)s holds this post already."),
        "SIGN_IN_BLOCKED": _("Too many failed attempts. Wait %(minutes)s minutes, then try again."),
        "SIGN_IN_WRONG": _("User name and password do not belong together."),
        "USERNAME_TAKEN": _("The user name %(username)s is taken. Choose another."),
    }
    return words[refusal.code] % refusal.data
