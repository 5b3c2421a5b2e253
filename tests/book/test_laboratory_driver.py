"""What the tests of the laboratory regard as the output of a cell."""

from laboratory_driver import printed, stored


def stream(text, name="stdout"):
    return {"kind": "stream", "name": name, "text": text}


def test_pieces_of_a_line_are_one_line():
    assert printed([stream("a\nb"), stream(" c\n"), stream("warning\n", "stderr"), stream("d\n")]) == "a\nb c\nwarning\nd"


def test_text_and_values_are_compared_like_those_of_a_notebook():
    value = {"kind": "display", "data": {"text/plain": "42"}}
    outputs = [{"output_type": "stream", "text": ["a\n", "b\n"]}, {"output_type": "execute_result", "data": {"text/plain": ["42"]}}]
    assert printed([stream("a\nb\n"), value, {"kind": "dropped", "characters": 3}]) == stored({"outputs": outputs}) == "a\nb\n42"
