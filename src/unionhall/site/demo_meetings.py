"""The demo's meetings: a district's station chiefs, riders and departments, and issues in every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

UNION, STREET = "城东区总工会", "梧桐里街道总工会"
# days ago, kind, title, place, agenda, others present, minutes
HELD = [
    (
        40, "STATION_CHIEFS", "站长例会（上月）", "城东区职工服务中心",
        ["各站进度通报", "堵点研判", "下月安排"], 6,
        "七个服务站逐一通报进度。梧桐里站改造滞后、值守人手不足，列为堵点，明确责任人和时限。",
    ),
    (
        21, "COMMUNICATION", "外卖骑手、快递员职工沟通会", "梧桐里小哥驿站",
        ["入会政策问答", "大家有什么难处", "现场办理入会"], 23,
        "到场骑手、快递员二十余人。集中反映充电、午休、夜间开放三件事；三人现场咨询入会。",
    ),
    (
        9, "JOINT_CONFERENCE", "党建工会联席会议", "街道党群服务中心",
        ["企业名册共享", "楼宇建会分工"], 8,
        "税务、市场监管通报新设企业情况，商定按月共享名册。",
    ),
    (
        5, "COMMITTEE", "梧桐里街道总工会委员会会议", "街道总工会会议室",
        ["研究服务站经费"], 4, "研究服务站改造经费，同意列支。",
    ),
]  # fmt: skip
# meeting (by its place above), kind, title, raised by, how far it has come
RAISED = [
    (0, "BLOCKER", "梧桐里服务站改造进度滞后", "梧桐里站站长", "OVERDUE"),
    (0, "BLOCKER", "服务站午间值守人手不足", "江岸站站长", "SETTLED"),
    (1, "NEED", "骑手驿站门口需要充电桩", "外卖骑手", "DONE_CLAIMED"),
    (1, "QUESTION", "没有固定单位，能不能入会？", "众包骑手", "SETTLED"),
    (1, "NEED", "驿站午间没有热饭的地方", "快递员", "REOPENED"),
    (1, "NEED", "夜里下班，驿站已经关门", "夜班骑手", "RETURNED"),
    (2, "BLOCKER", "两栋楼宇的企业名册尚未共享", "市场监管所", "IN_HAND"),
    (2, "BLOCKER", "联合工会覆盖单位名单与税务数据不一致", "税务所", "UNASSIGNED"),
]
DESCRIBED = {"骑手驿站门口需要充电桩": "电动车中午没处充电，下午常常断电误单。希望在驿站门口装四到六个。"}


def make_meetings(city: Any) -> None:
    """Hold the meetings that lie behind, plan today's, and bring each issue as far as it has come."""
    from unionhall.apps.meetings import usecases
    from unionhall.apps.meetings.codes import IssueKind, MeetingKind

    officer = city.accounts["district"]
    chief, second = city.accounts["station"].person, city.accounts["deputy"].person
    meetings = []
    for ago, kind, title, place, agenda, others, minutes in HELD:
        then = city.at - timedelta(days=ago)
        meeting = usecases.plan_meeting(
            by=officer, at=then - timedelta(days=7), title=title, place=place, agenda=agenda,
            union=city.unions[STREET if kind == "COMMITTEE" else UNION], kind=MeetingKind(kind),
            starts_at=then, chair=officer.person,
        )  # fmt: skip
        usecases.hold_meeting(
            by=officer, at=then + timedelta(hours=2), meeting=meeting, minutes=minutes,
            attendees=[officer.person, second, chief], others=others,
        )  # fmt: skip
        meetings.append((then, meeting))
    usecases.plan_meeting(
        by=officer, at=city.at, union=city.unions[UNION], kind=MeetingKind.STATION_CHIEFS,
        title="站长例会（本月）", starts_at=city.at + timedelta(minutes=30), place="城东区职工服务中心",
        chair=officer.person, agenda=["上月堵点销号情况", "各站进度通报", "新的堵点和诉求"],
    )  # fmt: skip
    for number, kind, title, words, come in RAISED:
        then, meeting = meetings[number]
        issue = usecases.raise_issue(
            by=officer, at=then + timedelta(hours=1), union=city.unions[UNION], kind=IssueKind(kind),
            title=title, description=DESCRIBED.get(title, ""), raised_by_words=words, meeting=meeting,
        )  # fmt: skip
        _bring(city, issue, then + timedelta(hours=1), come)
    usecases.raise_issue(
        by=officer, at=city.at - timedelta(days=3), union=city.unions[STREET], kind=IssueKind.NEED,
        title="家政服务员盼望周末开设急救培训", raised_by_words="家政公司工会小组长",
    )  # fmt: skip


def _bring(city: Any, issue: Any, then: datetime, come: str) -> None:
    """One issue as far as it has come."""
    from unionhall.apps.meetings import usecases

    officer, second, chief = (city.accounts[name] for name in ("district", "deputy", "station"))
    if come == "UNASSIGNED":
        return
    owner = officer if come == "IN_HAND" else chief
    due = (then + timedelta(days=28 if come == "RETURNED" else 14)).date()
    usecases.assign_issue(by=officer, at=then, issue=issue, owner=owner.person, due=due)
    if come in {"OVERDUE", "IN_HAND"}:
        usecases.note_issue(by=owner, at=then + timedelta(days=2), issue=issue, text="已与相关单位对接。")
    if come == "OVERDUE":
        usecases.move_due(
            by=officer, at=then + timedelta(days=12), issue=issue, due=due + timedelta(days=14),
            reason="施工单位更换，重新进场需要两周。",
        )  # fmt: skip
        return
    if come == "IN_HAND":
        return
    usecases.claim_done(
        by=chief, at=then + timedelta(days=7), issue=issue,
        measures="已协调到位，并在站内公示。", evidence="站内公示照片；验收单已存档。",
        file=_picture() if come == "DONE_CLAIMED" else None,
    )  # fmt: skip
    if come == "RETURNED":
        usecases.return_issue(
            by=second, at=then + timedelta(days=8), issue=issue, reason="现场查看仍是 19 点关门，请再落实。"
        )
    if come in {"SETTLED", "REOPENED"}:
        usecases.close_issue(
            by=second, at=then + timedelta(days=9), issue=issue, checked="现场核实，并电话回访提出人，满意。"
        )
    if come == "REOPENED":
        usecases.reopen_issue(
            by=second, at=then + timedelta(days=12), issue=issue, reason="微波炉坏了，需要维修或更换。"
        )


def _picture() -> bytes:
    """Four charging points in a row, drawn by hand."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (800, 450), "#dfe7ee")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 330, 800, 450), fill="#8d8f93")
    for left in (90, 260, 430, 600):
        draw.rounded_rectangle((left, 130, left + 100, 340), 12, fill="#1f7a4d")
        draw.rectangle((left + 20, 155, left + 80, 205), fill="#eaf6ef")
        draw.polygon(
            [(left + 55, 225), (left + 32, 275), (left + 48, 275), (left + 42, 310), (left + 70, 255),
             (left + 52, 255)],
            fill="#ffd98a",
        )  # fmt: skip
    out = BytesIO()
    picture.resize((400, 225)).save(out, "JPEG")
    return out.getvalue()
