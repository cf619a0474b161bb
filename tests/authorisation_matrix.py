"""Who may ask for which address: role × URL × method × ownership, one line each.

    url name    METHOD    object    who may [else 404]

- `object` names a row of OBJECTS, which makes what the address is about; `-` for none. The
  customers of OBJECTS are 佐藤's (account_manager) unless their name says otherwise.
- `who may` is a list of the cast's names, of GROUPS, and `nobody` for people not signed in.
- Everybody else is answered with 403, or with 404 where the line ends so; who is not signed in
  is sent to the sign-in page, or answered with 401 under /api/.
- Nobody at all and `else 404`: the address does not exist in a firm that works in earnest.

tests/test_authorisation.py asks for every cell. An address without a line fails.
"""

import datetime
from collections.abc import Callable
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from firm.models import CompanyDay, Firm, Holiday, PostHolding, SavedView, WorkCalendar
from tests.cast import MEMBERS
from tests.factories import (
    LONG_AGO,
    NOW,
    a_benefit_use,
    a_contract,
    a_cost_rate,
    a_customer,
    a_draft,
    a_goal,
    a_job,
    a_person,
    a_post,
    a_rule_set,
    an_activity,
    an_import,
    an_investment,
    some_goodwill,
    some_premiums,
)
from tests.servicing.findings import a_finding
from tests.tiering.beside import a_strategic_score
from tests.tiering.nights import a_held_night, a_move, an_evaluation
from tests.tiering.overrides import a_request
from tiering import actions
from tiering.actions import preview_now
from tiering.models import Override
from tiering.models.standing import Reason

CAST = tuple(MEMBERS)

ALL_FILES = ("executive", "administrator", "back_office", "auditor")

GROUPS = {
    "everyone": CAST,
    "anybody": (*CAST, "nobody"),
    "importers": ("administrator", "back_office"),
    # Those who may open every file, and those who may open 佐藤's besides.
    "all_files": ALL_FILES,
    "file_readers": (
        "account_manager",
        "section_manager",
        "department_head",
        *ALL_FILES,
    ),
    # Whoever records what was done for one of 佐藤's.
    "file_workers": (
        "account_manager",
        "section_manager",
        "department_head",
        "executive",
        "administrator",
        "back_office",
    ),
    # Whoever scores how well a customer fits the firm's strategy; not who looks after it.
    "customer_scorers": ("section_manager", "department_head", "executive", "administrator"),
    # Whoever may see the revenue of at least their own customers.
    "revenue_readers": (
        "account_manager",
        "stranger",
        "section_manager",
        "department_head",
        *ALL_FILES,
    ),
    # Whoever logs work sees what it costs.
    "price_readers": (
        "account_manager",
        "stranger",
        "section_manager",
        "department_head",
        "executive",
        "administrator",
        "back_office",
    ),
    # Whoever looks after customers, or those who do.
    "override_requesters": (
        "account_manager",
        "stranger",
        "section_manager",
        "department_head",
        "executive",
        "administrator",
        "back_office",
    ),
    "override_deciders": ("department_head", "executive", "administrator"),
    "margin_readers": (
        "section_manager",
        "department_head",
        "executive",
        "administrator",
        "back_office",
    ),
    # Whoever accepts for a time what is found with the customers of others.
    "flag_accepters": ("section_manager", "department_head", "executive", "administrator"),
    "rule_reviewers": ("department_head", "executive", "administrator"),
    "run_readers": (
        "section_manager",
        "department_head",
        "executive",
        "administrator",
        "back_office",
        "auditor",
    ),
}

MATRIX = """
firm:people                     GET   -          administrator
firm:new_person                 GET   -          administrator
firm:create_person              POST  -          administrator
firm:person                     GET   person     administrator
firm:save_person                POST  person     administrator
firm:add_post                   POST  person     administrator
firm:remove_post                POST  holding    administrator
firm:abolish_post               POST  post       administrator
firm:disable                    POST  person     administrator
firm:enable                     POST  person     administrator
firm:make_password_link         POST  person     administrator
firm:calendar                   GET   -          everyone
firm:add_holiday                POST  -          administrator back_office
firm:remove_holiday             POST  holiday    administrator back_office
firm:add_company_days           POST  -          administrator back_office
firm:remove_company_day         POST  company_day administrator back_office
firm:read_days                  POST  -          administrator back_office
firm:add_days                   POST  -          administrator back_office
firm:new_calendar               GET   -          administrator back_office
firm:create_calendar            POST  -          administrator back_office
firm:work_calendar              GET   calendar   everyone
firm:add_calendar_version       POST  calendar   administrator back_office
firm:remove_calendar_version    POST  calendar_version administrator back_office
firm:add_shift                  POST  calendar   administrator back_office
firm:remove_shift               POST  shift      administrator back_office
firm:add_days_off               POST  calendar   administrator back_office
firm:remove_day_off             POST  day_off    administrator back_office
firm:close_month                POST  -          back_office
firm:reopen_month               POST  -          back_office
firm:prices                     GET   -          price_readers
firm:set_price                  POST  -          administrator back_office
firm:going_live                 GET   -          executive administrator
firm:go_live                    POST  -          executive administrator
firm:set_four_eyes              POST  -          executive administrator
firm:audit                      GET   -          administrator auditor
firm:preferences                GET   -          everyone
firm:save_preferences           POST  -          everyone
firm:language                   POST  -          anybody
firm:theme                      POST  -          everyone
firm:money_unit                 POST  -          everyone
firm:screen_share               POST  -          everyone
firm:help                       GET   -          everyone
firm:healthz                    GET   -          anybody
firm:readyz                     GET   -          anybody
firm:metrics                    GET   -          anybody
firm:components                 GET   -          else 404

customers:list                  GET   -          everyone
customers:search                GET   -          everyone
customers:hours                 GET   -          everyone
customers:export                GET   -          everyone
customers:saved-view-create     POST  -          everyone
customers:saved-view-delete     POST  saved_view account_manager else 404
customers:card                  GET   customer   everyone
customers:card                  GET   unowned    everyone
customers:file                  GET   customer   file_readers else 404
customers:file                  GET   backed     file_readers stranger else 404
customers:file                  GET   unowned    all_files else 404
customers:contract-new          GET   customer   administrator back_office
customers:contract-create       POST  customer   administrator back_office
customers:contract-revise       GET   contract   administrator back_office
customers:contract-extend       GET   contract   administrator back_office
customers:contract-extend-grant POST  contract   administrator back_office
customers:contract-revise-save  POST  contract   administrator back_office
customers:contract-end          POST  contract   administrator back_office
customers:revision-correct      GET   revision   administrator back_office
customers:revision-correct-save POST  revision   administrator back_office
customers:revision-explained    POST  revision   file_workers else 404
customers:scope-sheet           GET   customer   file_readers else 404
customers:scope                 GET   -          override_requesters
customers:scope-customers       GET   -          override_requesters
customers:scope-guideline       GET   -          override_requesters
customers:scope-advice          GET   customer   file_workers else 404
customers:scope-record          POST  customer   file_workers else 404
customers:consumption           GET   customer   file_readers else 404
customers:consumption-entries   GET   customer   file_readers else 404
customers:timeline              GET   customer   file_readers else 404
customers:renewals              GET   -          revenue_readers
customers:renewals-export       GET   -          revenue_readers
customers:log-new               GET   -          override_requesters
customers:log-customers         GET   -          override_requesters
customers:log-line              POST  -          override_requesters
customers:log-create            POST  -          override_requesters
customers:purpose               GET   -          everyone
customers:purpose-read          POST  -          everyone
customers:entry                 GET   entry      file_readers else 404
customers:entry-correct         GET   entry      file_workers else 404
customers:entry-save            POST  entry      file_workers else 404
customers:entry-withdraw        POST  entry      file_workers else 404
customers:entry-move            POST  entry      file_workers else 404
customers:entry-ask             POST  entry      file_workers else 404
customers:log                   GET   customer   file_readers else 404
customers:log                   GET   unowned    all_files else 404
customers:log-export            GET   customer   file_readers else 404
customers:log-week              GET   -          override_requesters
customers:log-week-save         POST  -          override_requesters
customers:log-week-copy         POST  -          override_requesters
customers:log-week-add          POST  -          override_requesters
customers:log-drafts            GET   -          override_requesters
customers:log-drafts-read       POST  -          override_requesters
customers:log-drafts-settle     POST  -          override_requesters
customers:log-mine              GET   -          override_requesters
customers:log-answer            POST  -          override_requesters
customers:log-section           GET   -          section_manager department_head executive
customers:log-coverage          GET   -          section_manager department_head executive
customers:log-coverage-export   GET   -          section_manager department_head executive
customers:goodwill              GET   customer   file_readers else 404
customers:goodwill              GET   backed     file_readers stranger else 404
customers:goodwill              GET   unowned    all_files else 404
customers:goodwill-sheet        GET   customer   file_readers else 404
customers:goodwill-export       GET   customer   file_readers else 404
customers:goodwill-list         GET   -          everyone
customers:goodwill-list-export  GET   -          everyone
customers:goodwill-mark         GET   marked_entry file_workers else 404
customers:goodwill-save         POST  marked_entry file_workers else 404
customers:goodwill-unmark       POST  marked_entry file_workers else 404
customers:investments           GET   customer   file_readers else 404
customers:investments           GET   unowned    all_files else 404
customers:investment-create     POST  customer   file_workers else 404
customers:investment-list       GET   -          everyone
customers:investment-list-export GET  -          everyone
customers:investment            GET   investment file_readers else 404
customers:investment-save       POST  investment file_workers else 404
customers:investment-judge      POST  investment file_workers else 404
customers:goals                 GET   customer   file_readers else 404
customers:goals                 GET   unowned    all_files else 404
customers:goal-create           POST  customer   file_workers else 404
customers:goal-list             GET   -          everyone
customers:goal-list-export      GET   -          everyone
customers:goal                  GET   goal       file_readers else 404
customers:goal-save             POST  goal       file_workers else 404
customers:goal-end              POST  goal       file_workers else 404
customers:goal-reopen           POST  goal       file_workers else 404
customers:imports               GET   -          importers
customers:import-new            GET   -          importers
customers:import-create         POST  -          importers
customers:import-detail         GET   import     importers
customers:import-apply          POST  import     importers
customers:import-leave          POST  import     importers
customers:import-errors         GET   import     importers
customers:cost-rates            GET   -          executive administrator
customers:cost-rate-set         POST  -          executive administrator
customers:cost-rate-remove      POST  cost_rate  executive administrator
customers:premiums              GET   -          executive administrator
customers:premiums-set          POST  -          executive administrator
customers:premiums-remove       POST  premium    executive administrator

tiering:why                     GET   customer   everyone
tiering:rules                   GET   -          everyone
tiering:service-levels          GET   -          everyone
tiering:compare-rules           GET   -          everyone
tiering:confirm-review          POST  rule_set   administrator
tiering:new-draft               POST  -          administrator
tiering:draft                   GET   draft      rule_reviewers
tiering:save-draft              POST  draft      administrator
tiering:check-draft             POST  draft      administrator
tiering:discard-draft           POST  draft      administrator
tiering:submit-draft            POST  draft      administrator
tiering:take-back-draft         POST  draft      administrator
tiering:return-draft            POST  draft      rule_reviewers
tiering:approve-draft           POST  draft      rule_reviewers
tiering:draft-services          GET   draft      rule_reviewers
tiering:save-services           POST  draft      administrator
tiering:add-benefit             POST  draft      administrator
tiering:preview-new             POST  draft      administrator
tiering:preview                 GET   preview    rule_reviewers
tiering:preview-export          GET   preview    rule_reviewers
tiering:preview-leave           POST  preview    administrator
tiering:publish-form            GET   draft      administrator
tiering:publish                 POST  draft      administrator
tiering:customer-terms          GET   customer   file_readers else 404
tiering:customer-terms          GET   unowned    all_files else 404
tiering:benefits-left           GET   customer   file_readers else 404
tiering:benefits-left           GET   backed     file_readers stranger else 404
tiering:tier-history            GET   customer   file_readers else 404
tiering:tier-history            GET   unowned    all_files else 404
tiering:customer-overrides      GET   customer   file_readers else 404
tiering:customer-overrides      GET   unowned    all_files else 404
tiering:benefits                GET   customer   file_readers else 404
tiering:benefits                GET   backed     file_readers stranger else 404
tiering:benefits                GET   unowned    all_files else 404
tiering:record-use              POST  customer   file_workers else 404
tiering:reverse-use             POST  benefit_use file_workers else 404
tiering:findings                GET   -          revenue_readers
tiering:findings-export         GET   -          revenue_readers
tiering:finding-rules           GET   -          everyone
tiering:accept-past-form        GET   -          flag_accepters
tiering:accept-past             POST  -          flag_accepters
tiering:finding                 GET   finding    file_readers else 404
tiering:finding                 GET   early_finding account_manager else 404
tiering:finding-entries         GET   finding    file_readers else 404
tiering:finding-entries         GET   early_finding account_manager else 404
tiering:finding-acknowledge     POST  finding    file_workers else 404
tiering:finding-acknowledge     POST  early_finding account_manager else 404
tiering:finding-start-form      GET   finding    file_workers else 404
tiering:finding-start           POST  finding    file_workers else 404
tiering:finding-resolve-form    GET   finding    file_workers else 404
tiering:finding-resolve         POST  finding    file_workers else 404
tiering:finding-accept-form     GET   finding    flag_accepters
tiering:finding-accept          POST  finding    flag_accepters
tiering:override-new            GET   customer   file_workers else 404
tiering:override-create         POST  customer   file_workers else 404
tiering:payment-stops           GET   customer   file_readers else 404
tiering:payment-stop-set        POST  customer   administrator back_office
tiering:payment-stop-lift       POST  customer   administrator back_office
tiering:strategic-fit           GET   customer   file_readers else 404
tiering:strategic-fit-score     POST  customer   customer_scorers
tiering:strategic-fit-withdraw  POST  customer   customer_scorers
tiering:overrides               GET   -          everyone
tiering:overrides-export        GET   -          everyone
tiering:override                GET   override   file_readers else 404
tiering:override-approve        POST  override   override_deciders
tiering:override-reject         POST  override   override_deciders
tiering:override-withdraw       POST  override   account_manager else 404
tiering:override-end            POST  held_override account_manager override_deciders else 404
tiering:runs                    GET   -          run_readers
tiering:run                     GET   run        run_readers
tiering:recalculate             POST  -          administrator
tiering:accept-run              POST  held_run   administrator
tiering:held-export             GET   held_run   run_readers
tiering:reports                 GET   -          revenue_readers
tiering:concentration           GET   -          revenue_readers
tiering:concentration-export    GET   -          revenue_readers
tiering:coverage                GET   -          revenue_readers
tiering:coverage-export         GET   -          revenue_readers
tiering:benefit-report          GET   -          revenue_readers
tiering:benefit-report-export   GET   -          revenue_readers
tiering:flow                    GET   -          revenue_readers
tiering:flow-export             GET   -          revenue_readers
tiering:explanations-export     GET   -          revenue_readers
tiering:profit                  GET   customer   margin_readers
tiering:profit-export           GET   customer   margin_readers
tiering:allocation              GET   -          revenue_readers
tiering:allocation-export       GET   -          revenue_readers
tiering:downgrades              GET   -          revenue_readers
tiering:downgrades-export       GET   -          revenue_readers

escalation:first                GET   -          everyone
escalation:enter                POST  -          else 404

api-people                      GET   -          administrator
api-people                      POST  -          administrator
api-person                      GET   person     administrator
api-person                      PATCH person     administrator
api-me                          GET   -          everyone
api-me                          PATCH -          everyone
api-calendars                   GET   -          everyone
api-calendars                   POST  -          administrator back_office
api-calendar                    GET   calendar   everyone
api-calendar-versions           POST  calendar   administrator back_office
api-calendar-due                GET   calendar   everyone
api-calendar-split              GET   calendar   everyone
api-runs                        GET   -          run_readers
api-run                         GET   job        run_readers
api-customers                   GET   -          everyone
api-customer                    GET   customer   file_readers else 404
api-customer                    GET   unowned    all_files else 404
api-log-drafts                  GET   -          override_requesters
api-log-drafts                  POST  -          override_requesters
api-log-drafts-settle           POST  -          override_requesters
api-log-week                    GET   -          override_requesters
api-log-week                    POST  -          override_requesters
api-log-mine                    GET   -          override_requesters
api-log-section                 GET   -          section_manager department_head executive
api-person-load                 GET   account_manager account_manager else 404
api-log-coverage                GET   -          section_manager department_head executive
api-goodwill                    GET   customer   file_readers else 404
api-goodwill-sum                GET   customer   file_readers else 404
api-activity-goodwill           PUT   marked_entry file_workers else 404
api-activity-goodwill           DELETE marked_entry file_workers else 404
api-activities                  GET   customer   file_readers else 404
api-activities                  GET   unowned    all_files else 404
api-activities                  POST  customer   file_workers else 404
api-activity                    GET   entry      file_readers else 404
api-activity-correct            POST  entry      file_workers else 404
api-activity-withdraw           POST  entry      file_workers else 404
api-activity-move               POST  entry      file_workers else 404
api-investments                 GET   customer   file_readers else 404
api-investments                 POST  customer   file_workers else 404
api-investment                  GET   investment file_readers else 404
api-investment                  PATCH investment file_workers else 404
api-investment-extend           POST  investment file_workers else 404
api-investment-verdict          POST  investment file_workers else 404
api-goals                       GET   customer   file_readers else 404
api-goals                       POST  customer   file_workers else 404
api-goal                        GET   goal       file_readers else 404
api-goal                        PATCH goal       file_workers else 404
api-goal-state                  POST  goal       file_workers else 404
api-bill-rates                  GET   -          price_readers
api-bill-rates                  POST  -          administrator back_office
api-imports                     GET   -          importers
api-imports                     POST  -          importers
api-import                      GET   import     importers
api-import-apply                POST  import     importers
api-import-leave                POST  import     importers
api-import-errors               GET   import     importers
api-cost-rates                  GET   -          executive administrator
api-cost-rates                  POST  -          executive administrator
api-cost-rate                   DELETE cost_rate executive administrator
api-cost-premiums               GET   -          executive administrator
api-cost-premiums               POST  -          executive administrator
api-cost-premium                DELETE premium   executive administrator
api-held-run                    GET   held_job   run_readers
api-held-movers                 GET   held_job   run_readers
api-held-accept                 POST  held_job   administrator
api-overrides                   GET   -          everyone
api-overrides                   POST  -          override_requesters
api-override                    GET   override   file_readers else 404
api-override-approve            POST  override   override_deciders
api-override-reject             POST  override   override_deciders
api-override-withdraw           POST  override   account_manager else 404
api-override-end                POST  held_override account_manager override_deciders else 404
api-payment-stops               GET   customer   file_readers else 404
api-payment-stops               POST  customer   administrator back_office
api-payment-stop-lift           POST  payment_stop administrator back_office
api-strategic-scores            GET   customer   file_readers else 404
api-strategic-scores            POST  customer   customer_scorers
api-strategic-score-withdraw    POST  strategic_score customer_scorers
api-rule-sets                   GET   -          everyone
api-rule-set                    GET   rule_set   everyone
api-rule-set-services           GET   rule_set   everyone
api-terms                       GET   customer   file_readers else 404
api-terms                       GET   unowned    all_files else 404
api-contracts                   GET   customer   file_readers else 404
api-consumption                 GET   customer   file_readers else 404
api-scope-check                 POST  customer   file_workers else 404
api-scope-inquiries             GET   customer   file_readers else 404
api-scope-inquiries             POST  customer   file_workers else 404
api-timeline                    GET   customer   file_readers else 404
api-contracts                   POST  customer   administrator back_office else 404
api-extensions                  GET   contract   file_readers else 404
api-extensions                  POST  contract   administrator back_office else 404
api-contract-revisions          POST  contract   administrator back_office else 404
api-benefits                    GET   customer   file_readers else 404
api-benefit-uses                GET   customer   file_readers else 404
api-benefit-uses                POST  customer   file_workers else 404
api-benefit-use-reverse         POST  benefit_use file_workers else 404
api-drafts                      GET   -          rule_reviewers
api-drafts                      POST  -          administrator
api-draft                       GET   draft      rule_reviewers
api-draft                       PUT   draft      administrator
api-draft                       DELETE draft     administrator
api-draft-submit                POST  draft      administrator
api-draft-take-back             POST  draft      administrator
api-draft-return                POST  draft      rule_reviewers
api-draft-approve               POST  draft      rule_reviewers
api-new-preview                 POST  draft      administrator
api-preview                     GET   preview    rule_reviewers
api-preview-moves               GET   preview    rule_reviewers
api-publish-rules               POST  draft      administrator
api-findings                    GET   -          everyone
api-finding                     GET   finding    file_readers else 404
api-finding                     GET   early_finding account_manager else 404
api-finding-acknowledge         POST  finding    file_workers else 404
api-finding-acknowledge         POST  early_finding account_manager else 404
api-finding-start               POST  finding    file_workers else 404
api-finding-resolve             POST  finding    file_workers else 404
api-finding-accept              POST  finding    flag_accepters
api-evaluations                 GET   -          run_readers
api-standing                    GET   standing   file_readers else 404
api-report-concentration        GET   -          revenue_readers
api-report-coverage             GET   -          revenue_readers
api-report-benefits             GET   -          revenue_readers
api-report-flow                 GET   -          revenue_readers
api-report-allocation           GET   -          revenue_readers
api-profit                      GET   customer   margin_readers
api-report-downgrades           GET   -          revenue_readers
schema                          GET   -          everyone
api-docs                        GET   -          everyone

account_login                   GET   -          anybody
account_login                   POST  -          anybody
account_logout                  GET   -          anybody
account_logout                  POST  -          anybody
account_inactive                GET   -          anybody
account_signup                  GET   -          anybody
account_signup                  POST  -          anybody
account_reauthenticate          GET   -          everyone
account_email                   GET   -          everyone
account_email_verification_sent GET   -          anybody
account_change_password         GET   -          everyone
account_change_password         POST  -          everyone
account_set_password            GET   -          everyone
account_reset_password          GET   -          anybody
account_reset_password          POST  -          anybody
account_reset_password_done     GET   -          anybody
account_reset_password_from_key GET   reset_key  anybody
account_reset_password_from_key_done GET -       anybody
account_confirm_email           GET   mail_key   anybody
account_confirm_login_code      GET   -          anybody
mfa_index                       GET   -          everyone
mfa_authenticate                GET   -          anybody
mfa_reauthenticate              GET   -          everyone
mfa_activate_totp               GET   -          everyone
mfa_deactivate_totp             GET   totp        everyone
mfa_view_recovery_codes         GET   totp        everyone
mfa_generate_recovery_codes     GET   -          everyone
mfa_download_recovery_codes     GET   totp        everyone
"""

# What an address is about: made once for all who ask; each returns the address's arguments.
OBJECTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "-": lambda cast: {},
    "person": lambda cast: {"pk": a_person().pk},
    "account_manager": lambda cast: {"pk": cast["account_manager"].pk},
    "post": lambda cast: {"post": a_post(None, "auditor").pk},
    "holding": lambda cast: _holding(),
    "holiday": lambda cast: {"pk": Holiday.objects.latest("pk").pk},
    "calendar": lambda cast: {"pk": WorkCalendar.objects.get().pk},
    "calendar_version": lambda cast: _of_calendar("version"),
    "shift": lambda cast: _of_calendar("shift"),
    "day_off": lambda cast: _of_calendar("day_off"),
    "company_day": lambda cast: {"pk": CompanyDay.objects.create(day=NOW, name="創立記念日").pk},
    "customer": lambda cast: {"pk": a_customer(owner=cast["account_manager"]).pk},
    "backed": lambda cast: {
        "pk": a_customer(owner=cast["stranger"], backup=cast["account_manager"]).pk
    },
    "unowned": lambda cast: {"pk": a_customer().pk},
    "contract": lambda cast: {"pk": a_contract(a_customer(owner=cast["account_manager"])).pk},
    "revision": lambda cast: {"pk": _revision(cast["account_manager"])},
    "marked_entry": lambda cast: {"pk": _goodwill(cast)},
    "entry": lambda cast: {"pk": _entry(cast["account_manager"])},
    "investment": lambda cast: {"pk": _investment(cast)},
    "goal": lambda cast: {"pk": _goal(cast)},
    "finding": lambda cast: {"pk": _finding(cast, since=LONG_AGO)},
    # While flags are shown to the account managers alone.
    "early_finding": lambda cast: {"pk": _finding(cast, since=timezone.localdate())},
    "import": lambda cast: {"pk": an_import().pk},
    "cost_rate": lambda cast: {"pk": a_cost_rate().pk},
    "premium": lambda cast: {"pk": some_premiums().pk},
    "saved_view": lambda cast: {
        "pk": SavedView.objects.create(
            user=cast["account_manager"], page="customers", name="自分の S・A"
        ).pk
    },
    "job": lambda cast: {"pk": a_job().pk},
    "run": lambda cast: {"run_id": a_job(business_date=NOW).pk},
    "held_run": lambda cast: {"run_id": a_held_night(by=cast["administrator"]).pk},
    "held_job": lambda cast: {"pk": a_held_night(by=cast["administrator"]).pk},
    "rule_set": lambda cast: {"pk": a_rule_set(by=cast["administrator"]).pk},
    "draft": lambda cast: {"pk": a_draft().pk},
    "preview": lambda cast: {"pk": _preview(cast["administrator"])},
    "benefit_use": lambda cast: {"pk": a_benefit_use(a_customer(owner=cast["account_manager"])).pk},
    "standing": lambda cast: _standing(cast),
    "override": lambda cast: {"pk": _override(cast).pk},
    "held_override": lambda cast: {"pk": _held_override(cast).pk},
    "payment_stop": lambda cast: _payment_stop(cast),
    "strategic_score": lambda cast: _strategic_score(cast),
    "totp": lambda cast: _second_factor(cast),
    "reset_key": lambda cast: {"uidb36": "1", "key": "no-such-key"},
    "mail_key": lambda cast: {"key": "no-such-key"},
}


def _goodwill(cast: dict[str, Any]) -> int:
    customer = a_customer(owner=cast["account_manager"])
    return some_goodwill(customer, NOW.date(), staff=cast["account_manager"]).activity_id


def _entry(owner: Any) -> int:
    return an_activity(a_customer(owner=owner), NOW.date(), staff=owner).pk


def _investment(cast: dict[str, Any]) -> int:
    owner = cast["account_manager"]
    return an_investment(a_customer(owner=owner), owner=owner).pk


def _goal(cast: dict[str, Any]) -> int:
    owner = cast["account_manager"]
    return a_goal(a_customer(owner=owner), by=owner).pk


def _finding(cast: dict[str, Any], *, since: datetime.date) -> int:
    Firm.objects.update(flags_since=since)
    return a_finding(a_customer(owner=cast["account_manager"])).pk


def _revision(owner: Any) -> int:
    return a_contract(a_customer(owner=owner)).revisions.get().pk


def _holding() -> dict[str, Any]:
    person = a_person()
    a_post(person, "auditor")
    holding = PostHolding.objects.get(person=person)
    return {"pk": person.pk, "holding": holding.pk}


def _preview(by: Any) -> int:
    return preview_now(draft=a_draft(a_rule_set(by=by)), by=by, now=NOW).pk


def _of_calendar(kind: str) -> dict[str, Any]:
    """Something of the firm's calendar that can be removed."""
    calendar = WorkCalendar.objects.get()
    made = {
        "version": lambda: calendar.versions.create(effective_from=NOW, created_at=NOW),
        "shift": lambda: calendar.shifts.create(day=NOW, name="半日", opens=540, closes=720),
        "day_off": lambda: calendar.days_off.create(day=NOW, name="休み"),
    }[kind]()
    made.refresh_from_db()
    return {"pk": calendar.pk, kind: made.pk}


def _standing(cast: dict[str, Any]) -> dict[str, Any]:
    customer = a_customer(owner=cast["account_manager"])
    evaluation = an_evaluation(a_rule_set(by=cast["administrator"]))
    a_move(customer, evaluation, before="", after="A", reason=Reason.INITIAL)
    return {"pk": customer.pk}


def _override(cast: dict[str, Any]) -> Override:
    """A request of the account manager's."""
    a_rule_set(by=cast["administrator"])
    return a_request(
        a_customer(owner=cast["account_manager"]), by=cast["account_manager"], now=timezone.now()
    )


def _held_override(cast: dict[str, Any]) -> Override:
    return actions.approve_override(
        override=_override(cast), by=cast["department_head"], now=timezone.now()
    )


def _payment_stop(cast: dict[str, Any]) -> dict[str, Any]:
    stop = actions.set_payment_stop(
        customer=a_customer(owner=cast["account_manager"]),
        reason="未入金",
        by=cast["back_office"],
        now=timezone.now(),
    )
    return {"pk": stop.pk}


def _strategic_score(cast: dict[str, Any]) -> dict[str, Any]:
    customer, today = a_customer(owner=cast["account_manager"]), timezone.localdate()
    until = today + datetime.timedelta(days=30)
    return {"pk": a_strategic_score(customer, today, until, 4, by=cast["section_manager"]).pk}


def _second_factor(cast: dict[str, Any]) -> dict[str, Any]:
    """Everybody of the cast signs in with an app and has recovery codes."""
    for person in cast.values():
        TOTP.activate(person, "SECRET")
        RecoveryCodes.activate(person)
    return {}
