import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from firm.roles import Role


class DateSpan(Func):
    """The half-open range `[from, until)` of two date columns, for exclusion constraints."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Department(models.Model):
    """A node of the firm's tree: 営業部 / 第一課."""

    name = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="department_name_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """`営業部/第一課`, as imports write it."""
        return f"{self.parent.path}/{self.name}" if self.parent else self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())

    def active(self) -> models.QuerySet["User"]:
        return self.filter(is_active=True)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the firm. Without an e-mail address (an imported owner) nobody can sign in."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class MoneyUnit(models.TextChoices):
        YEN = "yen", _("Yen")
        THOUSAND = "thousand", _("Thousand yen")
        TEN_THOUSAND = "ten_thousand", _("Ten thousand yen")

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=80)
    name_kana = models.CharField(_("name in kana"), max_length=80, blank=True)
    superior = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="juniors"
    )
    cost_grade = models.CharField(_("cost grade"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    language = models.CharField(
        _("language"), max_length=5, choices=[("ja", "日本語"), ("en", "English")], default="ja"
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tokyo")
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.AUTO)
    money_unit = models.CharField(
        max_length=12, choices=MoneyUnit.choices, default=MoneyUnit.THOUSAND
    )
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """An address is stored in lower case, an empty one as NULL, so that it is unique."""
        self.email = (self.email or "").strip().lower() or None
        super().save(*args, **kwargs)


class Post(models.Model):
    """A position: department + role + title. It exists also while nobody holds it."""

    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="posts"
    )
    role = models.CharField(max_length=20, choices=Role.choices)
    title = models.CharField(max_length=80, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title or str(Role(self.role).label)


class PostHoldingQuerySet(models.QuerySet["PostHolding"]):
    def on(self, date: datetime.date) -> "PostHoldingQuerySet":
        """Holdings in force on this day of the firm."""
        return self.filter(Q(held_until__isnull=True) | Q(held_until__gt=date), held_from__lte=date)


class PostHolding(models.Model):
    """Who holds which post during `[held_from, held_until)`; one person may hold several."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    held_from = models.DateField()
    held_until = models.DateField(null=True, blank=True)

    objects = PostHoldingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gte=F("held_from")),
                name="post_holding_period_forward",
            ),
            ExclusionConstraint(
                name="post_held_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    (
                        DateSpan("held_from", "held_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
