"""What most tests of all engines look through, and how they ask."""

from datetime import datetime, timedelta
from typing import Any

from kb.index.contract import Document, Index, Query

EPOCH = datetime(2026, 1, 1)


def day(number: int) -> datetime:
    return EPOCH + timedelta(days=number)


SHELF = [
    Document(
        "merge",
        title="Merge two branches with git",
        about="After this you can resolve a conflict",
        spoken="first open the terminal and check which branch you are on then merge the feature",
        screen="git merge --no-ff feature CONFLICT (content): Merge conflict in README.md",
        category_path=("dev", "git"),
        tags=("git", "basics"),
        author="anna",
        created_at=day(1),
        version=3,
    ),
    Document(
        "pods",
        title="Kubernetes: why a pod restarts",
        spoken="we look at the events of the pod and its restarting container",
        screen="kubectl -n shop get pods CrashLoopBackOff v2.14.1 snake_case",
        category_path=("ops", "cluster"),
        tags=("kubernetes",),
        author="bert",
        created_at=day(2),
        version=1,
    ),
    Document(
        "windows",
        title="Windows update fails",
        about="What the error code means",
        spoken="the installer says access denied and we open the event viewer",
        screen="error 0x80070005 in C:\\Users\\anna java.lang.NullPointerException",
        category_path=("ops",),
        author="anna",
        created_at=day(3),
    ),
    Document(
        "secret",
        title="Zanzibar payroll quarterly",
        about="unicornish",
        spoken="the xylophone budget",
        screen="quokka",
        category_path=("ops",),
        tags=("hush",),
        author="boss",
        created_at=day(4),
    ),
]
PUBLIC = frozenset({"merge", "pods", "windows"})


def ids(index: Index, typed: str, visible: frozenset[str] = PUBLIC, **asked: Any) -> list[str]:
    return [hit.id for hit in index.search(Query(tuple(typed.split()), **asked), visible=visible).hits]
