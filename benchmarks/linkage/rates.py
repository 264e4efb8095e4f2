"""How often each thing is wrong in the registers that are made beside the market's: docs/reference/linkage-benchmark.md."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rates:
    """Shares of all rows; those of names, persons and addresses grow with carelessness (see `CARE`)."""

    # Of the market register's enterprises, how many this one has; strangers and rows twice come on top.
    covers: float
    strangers: float
    twice: float
    # Numbers: what is left is right.
    code_missing: float
    code_mistyped: float
    code_tax: float
    code_organisation: float
    code_registration: float
    code_float: float
    code_of_head: float  # of branches
    # Names: a region, trade or form is wrong in one way at most.
    region_dropped: float
    region_changed: float
    region_bracketed: float
    form_short: float
    form_dropped: float
    form_changed: float
    trade_dropped: float
    trade_shortened: float
    trade_changed: float
    homophone: float
    near_sound: float
    look_alike: float
    renamed: float
    abbreviated: float
    shop_sign: float
    shop_sign_of_traders: float
    former_name: float
    union_suffix: float
    traditional: float
    full_width: float
    blanks: float
    typing: float
    # Persons, addresses, phones.
    person_missing: float
    person_changed: float
    person_homophone: float
    address_missing: float
    address_moved: float
    address_without_area: float
    address_short: float
    address_other_style: float
    phone_missing: float
    phone_other: float
    phone_other_style: float
    headings: dict[str, str] = field(default_factory=dict)


# Copied from the licence, typed from a form, or written from memory: the share of each, and by what it
# multiplies the rates of names, persons and addresses.
CARE = ((0.40, 0.5), (0.42, 1.0), (0.18, 2.1))

UNION = Rates(
    covers=0.485, strangers=0.035, twice=0.012,
    code_missing=0.435, code_mistyped=0.07, code_tax=0.075, code_organisation=0.045, code_registration=0.03,
    code_float=0.02, code_of_head=0.25,
    region_dropped=0.34, region_changed=0.20, region_bracketed=0.04,
    form_short=0.1, form_dropped=0.16, form_changed=0.06,
    trade_dropped=0.07, trade_shortened=0.05, trade_changed=0.03,
    homophone=0.08, near_sound=0.008, look_alike=0.025, renamed=0.02, abbreviated=0.01,
    shop_sign=0.008, shop_sign_of_traders=0.10, former_name=0.012, union_suffix=0.15,
    traditional=0.05, full_width=0.03, blanks=0.02, typing=0.03,
    person_missing=0.18, person_changed=0.21, person_homophone=0.05,
    address_missing=0.10, address_moved=0.10, address_without_area=0.5, address_short=0.35, address_other_style=0.25,
    phone_missing=0.18, phone_other=0.40, phone_other_style=0.14,
    headings={
        "name": "单位名称", "code": "纳税人识别号", "person": "负责人", "address": "地址", "phone": "联系电话",
        "industry": "行业", "staff": "职工人数",
    },
)  # fmt: skip

TAX = Rates(
    covers=0.82, strangers=0.02, twice=0.0,
    code_missing=0.0, code_mistyped=0.004, code_tax=0.06, code_organisation=0.0, code_registration=0.0,
    code_float=0.0, code_of_head=0.02,
    region_dropped=0.01, region_changed=0.02, region_bracketed=0.005,
    form_short=0.01, form_dropped=0.0, form_changed=0.01,
    trade_dropped=0.002, trade_shortened=0.002, trade_changed=0.01,
    homophone=0.004, near_sound=0.001, look_alike=0.003, renamed=0.02, abbreviated=0.0,
    shop_sign=0.0, shop_sign_of_traders=0.03, former_name=0.0, union_suffix=0.0,
    traditional=0.002, full_width=0.05, blanks=0.005, typing=0.004,
    person_missing=0.01, person_changed=0.04, person_homophone=0.004,
    address_missing=0.02, address_moved=0.10, address_without_area=0.08, address_short=0.1, address_other_style=0.1,
    phone_missing=0.06, phone_other=0.35, phone_other_style=0.05,
    headings={
        "name": "纳税人名称", "code": "纳税人识别号", "person": "法定代表人", "address": "注册地址", "phone": "联系电话",
        "industry": "行业", "staff": "从业人数",
    },
)  # fmt: skip

INSURANCE = Rates(
    covers=0.42, strangers=0.03, twice=0.004,
    code_missing=0.06, code_mistyped=0.02, code_tax=0.0, code_organisation=0.30, code_registration=0.0,
    code_float=0.01, code_of_head=0.10,
    region_dropped=0.06, region_changed=0.06, region_bracketed=0.01,
    form_short=0.03, form_dropped=0.03, form_changed=0.03,
    trade_dropped=0.015, trade_shortened=0.02, trade_changed=0.015,
    homophone=0.015, near_sound=0.003, look_alike=0.01, renamed=0.03, abbreviated=0.003,
    shop_sign=0.0, shop_sign_of_traders=0.04, former_name=0.01, union_suffix=0.0,
    traditional=0.003, full_width=0.03, blanks=0.01, typing=0.012,
    person_missing=0.20, person_changed=0.20, person_homophone=0.01,
    address_missing=0.05, address_moved=0.12, address_without_area=0.25, address_short=0.2, address_other_style=0.1,
    phone_missing=0.08, phone_other=0.40, phone_other_style=0.05,
    headings={
        "name": "单位名称", "code": "组织机构代码", "person": "负责人", "address": "单位地址", "phone": "联系电话",
        "industry": "行业", "staff": "参保人数",
    },
)  # fmt: skip

BESIDE = {"B": UNION, "C": TAX, "D": INSURANCE}
