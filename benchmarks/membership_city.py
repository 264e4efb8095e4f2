"""An invented city of three million members, kept in PostgreSQL between runs.

`python -m benchmarks.membership_city` makes it where there is none, `... drop` takes it away. UNIONHALL_CITY_NAME
gives its database another name, so that two checkouts keep a city each: its indexes fit only their own key ring.
Sealed values are random bytes, since nothing opens them here; the keyed indexes are real, so that searches find
whom they should.
"""

from __future__ import annotations

import heapq
import hmac
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.house import POSTGRESQL

NAME = os.environ.get("UNIONHALL_CITY_NAME", "unionhall_membership_city")
FOLDER = Path(__file__).parent.parent / "var" / NAME.removeprefix("unionhall_")
# Raised whenever another city is to be made; with the members, so that a smaller one is never taken for it.
VERSION = 4
MEMBERS = int(os.environ.get("UNIONHALL_CITY", "3000000"))
DISTRICTS, STREETS, GRASSROOTS, EMPLOYERS = 10, 30, MEMBERS // 122, MEMBERS // 30
THIS_YEAR = 0.1

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌宇浩然子轩欣怡梓涵雨泽晨曦佳琪思远嘉俊凯鹏飞亮波辉龙云天海燕春雪冬秋月晓东南北西山川林森木水清源泉河江湖波澜松柏竹菊荷莲芷若兰心慧智仁义礼信诚实厚德载福禄寿喜安康宁静远致和平顺达通利亨贞"
OCCUPATIONS = (
    *["OTHER"] * 62, *["COURIER"] * 7, *["FOOD_RIDER"] * 9, *["RIDE_HAILING_DRIVER"] * 6, *["LORRY_DRIVER"] * 6,
    *["SECURITY_GUARD"] * 3, *["DOMESTIC_WORKER"] * 2, *["CARE_WORKER"] * 2, "HOUSING_AGENT", "CASUAL_WORKER",
    "HOMESTAY_WORKER",
)  # fmt: skip
CHANNELS = (
    *["WORKPLACE"] * 5, *["COMMUNICATION_MEETING"] * 4, *["STATION"] * 3, "JOB_FAIR", "SKILL_TRAINING",
    "FACE_TO_FACE", "STEWARD_VISIT", "CHAT_GROUP", "POSTER",
)  # fmt: skip
LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
TRIPLES = [a + b + c for a in LETTERS for b in LETTERS for c in LETTERS]
TRIPLE = len(TRIPLES)


def address(name: str = NAME) -> str:
    """The address of a database beside the tests' one."""
    parts = urlsplit(POSTGRESQL)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))


def ready() -> date:
    """Make the city where there is none, set Django up for it, and say as of which day it was made."""
    os.environ["DATABASE_URL"] = address()
    os.environ["UNIONHALL_VAR"] = str(FOLDER)
    os.environ["DJANGO_SETTINGS_MODULE"] = "unionhall.site.settings"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        said = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NAME]
        ).fetchone()
        kept = (said[0] or "").split() if said else []
        if kept[:2] != [str(VERSION), str(MEMBERS)] or not (FOLDER / "keyring.json").exists():
            drop()
            connection.execute(f'CREATE DATABASE "{NAME}"')
            kept = [str(VERSION), str(MEMBERS), _make().isoformat()]
            connection.execute(f"COMMENT ON DATABASE \"{NAME}\" IS '{' '.join(kept)}'")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return date.fromisoformat(kept[2])


def drop() -> None:
    """Take the city away."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def _make() -> date:
    began = time.perf_counter()
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "unionhall.site.cli", "migrate"], check=True)
    import django

    django.setup()
    from unionhall.kernel import clock

    with psycopg.connect(address()) as connection:
        city = _City(connection, clock.now())
        city.make()
    with psycopg.connect(address(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    print(f"the city of {MEMBERS} members was made in {time.perf_counter() - began:.0f} s")
    return city.today


class _City:
    def __init__(self, connection: psycopg.Connection, at: datetime) -> None:
        from unionhall.kernel import keyring

        self.connection = connection
        self.rng = random.Random(1)
        self.at = at
        self.today = at.date()
        self.year = date(self.today.year, 1, 1)
        key = keyring.index_key()
        self.keys = {
            column: hmac.digest(key, column.encode(), "sha256")
            for column in ("identity", "phone", "phone.tail")
        }
        self.tails = [self.index(f"{n:04}", "phone.tail") for n in range(10_000)]

    def index(self, value: str, column: str) -> str:
        """What `sealed.keyed_index` gives, without looking for the key nine million times."""
        from unionhall.kernel.sealed import INDEX_LENGTH

        return "\\\\x" + hmac.digest(self.keys[column], value.encode(), "sha256")[:INDEX_LENGTH].hex()

    def public_id(self) -> str:
        n = self.rng.getrandbits(60)
        return (
            TRIPLES[n % TRIPLE]
            + TRIPLES[n // TRIPLE % TRIPLE]
            + TRIPLES[n // TRIPLE**2 % TRIPLE]
            + TRIPLES[n // TRIPLE**3 % TRIPLE]
        )

    def make(self) -> None:
        execute = self.connection.execute
        # A scratch database: no foreign keys or triggers while loading, no waiting for the disk.
        execute("SET session_replication_role = replica")
        execute("SET synchronous_commit = off")
        execute("SET maintenance_work_mem = '512MB'")
        rebuild = self._without_indexes(
            "people_person", "people_particulars", "membership_membership", "membership_membershipevent",
            "membership_application", "membership_attribution", "membership_touch",
        )  # fmt: skip
        self.unions()
        self.sessions()
        self.people()
        self.ledger()
        self.applications()
        for statement in rebuild:
            execute(statement)
        for table in (
            "orgs_union", "orgs_employer", "people_person", "membership_membershipevent", "membership_touch",
            "membership_application", "membership_decision", "membership_outreachsession", "membership_partner",
        ):  # fmt: skip
            execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        self.connection.commit()
        self.officers()

    def _without_indexes(self, *tables: str) -> list[str]:
        """Drop what would be kept up row by row; the statements that bring it back."""
        again = []
        for table in tables:
            for name, said in self.connection.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'u'",
                [table],
            ).fetchall():
                self.connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
                again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {said}')
            for name, said in self.connection.execute(
                "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = %s AND NOT EXISTS"
                " (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
                [table],
            ).fetchall():
                self.connection.execute(f'DROP INDEX "{name}"')
                again.append(said)
        return again

    def copy(self, table: str, columns: str, rows: Iterable[str]) -> None:
        began = time.perf_counter()
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as copy,
        ):
            held: list[str] = []
            for row in rows:
                held.append(row)
                if len(held) == 5_000:
                    copy.write("\n".join(held) + "\n")
                    held.clear()
            if held:
                copy.write("\n".join(held) + "\n")
        print(f"  {table}: {time.perf_counter() - began:.0f} s", flush=True)

    def unions(self) -> None:
        rows, lines, self.street_of, self.grassroots = [], [], {}, []
        key = 0

        def found(name: str, level: str, superior: int) -> int:
            nonlocal key
            key += 1
            rows.append(f"{key}\t{self.public_id()}\t{name}\t{name[:40]}\t{level}\t\t\t")
            if superior:
                lines.append(f"{key}\t{superior}\t2000-01-01\t\\N")
            return key

        self.city = found("市总工会", "CITY", 0)
        self.districts = [found(f"第{n + 1}区总工会", "DISTRICT", self.city) for n in range(DISTRICTS)]
        self.streets = [
            found(f"第{n + 1}区第{m + 1}街道总工会", "STREET", district)
            for n, district in enumerate(self.districts)
            for m in range(STREETS)
        ]
        self.district_of = {street: self.districts[n // STREETS] for n, street in enumerate(self.streets)}
        for n in range(GRASSROOTS):
            street = self.rng.choice(self.streets)
            self.grassroots.append(found(f"第{n + 1}基层工会", "GRASSROOTS", street))
            self.street_of[self.grassroots[-1]] = street
        self.copy("orgs_union", "id public_id name short_name level phone address hours", rows)
        self.copy("orgs_command", "union_id superior_id starts ends", lines)
        employers, covered = [], []
        self.employers_of: dict[int, list[int]] = {}
        for n in range(1, EMPLOYERS + 1):
            union = self.rng.choice(self.grassroots)
            employers.append(f"{n}\t{self.public_id()}\t第{n}企业有限公司\t\\N\t{self.street_of[union]}\t")
            if n % 5:
                covered.append(f"{union}\t{n}\t2000-01-01\t\\N")
                self.employers_of.setdefault(union, []).append(n)
        self.copy("orgs_employer", "id public_id name credit_code territory_id unit_type", employers)
        self.copy("orgs_coverage", "union_id employer_id starts ends", covered)

    def sessions(self) -> None:
        partners = [
            f"{n}\t{self.public_id()}\t合作方 {n}\t{kind}"
            for n, kind in enumerate(("HUMAN_RESOURCES", "COMMERCE", "PARTY"), 1)
        ]
        self.copy("membership_partner", "id public_id name kind", partners)
        days = max((self.today - self.year).days, 1)
        self.sessions_of: dict[int, list[tuple[int, int, str]]] = {}
        rows, joint = [], []
        key = 0
        for street in self.streets:
            for _n in range(8):
                key += 1
                day, channel = self.rng.randrange(days), self.rng.choice(CHANNELS)
                at = f"{self.year + timedelta(days=day)} 10:00+08"
                cost = str(self.rng.randrange(50_000, 900_000)) if key % 3 else "\\N"
                rows.append(
                    f"{key}\t{self.public_id()}\t{street}\t{channel}\t宣传 {key}\t{at}\t街道服务中心\t\t{cost}\tHELD"
                )
                joint.append(f"{key}\t{1 + key % 3}")
                self.sessions_of.setdefault(street, []).append((day, key, channel))
        columns = "id public_id union_id channel title starts_at place materials cost state"
        self.copy("membership_outreachsession", columns, rows)
        self.copy("membership_outreachsession_partners", "outreachsession_id partner_id", joint)

    def people(self) -> None:
        """Persons in the order in which they joined, with who stands where."""
        from unionhall.engines.identifiers import identity_check_character

        rng = self.rng
        weights = [1 / (n + 3) for n in range(len(SURNAMES))]
        surnames = rng.choices(SURNAMES, weights, k=MEMBERS)
        self.home = rng.choices(self.grassroots, k=MEMBERS)
        old = int(MEMBERS * (1 - THIS_YEAR))
        span, days = (self.year - date(2005, 1, 1)).days, max((self.today - self.year).days, 1)
        self.joined = [date(2005, 1, 1) + timedelta(days=n * span // old) for n in range(old)] + [
            self.year + timedelta(days=n * days // (MEMBERS - old)) for n in range(MEMBERS - old)
        ]
        self.occupations = rng.choices(OCCUPATIONS, k=MEMBERS)
        self.old = old
        # Some records turn out to be another one's double.
        self.merged = {n: rng.randrange(1, n) for n in rng.sample(range(2, MEMBERS), MEMBERS // 1500)}
        self.merged = {n: into for n, into in self.merged.items() if into not in self.merged}

        def persons() -> Iterator[str]:
            for n in range(1, MEMBERS + 1):
                name = surnames[n - 1] + rng.choice(GIVEN) + (rng.choice(GIVEN) if rng.random() < 0.7 else "")
                union = self.home[n - 1]
                employers = self.employers_of.get(union)
                employer = employers[n % len(employers)] if employers else "\\N"
                yield (
                    f"{n}\t{self.public_id()}\t{name}\t{name}\t\t{union}\t{employer}\t{self.merged.get(n, chr(92) + 'N')}"
                )

        self.copy(
            "people_person", "id public_id name name_key trade union_id employer_id merged_into_id", persons()
        )

        def particulars() -> Iterator[str]:
            index = self.index
            sealed = f"\\\\x{os.urandom(60).hex()}"
            for n in range(1, MEMBERS + 1):
                phone, number = phone_of(n), identity_of(n, identity_check_character)
                yield (
                    f"{n}\tID_CARD\t{sealed}\t{index(number, 'identity')}\t{sealed}"
                    f"\t{index(phone, 'phone')}\t{self.tails[n % 10_000]}\t{number[6:10]}-{number[10:12]}-{number[12:14]}"
                    f"\t{'MALE' if n % 2 else 'FEMALE'}\t{'t' if n in self.merged else 'f'}"
                )

        self.copy(
            "people_particulars",
            "person_id id_kind identity_sealed identity_index phone_sealed phone_index phone_tail_index"
            " birth sex superseded",
            particulars(),
        )

    def later(self) -> list[tuple[date, int, int, str, int]]:
        """Entries after the first: (day, person, order within the person, kind, union)."""
        rng, found = self.rng, []
        self.stands: dict[int, tuple[str, int, date]] = {}
        for n in range(1, MEMBERS + 1):
            lot = rng.random()
            if lot > 0.13:
                continue
            joined, union = self.joined[n - 1], self.home[n - 1]
            room = (self.today - joined).days
            if room < 2:
                continue
            on = joined + timedelta(days=rng.randrange(1, room))
            if lot < 0.08:
                into = rng.choice(self.grassroots)
                found += [(on, n, 1, "TRANSFER_OUT", union), (on, n, 2, "TRANSFER_IN", into)]
                self.stands[n] = ("MEMBER", into, on)
            elif lot < 0.10:
                street = self.street_of[union]
                found.append((on, n, 1, "RETAIN", street))
                self.stands[n] = ("RETAINED", street, on)
                if lot < 0.085:
                    back = on + timedelta(days=rng.randrange(0, (self.today - on).days + 1))
                    found.append((back, n, 2, "RESTORE", union))
                    self.stands[n] = ("MEMBER", union, back)
            elif lot < 0.125:
                found.append((on, n, 1, "LEAVE", union))
                self.stands[n] = ("ENDED", 0, on)
            elif lot < 0.1265:
                found.append((on, n, 1, "REMOVE", union))
                self.stands[n] = ("ENDED", 0, on)
            elif lot < 0.1275:
                found.append((joined, n, 1, "CORRECT", union))
                self.stands[n] = ("NONE", 0, joined)
        found.sort()
        return found

    def ledger(self) -> None:
        """Keys in the order of days, as they were written; a person's entries lie far apart."""
        later = self.later()
        joins = ((self.joined[n - 1], n, 0, "JOIN", self.home[n - 1]) for n in range(1, MEMBERS + 1))
        key_of_join: dict[int, int] = {}
        corrected = {entry[1] for entry in later if entry[3] == "CORRECT"}
        first_of_year = self.old + 1

        def entries() -> Iterator[str]:
            for key, (on, n, _order, kind, union) in enumerate(heapq.merge(joins, later), start=1):
                occupation, application, corrects, reason = "", "\\N", "\\N", ""
                if kind == "JOIN":
                    occupation = self.occupations[n - 1]
                    if n >= first_of_year:
                        application = str(n - self.old)
                    if n in corrected:
                        key_of_join[n] = key
                elif kind == "CORRECT":
                    corrects, reason = str(key_of_join[n]), "重复"
                yield f"{key}\t{n}\t{kind}\t{union}\t{on}\t{on} 12:00+08\t{reason}\t{application}\t{occupation}\t{corrects}"

        self.copy(
            "membership_membershipevent",
            'id person_id kind union_id "on" at reason application_id occupation corrects_id',
            entries(),
        )

        def heads() -> Iterator[str]:
            for n in range(1, MEMBERS + 1):
                joined = self.joined[n - 1]
                standing, union, since = self.stands.get(n, ("MEMBER", self.home[n - 1], joined))
                yield f"{self.public_id()}\t{n}\t{standing}\t{union or chr(92) + 'N'}\t{joined}\t{since}"

        self.copy("membership_membership", "public_id person_id standing union_id joined_on since", heads())
        moved = [(n, union) for n, (_s, union, _d) in self.stands.items() if union]
        self.connection.execute("CREATE TEMP TABLE moved (person bigint, now_in bigint)")
        self.copy("moved", "person now_in", (f"{n}\t{union}" for n, union in moved))
        self.connection.execute("UPDATE people_person SET union_id = now_in FROM moved WHERE id = person")

    def applications(self) -> None:
        """This year's joins came with an application, contacts before it, and where it came from."""
        rng, mine = self.rng, range(self.old + 1, MEMBERS + 1)
        index = self.index
        decisions: dict[tuple[int, int], int] = {}
        touches: list[str] = []
        credited: list[str] = []

        def touch(phone: str, channel: str, session: int | None, on: date) -> int:
            touches.append(
                f"{len(touches) + 1}\t{phone}\t{channel}\t{session or chr(92) + 'N'}\t{on} 11:00+08"
            )
            return len(touches)

        def rows() -> Iterator[str]:
            for n in mine:
                on, union = self.joined[n - 1], self.home[n - 1]
                sent = on - timedelta(days=rng.randrange(1, 25))
                decision = decisions.setdefault((union, on.month), len(decisions) + 1)
                phone = index(phone_of(n), "phone")
                number = n - self.old
                assists: list[int] = []
                helped: set[str] = set()
                channel, session, primary = "UNKNOWN", 0, 0
                for _n in range(rng.choice((0, 1, 1, 1, 2, 3))):
                    if primary:
                        assists.append(primary)
                        helped.add(channel)
                    day = (sent - self.year).days
                    near = [
                        one for one in self.sessions_of[self.street_of[union]] if day - 20 <= one[0] <= day
                    ]
                    if near and rng.random() < 0.6:
                        held, session, channel = rng.choice(near)
                        primary = touch(phone, channel, session, self.year + timedelta(days=held))
                    else:
                        session, channel = 0, rng.choice(CHANNELS)
                        primary = touch(phone, channel, None, sent)
                credited.append(
                    f"{number}\t1\t{channel}\t{session or chr(92) + 'N'}\t{primary or chr(92) + 'N'}\t{assists}\t{json.dumps(sorted(helped))}\t{union}\t{on}"
                )
                yield (
                    f"{number}\t{self.public_id()}\tAPPROVED\tk{number}\t\t{'0' * 64}\t{union}\tid\t\\\\x00\t\\\\x00\t{phone}"
                    f"\tPLATFORM\t\t\t{self.occupations[n - 1]}\tSELF\t\t{sent} 09:00+08\tSMS\t{sent} 09:00+08"
                    f"\t{sent} 09:00+08\t{sent} 09:00+08\t{decision}\t{n}\t1\tID_CARD\t\t"
                )

        self.copy(
            "membership_application",
            "id public_id state key body_digest secret_hash union_id name identity_sealed phone_sealed phone_index"
            " employment workplace site occupation filled_by proxy consented_at confirmed confirmed_at"
            " created_at submitted_at decision_id person_id form_version identity_kind sex link_hash",
            rows(),
        )
        # Whoever came to a session and has not asked to join.
        for n in range(MEMBERS // 20):
            street = rng.choice(self.streets)
            day, session, channel = rng.choice(self.sessions_of[street])
            phone = index(f"198{n:08}", "phone")
            touch(phone, channel, session, self.year + timedelta(days=day))
        self.copy("membership_touch", "id phone_index channel session_id at", touches)
        self.copy(
            "membership_attribution",
            "application_id rule_version channel session_id touch_id assists assisted_by joined_with_id joined_on",
            credited,
        )
        self.copy(
            "membership_decision",
            "id public_id union_id decided_on present evidence recorded_by_id at",
            (
                f"{key}\t{self.public_id()}\t{union}\t{self.year.replace(month=month)}\t委员会\t纪要\t1\t{self.at}"
                for (union, month), key in decisions.items()
            ),
        )

    def officers(self) -> None:
        """Three who keep rolls: of the city, of a district, of a street."""
        from unionhall.apps.orgs.models import Union
        from unionhall.apps.people.codes import PostRole
        from unionhall.apps.people.usecases import appoint, open_account, register_person
        from unionhall.kernel.audit import SYSTEM

        for username, key in (
            ("city", self.city),
            ("district", self.districts[0]),
            ("street", self.streets[0]),
        ):
            union = Union.objects.get(pk=key)
            person = register_person(by=SYSTEM, at=self.at, name=f"{username} officer", union=union)
            for role in (PostRole.OFFICER, PostRole.ADMINISTRATOR):
                appoint(by=SYSTEM, at=self.at, person=person, union=union, role=role, since=date(2020, 1, 1))
            open_account(by=SYSTEM, at=self.at, person=person, username=username, password="")


def phone_of(n: int) -> str:
    """The mobile number of the n-th person; numbers of this range are nobody's here."""
    return f"199{n:08}"


def identity_of(n: int, check) -> str:
    """The identity number of the n-th person, of region 990000, which is nobody's."""
    birth = date(1955, 1, 1) + timedelta(days=n // 1000 * 3)
    first = f"990000{birth:%Y%m%d}{n % 1000:03}"
    return first + check(first)


if __name__ == "__main__":
    if sys.argv[1:] == ["drop"]:
        drop()
    else:
        ready()
