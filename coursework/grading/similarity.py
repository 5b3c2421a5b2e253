def pairs(results, course):
    return []
