"""How good in how many seconds?"""


def measure():
    return {}
