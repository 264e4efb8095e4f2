"""Which enterprises are called by a person's name, and how that is masked."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.linkage.places import SOME, places
from benchmarks.linkage.world import COMPANY, COOPERATIVE, KINDS, PARTNERSHIP, SOLE_TRADER, world
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.engines.linkage import masked_name, person_in, plain_text


@pytest.mark.parametrize(
    ("name", "representative", "masked"),
    [
        ("张建国", "", "张某某"),
        ("張 建國", "张建国", "张某某"),
        ("个体工商户张建国", "", "个体工商户张某某"),
        ("张建国（个体工商户）", "", "张某某（个体工商户）"),
        ("欧阳修文", "", "欧阳某某"),
        ("张伟", "", "张某"),
        ("江城市城东区李红梅服装店", "李红梅", "江城市城东区李某某服装店"),
        ("江城市城东区李红梅服装店", "", "江城市城东区李某某服装店"),
        ("红梅服装店（李红梅）", "", "红梅服装店（李某某）"),
        ("李红梅超市（文三路店）", "李红梅", "李某某超市（文三路店）"),
        ("张建国家庭农场", "张建国", "张某某家庭农场"),
        ("周飞华宠物医院", "周飞华", "周某某宠物医院"),
        ("阿依古丽馕店", "阿依古丽", "阿某某馕店"),
        # Public names, other people's brands, nicknames, and what is masked already.
        ("李红梅服装有限公司", "李红梅", ""),
        ("王建国律师事务所", "王建国", ""),
        ("金太阳服装店", "李红梅", ""),
        ("老王饭馆", "王强", ""),
        ("王师傅饭馆", "", ""),
        ("汤师傅羊肉馆", "", ""),
        ("李某某服装店", "", ""),
        ("张某某", "张建国", ""),
        ("", "张建国", ""),
    ],
)
def test_a_person_is_masked_and_a_company_is_not(name, representative, masked):
    person = person_in(name, representative)
    assert (masked_name(name, person) if person else "") == masked


given_names = st.text("红梅建国强芳伟", min_size=1, max_size=2)
people = st.builds("".join, st.tuples(st.sampled_from("李王张刘陈"), given_names))
fronts = st.sampled_from(["", "杭州市", "西湖区", "江城市城东区", "浙江省杭州市西湖区"])
tails = st.sampled_from(["服装店", "烧烤店", "商行", "超市", "（个体工商户）", "经营部", "厂", "口腔诊所"])


@given(fronts, people, tails)
@settings(deadline=None)
def test_whoever_runs_a_shop_is_never_told_by_its_masked_name(front, person, tail):
    name = f"{front}{person}{tail}"
    found = person_in(name, person)
    masked = masked_name(name, found)
    assert found == person
    assert person not in plain_text(masked)
    assert (len(masked), masked[: len(front) + 1], masked.endswith(tail)) == (
        len(name), front + person[0], True
    )  # fmt: skip
    assert person_in(masked, person) == ""


texts = st.text() | st.text("张建国李红梅某服装店公司（）個體", max_size=12)


@given(texts, st.text("张建国李红梅 某", max_size=4))
@settings(max_examples=300, deadline=None)
def test_what_was_found_is_never_left(name, representative):
    if person := person_in(name, representative):
        assert person not in plain_text(masked_name(name, person))


def test_of_invented_traders_nobody_called_by_name_is_missed():
    """With the representative; without, as docs/reference/linkage.md tells."""
    made = world(np.random.default_rng(5), places(SOME), 6_000)
    names, trader = made.names(), made.kind == SOLE_TRADER
    told = np.array([person_in(name, person) for name, person in zip(names, made.person, strict=True)])
    called = np.array([person in plain_text(name) for name, person in zip(names, made.person, strict=True)])
    assert KINDS[SOLE_TRADER] == "SOLE_TRADER"
    assert list(told[trader & called]) == list(made.person[trader & called])
    assert set(told[np.isin(made.kind, (COMPANY, COOPERATIVE, PARTNERSHIP))]) == {""}
    alone = np.array([person_in(name) for name in names[trader]])
    missed = (alone == "") & called[trader]
    assert (int(missed.sum()), int(called[trader].sum())) == (35, 251)
    wrong = (alone != "") & ~called[trader]
    assert (int(wrong.sum()), int((~called[trader]).sum())) == (33, 1089)
