"""Run a hidden test: outside the sandbox, with the student's functions inside it.

A hidden test is ordinary code that calls the student's functions and compares what comes back. Here the names of these functions stand for
calls into the sandbox: arguments go in, plain data come out. So the expected values, the seed, and the test itself are never where the
student's code could see them. A function of the test whose name begins with `call_` runs inside as a whole: for classes, whose objects are
not plain data, and for looking at an array after the call. It computes nothing that is expected.
"""

import ast
import warnings

import numpy as np

from coursework.grading.session import Ended, StudentError

INSIDE = "call_"


class Verdict(dict):
    """{"passed": bool, "message": str, "error": class of the student's exception or ""}."""


def verdict(source, names, session):
    """Run a hidden test.

    Parameters
    ----------
    source : str
    names : iterable of str
        The functions and classes that the student's cells define.
    session : Session, or anything with its `call`

    Returns
    -------
    Verdict
    """
    body = ast.parse(source).body
    inside = [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith(INSIDE)]
    space = {name: stub(session, name) for name in names}
    space |= {node.name: stub(session, node.name, ast.get_source_segment(source, node)) for node in inside}
    rest = ast.Module([node for node in body if node not in inside], [])
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            exec(compile(rest, "<hidden test>", "exec"), space)
    except AssertionError as failed:
        return Verdict(passed=False, message=str(failed), error="")
    except StudentError as error:
        return Verdict(passed=False, message=error.args[2], error=error.args[0])
    except Ended as error:
        return Verdict(passed=False, message=f"the call {error}", error="Ended")
    except (Exception, MemoryError) as error:
        return Verdict(passed=False, message=f"the answer does not have the form that the task asks for ({error})", error="")
    return Verdict(passed=True, message="", error="")


def stub(session, name, source=None):
    """Return a function that calls one in the sandbox."""
    return lambda *arguments, **named: session.call(name, list(arguments), named, source)
