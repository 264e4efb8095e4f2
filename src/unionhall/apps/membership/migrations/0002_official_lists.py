"""The two official lists of new forms of employment. Both coexist; a figure says by which it counts."""

from datetime import UTC, datetime

from django.db import migrations

LISTS = [
    (
        "EIGHT_GROUPS",
        "八大群体（2018）",
        "全国总工会 2018 年推进货车司机等群体入会工作",
        [
            "LORRY_DRIVER",
            "COURIER",
            "CARE_WORKER",
            "DOMESTIC_WORKER",
            "SHOP_INFORMATION",
            "FOOD_RIDER",
            "HOUSING_AGENT",
            "SECURITY_GUARD",
        ],
        datetime(2018, 3, 1, tzinfo=UTC),
    ),
    (
        "FOUR_GROUPS",
        "新就业形态四类重点群体（2021）",
        "全国总工会 2021 年新就业形态劳动者入会集中行动",
        ["LORRY_DRIVER", "RIDE_HAILING_DRIVER", "COURIER", "FOOD_RIDER"],
        datetime(2021, 7, 1, tzinfo=UTC),
    ),
]


def add(apps, _schema_editor):
    sets = apps.get_model("membership", "CategorySet")
    for code, name, basis, occupations, at in LISTS:
        sets.objects.create(code=code, version=1, name=name, basis=basis, occupations=occupations, at=at)


class Migration(migrations.Migration):
    dependencies = [("membership", "0001_initial")]
    # Going back drops the table in the migration before; its rows are append-only and are not deleted one by one.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
