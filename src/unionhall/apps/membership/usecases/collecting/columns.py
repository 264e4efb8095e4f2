"""The official collection forms: their columns, hints and what may be chosen."""

from __future__ import annotations

from unionhall.apps.membership.codes import (
    Employment,
    EventKind,
    Occupation,
    ProxyConfirmation,
    Standing,
)
from unionhall.apps.orgs.codes import UnionLevel, UnitType
from unionhall.apps.people.codes import IdentityKind, Sex
from unionhall.kernel.imports import Form, FormColumn

UNIONS_LIST = "unions"
DAY = "如 2025-03-01"

MEMBERS = Form(
    "MEMBERS",
    1,
    "工会会员基本信息采集表",
    (
        FormColumn("name", ("姓名", "name"), hint="与证件一致", width=12),
        FormColumn("sex", ("性别", "sex"), False, "身份证可不填", Sex, width=8),
        FormColumn(
            "identity_kind", ("证件类型", "document"), False, "不填即为身份证", IdentityKind, width=20
        ),
        FormColumn("identity", ("证件号码", "identity number"), hint="18 位，末位可为 X", width=22),
        FormColumn("phone", ("手机号码", "mobile phone"), False, "11 位", width=15),
        FormColumn(
            "birth", ("出生日期", "date of birth"), False, f"身份证可不填；其他证件请填，{DAY}", width=13
        ),
        FormColumn(
            "union",
            ("所在工会", "union"),
            False,
            "工会全称；不填即为导入时选定的工会",
            listed=UNIONS_LIST,
            width=26,
        ),
        FormColumn(
            "employment", ("就业形态", "employment"), hint="请从下拉列表中选择", choices=Employment, width=16
        ),
        FormColumn(
            "employer", ("用人单位", "用人单位（平台）", "employer"), False, "单位或平台全称", width=26
        ),
        FormColumn(
            "credit_code", ("统一社会信用代码", "credit code"), False, "18 位；填了即按代码找单位", width=22
        ),
        FormColumn(
            "occupation", ("职业", "occupation"), hint="请从下拉列表中选择", choices=Occupation, width=14
        ),
        FormColumn("site", ("工作站点", "site"), False, "骑手、快递员填所在站点", width=16),
        FormColumn("on", ("入会日期", "joined on"), hint=f"转入的填转入日期，{DAY}", width=13),
        FormColumn(
            "how",
            ("入会方式", "how joined"),
            hint="从本市以外的工会转来的选“转入”，不计新入会",
            choices=EventKind,
            offered=(EventKind.JOIN, EventKind.TRANSFER_IN),
            width=12,
        ),
        FormColumn(
            "standing",
            ("会籍状态", "membership"),
            False,
            "不填即为会员",
            Standing,
            (Standing.MEMBER, Standing.RETAINED),
            width=12,
        ),
        FormColumn("collector", ("采集员", "collector"), False, "由谁采集", width=12),
        FormColumn(
            "confirmed",
            ("代填确认方式", "confirmed"),
            False,
            "他人代填的，须经本人确认",
            ProxyConfirmation,
            width=14,
        ),
    ),
)

UNIONS = Form(
    "UNIONS",
    1,
    "工会组织基本信息采集表",
    (
        FormColumn("name", ("工会名称", "union"), hint="工会全称", width=30),
        FormColumn("short_name", ("工会简称", "short name"), False, "用于名牌和窄表，不填即用全称", width=18),
        FormColumn(
            "level",
            ("工会级别", "level"),
            hint="请从下拉列表中选择",
            choices=UnionLevel,
            offered=tuple(one for one in UnionLevel.values if one != UnionLevel.CITY),
            width=18,
        ),
        FormColumn(
            "superior",
            ("上级工会", "answers to"),
            hint="上级工会全称；也可以是本表前面的工会",
            listed=UNIONS_LIST,
            width=30,
        ),
        FormColumn(
            "credit_code", ("统一社会信用代码", "credit code"), False, "工会法人的，81 或 89 开头", width=22
        ),
        FormColumn("since", ("成立日期", "founded on"), hint=DAY, width=13),
    ),
)

EMPLOYERS = Form(
    "EMPLOYERS",
    1,
    "用人单位基本信息采集表",
    (
        FormColumn("name", ("单位名称", "employer"), hint="单位全称", width=30),
        FormColumn("credit_code", ("统一社会信用代码", "credit code"), hint="18 位", width=22),
        FormColumn(
            "unit_type", ("单位类型", "kind of unit"), False, "请从下拉列表中选择", UnitType, width=24
        ),
        FormColumn(
            "union",
            ("所属工会", "covered by"),
            False,
            "覆盖该单位的工会全称；未建会的不填",
            listed=UNIONS_LIST,
            width=30,
        ),
        FormColumn("since", ("覆盖起始日期", "covered since"), False, f"填了所属工会的必填，{DAY}", width=14),
        FormColumn(
            "territory",
            ("属地工会", "territory"),
            False,
            "单位所在地的工会；不填即为导入时选定的工会",
            listed=UNIONS_LIST,
            width=30,
        ),
    ),
)

FORMS = {form.code: form for form in (MEMBERS, UNIONS, EMPLOYERS)}
