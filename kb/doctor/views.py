"""The page of what is there and what is missing, for admins."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import admins_only
from kb.doctor.findings import examine

bp = Blueprint("doctor", __name__)


@bp.get("/doctor")
@admins_only
def page() -> ResponseReturnValue:
    findings = examine()
    return render_template(
        "doctor/page.html",
        to_mend=[each for each in findings if not each.ok and each.is_needed],
        to_add=[each for each in findings if not each.ok and not each.is_needed],
        fine=[each for each in findings if each.ok],
    )
