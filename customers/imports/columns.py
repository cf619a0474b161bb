"""Which columns each kind of file has, and the names they go by.

Names are compared folded (full width, case, spaces, underscores do not matter). The first
Japanese name is the column's label in Japanese.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from customers.imports import values
from firm.text import fold

ROLE_SPELLINGS = {
    "account_manager": ("主担当", "営業担当", "account manager"),
    "section_manager": ("課長", "section manager"),
    "department_head": ("部長", "department head"),
    "executive": ("役員",),
    "administrator": ("管理者", "admin"),
    "back_office": ("バックオフィス", "事務", "back office"),
    "compliance": ("コンプライアンス", "コンプライアンス窓口", "相談窓口"),
    "auditor": ("監査", "監査役"),
}
STATUS_SPELLINGS = {
    "active": ("取引中", "有効", "稼働中", "継続"),
    "inactive": ("取引終了", "取引停止", "休止", "停止", "無効", "終了", "解約"),
}
KIND_SPELLINGS = {
    "recurring": ("継続", "定期", "月額", "ストック"),
    "one_off": ("単発", "一時", "スポット", "one-off", "oneoff", "spot", "フロー"),
}
TAX_SPELLINGS = {
    "excluded": ("税抜", "税抜き", "税別", "外税", "exclusive", "net"),
    "included": ("税込", "税込み", "内税", "inclusive", "gross"),
}


@dataclass(frozen=True)
class Column:
    """`sql` is its type in the staging table; `read` turns a cell into text of that type. A text
    as typed has `most` characters.
    """

    name: str
    aliases: tuple[str, ...]
    read: values.Reader
    sql: str = "text"
    required: bool = False
    most: int | None = None

    @property
    def label(self) -> str:
        """In the reader's language; files may use either."""
        is_japanese = (get_language() or "").startswith("ja")
        return self.aliases[0] if is_japanese else self.name.replace("_", " ")


def _text(name: str, *aliases: str, most: int = 200, required: bool = False) -> Column:
    return Column(name, aliases, values.text(most), required=required, most=most)


def _email(name: str, *aliases: str, required: bool = False) -> Column:
    return Column(name, aliases, values.read_email, required=required)


def _date(name: str, *aliases: str, required: bool = False) -> Column:
    return Column(name, aliases, values.read_date, sql="date", required=required)


def _amount(name: str, *aliases: str, required: bool = False) -> Column:
    return Column(name, aliases, values.read_amount, sql="numeric", required=required)


def _code(
    name: str, spellings: Mapping[str, tuple[str, ...]], *aliases: str, required: bool = False
) -> Column:
    return Column(name, aliases, values.code_of(spellings), required=required)


def _flag(name: str, *aliases: str) -> Column:
    return Column(name, aliases, values.code_of(values.YES_NO), sql="boolean")


CHANNEL_SPELLINGS = {
    "phone": ("電話", "TEL"),
    "mail": ("メール", "e-mail", "email"),
    "ticket": ("チケット",),
    "chat": ("チャット",),
    "private_chat": ("個人チャット", "private chat"),
    "visit": ("訪問", "往訪"),
    "meeting": ("打ち合わせ", "打合せ", "会議"),
    "other": ("その他", "other way"),
}
DIRECTION_SPELLINGS = {
    "in": ("お客様から", "受信", "受", "from the customer"),
    "out": ("当社から", "発信", "発", "from us"),
}
INITIATOR_SPELLINGS = {
    "customer": ("お客様", "顧客", "先方", "the customer"),
    "us": ("当社", "自社", "弊社", "we"),
}
WORK_SPELLINGS = {
    "work": ("作業",),
    "contact": ("連絡",),
    "meeting": ("打ち合わせ", "打合せ", "会議"),
    "proposal": ("提案",),
}
CAUSE_SPELLINGS = {
    "in_contract": ("契約内", "in contract"),
    "customer_wish": ("お客様のご要望", "ご要望", "要望", "customer's wish"),
    "own_reason": ("当方の都合・不備", "当方の都合", "当方の不備", "our own reason"),
    "incident": ("障害",),
    "investment": ("先行投資",),
    "sales": ("営業",),
    "internal": ("社内",),
}
TEMPLATE_SPELLINGS = {
    "maintenance": ("保守", "maintenance"),
    "retainer": ("リテイナー", "運用リテイナー", "retainer"),
    "maintenance_tickets": ("保守＋制作チケット", "保守+制作チケット", "制作チケット"),
    "saas": ("SaaS", "SaaS・ホスティング", "ホスティング"),
    "quasi_mandate": ("準委任", "プロジェクト", "時間契約"),
}

CUSTOMER_CODE = _text(
    "customer_code",
    "顧客コード",
    "取引先コード",
    "得意先コード",
    "顧客番号",
    "得意先番号",
    "customer",
    most=40,
    required=True,
)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "customers": (
        _text(
            "code",
            "顧客コード",
            "取引先コード",
            "得意先コード",
            "顧客番号",
            "コード",
            "customer_code",
            most=40,
            required=True,
        ),
        _text(
            "name",
            "顧客名",
            "取引先名",
            "得意先名",
            "会社名",
            "クライアント名",
            "顧客",
            "取引先",
            "得意先",
            "クライアント",
            "名称",
            "名前",
            "customer_name",
            "company",
            required=True,
        ),
        _text(
            "name_kana",
            "顧客名カナ",
            "取引先名カナ",
            "得意先名カナ",
            "会社名カナ",
            "フリガナ",
            "ヨミガナ",
            "カナ",
            "名前（カナ）",
            "kana",
        ),
        _text("contact_name", "先方担当者", "取引先担当者", "窓口", "お客様担当者", most=120),
        _text("phone", "電話番号", "電話", "代表電話", "tel", "telephone", most=40),
        _email("email", "メール", "メールアドレス", "e-mail", "mail"),
        _text("postal_code", "郵便番号", "〒", "zip", "postcode", most=12),
        _text("address", "住所", "所在地", "住所1", most=300),
        _text("city", "市区町村", "市", most=120),
        _text("country", "国", "国名", most=80),
        _text("department", "部門", "担当部署", "部署", "所管部署"),
        _text("industry", "業種", "業界", most=80),
        _text("owner", "主担当", "担当者", "営業担当", "自社担当者", "担当", "account_manager"),
        _text("backup", "副担当", "副担当者"),
        _text("parent_code", "親コード", "親顧客コード", "親会社コード", "親取引先コード", most=40),
        _code("status", STATUS_SPELLINGS, "状態", "ステータス", "取引状態"),
        _date("started_on", "取引開始日", "開始日", "customer_since"),
        _text("closing_day", "締め日", "締日", most=20),
        _text("payment_terms", "支払条件", "支払サイト", most=80),
        Column("corporate_number", ("法人番号",), values.read_corporate_number),
        Column("tags", ("タグ",), values.tags, sql="text[]"),
    ),
    "people": (
        _email("email", "メールアドレス", "メール", "e-mail", "mail", required=True),
        _text("name", "氏名", "名前", "社員名", most=80, required=True),
        _text("name_kana", "氏名カナ", "フリガナ", "カナ", "kana", most=80),
        _text("department", "部署", "所属", "部門"),
        _code("role", ROLE_SPELLINGS, "役割", "ロール", "権限"),
        _email("superior_email", "上長メール", "上司メール", "上長", "上司"),
        _text("cost_grade", "原価等級", "等級", "グレード", most=40),
    ),
    "contacts": (
        CUSTOMER_CODE,
        _text("name", "氏名", "担当者名", "名前", "連絡先名", most=120, required=True),
        _text("name_kana", "氏名カナ", "フリガナ", "カナ", "kana", most=120),
        _text("department", "部署", "部門", most=120),
        _text("title", "役職", "肩書", most=80),
        _text("phone", "電話番号", "電話", "tel", "telephone", most=40),
        _text("mobile", "携帯電話", "携帯", "携帯番号", most=40),
        _email("email", "メールアドレス", "メール", "e-mail", "mail"),
        _flag("key_person", "キーマン", "キーパーソン"),
        _flag("decider", "決裁者", "決裁"),
    ),
    "revenue": (
        CUSTOMER_CODE,
        _date(
            "date", "日付", "計上日", "売上日", "売上計上日", "発生日", "伝票日付", required=True
        ),
        _amount(
            "amount",
            "金額",
            "売上金額",
            "売上",
            "売上高",
            "税抜金額",
            "金額（税抜）",
            "金額（円）",
            required=True,
        ),
        _text("document_no", "伝票番号", "請求書番号", "管理番号", "伝票No", "invoice", most=60),
        _text("line_no", "行番号", "行", "明細番号", "行No", most=20),
        _code("kind", KIND_SPELLINGS, "売上区分", "区分", "種別"),
        _text("service", "サービス", "品名", "品目", "商品名", most=120),
        Column("currency", ("通貨",), values.read_currency),
        _code("tax", TAX_SPELLINGS, "税区分", "消費税区分", "税"),
        Column("tax_rate", ("税率", "消費税率"), values.read_rate, sql="numeric"),
        _amount("cost", "原価", "仕入原価"),
    ),
    "contracts": (
        CUSTOMER_CODE,
        _code("template", TEMPLATE_SPELLINGS, "種類", "契約種別", "契約区分", required=True),
        _amount("monthly_fee", "月額", "月額料金", "月額金額", required=True),
        Column("hours", ("月額に含む時間", "時間", "契約時間"), values.read_hours, sql="integer"),
        Column("count_items", ("月額に含む回数", "回数"), values.read_counts, sql="jsonb"),
        _text("window", "対応時間", "サポート時間", most=80),
        Column("answer", ("一次回答", "一次回答の目安"), values.read_answer, sql="integer"),
        _date("valid_from", "適用開始日", "契約開始日", "開始日", required=True),
        _date("valid_to", "終了日", "契約終了日", "満了日"),
        Column("renewal_notice", ("通知期限", "更新通知"), values.read_days, sql="integer"),
    ),
    "activities": (
        CUSTOMER_CODE,
        _text("staff", "対応者", "担当者", "担当", "作業者", "社員", "社員名", required=True),
        Column(
            "started_at",
            ("開始日時", "開始", "日時", "対応日時", "対応日", "作業日", "日付", "start", "date"),
            values.read_start,
            required=True,
        ),
        Column(
            "minutes",
            ("分", "時間（分）", "対応時間（分）", "作業時間（分）", "所要時間（分）", "min"),
            values.read_minutes,
            sql="integer",
            required=True,
        ),
        _code("channel", CHANNEL_SPELLINGS, "連絡手段", "手段", "チャネル"),
        _code("direction", DIRECTION_SPELLINGS, "方向", "受発信"),
        _code("initiator", INITIATOR_SPELLINGS, "発端", "きっかけ"),
        _code("kind", WORK_SPELLINGS, "種類", "種別", "区分"),
        _code("cause", CAUSE_SPELLINGS, "理由", "原因", "対応の理由"),
        _text("work_item", "作業項目", "項目", "作業", "item", most=80),
        _text("thread", "スレッド", "件名", "案件", most=120),
        _text("note", "メモ", "備考", "内容", "対応内容", most=500),
        _text("source_id", "元のID", "管理番号", "チケット番号", "ID", most=100),
    ),
    # A person's own hours, as drafts of entries (customers/service_log/drafts.py); no import.
    "hours": (
        _text("customer_code", "顧客コード", "取引先コード", "得意先コード", most=40),
        _text("customer", "顧客", "顧客名", "取引先", "取引先名", "会社名", "クライアント"),
        _date("date", "日付", "作業日", "対応日", "day", required=True),
        Column("start", ("開始", "開始時刻", "開始時間", "from"), values.read_clock),
        Column("hours", ("時間", "時間数", "工数", "工数（時間）"), values.read_hours),
        Column("minutes", ("分", "時間（分）", "所要時間（分）", "min"), values.read_minutes),
        _text("title", "件名", "内容", "作業内容", "メモ", "タイトル", "note", most=200),
    ),
    "rates": (
        Column("currency", ("通貨",), values.read_currency, required=True),
        _date("date", "日付", "適用日", required=True),
        Column(
            "rate",
            ("レート", "為替レート", "換算レート"),
            values.read_exchange_rate,
            sql="numeric",
            required=True,
        ),
    ),
    "cost_rates": (
        _text("grade", "原価等級", "等級", "グレード", "cost_grade", most=40, required=True),
        _date("valid_from", "適用開始日", "適用日", "開始日", required=True),
        _amount(
            "direct", "直接原価（1時間）", "直接原価", "直接", "direct, an hour", required=True
        ),
        _amount(
            "loaded",
            "間接費込み（1時間）",
            "間接費込み",
            "間接費込み原価",
            "loaded, an hour",
            required=True,
        ),
    ),
    "bill_rates": (
        _date("valid_from", "適用開始日", "適用日", "開始日", required=True),
        _amount(
            "amount",
            "1時間の価格",
            "時間単価",
            "標準単価",
            "単価",
            "金額",
            "price of an hour",
            required=True,
        ),
    ),
}


def folded_header(name: str) -> str:
    """A header cell for comparison: folded, without spaces, underscores, hyphens, stars."""
    return fold(name).translate({ord(character): None for character in " _-*:・"})


def column_names(kind: str) -> dict[str, Column]:
    """Folded name -> the column it means."""
    found: dict[str, Column] = {}
    for column in COLUMNS[kind]:
        for name in (column.name, *column.aliases):
            found.setdefault(folded_header(name), column)
    return found


def label_of(kind: str, name: str) -> str:
    return next((column.label for column in COLUMNS[kind] if column.name == name), name)
