"""One search box over three million persons in PostgreSQL, and sealing what an import of 100,000 rows brings.

The persons are made by SQL: their numbers and phones are random bytes, which are looked up and fail to open
like real ones are looked up and open; those that are searched for are real.
"""

from __future__ import annotations

import json
import subprocess

from benchmarks.house import PYTHON, city
from benchmarks.report import Figure

PERSONS, UNIONS = 3_000_000, 20_000

FILL = """
INSERT INTO orgs_union (public_id, name, short_name, level)
  SELECT 'U' || lpad(i::text, 11, '0'), '基层' || i, '基层' || i, 'GRASSROOTS' FROM generate_series(1, {unions}) i;
INSERT INTO orgs_command (union_id, superior_id, starts)
  SELECT u.id, d.id, '2020-01-01' FROM orgs_union u
  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM orgs_union WHERE level = 'DISTRICT') d
    ON d.n = 1 + u.id % 5 WHERE u.public_id LIKE 'U%';
INSERT INTO people_person (public_id, name, name_key, trade, union_id)
  SELECT '1' || lpad(i::text, 11, '0'), n, n, '', (SELECT min(id) FROM orgs_union WHERE public_id LIKE 'U%') + i % {unions}
  FROM (SELECT i, substr('王王王王王王王李李李李李李李张张张张张张刘刘刘刘刘陈陈陈陈杨杨杨赵赵黄黄周周吴吴徐孙胡朱高林何郭马罗', 1 + (random() * 49)::int, 1)
    || substr('伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂建国志红玉春海文华金荣', 1 + (random() * 34)::int, 1)
    || substr('伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂建国志红玉春海文华金荣', 1 + (random() * 34)::int, 1) AS n
    FROM generate_series(1, {persons}) i) names;
INSERT INTO people_particulars (person_id, id_kind, identity_sealed, identity_index, phone_sealed, phone_index,
    phone_tail_index, sex, superseded)
  SELECT id, 'ID_CARD', '1:' || sha256(public_id::bytea), decode(md5('i' || id), 'hex'), '1:' || sha256(public_id::bytea),
    decode(md5('p' || id), 'hex'), (%s::bytea[])[1 + id %% 10000], 'MALE', false
  FROM people_person WHERE public_id LIKE '1%%';
"""

MEASURE = """
import django, json, random, sys, time
django.setup()
from django.db import connection
from unionhall.apps.orgs.models import Union
from unionhall.apps.people import queries
from unionhall.apps.people.models import Account, Particulars, Person, Post
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.usecases import store_particulars
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.sealed import keyed_index, seal
from unionhall.site.demo import nobodys_numbers
persons, unions = int(sys.argv[1]), int(sys.argv[2])
tails = [keyed_index(f"{n:04}", column="phone.tail") for n in range(10000)]
with connection.cursor() as cursor:
    for statement in sys.stdin.read().split(";"):
        if statement.strip():
            cursor.execute(statement, [tails] if "%s" in statement else None)
    for table in ("orgs_union", "orgs_command", "people_person", "people_particulars"):
        cursor.execute(f"ANALYZE {table}")
city = Account.objects.select_related("person").get(username="administrator")
district = Account.objects.select_related("person").get(username="district")
street = Account.objects.select_related("person").get(username="chief")
Post.objects.create(person=street.person, union=Union.objects.filter(level="GRASSROOTS").order_by("-pk").first(), role=PostRole.OFFICER, starts="2020-01-01")
draw = random.Random(1)
names = list(Person.objects.filter(pk__in=draw.sample(range(persons // 2), 60)).values_list("name", flat=True))
known = list(Person.objects.filter(pk__in=draw.sample(range(persons // 2), 60)))
numbers = []
for n, person in enumerate(known):
    identity, phone = nobodys_numbers(5_000_000 + n)
    store_particulars(by=SYSTEM, at=clock.now(), person=person, identity=identity, phone=phone)
    numbers.append((identity, phone))
kinds = {
    "surname": [name[0] for name in names],
    "surname and one": [name[:2] for name in names],
    "whole name": names,
    "identity number": [identity for identity, _phone in numbers],
    "phone": [phone for _identity, phone in numbers],
    "last four digits": [f"{draw.randrange(10000):04}" for _n in range(60)],
}
found = {}
for who, account in (("city", city), ("district", district), ("grass roots", street)):
    for kind, texts in kinds.items():
        took = []
        for text in texts:
            began = time.perf_counter()
            queries.found(account, text)
            took.append(time.perf_counter() - began)
        found[f"{kind}, officer of the {who}"] = sorted(took)[int(len(took) * 0.95)] * 1000
drawn = [nobodys_numbers(n) for n in range(100_000)]
began = time.perf_counter()
for identity, phone in drawn:
    seal(identity, row="R23456789ABC", column="person.identity")
    seal(phone, row="R23456789ABC", column="person.phone")
    for value, column in ((identity, "identity"), (phone, "phone"), (phone[-4:], "phone.tail")):
        keyed_index(value, column=column)
print(json.dumps([found, time.perf_counter() - began]))
"""


def run() -> list[Figure]:
    """Fill, search, seal."""
    with city("PostgreSQL") as (_folder, environment):
        fill = FILL.replace("{unions}", str(UNIONS)).replace("{persons}", str(PERSONS))
        made = subprocess.run(
            [*PYTHON, "-c", MEASURE, str(PERSONS), str(UNIONS)], env=environment, input=fill,
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    found, sealing = json.loads(made.stdout)
    over = f"{PERSONS:,} persons in {UNIONS:,} unions, PostgreSQL"
    return [
        *(Figure(f"search by {kind}, p95", ms, "ms", 100, "lower", over) for kind, ms in found.items()),
        Figure("number and phone of 100,000 persons sealed and indexed", sealing, "s", 10, "lower"),
    ]
