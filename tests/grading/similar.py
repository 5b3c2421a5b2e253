"""Copies of answers, disguised the way people disguise them."""

import ast


class Disguise(ast.NodeTransformer):
    """Give every variable and argument a new name."""

    def __init__(self, tree):
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        names += [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
        self.new = {name: f"v{number}" for number, name in enumerate(dict.fromkeys(names))}

    def visit_Name(self, node):
        return ast.Name(self.new.get(node.id, node.id), node.ctx)

    def visit_arg(self, node):
        return ast.arg(self.new[node.arg])


def disguised(source):
    """Return a copy of some code with new names, a docstring, comments, and a different layout."""
    tree = ast.parse(source)
    tree = Disguise(tree).visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body.insert(0, ast.Expr(ast.Constant("I wrote this myself.")))
    return "# my own work\n" + ast.unparse(ast.fix_missing_locations(tree)).replace("\n", "  # here\n")
