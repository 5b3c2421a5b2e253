"""The folder with all results: a record of each submission, a log of everything that changed, and what people decided.

    records/STUDENT/ASSIGNMENT.json   verdicts, outputs, notes; written as soon as a submission is graded, whole or not at all
    log.jsonl                         one line per event, only appended to: graded, decided, points changed, erased

Points are not stored: `table` computes them from records, decisions, and the policy of the day.
"""

import contextlib
import getpass
import hashlib
import json
import os
import shutil
from datetime import datetime
from pathlib import Path


class Results:
    """The folder with all results.

    Parameters
    ----------
    folder : path
    """

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.log_file = self.folder / "log.jsonl"

    def write(self, record):
        """Keep the record of a submission in place of an older one, and note in the log what changed."""
        path = self.path_of(record["student"], record["assignment"])
        before = verdicts(self.read(path)) if path.exists() else None
        write_whole(path, json.dumps(record, ensure_ascii=False))
        for kept in self.folder.glob(f"records/*/{record['assignment']}.json") if record["assignment"] else []:
            if kept.parent.name != path.parent.name and self.read(kept)["path"] == record["path"]:
                kept.unlink()  # the same file, under a name that was read differently before
        if before != verdicts(record):
            self.note("graded", record["student"], record["assignment"], before=before, after=verdicts(record), seed=record.get("seed"))

    def path_of(self, student, assignment):
        """Return where a record is kept."""
        return self.folder / "records" / student / f"{assignment or 'unreadable'}.json"

    def written(self, record):
        """Return when the file of a record was written."""
        return datetime.fromtimestamp(self.path_of(record["student"], record["assignment"]).stat().st_mtime).isoformat()

    def records(self):
        """Yield all records, one at a time."""
        for path in sorted(self.folder.glob("records/*/*.json")):
            record = self.read(path)
            if record:
                yield record

    def read(self, path):
        """Return a record; one that was damaged from outside is reported as such."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            record["student"], record["assignment"], record["state"], record["notes"], record["path"]
        except (OSError, ValueError, KeyError, TypeError):
            assignment = "" if path.stem == "unreadable" else path.stem
            return new_record(path.parent.name, assignment, str(path), state="unreadable", notes=["its record is damaged; grade it again"])
        return record

    # --- the log -------------------------------------------------------------------------------------------------------------------------

    def note(self, what, student="", assignment="", who=None, **more):
        """Append an event to the log."""
        event = {"time": datetime.now().astimezone().isoformat(timespec="seconds"), "who": who or user(), "what": what}
        self.append([event | {"student": student, "assignment": assignment} | more])

    def append(self, events):
        """Append events to the log, each as a line, in one write: several people may do so at the same time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        with open(self.log_file, "a", encoding="utf-8") as file:
            file.write(lines)

    def log(self):
        """Return all events, in the order of their times; a line that is damaged is left out."""
        events = []
        for line in self.log_file.read_text(encoding="utf-8").splitlines() if self.log_file.exists() else []:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                event = json.loads(line)
                events.append((event["time"], event))
        return [event for _, event in sorted(events, key=lambda pair: pair[0])]

    def decisions(self):
        """Return {(student, assignment): {item: event}} of what people decided; of several decisions about one item, the last counts.

        An event carries `also`, the names of others who gave a different number of points for the same text.
        """
        found = {}
        for event in self.log():
            if event["what"] == "decided":
                items = found.setdefault((event["student"], event["assignment"]), {})
                before = items.get(event["item"])
                others = dict(before["also"]) if before else {}
                if before and before["who"] != event["who"] and before.get("text") == event.get("text"):
                    others[before["who"]] = before.get("points")
                others.pop(event["who"], None)
                items[event["item"]] = event | {"also": {who: points for who, points in others.items() if points != event.get("points")}}
        return found

    def notice(self, name, value):
        """Note in the log if a setting is not what it was at the last time: points, policy, variant."""
        before = next((event["after"] for event in reversed(self.log()) if event["what"] == f"{name} changed"), None)
        if before != value:
            self.note(f"{name} changed", before=before, after=value)

    # --- people --------------------------------------------------------------------------------------------------------------------------

    def pseudonym(self, student):
        """Return the name under which graders see a student."""
        return hashlib.sha256(f"{self.secret()}/{student}".encode()).hexdigest()[:8]

    def secret(self):
        """Return the secret from which pseudonyms are made; it is made when it is first needed."""
        path = self.folder / "pseudonyms.key"
        if not path.exists():
            write_whole(path, os.urandom(16).hex())
        return path.read_text(encoding="utf-8").strip()

    def erase(self, student):
        """Remove everything that is known about a student; return how many files and events that was."""
        folders = [self.folder / kind / student for kind in ("records", "feedback", "submitted")]
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        events = self.log()
        kept = [renamed(event, student, "erased") for event in events if event.get("student") != student]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        write_whole(self.log_file, "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in kept))
        self.note("erased", files=len(files), events=len(events) - len(kept))
        return len(files), len(events) - len(kept)


def renamed(value, old, new):
    """Return a value in which every text that is `old` is `new`."""
    if isinstance(value, dict):
        return {renamed(key, old, new): renamed(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, old, new) for item in value]
    return new if value == old else value


def new_record(student, assignment, path, **more):
    """Return the record of a submission about which nothing else is known yet."""
    return {
        "student": student,
        "assignment": assignment,
        "path": path,
        "state": "graded",
        "notes": [],
        "review": [],
        "tests": {},
        "cells": [],
    } | more


def verdicts(record):
    """Return what a log keeps of a record: which tests passed."""
    return {"state": record["state"], "passed": sorted(name for name, test in record.get("tests", {}).items() if test.get("passed"))}


def digest(text, attachments=None):
    """Return the fingerprint by which a text is recognized later."""
    return hashlib.sha256(json.dumps([text.strip(), attachments or {}], sort_keys=True).encode()).hexdigest()[:16]


def write_whole(path, text):
    """Write a file so that nobody ever finds half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8", errors="replace", newline="")
    beside.replace(path)


def user():
    """Return who is at work."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
