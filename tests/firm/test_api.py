"""What every endpoint shares, tried on the firm's own: bodies, pages, versions, repetition."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ValidationError

from firm import idempotency
from firm.actions import disable_person
from firm.api import MomentField
from firm.models import KeptAnswer, User
from tests.factories import a_job, a_person
from tests.races import at_once

pytestmark = pytest.mark.django_db

NEW = {"name": "新人 一郎", "email": "new@example.jp"}


@pytest.fixture
def api(client_of, administrator):
    return client_of(administrator)


def post(client: Client, body: object, **headers: str):
    return client.post("/api/v1/people", body, content_type="application/json", headers=headers)


def test_a_token_opens_the_api_and_a_disabled_persons_does_not(administrator, now):
    other = a_person(role="administrator")
    client = Client(headers={"Authorization": f"Token {Token.objects.create(user=other).key}"})
    assert client.get("/api/v1/me").json()["id"] == other.pk
    disable_person(person=other, by=administrator, now=now)
    assert client.get("/api/v1/me").status_code == 401


def test_a_shared_screen_is_answered_nothing_and_a_token_everything(client_of, administrator):
    browser = client_of(administrator)
    browser.post("/preferences/screen-share/", {"on": "1"})
    for path in ("/api/v1/me", "/api/v1/people"):
        refused = browser.get(path)
        assert refused.status_code == 403
        assert refused.json() == {"detail": "画面共有モードの間、APIは応答しません。"}
    assert browser.get("/api/schema/").status_code == 200
    token = f"Token {Token.objects.create(user=administrator).key}"
    assert browser.get("/api/v1/me", headers={"Authorization": token}).status_code == 200
    browser.post("/preferences/screen-share/", {"on": "0"})
    assert browser.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("language", "detail"),
    [("ja", "このアドレスには何もありません。"), ("en", "There is nothing at this address.")],
)
def test_an_unknown_address_is_answered_in_json(api, administrator, language, detail):
    administrator.language = language
    administrator.save()
    response = api.get("/api/v1/nope")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"detail": detail}


def test_a_deeply_nested_body_is_answered_400(api):
    response = api.post("/api/v1/people", "[" * 200_000, content_type="application/json")
    assert response.status_code == 400


NO_OBJECTS = ['{"name": NaN}', "{", "", "[]", '"x"', "null", "12"]
NOT_TO_BE_SAID_AGAIN = [
    '{"name": "x", "superior": 1e400}',
    '{"\\ud800": 1}',
    '{"name": "x", "role": "\\udfff"}',
]


@pytest.mark.parametrize("body", [*NO_OBJECTS, *NOT_TO_BE_SAID_AGAIN])
def test_a_body_that_is_no_object_of_ours_is_answered_400(api, body):
    response = api.post("/api/v1/people", body, content_type="application/json")
    assert response.status_code == 400


def test_a_field_nobody_knows_is_answered_400_by_its_name(api):
    response = post(api, {**NEW, "is_staff": True})
    assert response.status_code == 400
    assert list(response.json()) == ["is_staff"]
    assert not User.objects.filter(email=NEW["email"]).exists()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a" * 81])
def test_text_the_database_cannot_hold_is_answered_400(api, text):
    body = json.dumps({**NEW, "name": text})
    assert api.post("/api/v1/people", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "text", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"]
)
def test_a_moment_at_the_end_of_time_is_refused(text):
    with pytest.raises(ValidationError):
        MomentField().run_validation(text)


def test_a_refusal_is_409_with_its_sentence(api, account_manager):
    response = post(api, {**NEW, "email": account_manager.email})
    assert response.status_code == 409
    assert account_manager.email in response.json()["detail"]


def test_a_list_goes_on_behind_its_last_row(api):
    for number in range(5):
        a_person(f"同姓 {number % 2}")
    found, address = [], "/api/v1/people?limit=2"
    while address:
        page = api.get(address).json()
        found += [person["id"] for person in page["results"]]
        address = page["next"]
    people = User.objects.order_by("name", "pk")
    assert found == list(people.values_list("pk", flat=True))


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=９"])
def test_a_page_has_1_to_200_rows(api, query):
    assert api.get(f"/api/v1/people?{query}").status_code == 400


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "W10", "WzAsMF0", "WyJcdTAwMDAiLDFd"])
def test_a_forged_cursor_is_refused(api, cursor):
    assert api.get(f"/api/v1/people?after={cursor}").status_code == 409


def test_a_reader_with_the_same_version_gets_304(api):
    version = api.get("/api/v1/me").headers["ETag"]
    again = api.get("/api/v1/me", headers={"If-None-Match": version})
    assert (again.status_code, again.content) == (304, b"")


def test_a_change_to_a_version_that_has_gone_is_refused_and_changes_nothing(api):
    person = a_person("前の名")
    address = f"/api/v1/people/{person.pk}"
    version = api.get(address).headers["ETag"]

    def rename(name: str, **headers: str):
        return api.patch(address, {"name": name}, content_type="application/json", headers=headers)

    first = rename("新しい名", **{"If-Match": version})
    assert (first.status_code, first.json()["name"]) == (200, "新しい名")
    assert rename("別の名", **{"If-Match": version}).status_code == 412
    assert rename("別の名", **{"If-Match": first.headers["ETag"]}).status_code == 200


def test_a_post_with_the_same_key_takes_effect_once_and_is_answered_alike(api):
    first = post(api, NEW, **{"Idempotency-Key": "k1"})
    again = post(api, dict(reversed(NEW.items())), **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert User.objects.filter(email=NEW["email"]).count() == 1


def test_without_a_key_the_second_post_is_a_second_request(api):
    assert [post(api, NEW).status_code for _ in range(2)] == [201, 409]


def test_the_same_key_with_another_body_is_a_mistake(api):
    post(api, NEW, **{"Idempotency-Key": "k1"})
    other = post(api, {**NEW, "email": "other@example.jp"}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 422


def test_two_people_may_use_the_same_key(api, client_of):
    other = client_of(a_person(role="administrator"))
    assert post(api, NEW, **{"Idempotency-Key": "k1"}).status_code == 201
    second = post(other, {**NEW, "email": "b@example.jp"}, **{"Idempotency-Key": "k1"})
    assert second.status_code == 201


def test_a_refused_post_leaves_its_key_free(api, account_manager):
    taken = {**NEW, "email": account_manager.email}
    assert post(api, taken, **{"Idempotency-Key": "k1"}).status_code == 409
    assert post(api, NEW, **{"Idempotency-Key": "k1"}).status_code == 201


def test_an_answer_is_kept_for_48_hours(api, now):
    post(api, NEW, **{"Idempotency-Key": "k1"})
    made = KeptAnswer.objects.get().created_at
    assert idempotency.sweep(now=made + datetime.timedelta(hours=48)) == 0
    assert idempotency.sweep(now=made + datetime.timedelta(hours=48, seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_in_parallel_takes_effect_once(administrator, client_of):
    def send() -> int:
        return post(client_of(administrator), NEW, **{"Idempotency-Key": "k1"}).status_code

    assert at_once(*[send] * 4) == [201] * 4
    assert User.objects.filter(email=NEW["email"]).count() == 1


def test_runs_are_told_without_their_sums(api):
    a_job(counts={"total": "160800000"}, error={"code": "unexpected", "type": "ValueError"})
    [run] = api.get("/api/v1/runs").json()["results"]
    assert "counts" not in run
    assert "ValueError" in run["error"]


def test_the_schema_describes_every_endpoint_beyond_doubt(tmp_path):
    written = tmp_path / "schema.json"
    options = {"format": "openapi-json", "file": str(written)}
    call_command("spectacular", validate=True, fail_on_warn=True, **options)
    schema = json.loads(written.read_text())
    assert {"/api/v1/people", "/api/v1/people/{id}", "/api/v1/me"} <= {
        path.replace("{pk}", "{id}") for path in schema["paths"]
    }
