"""What people write around a launch: updates, comments, and notices to others."""

from __future__ import annotations

from django.db import models

from launches.domain.types import NoticeReason, Status
from launches.models.launch import STATUS_WORDS, Launch
from luna.lib.work import DueRow
from people.models import User


class Update(models.Model):
    """The launch's weekly word."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="updates")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=16, choices=[(s.value, word) for s, word in STATUS_WORDS.items()], default=Status.ON_TRACK
    )
    headline = models.CharField(max_length=280)
    highlights = models.TextField(max_length=4000, blank=True)
    learnings = models.TextField(max_length=4000, blank=True)
    next_steps = models.TextField(max_length=4000, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.headline


class Comment(models.Model):
    """A line of talk on a launch, a milestone, a risk, a decision or an update."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="comments")
    subject_kind = models.CharField(max_length=20)
    """`launch`, `milestone`, `risk`, `decision`, `approval` or `update`."""
    subject_id = models.BigIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="comment_subject")]

    def __str__(self) -> str:
        # Not its text: the log keeps names for ever, and a comment can be taken back.
        return f"on a {self.subject_kind}" if self.subject_kind[:1] not in "ua" else f"on an {self.subject_kind}"


class Notice(DueRow):
    """One row per person and thing: shown in the app, sent by e-mail where mail is set, rights checked again then."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    launch = models.ForeignKey(Launch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=24, choices=[(r.value, r.value) for r in NoticeReason])
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    sentence = models.CharField(max_length=300)
    path = models.CharField(max_length=300)
    """Where it is to be done: a path of Luna."""
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "reason", "subject_kind", "subject_id"], name="one_notice_a_thing")
        ]

    def __str__(self) -> str:
        return self.sentence
