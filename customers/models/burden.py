from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LoneWorkAnswer(models.Model):
    """What somebody answered when asked whether they carry something alone. It covers what was
    recorded until then.
    """

    class Answer(models.TextChoices):
        ASKED = "asked", _("Asked for advice")
        MANAGING = "managing", _("Fine as it is")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lone_work_answers"
    )
    answer = models.CharField(max_length=8, choices=Answer.choices)
    answered_at = models.DateTimeField()


class LoneWorkNotice(models.Model):
    """That somebody carries something alone, for their first page; from the day on which their
    manager is told, for the manager's too. Gone once it is answered, or no longer so.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    told_at = models.DateTimeField()
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
