"""Working hours, showing the screen, and who may do what."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "working-hours",
        _("Working hours"),
        [
            _(
                "A calendar says when somebody works: hours and breaks of each weekday, hours of"
                " single days (a half day, a Saturday at work), national holidays, company days"
                " and days off of its own. The firm has one; a help desk, a branch in another time"
                " zone or a customer can have another."
            ),
            _(
                "A holiday beats a break, a break beats the hours of a single day, and these beat"
                " the weekly hours. Hours that run over midnight belong to the day they start on:"
                " the night before a holiday is worked to its end, the night of the holiday is"
                " off."
            ),
            _(
                "Other hours begin on a day and leave what was before it alone. Once the firm is"
                " live, days that have passed cannot be changed any more. A calendar can be tried"
                " out on its page."
            ),
            _(
                "“See what would shift” shows before an edit is made which first answers would"
                " become due at another time; whoever removes a day or hours is shown it first."
                " Business days are the days on which the firm's own hours begin: the weekly grid,"
                " reminders and forecasts go by them."
            ),
            _(
                "Days off can be read from a calendar file (.ics): its whole-day entries are"
                " listed first, and only those you tick are added."
            ),
        ],
        "営業時間 対応時間 勤務時間 休憩 夜勤 半休 半日 時間外 祝日 休業日 期限 タイムゾーン 夏時間"
        " business hours opening overtime after-hours holiday break night shift time zone ics",
        "firm:calendar",
    ),
    Section(
        "screen-share",
        _("Screen-share mode"),
        [
            _(
                "Press p before you show your screen to a customer. Tiers, revenue, other"
                " customers in the search and the names of saved views are gone from every page"
                " until you leave the mode, in print too. The service log leaves out what was done"
                " for our own reasons, investments, sales and internal work, and every note."
            ),
        ],
        "画面共有 投影 会議 オンライン会議 ズーム zoom teams 隠す hide presentation meeting",
    ),
    Section(
        "roles",
        _("Who may do what"),
        [
            _(
                "What you may see and do follows from the posts you hold. Somebody with several"
                " posts has the rights of all of them. The table says what each role adds."
            ),
        ],
        "権限 役割 役職 ロール 見えない 兼務 permission role access post",
        "firm:people",
    ),
]
