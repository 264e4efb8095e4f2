"""Jobs: asked for in a transaction, done once, told while they run, cancelled, begun again after a crash."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from rules.predicates import Predicate

from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.codes import JobState
from unionhall.kernel.jobs import JobWords, cancel_job, describe_job, enqueue, job, kinds, messages, queue
from unionhall.kernel.jobs.progress import Cancelled, Interrupted, Progress
from unionhall.kernel.jobs.running import Worker, perform
from unionhall.kernel.models import AuditLine, Job
from unionhall.kernel.refusals import Refusal


@pytest.fixture(autouse=True)
def no_kinds(monkeypatch):
    """The kinds of the house are put aside."""
    monkeypatch.setattr(kinds, "_works", {})
    monkeypatch.setattr(kinds, "_words", {})


@pytest.fixture
def counted():
    """A job that counts to a number, and what it saw of itself."""
    seen = []

    @job("COUNT")
    def count(progress, *, to):
        for number in range(1, to + 1):
            progress.step(number, to, "COUNTING", number=number)
            row = Job.objects.get(pk=progress.job.pk)
            seen.append((row.state, row.done, row.total, row.saying, row.saying_data))
        return {"counted": to}

    return seen


def ask(kind="COUNT", **arguments):
    return enqueue(kind, by=SYSTEM, at=clock.now(), **arguments)


def test_a_job_is_done_once_and_tells_how_far_it_is(db, counted, run_jobs):
    asked = ask(to=2, subject="ABC")
    assert (asked.state, asked.asked_by, asked.subject, asked.arguments) == (
        "QUEUED", "SYSTEM:", "ABC", {"to": 2},
    )  # fmt: skip
    (ran,) = run_jobs()
    assert counted == [
        ("RUNNING", 1, 2, "COUNTING", {"number": 1}),
        ("RUNNING", 2, 2, "COUNTING", {"number": 2}),
    ]
    assert (ran.pk, ran.state, ran.result, ran.error, ran.claim) == (asked.pk, "DONE", {"counted": 2}, "", "")
    assert (ran.done, ran.total, ran.attempts) == (2, 2, 1)
    assert ran.queued_at <= ran.started_at <= ran.finished_at
    assert run_jobs() == []


def test_jobs_are_done_in_the_order_of_asking(db, counted, run_jobs):
    asked = [ask(to=number).pk for number in (1, 2, 3)]
    assert [ran.pk for ran in run_jobs()] == asked


def test_a_job_belongs_to_the_transaction_that_asked_for_it(db, counted, run_jobs):
    with transaction.atomic():
        ask(to=1)
        transaction.set_rollback(True)
    assert run_jobs() == []


def test_a_refusal_is_kept_as_code_and_data(db, run_jobs):
    @job("REFUSE")
    def refuse(progress):
        raise Refusal("ROWS_WRONG", rows=3)

    ask("REFUSE")
    (ran,) = run_jobs()
    assert (ran.state, ran.error, ran.error_data, ran.result) == ("FAILED", "ROWS_WRONG", {"rows": 3}, None)


def test_a_fault_is_in_the_log_and_not_in_the_row(db, run_jobs, caplog):
    @job("BREAK")
    def broken(progress):
        raise ValueError("张三 13800000000")

    ask("BREAK")
    (ran,) = run_jobs()
    assert (ran.state, ran.error, ran.error_data, ran.result) == ("FAILED", "UNEXPECTED", {}, None)
    assert "ValueError: 张三 13800000000" in caplog.text


@pytest.mark.parametrize("value", ["周启明", "two words", 1.5, None, ["A"]])
def test_arguments_result_and_sayings_hold_ids_only(db, value, run_jobs):
    @job("TELL")
    def tell(progress, **told):
        return {"told": value}

    with pytest.raises(TypeError):
        ask("TELL", told=value)
    with pytest.raises(TypeError):
        Progress(Job()).step(1, saying="TOLD", told=value)
    ask("TELL")
    assert [(ran.state, ran.error) for ran in run_jobs()] == [("FAILED", "UNEXPECTED")]


def test_an_unknown_kind_is_a_mistake_and_a_newer_programs_kind_is_left_to_it(db, counted, run_jobs):
    with pytest.raises(AssertionError):
        ask("NOBODY_KNOWS")
    ask(to=1)
    Job.objects.update(kind="FROM_TOMORROW")
    assert run_jobs() == []


def test_two_works_of_one_kind_are_a_mistake(db, counted):
    with pytest.raises(AssertionError):
        job("COUNT")(lambda _progress: {})


def test_a_waiting_job_is_cancelled_at_once(city, counted, run_jobs):
    asked = enqueue("COUNT", by=city.organiser, at=clock.now(), to=1)
    cancelled = cancel_job(by=city.organiser, at=clock.now(), job=asked)
    assert (cancelled.state, cancelled.finished_at) == ("CANCELLED", cancelled.cancel_asked_at)
    assert run_jobs() == []
    with pytest.raises(Refusal, match="JOB_ENDED"):
        cancel_job(by=city.organiser, at=clock.now(), job=asked)
    lines = AuditLine.objects.filter(subject=asked.public_id).order_by("pk")
    assert [(line.action, line.actor) for line in lines] == [
        ("job.ask", str(city.organiser.actor)),
        ("job.cancel", str(city.organiser.actor)),
    ]


def test_a_job_at_work_stops_at_its_next_step(city, run_jobs):
    steps = []

    @job("LONG")
    def long(progress):
        for number in range(10):
            progress.step(number, 10)
            steps.append(number)
            if number == 3:
                cancel_job(by=city.organiser, at=clock.now(), job=progress.job)
                cancel_job(by=city.organiser, at=clock.now(), job=progress.job)
        return {}

    enqueue("LONG", by=city.organiser, at=clock.now())
    (ran,) = run_jobs()
    assert (ran.state, ran.done, ran.result, steps) == ("CANCELLED", 4, None, [0, 1, 2, 3])
    assert AuditLine.objects.filter(action="job.cancel").count() == 1


def test_no_except_exception_of_the_work_swallows_a_cancellation(city, run_jobs):
    @job("STUBBORN")
    def stubborn(progress):
        for number in range(10):
            try:
                progress.step(number)
                cancel_job(by=city.organiser, at=clock.now(), job=progress.job)
            except Exception:  # noqa: BLE001
                pass
        return {}

    enqueue("STUBBORN", by=city.organiser, at=clock.now())
    assert [ran.state for ran in run_jobs()] == ["CANCELLED"]


def test_what_stops_the_work_is_told_without_a_step(db, counted):
    progress = Progress(ask())
    assert progress.stopped() is None
    progress.stop(Cancelled)
    assert isinstance(progress.stopped(), Cancelled)
    with pytest.raises(Cancelled):
        progress.step(1)


def test_the_work_acts_for_whoever_asked(city, run_jobs):
    found = []

    @job("WHO")
    def who(progress):
        found.append(progress.by)
        return {}

    enqueue("WHO", by=city.district, at=clock.now())
    ask("WHO")
    run_jobs()
    assert found == [city.district, SYSTEM]


# A worker that dies leaves its row as it was.
def died(**asked):
    ask(**asked)
    return queue.take_up(at=clock.now())


def later(seconds):
    return clock.set_to(clock.now() + timedelta(seconds=seconds))


def test_a_job_whose_worker_died_is_begun_again(db, counted, run_jobs):
    lost = died(to=1)
    assert run_jobs() == []
    with later(29):
        assert run_jobs() == []
    with later(31):
        (ran,) = run_jobs()
    assert (ran.pk, ran.state, ran.attempts, len(counted)) == (lost.pk, "DONE", 2, 1)


def test_a_worker_that_was_taken_for_dead_changes_nothing_any_more(db, counted, run_jobs):
    lost = died(to=1)
    with later(31):
        run_jobs()
    before = Job.objects.values().get()
    queue.report(lost, Progress(lost).last, at=clock.now())
    queue.end(lost, queue.Outcome(JobState.FAILED, error="X"), Progress(lost).last, at=clock.now())
    assert Job.objects.values().get() == before


def test_a_job_that_kills_its_workers_fails_after_the_third(db, counted, run_jobs):
    died(to=1)
    for attempt in (2, 3):
        with later(31 * attempt):
            assert queue.take_up(at=clock.now()).attempts == attempt
    with later(200):
        assert run_jobs() == []
    ended = Job.objects.get()
    assert (ended.state, ended.error, ended.attempts) == ("FAILED", "WORKER_LOST", 3)


def test_a_job_that_was_cancelled_while_its_worker_was_dead_is_cancelled(city, counted, run_jobs):
    lost = died(to=1)
    cancel_job(by=SYSTEM, at=clock.now(), job=lost)
    with later(31):
        assert run_jobs() == []
    assert Job.objects.get().state == "CANCELLED"


def test_an_interrupted_job_goes_back_to_the_queue_without_blame(db, counted, run_jobs):
    taken = died(to=5)
    progress = Progress(taken)
    progress.stop(Interrupted)
    outcome = perform(taken, progress)
    queue.end(taken, outcome, progress.last, at=clock.now())
    back = Job.objects.get()
    assert (back.state, back.attempts, back.claim, back.done) == ("QUEUED", 0, "", 1)
    assert [(ran.state, ran.done) for ran in run_jobs()] == [("DONE", 5)]


def test_an_interrupted_job_that_was_to_be_cancelled_is_not_begun_again(db, counted):
    taken = died(to=5)
    cancel_job(by=SYSTEM, at=clock.now(), job=taken)
    queue.end(taken, queue.Outcome(JobState.QUEUED), Progress(taken).last, at=clock.now())
    assert Job.objects.get().state == "CANCELLED"


def test_an_empty_queue_costs_one_statement(db, counted, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queue.take_up(at=clock.now()) is None


def test_old_jobs_are_deleted_and_waiting_ones_are_not(db, counted, run_jobs):
    ask(to=1)
    run_jobs()
    waiting = ask(to=1)
    assert queue.purge_jobs(at=clock.now() + timedelta(days=89)) == 0
    assert queue.purge_jobs(at=clock.now() + timedelta(days=91)) == 1
    assert Job.objects.get() == waiting


@pytest.mark.parametrize(
    "wrong",
    [{"state": "DONE"}, {"finished_at": clock.now()}, {"claim": "X"}, {"state": "RUNNING"}],
    ids=" ".join,
)
def test_the_database_holds_what_a_state_is(db, counted, wrong):
    ask(to=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(**wrong)


def test_a_worker_without_work_stops_when_told(monkeypatch):
    """No database is needed to stop."""
    monkeypatch.setattr("unionhall.kernel.jobs.running.take_up", lambda **_at: None)
    monkeypatch.setattr("unionhall.kernel.jobs.running.ask_for_daily", lambda **_at: [])
    monkeypatch.setattr("unionhall.kernel.facts.deliver_due", lambda **_at: 0)
    worker = Worker()
    running = threading.Thread(target=worker.run)
    running.start()
    worker.stop()
    running.join(10)
    assert not running.is_alive()


def test_a_worker_whose_server_died_stops_by_itself(monkeypatch):
    monkeypatch.setattr("unionhall.kernel.jobs.running.take_up", lambda **_at: None)
    monkeypatch.setattr("unionhall.kernel.facts.deliver_due", lambda **_at: 0)
    Worker(parent=1 << 30).run()


@pytest.fixture
def words(counted):
    """How the counting job is told, read in English."""
    describe_job(
        "COUNT",
        JobWords(
            name="Counting",
            subject=lambda job: (f"Numbers {job.subject}", f"/numbers/{job.subject}"),
            result=lambda job: f"{job.result['counted']} were counted.",
            refusal=lambda refusal: f"No: {refusal.code} {refusal.data['rows']}.",
            sayings={"COUNTING": "Counting %(number)s"},
        ),
    )
    with translation.override("en"):
        yield


def told(**fields):
    ask(to=1, subject="ABC")
    shown = messages.shown(Job(**{**Job.objects.values().get(), **fields}))
    return shown.words, shown.counts, shown.percent


def test_words_waiting(db, words):
    assert told() == (
        "It is next and begins in a moment. You may leave this page.", "", None,
    )  # fmt: skip
    behind = messages.shown(ask(to=1))
    assert behind.words == "1 job is before it. You may leave this page."
    assert (behind.name, behind.title, behind.address) == ("Counting", "Numbers ", "/numbers/")


def test_words_at_work(db, words):
    at_work = {"state": "RUNNING", "done": 1200, "total": 100_000, "saying": "COUNTING"}
    assert told(**at_work, saying_data={"number": 1200}) == (
        "Counting 1200", "1,200 of 100,000 (1 %)", 1,
    )  # fmt: skip


def test_words_of_an_unknown_number(db, words):
    assert told(state="RUNNING", done=7) == (
        "It is at work. You may leave this page.", "7 so far", None,
    )  # fmt: skip


def test_words_more_than_foreseen(db, words):
    assert told(state="RUNNING", done=7, total=5)[2] == 100


def test_words_asked_to_stop(db, words):
    assert told(state="RUNNING", cancel_asked_at=clock.now())[0] == "It stops at its next step …"


def test_words_ended(db, words):
    done = {"state": "DONE", "result": {"counted": 7}, "done": 7, "total": 7}
    assert told(**done) == ("7 were counted.", "", 100)


def test_words_refused(db, words):
    refused = {"state": "FAILED", "error": "ROWS_WRONG", "error_data": {"rows": 3}}
    assert told(**refused)[0] == "No: ROWS_WRONG 3."


@pytest.mark.parametrize("code", ["UNEXPECTED", "WORKER_LOST"])
def test_words_failed(db, words, code):
    said = told(state="FAILED", error=code)[0]
    assert Job.objects.get().public_id in said


def test_words_of_a_kind_that_is_not_known(db, words):
    shown = messages.shown(Job(kind="FROM_TOMORROW", state="DONE"))
    assert (shown.name, shown.title, shown.words) == ("FROM_TOMORROW", "", "")


@pytest.fixture
def seen_by(counted):
    def with_rule(rule=None):
        describe_job(
            "COUNT",
            JobWords(
                name="数数",
                subject=lambda _job: ("决赛", "/contests"),
                result=lambda job: f"数到了 {job.result['counted']}",
                refusal=str,
                seen_by=rule,
            ),
        )

    with_rule()
    return with_rule


def test_asker_and_administrators_of_its_union_see_it(city, seen_by, client):
    union = city.stage.contest.organiser.pk
    own = enqueue("COUNT", by=city.organiser, at=clock.now(), to=1)
    of_union = enqueue("COUNT", by=city.organiser, at=clock.now(), union=union, to=1)

    def statuses(account):
        client.force_login(account)
        return [client.get(f"/jobs/{one.public_id}").status_code for one in (own, of_union)]

    assert statuses(city.organiser) == [200, 200]
    assert statuses(city.administrator) == [404, 200]
    assert statuses(city.district) == [404, 404]
    seen_by(Predicate(lambda account, _job: account == city.district))
    assert statuses(city.district) == [200, 200]
    assert client.get("/jobs/NOSUCHJOBXXX").status_code == 404


def test_only_who_sees_it_may_cancel_it(city, seen_by, client):
    asked = enqueue("COUNT", by=city.organiser, at=clock.now(), to=1)
    client.force_login(city.district)
    assert client.post(f"/jobs/{asked.public_id}/cancel").status_code == 404
    with pytest.raises(Refusal, match="NOT_ALLOWED"):
        cancel_job(by=city.district, at=clock.now(), job=asked)
    client.force_login(city.organiser)
    assert client.get(f"/jobs/{asked.public_id}/cancel").status_code == 405
    assert client.post(f"/jobs/{asked.public_id}/cancel").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "CANCELLED"
    again = client.post(f"/jobs/{asked.public_id}/cancel", follow=True).content.decode()
    assert "这个任务已经结束，不必取消。" in again


def test_the_page_asks_every_second_until_the_end(city, seen_by, client, run_jobs):
    asked = enqueue("COUNT", by=city.organiser, at=clock.now(), to=3)
    client.force_login(city.organiser)
    state = f"/jobs/{asked.public_id}/state"
    waiting = client.get(f"/jobs/{asked.public_id}").content.decode()
    assert f'hx-get="{state}" hx-trigger="every 1s"' in waiting
    assert "取消任务" in waiting
    run_jobs()
    ended = client.get(state).content.decode()
    assert "hx-get" not in ended
    assert "取消任务" not in ended
    assert "数到了 3" in ended
    assert 'href="/contests"' in ended


def test_the_list_has_mine_and_overseen_ones_in_a_fixed_number_of_statements(
    city, seen_by, client, django_assert_num_queries
):
    union = city.stage.contest.organiser.pk
    client.force_login(city.administrator)

    def listed():
        page = client.get("/jobs").content.decode()
        return page.count("数数")

    enqueue("COUNT", by=city.organiser, at=clock.now(), to=1)
    enqueue("COUNT", by=city.organiser, at=clock.now(), union=union, to=1)
    enqueue("COUNT", by=city.administrator, at=clock.now(), to=1)
    assert listed() == 2
    with CaptureQueriesContext(connection) as few:
        listed()
    for _more in range(10):
        enqueue("COUNT", by=city.administrator, at=clock.now(), to=1)
    with django_assert_num_queries(len(few)):
        assert listed() == 12
    exported = client.get("/jobs?export=csv").content.decode()
    assert exported.count("排队中") == 12
