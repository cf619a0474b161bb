"""Customers and what is agreed with them."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "customers",
        _("Customers and their tiers"),
        [
            _(
                "The list shows every customer with the service tier that holds today. Type a"
                " code, a name, its kana, two characters of it or a phone number into the search"
                " box on top; the key / puts the cursor there."
            ),
            _(
                "Everybody who is signed in can open a customer's card and answer the phone:"
                " name, phones, tier, owner and backup. The file with revenue and history is for"
                " the owner, the backup, their superiors, the back office, executives,"
                " administrators and auditors."
            ),
            _(
                "A row without an amount is not empty: it is a customer whose file you can't"
                " open. Shares and the chart cover the customers whose revenue you can see."
            ),
            _(
                "The bar in a row has the hours used this month beside those the contract"
                " includes; the paler part is the forecast, the line the business days gone so"
                " far, and red is what lies beyond the contract."
            ),
        ],
        "取引先 得意先 クライアント 会社 検索 探す 電話 client account company find search phone",
        "customers:list",
    ),
    Section(
        "contracts",
        _("Contracts: what is agreed"),
        [
            _(
                "The customer's file says what is agreed, term by term: hours, counts, support"
                " hours, first answer, channels, what is included and what is not. The back office"
                " adds a contract from one of five types, or imports one row a contract."
            ),
            _(
                "What changes in the agreement is a revision from a day on: the former one stays"
                " readable and holds until the day before. What was entered wrongly is corrected"
                " in its place."
            ),
            _(
                "“What's included” is one page for the customer, without tier or amounts. Note"
                " on the file when you have gone through it together. Renewals of the next 90, 60"
                " and 30 days are a list of their own."
            ),
            _(
                "More than the contract says, for a time, is an extension: hours or a count, from"
                " day to day within the contract's life, with who decided it and why. The back"
                " office grants it on the file; it is never changed afterwards. A count is used up"
                " once over the whole time: by the work linked to it, whose day must lie in it,"
                " and by what a month has used beyond the contract."
            ),
            _(
                "Account managers are told of a renewal 90, 60 and 30 days ahead, their manager at"
                " the last step. The list of renewals says what went out, and its last tab has the"
                " contracts that nobody has explained to the customer yet."
            ),
        ],
        "契約 契約書 更新 解約 範囲 提供範囲 保守契約 SLA contract agreement renewal scope",
        "customers:list",
    ),
]
