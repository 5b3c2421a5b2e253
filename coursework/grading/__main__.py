"""Grade what students submitted, and manage the results. The page book/grading.md explains each command.

    make grade SUBMISSIONS=folder           grade a folder or an archive of submissions
    make grades GRADED=folder-graded        write tables, feedback, and grading pages again, after points, policy, or decisions changed

The other commands: python -m coursework.grading {grade,table,decide,similar,erase} --help
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from coursework import sources
from coursework.grading import feedback, grading_page, mistakes_page, policy, report, sandbox, similarity
from coursework.grading.check import Unreadable, assignment_of, check
from coursework.grading.collect import clean, collect
from coursework.grading.course import Course
from coursework.grading.grade import Task, grade_all
from coursework.grading.results import Results, digest, new_record, write_whole
from coursework.grading.roster import Roster
from coursework.platforms import exports, upload


def main(arguments=None):
    given = parse(arguments)
    try:
        given.run(given)
    except (ValueError, OSError) as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit("stopped; the tables contain what was graded so far")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m coursework.grading", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    limits = sandbox.Limits()

    one = commands.add_parser("grade", help="grade a folder or a zip archive of submissions")
    one.set_defaults(run=grade)
    one.add_argument("submissions", type=Path, help="a folder or a zip archive, in any of the usual layouts")
    one.add_argument("--to", type=Path, help="the folder for the results (default: SUBMISSIONS-graded, next to it)")
    one.add_argument("--students", type=Path, help="the class: what the learning platform exports, or a list of names")
    one.add_argument("--only", action="append", default=[], metavar="STUDENT", help="grade this student only (can be repeated)")
    one.add_argument("--processes", type=int, default=os.cpu_count(), help="how many submissions at a time (default: one per processor)")
    one.add_argument(
        "--sandbox", default="auto", choices=["auto", *sandbox.SANDBOXES], help="default: the first of these that works, except none"
    )
    one.add_argument("--variant-per-student", action="store_true", help="draw the numbers of hidden tests separately for each student")
    one.add_argument("--new-variant", action="store_true", help="grade with a different NNFROMSCRATCH_VARIANT")
    one.add_argument("--cell-seconds", type=int, default=limits.cell, help=f"time for one cell (default: {limits.cell})")
    one.add_argument("--seconds", type=int, default=limits.whole, help=f"time for one submission (default: {limits.whole})")
    one.add_argument("--memory", type=int, default=limits.memory, help=f"megabytes for one submission (default: {limits.memory})")

    two = commands.add_parser("table", help="write tables, feedback, and grading pages again")
    two.set_defaults(run=table)
    two.add_argument("folder", type=Path, help="where `make grade` put its results")
    two.add_argument(
        "files", nargs="*", help="files with decisions that graders saved on the grading pages; * in a name stands for anything"
    )

    three = commands.add_parser("decide", help="give points by hand, or note that a submission was reviewed")
    three.set_defaults(run=decide)
    three.add_argument("folder", type=Path)
    three.add_argument("student")
    three.add_argument("assignment")
    three.add_argument("item", nargs="?", help="a graded cell; without one, the submission is noted as reviewed and OK")
    three.add_argument("--points", type=float)
    three.add_argument("--comment", default="")

    four = commands.add_parser("similar", help="list answers that are more similar than chance explains; this changes no grade")
    four.set_defaults(run=similar)
    four.add_argument("folder", type=Path)

    five = commands.add_parser("erase", help="remove all data about a student, or all old data")
    five.set_defaults(run=erase)
    five.add_argument("folder", type=Path)
    five.add_argument("student", nargs="?")
    five.add_argument("--old", action="store_true", help="everything older than [keep] days in policy.toml")
    return parser.parse_args(arguments)


# --- grade -------------------------------------------------------------------------------------------------------------------------------


def grade(given):
    """Grade a folder. Everything that is given is read and checked before the long work begins."""
    begin, course = time.monotonic(), Course()
    place = given.submissions.resolve()
    results = Results(given.to or place.with_name(f"{place.name}-graded"))
    results.folder.mkdir(parents=True, exist_ok=True)
    rules = policy.Policy(results.folder / "policy.toml")
    roster = roster_of(results, given.students)
    kind = sandbox.choose(given.sandbox)
    seeds = seeds_of(given, results)
    submissions, ignored = collect(place, course.names, results.folder)
    submissions = named(submissions, roster)
    if given.only:
        wanted = {clean(name) for name in given.only}
        submissions = [one for one in submissions if one.student in wanted]
    say_before(kind, submissions, ignored)
    course.originals  # noqa: B018 - read now, since they may be wrong
    limits = sandbox.Limits(given.cell_seconds, given.seconds, given.memory)
    done, new = set(), None
    try:
        grade_each(submissions, course, results, kind, limits, given.processes, seeds, done)
    finally:
        if given.students:
            new = exports.keep(results.folder, given.students, [assignment for _, assignment in done])
        rows = write_all(results, rules, course, roster, only=done)
    say_after([row for row in rows if (row["student"], row["assignment"]) in done or (row["state"] == "missing" and not given.only)])
    say_old_times({assignment for _, assignment in done} & {assignment for _, assignment in rules.times} - {new})
    tables = f"{results.folder / 'grades.csv'}, totals.csv, mistakes.html, feedback, grading"
    print(f"{len(done)} submissions in {time.monotonic() - begin:.0f} s: {tables}")


def roster_of(results, path):
    """Return the class, if there is a list of it: the one that is given, or the one from last time."""
    kept = results.folder / "class-list"
    if path is not None:
        roster = Roster(path)
        shutil.copyfile(path, kept)
        return roster
    return Roster(kept) if kept.exists() else None


def seeds_of(given, results):
    """Return a function from (assignment, student) to the seed of the hidden tests, or None.

    Raises
    ------
    ValueError
        If the secret is not the one used last time, and nobody asked for a new one.
    """
    secret = sources.secret()
    used = digest(secret) if secret else None
    before = next((event["after"] for event in reversed(results.log()) if event["what"] == "variant changed"), None)
    if before != used and before is not None and not given.new_variant:
        raise ValueError(
            "NNFROMSCRATCH_VARIANT has changed since this folder was last graded. Set it to its old value, or add --new-variant to OPTIONS."
        )
    results.notice("variant", used)
    return lambda assignment, student: sources.seed_of(secret, assignment, student if given.variant_per_student else "")


def named(submissions, roster):
    """Return the submissions with the names that the class list has for their numbers; two people with the same name stay two."""
    numbers = defaultdict(set)
    for one in submissions:
        numbers[one.student].add(one.id)
    taken, found = {}, []
    for one in submissions:
        member = roster.find(one.student, one.id) if roster and one.id else None
        name = member.name if member else f"{one.student} ({one.id})" if len(numbers[one.student]) > 1 and one.id else one.student
        spelled = taken.setdefault(name.casefold(), [])
        spelled += [name] if name not in spelled else []
        number = spelled.index(name)
        found.append(one._replace(student=f"{name}-{number + 1}" if number else name))
    return found


def grade_each(submissions, course, results, kind, limits, processes, seeds, done):
    """Grade submissions and write each record as soon as it is done; `done` collects their names."""
    chosen = {}
    for key, several in by_assignment(submissions, course, results, done).items():
        chosen[key] = sorted(several, key=lambda one: (one.attempt, one.file == f"{key[1]}.ipynb", str(one.time or ""), one.path))
    checked = {}

    def tasks():
        for (student, assignment), several in chosen.items():
            one, seed = several[-1], seeds(assignment, student)
            try:
                found = check(one.read(), one.path, one.file, course.originals)
            except Exception as error:
                results.write(new_record(student, assignment, one.path, state="unreadable", notes=[f"{one.path}: {error}"]))
                done.add((student, assignment))
                continue
            if len(several) > 1:
                others = ", ".join(other.path for other in several[:-1])
                found.notes.insert(0, f"submitted {len(several)} times, this one counts: {one.path} (not {others})")
                found.review.add("everything")
            checked[student, assignment] = one, found, seed
            yield Task(student, assignment, found.cells, course.tests(assignment, seed), course.answered(assignment), kind, limits)

    for number, (task, record) in enumerate(grade_all(tasks(), processes), 1):
        one, found, seed = checked.pop((task.student, task.assignment))
        about = {
            "id": one.id,
            "submitted": one.time and one.time.isoformat(),
            "late": one.late,
            "seed": seed,
            "graded": datetime.now().isoformat(),
        }
        record = new_record(task.student, task.assignment, one.path, **about) | record
        record["unanswered"] = unanswered(found.cells, course, task.assignment)
        record["notes"], record["review"] = found.notes + record["notes"], sorted({*found.review, *record["review"]})
        results.write(record)
        done.add((task.student, task.assignment))
        print(f"\r{number} of {len(chosen)} graded", end="" if sys.stderr.isatty() else "\n", file=sys.stderr)


def unanswered(cells, course, assignment):
    """Return the questions whose text has not changed since it was handed out."""
    given = {cell.id: cell.source.strip() for cell in course.originals[assignment].cells}
    texts = [cell for cell in cells if cell["name"] in course.texts(assignment)]
    return [cell["name"] for cell in texts if not cell["attachments"] and cell["source"].strip() in ("", given.get(cell["name"]))]


def by_assignment(submissions, course, results, done):
    """Return {(student, assignment): submissions}; what cannot be read becomes a record. One file is in memory at a time."""
    found = defaultdict(list)
    for one in submissions:
        try:
            if not one.is_notebook:
                raise Unreadable(f"{one.path} is not a notebook, or not an archive that can be read")
            found[one.student, assignment_of(one.read(), one.path, course.originals)].append(one)
        except Exception as error:
            reason = str(error) if isinstance(error, Unreadable) else f"{one.path}: {type(error).__name__}: {error}"
            assignment = next((name for name in course.names if name in one.path), "")
            results.write(new_record(one.student, assignment, one.path, id=one.id, state="unreadable", notes=[reason]))
            done.add((one.student, assignment))
    return found


def say_before(kind, submissions, ignored):
    """Print where code will run, and what will not be graded."""
    print(sandbox.WARNING if kind == "none" else f"Students' code runs in a sandbox: {kind}.", file=sys.stderr)
    if ignored:
        print(
            f"Ignored, because these files belong to nobody: {', '.join(ignored[:10])}{' ...' if len(ignored) > 10 else ''}",
            file=sys.stderr,
        )
    if not submissions:
        raise ValueError("there are no submissions here")


def say_after(rows):
    """Print what needs attention."""
    for row in rows:
        if row["state"] != "ok" or row.get("notes"):
            print(f"{row['student']:20} {row['assignment']:22} {row['state']}" + (f"\n{'':20} {row['notes']}" if row.get("notes") else ""))
    states = Counter(row["state"].partition(":")[0] for row in rows)
    print(", ".join(f"{count} {state}" for state, count in states.most_common()))


def say_old_times(assignments):
    """Print for which assignments the times of submission are those of a worksheet that may be older than the submissions."""
    if assignments:
        print(
            f"The times of submission for {', '.join(sorted(assignments))} come from an earlier worksheet. Anyone who submitted again "
            "since then may count as on time: export the worksheet again, and give it with --students.",
            file=sys.stderr,
        )


# --- everything that follows from the records --------------------------------------------------------------------------------------------


def write_all(results, rules, course, roster, only=None):
    """Write both tables, the feedback (of `only` these submissions, or of all), and the grading pages; return the rows of grades.csv."""
    results.notice("policy", rules.rules and json.loads(json.dumps(rules.rules, default=str)))
    results.notice("points", {name: rules.points(name, course.points(name)) for name in course.names})
    kept = exports.kept(results.folder)
    rules.due_dates, rules.times = exports.due_dates(kept), exports.times(kept)
    rows, decisions = report.rows(results, rules, course, roster), results.decisions()
    report.write(results.folder / "grades.csv", rows, report.COLUMNS)
    report.write(results.folder / "totals.csv", report.totals(rows, rules), ["student", "total", "dropped", "undecided"])
    by_key = {(row["student"], row["assignment"]): row for row in rows}
    for record in results.records():
        key = record["student"], record["assignment"]
        if record["assignment"] in course.names and (only is None or key in only):
            points = rules.points(key[1], course.points(key[1]))
            text = feedback.page(record, by_key[key], points, course.headings(key[1]), decisions.get(key, {}), course.originals[key[1]])
            write_feedback(results.folder, *key, text)
    for path, text in grading_page.pages_of(results, rules, course, decisions):
        write_whole(path, text)
    write_whole(results.folder / "mistakes.html", mistakes_page.page(mistakes_page.reports(results, rows, course)))
    say_upload(results.folder, upload.write(results, rows, rules, course, decisions, kept))
    return rows


def say_upload(folder, sheets):
    """Print what can be uploaded, and how much is unclear."""
    for made in sheets.values():
        doubtful = sum(not match.certain for match in made.matches.values())
        more = f"; unclear: {doubtful}" * bool(doubtful) + f"; waiting for a decision: {len(made.waiting)}" * bool(made.waiting)
        print(
            f"To upload: {', '.join(made.files) or 'nothing'} with {len(made.written)} grades{more}; see {folder / 'upload' / 'index.html'}"
        )


def write_feedback(folder, student, assignment, text):
    """Write a page of feedback to where nbgrader looks for it, with the files that its exchange asks for."""
    path = folder / "feedback" / student / assignment / f"{assignment}.html"
    write_whole(path, text)
    for name in ("timestamp.txt", "submission_secret.txt"):
        submitted = folder / "submitted" / student / assignment / name
        if submitted.exists():
            shutil.copyfile(submitted, path.with_name(name))


def opened(folder):
    """Return (results, policy, course, class) of a folder that has been graded."""
    results = Results(folder)
    if not (results.folder / "records").exists():
        raise ValueError(f"no results in {folder}; expected the folder that `make grade` wrote")
    return results, policy.Policy(results.folder / "policy.toml"), Course(), roster_of(results, None)


def table(given):
    """Import decisions, and write everything again."""
    results, rules, course, roster = opened(given.folder)
    taken = grading_page.take(results, given.files)
    rows = write_all(results, rules, course, roster)
    say_after(rows)
    print(f"imported {taken} new decisions; wrote {results.folder / 'grades.csv'}, totals.csv, mistakes.html, feedback, grading")


def decide(given):
    """Note a decision, and write everything again."""
    results, rules, course, roster = opened(given.folder)
    path = results.path_of(given.student, given.assignment)
    if not path.exists():
        raise ValueError(f"{given.student} has no record for {given.assignment}")
    record = results.read(path)
    points = rules.points(given.assignment, course.points(given.assignment))
    if given.item is None:
        results.note(
            "decided",
            given.student,
            given.assignment,
            item="reviewed",
            text=report.seen(report.marked(record, report.strays(results))),
            comment=given.comment,
        )
    elif given.item not in points or given.points is None:
        raise ValueError(f"give --points, and one of the graded cells: {' '.join(points)}")
    else:
        text = next((digest(cell["source"], cell["attachments"]) for cell in record["cells"] if cell["name"] == given.item), None)
        text = text if given.item in course.texts(given.assignment) else None
        decision = {"points": given.points, "maximum": points[given.item], "comment": given.comment, "text": text}
        results.note("decided", given.student, given.assignment, item=given.item, **decision)
    write_all(results, rules, course, roster, only={(given.student, given.assignment)})


def similar(given):
    """Write and print pairs of submissions that are very much alike."""
    results, _, course, _ = opened(given.folder)
    pairs = similarity.pairs(results, course)
    report.write(results.folder / "similar.csv", pairs, ["assignment", "one", "other", "similarity", "answers"])
    for pair in pairs:
        print(f"{pair['similarity']:.2f}  {pair['assignment']}: {pair['one']} and {pair['other']} ({pair['answers']})")
    print(f"{len(pairs)} pairs: {results.folder / 'similar.csv'}. Similarity is a reason to look, not proof, and changes no grade.")


def erase(given):
    """Remove a student, or all that is old."""
    results, rules, course, roster = opened(given.folder)
    names = [clean(given.student)] if given.student else []
    if given.old:
        days = rules.part("keep").get("days")
        if days is None:
            raise ValueError("policy.toml says nothing under [keep]: set days = 365, for example")
        limit = (datetime.now() - timedelta(days=days)).isoformat()
        latest = defaultdict(str)
        for record in results.records():
            latest[record["student"]] = max(latest[record["student"]], record.get("graded") or results.written(record))
        names += [name for name, graded in latest.items() if graded < limit]
    if kept := [name for name in names if f'"{name}"' in json.dumps(rules.rules, default=str, ensure_ascii=False)]:
        raise ValueError(f"policy.toml names {', '.join(kept)}: remove these lines first, then erase again")
    for name in names:
        files, events = results.erase(name)
        roster = roster and roster.without(name, results.folder / "class-list")
        for path in exports.forget(results.folder, name):
            print(f"Several people in {path} have the name {name}: delete the right row there yourself.", file=sys.stderr)
        print(f"{name}: {files} files and {events} events removed")
    if names:
        (results.folder / "similar.csv").unlink(missing_ok=True)  # may name them
    write_all(results, rules, course, roster, only=set())


if __name__ == "__main__":
    main()
