"""The columns of an office's ledger, the titles under which they stand, and the words that stand in them."""

from __future__ import annotations

from collections.abc import Mapping

from unionhall.apps.coverage.codes import Funds, Party, UnionState
from unionhall.apps.orgs.codes import UnitType
from unionhall.kernel.imports.forms import Form, FormColumn


def _column(name: str, *titles: str, width: int = 14, required: bool = False, hint: str = "") -> FormColumn:
    return FormColumn(name, titles, required, hint=hint, width=width)


LEDGER = Form(
    code="LEDGER",
    version=1,
    title="企业建会动态台账",
    columns=(
        _column("no", "序号", "编号", width=6),
        _column(
            "name",
            "企业名称",
            "单位名称",
            "纳税人名称",
            "名称",
            "企业全称",
            "单位全称",
            width=34,
            required=True,
        ),
        _column("code", "统一社会信用代码", "信用代码", "纳税人识别号", "组织机构代码", "注册号", width=22),
        _column(
            "address", "地址", "经营地址", "住所", "注册地址", "单位地址", "企业地址", "详细地址", width=34
        ),
        _column("hours", "营业时间", "开放时间", "经营时间", width=24),
        _column("trade", "行业", "所属行业", "行业类别", "国民经济行业", width=18),
        _column("legal_form", "企业类型", "单位性质", "企业性质", "经济类型"),
        _column("headcount", "职工人数", "从业人数", "参保人数", "员工人数", "职工数", "人数", width=10),
        _column("headcount_on", "统计日期", "人数统计日期", "参保时间"),
        _column("contact", "联系人", "企业联系人", "联系人姓名", width=10),
        _column("phone", "联系电话", "电话", "联系方式", "手机", "手机号码"),
        _column("party", "党组织情况", "党组织", "党建情况", "是否建党组织"),
        _column("state", "建会情况", "是否建会", "工会组建情况", "建会状态", "工会情况"),
        _column("state_on", "建会时间", "建会日期", "状态日期"),
        _column("funds", "经费代收", "是否代收经费", "工会经费代收", "税务代收"),
        _column("funds_yuan", "代收金额（元）", "代收金额", "经费金额"),
        _column("new_employment", "新就业群体占比（%）", "新就业形态占比", "新就业群体占比"),
        _column("visits", "走访记录", "走访情况", "工作记录", "联系记录", width=40),
        _column("next_step", "下一步", "下一步工作", "下一步措施", "下步计划", width=24),
        _column("next_due", "完成时限", "时限", "计划完成时间"),
        _column("steward", "包干责任人", "责任人", "包干人", "网格员", "联络员", width=12),
    ),
)

# What offices write, by what they mean; the longest word found in a cell decides.
STATES: Mapping[str, UnionState] = {
    "未建": UnionState.NONE,
    "没有": UnionState.NONE,
    "无": UnionState.NONE,
    "否": UnionState.NONE,
    "不是": UnionState.NONE,
    "尚未建会": UnionState.NONE,
    "筹建": UnionState.NONE,
    "筹备": UnionState.NONE,
    "已建": UnionState.FOUNDED,
    "是": UnionState.FOUNDED,
    "单独建会": UnionState.FOUNDED,
    "独立": UnionState.FOUNDED,
    "联合": UnionState.JOINT,
    "已建联合": UnionState.JOINT,
    "加入联合工会": UnionState.JOINT,
    "总部": UnionState.HEADQUARTERS,
    "随总部": UnionState.HEADQUARTERS,
    "停摆": UnionState.DORMANT,
    "休眠": UnionState.DORMANT,
    "名存实亡": UnionState.DORMANT,
    "不需建会": UnionState.NOT_DUE,
    "无需": UnionState.NOT_DUE,
    "不具备": UnionState.NOT_DUE,
    "不应建": UnionState.NOT_DUE,
    "暂不具备": UnionState.NOT_DUE,
    "拒绝": UnionState.REFUSED,
    "不愿": UnionState.REFUSED,
    "不同意": UnionState.REFUSED,
    "不详": UnionState.UNKNOWN,
    "未知": UnionState.UNKNOWN,
    "待核实": UnionState.UNKNOWN,
    "待核": UnionState.UNKNOWN,
}
PARTIES: Mapping[str, Party] = {
    "无": Party.NONE,
    "否": Party.NONE,
    "未建": Party.NONE,
    "未成立": Party.NONE,
    "没有": Party.NONE,
    "有": Party.OWN,
    "是": Party.OWN,
    "已建": Party.OWN,
    "党支部": Party.OWN,
    "党委": Party.OWN,
    "独立": Party.OWN,
    "单独": Party.OWN,
    "联合": Party.JOINT,
    "联合党支部": Party.JOINT,
}
FUNDS: Mapping[str, Funds] = {
    "是": Funds.YES,
    "有": Funds.YES,
    "已": Funds.YES,
    "代收": Funds.YES,
    "√": Funds.YES,
    "否": Funds.NO,
    "无": Funds.NO,
    "未": Funds.NO,
    "未代收": Funds.NO,
    "×": Funds.NO,
    "不详": Funds.UNKNOWN,
}
FORMS: Mapping[str, UnitType] = {
    "国有": UnitType.STATE_OWNED,
    "国企": UnitType.STATE_OWNED,
    "集体": UnitType.COLLECTIVE,
    "有限": UnitType.COMPANY,
    "股份": UnitType.COMPANY,
    "公司": UnitType.COMPANY,
    "私营": UnitType.PRIVATE,
    "民营": UnitType.PRIVATE,
    "外资": UnitType.FOREIGN,
    "外商": UnitType.FOREIGN,
    "港澳台": UnitType.FOREIGN,
    "个体": UnitType.SELF_EMPLOYED,
    "事业": UnitType.INSTITUTION,
    "机关": UnitType.AGENCY,
    "社会": UnitType.SOCIAL,
    "社团": UnitType.SOCIAL,
    "其他": UnitType.OTHER,
}
# How the four are written out again; each is read as what it says.
STATE_WORDS: Mapping[str, str] = {
    UnionState.NONE: "未建会",
    UnionState.BEING_FOUNDED: "筹建中",
    UnionState.FOUNDED: "已建会",
    UnionState.JOINT: "加入联合工会",
    UnionState.HEADQUARTERS: "随总部建会",
    UnionState.DORMANT: "工会停摆",
    UnionState.NOT_DUE: "不具备建会条件",
    UnionState.REFUSED: "拒绝建会",
    UnionState.UNKNOWN: "待核实",
}
PARTY_WORDS: Mapping[str, str] = {Party.NONE: "无", Party.OWN: "独立党组织", Party.JOINT: "联合党支部"}
FUNDS_WORDS: Mapping[str, str] = {Funds.YES: "是", Funds.NO: "否"}
FORM_WORDS: Mapping[str, str] = {
    UnitType.STATE_OWNED: "国有企业",
    UnitType.COLLECTIVE: "集体企业",
    UnitType.COMPANY: "有限责任公司",
    UnitType.PRIVATE: "私营企业",
    UnitType.FOREIGN: "外商投资企业",
    UnitType.SELF_EMPLOYED: "个体工商户",
    UnitType.INSTITUTION: "事业单位",
    UnitType.AGENCY: "机关",
    UnitType.SOCIAL: "社会组织",
    UnitType.OTHER: "其他",
}


def meant(words: Mapping[str, str], text: str) -> str | None:
    """The code that a cell means by the longest words found in it; None when none is, or they disagree."""
    found = [word for word in words if word in text]
    longest = max(map(len, found), default=0)
    codes = {str(words[word]) for word in found if len(word) == longest}
    return codes.pop() if len(codes) == 1 else None
