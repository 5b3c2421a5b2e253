"""Grade a folder of submissions: a thin shell around nbgrader, for the submissions that instructors really get.

    collect    which file is whose, in the layouts of nbgrader, of learning platforms and of a plain folder
    check      what is wrong with a notebook before it runs, repaired where that is safe
    watch      what a submission does that an answer has no need of
    isolation  the walls and limits within which students' code runs
    execute    nbgrader's run of a notebook, within them
    grade      one submission, graded by nbgrader in a course of its own
    report     the gradebook, grades.csv and the feedback

Start it with `make grade SUBMISSIONS=folder`, or `python -m coursework.grading`.
"""
