"""Grade submissions: in a sandbox, with hidden tests outside it, for the files that instructors really get.

    collect       which file is whose, in the layouts of nbgrader, of learning platforms, and of a plain folder
    roster        the class, as a learning platform exports it
    check         what is wrong with a notebook before it runs, repaired if that is safe
    static_check  what a submission's code does that an answer does not need
    sandbox       where students' code runs, and its limits
    guest/        what enters the sandbox: the worker, plain data, limits
    wasi          the host of the sandbox that is WebAssembly
    processes     what the processes of a submission use, and their end
    session       a conversation with a worker: run cells, call functions, start again after a crash
    hidden        a hidden test: the student's functions inside, everything else outside
    grade         submissions, each in a process of its own
    results       the folder with the results: records, the log, decisions
    policy        due dates, late days, points, groups
    course        the assignments
    report        grades.csv and totals.csv
    feedback      the page for the student
    grading_page  the page for graders of text
    similarity    answers that are more alike than chance explains
    pages         what all pages have in common

Start it with `make grade SUBMISSIONS=folder`, or `python -m coursework.grading --help`.
"""
