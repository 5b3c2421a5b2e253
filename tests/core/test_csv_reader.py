"""CSV files of images in every dialect that people have: read exactly, or rejected with the line and the reason."""

import contextlib
import gzip
import io
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

from nnfromscratch import load_digits
from nnfromscratch.data.csv_reader import read_mnist_csv

rng = np.random.default_rng(1)
PIXELS = rng.integers(0, 256, (4, 784), np.uint8)
DIGITS = np.array([7, 0, 9, 3])
NAMES = [f"pixel{i}" for i in range(784)]
HEADER = ["label", *NAMES]


def rows(pixels=PIXELS, labels=DIGITS):
    """The fields of each line, label first; labels may be None."""
    table = pixels if labels is None else np.column_stack([labels, pixels])
    return [list(map(str, row)) for row in table.tolist()]


def csv(lines=None, header=HEADER, separator=",", end="\n"):
    """The text of a CSV file; the header may be None."""
    lines = rows() if lines is None else lines
    return "".join(separator.join(line) + end for line in ([header] if header else []) + lines)


@pytest.fixture
def read(tmp_path):
    def read(text, **kwargs):
        (tmp_path / "train.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return read_mnist_csv(tmp_path / "train.csv", **kwargs)

    return read


def assert_read(result, labels=DIGITS):
    X, y = result
    np.testing.assert_array_equal(X, PIXELS.astype(np.float32) / 255)
    assert X.dtype == np.float32 and X.flags.c_contiguous and X.flags.writeable
    if labels is None:
        assert y is None
    else:
        assert y.dtype == np.int64 and y.tolist() == list(labels)


# ---------------------------------------------------------------------------------------------- dialects


QUOTED = [f'"{name}"' for name in HEADER]
OTHERS = ["Label", *(f"{i}x{j}" for i in range(1, 29) for j in range(1, 29))]
NUMBERED = ["label", *map(str, range(784))]


@pytest.mark.parametrize("header", [None, HEADER, QUOTED, OTHERS, NUMBERED], ids=["none", "kaggle", "quoted", "other", "numbered"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\n  \t\n"], ids=repr)
def test_with_and_without_header_and_labels(read, header, end):
    assert_read(read(csv(header=header, end=end)))
    X, y = read(csv(rows(labels=None), header=header and header[1:], end=end), raw=True)
    assert X.dtype == np.uint8 and y is None and X.flags.c_contiguous and X.flags.writeable
    np.testing.assert_array_equal(X, PIXELS)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", ", ", "  "])
@pytest.mark.parametrize("header", [None, HEADER, QUOTED], ids=["none", "kaggle", "quoted"])
def test_separators(read, header, separator):
    assert_read(read(csv(header=header, separator=separator)))


@pytest.mark.parametrize("blank", ["\n", "   \n", "\t\n", "\r\n", ",,,,,\n", ";;\n", '""\n'], ids=repr)
@pytest.mark.parametrize("place", [0, 1, 2, 5])
def test_blank_lines_are_skipped_wherever_they_are(read, blank, place):
    lines = csv().splitlines(keepends=True)
    assert_read(read("".join([*lines[:place], blank, *lines[place:]])))


MARKS = {"utf-8-sig": b"", "utf-16": b"", "utf-32": b"", "utf-16-le": b"", "utf-16-be": b"", "utf-16-be with mark": b"\xfe\xff"}


@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize("header", [None, HEADER], ids=["none", "kaggle"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_byte_order_marks_and_encodings(read, pack, header, encoding):
    assert_read(read(pack(MARKS[encoding] + csv(header=header, end="\r\n").encode(encoding.partition(" ")[0]))))


@pytest.mark.parametrize("mark", ["\ufeff\ufeff", "\ufeff\ufeff\ufeff", "ï»¿", "\ufeffï»¿"])  # "ï»¿": a mark that was read as letters
@pytest.mark.parametrize("header", [None, HEADER], ids=["none", "kaggle"])
def test_marks_that_programs_wrote_again_are_skipped(read, header, mark):
    for before in ["", "\n", "sep=,\n", "# made in 2026\n"]:
        assert_read(read(mark + before + csv(header=header)))
        assert_read(read(before + mark + csv(header=header)))
        assert_read(read(mark + before + mark + csv(header=header)))
    with pytest.raises(ValueError, match="line 2.* is '.*ufeff"):
        read(mark + csv(header=header).replace("\n", "\n\ufeff", 1))


def test_a_name_that_is_not_ascii_is_a_name(read):
    assert_read(read(csv(header=["label", *(f"größe{i}" for i in range(784))]).encode("latin-1")))
    assert_read(read(csv(header=["label", *(f"像素{i}" for i in range(784))])))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_letter_that_is_not_ascii_does_not_hide_an_encoding_without_a_mark(read, encoding):
    text = csv(header=["größe", *NAMES])
    assert_read(read(text.encode(encoding), label=0))
    with pytest.raises(ValueError, match=r"line 1, field 2 is '\\\\u0661'"):
        read(text.splitlines()[1].replace(f",{PIXELS[0, 0]},", ",\u0661,", 1).encode(encoding))


PAGES = [("Étiquette", "cp1252"), ("größe", "cp850"), ("åäö", "latin-1"), ("МЕТКА", "cp1251"), ("标签", "gbk"), ("数字", "shift_jis")]


@pytest.mark.parametrize(("name", "page"), PAGES)
@pytest.mark.parametrize("place", [0, 400, 784])
def test_a_label_may_have_a_name_in_any_language(read, name, page, place):
    lines = [[*row[1 : place + 1], row[0], *row[place + 1 :]] for row in rows()]
    text = csv(with_index(range(4), lines), header=["id", *NAMES[:place], name, *NAMES[place:]], separator=";")
    for encoding in ["utf-8", "utf-16", page]:  # a code page is not recognized, but the column is
        with pytest.warns(UserWarning, match=f"column {place + 2}, called .*, is read as labels"):
            assert_read(read(text.encode(encoding)))
    for encoding in ["utf-8", "utf-16"]:
        assert_read(read(text.encode(encoding), label=name))


@pytest.mark.parametrize("space", ["\xa0", "\u202f", "\u2009", "\u3000"], ids=ascii)
@pytest.mark.parametrize("header", [None, HEADER], ids=["none", "kaggle"])
def test_unusual_spaces_are_spaces(read, space, header):
    text = csv([[f"{space}{field}{space}" for field in row] for row in rows()], header=header) + 2 * space + "\n"
    assert_read(read(text))
    assert_read(read(text.replace(space, "\xa0").encode("cp1252")))


@pytest.mark.parametrize("quotes", ["“”", "„“", "«»", "‘’", "»«"])
def test_typographic_quotes_are_quotes(read, quotes):
    text = csv([[field.join(quotes) for field in row] for row in rows()], header=[name.join(quotes) for name in HEADER])
    assert_read(read(text))
    assert_read(read(text.encode("cp1252")))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("header", [None, HEADER, QUOTED], ids=["none", "kaggle", "quoted"])
@pytest.mark.parametrize("write", [lambda n: n, lambda n: f'"{n}"', lambda n: f"{n}.0"])
def test_lines_that_a_spreadsheet_wrote_as_one_field_each(read, write, header, separator):
    text = csv([[write(field) for field in row] for row in rows()], header=header, separator=separator)
    assert_read(read("".join('"' + line.replace('"', '""') + '"\r\n' for line in text.splitlines())))


@pytest.mark.parametrize("end", ["\r\r\n", "\n\x1a", "\r\n\x1a\r\n"], ids=repr)
def test_what_old_programs_write_at_the_end_of_a_line_or_a_file(read, end):
    assert_read(read(csv().rstrip("\n").replace("\n", "\r\r\n") + end))


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_packed_files(read):
    text = csv()
    assert_read(read(gzip.compress(text.encode(), mtime=0)))
    assert_read(read(zipped(train=text)))
    assert_read(read(zipped(train=text, **{"__MACOSX/._train": "\0\5"})))
    assert_read(read(zipped(**{".DS_Store": "", "Thumbs.db": "", "digits/desktop.ini": "", "digits/train": text})))
    assert_read(read(zipped(train=gzip.compress(text.encode(), mtime=0))))


NUMBERS = {
    "quoted": lambda n: f'"{n}"',
    "floats": lambda n: f"{n}.0",
    "a point and no zero": lambda n: f"{n}.",
    "NumPy's default": lambda n: f"{float(n):.18e}",
    "short exponents": lambda n: f"{float(n):.6E}",
    "plus signs": lambda n: f"+{n}",
    "padded": lambda n: f"{int(n):5d}",
    "zeros in front": lambda n: f"{int(n):03d}",
    "quoted decimal commas": lambda n: f'"{n},0"',
    "quoted, with space": lambda n: f' "{n}"',
}


@pytest.mark.parametrize("write", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("header", [None, HEADER], ids=["none", "kaggle"])
def test_whole_numbers_in_any_spelling(read, header, write):
    assert_read(read(csv([[write(field) for field in row] for row in rows()], header=header)))


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("header", [None, HEADER], ids=["none", "kaggle"])
def test_decimal_commas(read, header, separator):
    assert_read(read(csv([[f"{field},0" for field in row] for row in rows()], header=header, separator=separator)))
    assert_read(read(csv([[f"{field},000" for field in row] for row in rows()], header=header, separator=separator)))


def test_one_odd_line_among_plain_ones_is_read_all_the_same(read):
    lines = rows()
    lines[2] = [f"{field}.0" for field in lines[2]]
    assert_read(read(csv(lines)))


@pytest.mark.parametrize("header", [None, HEADER, [*HEADER, ""]], ids=["none", "without", "with"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_separator_at_the_end_of_each_line(read, header, separator):
    assert_read(read(csv([[*row, ""] for row in rows()], header=header, separator=separator)))


def test_row_names_and_a_separator_at_the_end_of_each_line(read):
    assert_read(read(csv([[str(i), *row, ""] for i, row in enumerate(rows(), start=1)], header=[*HEADER, ""])))


def test_a_separator_at_the_end_of_the_header_alone(read):
    assert_read(read(csv(header=[*HEADER, ""])))


def test_the_line_that_tells_excel_the_separator(read):
    assert_read(read("sep=;\n" + csv(separator=";")))
    assert_read(read('"sep=,"\r\n' + csv(header=None, end="\r\n")))
    assert_read(read(("SEP=\t\n" + csv(separator="\t")).encode("utf-16")))


@pytest.mark.parametrize(
    "comment", ["# made in 2026", "#", "// by hand", "% 1. Title: digits", "# label, pixels: as MNIST has them\n# two lines"]
)
def test_comments_above_the_header_are_skipped(read, comment):
    assert_read(read(f"{comment}\n{csv()}"))
    lines = rows()
    lines[-1][8] = "x"
    with pytest.raises(ValueError, match=r"line [67], field 9 is 'x'"):
        read(f"{comment}\n{csv(lines)}")


def test_a_header_that_numpy_wrote(read, tmp_path):
    np.savetxt(tmp_path / "numpy.csv", np.column_stack([DIGITS, PIXELS]), delimiter=",", header=",".join(HEADER))
    assert_read(read_mnist_csv(tmp_path / "numpy.csv"))
    np.savetxt(tmp_path / "numpy.txt", np.column_stack([DIGITS, PIXELS]))
    assert_read(read_mnist_csv(tmp_path / "numpy.txt"))


def test_one_image_without_a_newline_at_its_end(read):
    X, y = read(csv(rows(PIXELS[:1], DIGITS[:1]), header=None).rstrip())
    assert X.shape == (1, 784) and y.tolist() == [7]


# ---------------------------------------------------------------------------------------------- which column is what


@pytest.mark.parametrize("name", ["label", "Class", "TARGET", "digit", " y ", '"label"'])
@pytest.mark.parametrize("place", [0, 1, 400, 784])
def test_the_label_is_found_by_name_in_any_place(read, name, place):
    lines = [[*row[1 : place + 1], row[0], *row[place + 1 :]] for row in rows()]
    assert_read(read(csv(lines, header=[*NAMES[:place], name, *NAMES[place:]])))


def with_index(index, lines=None):
    return [[str(i), *row] for i, row in zip(index, lines or rows())]


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "id", "ImageId", '""'])
@pytest.mark.parametrize("index", [range(4), range(1, 5), [7012, 3, 41999, 12]], ids=["from 0", "from 1", "shuffled"])
def test_an_index_column_that_the_header_shows_is_skipped(read, name, index):
    assert_read(read(csv(with_index(index), header=[name, *HEADER])))
    assert_read(read(csv(with_index(index, rows(labels=None)), header=[name, *NAMES])), labels=None)
    last = [[*row[1:], row[0]] for row in rows()]
    assert_read(read(csv(with_index(index, last), header=[name, *NAMES, "class"])))


@pytest.mark.parametrize(
    "header",
    [
        [f"V{i}" for i in range(1, 787)],
        [f"Column{i}" for i in range(1, 787)],
        ["level_0", *HEADER],
        ["level_0", "index", *HEADER],
        ["Unnamed: 0.1", "Unnamed: 0", *HEADER],
        ["col0", "label", *(f"p{i}" for i in range(784))],
        ["x0", "y", *(f"x{i}" for i in range(1, 785))],
    ],
    ids=["fread", "Excel", "reset_index", "reset_index twice", "pandas twice", "col0", "x0"],
)
@pytest.mark.parametrize("index", [range(4), range(1, 5), [7012, 3, 41999, 12]], ids=["from 0", "from 1", "shuffled"])
def test_an_index_column_whose_name_has_a_number_is_skipped(read, header, index):
    lines = with_index(index, with_index(index) if len(header) == 787 else None)
    said = "unnamed" not in header[0].lower()
    with pytest.warns(UserWarning, match="column 1 numbers the lines and is skipped") if said else contextlib.nullcontext():
        assert_read(read(csv(lines, header=header)))


def test_a_file_of_nothing_but_index_columns_is_rejected(read):
    with pytest.raises(ValueError, match="line 2 has 784 fields, 0 of them pixels: id, id, id, ... id; expected 784 pixels"):
        read(csv(rows(labels=None), header=["id"] * 784))


def test_two_index_columns_are_skipped_too(read):
    assert_read(read(csv(with_index(range(4), with_index(range(4))), header=["", "Unnamed: 0", *HEADER])))


def test_row_names_as_r_writes_them(read):
    lines = [[f'"{i}"', *row] for i, row in enumerate(rows(), start=1)]
    assert_read(read(csv(lines, header=['""', *QUOTED])))
    assert_read(read(csv(lines, header=QUOTED, separator=" ")))  # write.table gives the names of rows no name of their own


@pytest.mark.parametrize("index", [range(4), range(1, 5), [7012, 3, 41999, 12]], ids=["from 0", "from 1", "shuffled"])
def test_an_index_column_without_a_name_is_skipped_and_said(read, index):
    with pytest.warns(UserWarning, match=r"train.csv: column 1 numbers the lines and is skipped"):
        assert_read(read(csv(with_index(index), header=None)))


@pytest.mark.parametrize("separator", [",", " "])
def test_an_index_that_starts_like_a_servers_error_message_is_an_index(read, separator):
    with pytest.warns(UserWarning, match="column 1 numbers the lines and is skipped"):
        assert_read(read(csv(with_index(range(404, 408)), header=None, separator=separator)))


def test_an_index_column_before_pixels_alone_is_skipped_and_said(read):
    with pytest.warns(UserWarning, match="the first column numbers the lines and is skipped; there are no labels"):
        assert_read(read(csv(with_index(range(8, 12), rows(labels=None)), header=None)), labels=None)


@pytest.mark.parametrize("name", ["idx", "number", "sample", "image", "key"])
def test_a_named_column_that_counts_higher_than_any_label_numbers_the_lines(read, name):
    unlabeled = [row for _ in range(3) for row in rows(labels=None)]
    with pytest.warns(UserWarning, match="numbers the lines and is skipped; there are no labels"):
        images, labels = read(csv(with_index(range(1, 13), unlabeled), header=[name, *NAMES]))
    assert len(images) == 12 and labels is None


def test_numbers_of_images_before_pixels_alone_are_skipped_and_said(read):
    with pytest.warns(UserWarning, match="the first column numbers the lines and is skipped; there are no labels"):
        assert_read(read(csv(with_index([5001, 17, 8000, 301], rows(labels=None)), header=None)), labels=None)


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        (["256", 4], 1),
        ([7, "256", 9, 3], 2),
        ([7, 0, 9, "1e3"], 4),
        (["-1", 0, 1, 2], 1),
        (["9" * 50, 8], 1),
        (["256"], 1),
        ([0, "300"], 2),
        ([3, 812, 90, 41], 2),
    ],
    ids=str,
)
def test_a_wrong_label_without_a_header_is_not_taken_for_the_number_of_an_image(read, labels, line):
    lines = [[str(label), *row] for label, row in zip(labels, rows(labels=None))]
    with pytest.raises(ValueError, match=rf"line {line}\b.*label"):
        read(csv(lines, header=None))


@pytest.mark.parametrize("labels", [[7, 0, 9, 3], [1, 1, 1, 1], [0, 0, 0, 0], [3, 1, 4, 1]], ids=str)
@pytest.mark.parametrize("header", [["", *NAMES], NAMES, ['""', *NAMES]], ids=["empty", "left out", "quoted"])
def test_a_label_column_without_a_name_is_no_index(read, header, labels):
    with pytest.warns(UserWarning, match="column 1, called '', is read as labels"):
        assert_read(read(csv(rows(labels=labels), header=header)), labels=labels)


@pytest.mark.parametrize("place", [0, 1, 400, 784])
@pytest.mark.parametrize("labels", [DIGITS, [0, 0, 0, 0]], ids=str)
def test_the_only_name_without_a_number_is_taken_for_the_labels_and_said(read, labels, place):
    lines = [[*row[1 : place + 1], row[0], *row[place + 1 :]] for row in rows(labels=labels)]
    with pytest.warns(UserWarning, match=f"column {place + 1}, called 'ziffer', is read as labels"):
        assert_read(read(csv(lines, header=[*NAMES[:place], "Ziffer", *NAMES[place:]])), labels=labels)


@pytest.mark.parametrize("place", [0, 400, 784])
@pytest.mark.parametrize("indices", [["index"], [""], ["", "id"], ['""', "Unnamed: 0"]], ids=str)
def test_an_index_does_not_hide_the_only_name_without_a_number(read, indices, place):
    lines = [[*row[1 : place + 1], row[0], *row[place + 1 :]] for row in rows()]
    lines = [[str(i)] * len(indices) + line for i, line in enumerate(lines)]
    with pytest.warns(UserWarning, match=f"column {len(indices) + place + 1}, called 'ziffer', is read as labels"):
        assert_read(read(csv(lines, header=[*indices, *NAMES[:place], "Ziffer", *NAMES[place:]])))


def test_an_index_with_a_name_does_not_hide_labels_without_one(read):
    with pytest.warns(UserWarning, match="column 2, called '', is read as labels"):
        assert_read(read(csv(with_index(range(4)), header=["id", "", *NAMES])))


def test_the_first_pixel_of_a_single_image_is_no_index(read):
    blank = [["7", *["0"] * 784, "33"]]
    with pytest.raises(ValueError, match="line 2 has 786 fields, 785 of them pixels: label, pixel0, pixel1, ... age"):
        read(csv(blank, header=[*HEADER, "age"]))


def test_a_short_line_does_not_hide_an_index(read):
    lines = with_index(range(4))
    del lines[2][5:]
    with pytest.raises(ValueError, match="line 3 has 5 fields; expected 786"):
        read(csv(lines, header=None))


@pytest.mark.parametrize("form", ["{}", '"{}"'])
def test_numbers_as_names_may_be_in_any_order(read, form):
    order = sorted(range(784), key=str)
    with pytest.warns(UserWarning, match=r"pixels are not in order .1, 10, ...., and are sorted by number"):
        assert_read(read(csv(rows(PIXELS[:, order]), header=["label", *(form.format(i) for i in order)])))


def test_the_default_names_of_pandas(read):
    names = [*map(str, range(785))]
    assert_read(read(csv(with_index(range(4)), header=["", *names])))
    assert_read(read(csv(with_index([70, 3, 41999, 12]), header=["Unnamed: 0", *names])))


def renamed(line, form):
    """The names that programs make of a line of values: the second and later of equal ones get a number."""
    seen = {}
    for value in line:
        seen[value] = seen.get(value, -1) + 1
        yield form[0].format(value, seen[value] - form[1]) if seen[value] else form[0][: form[0].index("}") + 1].format(value)


@pytest.mark.parametrize("form", [("{}.{}", 0), ("X{}.{}", 0), ("{}_duplicated_{}", 1)], ids=["pandas", "R", "Polars"])
@pytest.mark.parametrize("index", [False, True])
def test_an_image_that_a_program_took_for_a_header_is_not_lost(read, form, index):
    lines = rows(PIXELS // 200)
    header = [*renamed(lines[0], form)]
    text = csv(with_index(range(3), lines[1:]) if index else lines[1:], header=["", *header] if index else header)
    with pytest.raises(ValueError, match="line 1 is an image that a program took for a header, renaming .*header=None in pandas"):
        read(text)


def test_names_that_count_rows_and_columns_are_no_renamed_values(read):
    assert_read(read(csv(header=["label", *(f"X{i}.{j}" for i in range(28) for j in range(28))])))


def test_a_last_column_that_counts_the_lines_is_rejected(read):
    many = np.tile(PIXELS, (5, 1))
    many[:, 0] = 0
    lines = [[*row, str(i)] for i, row in enumerate(rows(many, labels=None))]
    with pytest.raises(ValueError, match="the last column counts the lines; expected pixels or labels there: remove it"):
        read(csv(lines, header=None))


@pytest.mark.parametrize("lines", [1, 4])
@pytest.mark.parametrize("end", ["x", "]", "#", "1.5"])
def test_a_last_column_that_holds_no_numbers_is_rejected_with_its_place(read, lines, end):
    text = csv([[*row[:-1], row[-1] + end] for row in corners(DIGITS * 0, last=False)[:lines]], header=None)
    with pytest.raises(ValueError, match=f"line 1, field 785 is '0{end}'"):
        read(text)


@pytest.mark.parametrize("write", [lambda row: f"[{', '.join(row)}]", lambda row: ",".join(f'="{field}"' for field in row)])
def test_lists_of_python_and_formulas_of_excel_are_rejected_with_their_place(read, write):
    with pytest.raises(ValueError, match="line [12].* label is"):
        read("\n".join(map(write, rows())))


def corners(labels, last):
    """Lines of label and pixels whose first and last pixels are 0, as MNIST's are; label first or last."""
    pixels = PIXELS.copy()
    pixels[:, [0, -1]] = 0
    lines = rows(pixels, labels)
    return [[*line[1:], line[0]] for line in lines] if last else lines


@pytest.mark.parametrize("header", [None, [f"c{i}" for i in range(785)], [*map(str, range(785))]], ids=["none", "words", "numbers"])
@pytest.mark.parametrize("labels", [DIGITS, [7, 7, 7, 7], [0, 0, 0, 1]], ids=str)
def test_labels_without_a_name_are_in_the_first_or_last_column(read, labels, header):
    X, y = read(csv(corners(labels, last=False), header=header), raw=True)
    assert y.tolist() == list(labels) and not X[:, [0, -1]].any()
    with pytest.warns(UserWarning, match="train.csv: the last column is read as labels"):
        X, y = read(csv(corners(labels, last=True), header=header), raw=True)
    assert y.tolist() == list(labels) and not X[:, [0, -1]].any()


@pytest.mark.slow
@pytest.mark.parametrize("last", [False, True])
def test_a_file_that_is_sorted_by_label_is_no_exception(read, last):
    """Its first lines have zeros in both columns."""
    labels, pixels = np.repeat(range(10), 200), np.tile(PIXELS, (500, 1))
    pixels[:, [0, -1]] = 0
    lines = [[*line[1:], line[0]] if last else line for line in rows(pixels, labels)]
    with pytest.warns(UserWarning, match="the last column is read as labels") if last else contextlib.nullcontext():
        X, y = read(csv(lines, header=None), raw=True)
    assert (y == labels).all() and (X == pixels).all()


@pytest.mark.parametrize("labels", [DIGITS, [0, 0, 0, 0]], ids=str)
def test_labels_that_are_all_0_are_said(read, labels):
    """They may be pixels, if the labels are in the middle."""
    lines = [[*row[1:401], row[0], *row[401:]] for row in corners(labels, last=False)]
    with pytest.warns(UserWarning, match="the first column is read as labels, and all of them are 0: if .* say which, as in label=-1"):
        assert not read(csv(lines, header=None))[1].any()
    X, y = read(csv(lines, header=None), label=400, raw=True)
    assert y.tolist() == list(labels) and not X[:, [0, -1]].any()


def test_what_could_be_either_is_rejected_until_the_caller_says(read):
    pixels = PIXELS.copy()
    pixels[:, -1] = [0, 0, 4, 1]
    text = csv(rows(pixels), header=None)
    with pytest.raises(ValueError, match=r"first and the last column could both hold the labels .line 3: 9 and 4.: .* label=0 or label=-1"):
        read(text)
    X, y = read(text, label=0, raw=True)
    assert y.tolist() == DIGITS.tolist() and (X == pixels).all()
    X, y = read(text, label=-1, raw=True)
    assert y.tolist() == [0, 0, 4, 1] and X[0, 0] == 7


def test_the_label_by_the_name_or_place_that_the_caller_gives(read):
    assert_read(read(csv(header=["what", *NAMES]), label="What"))
    assert_read(read(csv(header=["what", *NAMES]), label=0))
    with pytest.raises(ValueError, match="0 columns are called 'waht'; expected one of what, pixel0, pixel1, ... pixel783"):
        read(csv(header=["what", *NAMES]), label="waht")
    with pytest.raises(ValueError, match=r"label is 'label'; expected a position from 0 to 784 .there is no header."):
        read(csv(header=None), label="label")
    with pytest.raises(ValueError, match="label is 785; expected a position from 0 to 784"):
        read(csv(), label=785)


def test_two_columns_that_are_both_called_a_label_are_ambiguous(read):
    with pytest.raises(ValueError, match="columns 1 and 786 are both named like labels: choose one, as in label=0"):
        read(csv([[*row, row[0]] for row in rows()], header=[*HEADER, "class"]))


def test_pixels_sorted_by_their_names_as_text_are_put_in_order_and_said(read):
    order = sorted(range(784), key=NAMES.__getitem__)
    lines = rows(PIXELS[:, order])
    with pytest.warns(UserWarning, match=r"pixels are not in order .pixel1, pixel10, ...., and are sorted by number"):
        assert_read(read(csv(lines, header=["label", *(NAMES[i] for i in order)])))


def test_images_stored_as_emnist_stores_them_are_named(read):
    digits = load_digits(raw=True)
    turned = digits.X_test[:200].reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)
    with pytest.warns(UserWarning, match=r"look like EMNIST's, .*X.reshape\(-1, 28, 28\).transpose\(0, 2, 1\).reshape\(-1, 784\)"):
        X, _ = read(csv(rows(turned, digits.y_test[:200])), raw=True)
    np.testing.assert_array_equal(X.reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784), digits.X_test[:200])


# ---------------------------------------------------------------------------------------------- what is rejected


def altered(line, field, value):
    """The text of a CSV file with a header, with one field replaced (line and field counted from 1)."""
    lines = [text.split(",") for text in csv().split("\n")]
    lines[line - 1][field - 1] = value
    return "\n".join(map(",".join, lines))


NUMBER_255, NUMBER_9 = "expected a whole number from 0 to 255", "expected a whole number from 0 to 9"
WRONG = [
    (2, 2, "256", f"line 2, field 2 is '256'; {NUMBER_255}"),
    (3, 785, "-1", f"line 3, field 785 is '-1'; {NUMBER_255}"),
    (4, 400, "1.5", f"line 4, field 400 is '1.5'; {NUMBER_255}"),
    (4, 400, "0.99999999", f"line 4, field 400 is '0.99999999'; {NUMBER_255}"),
    (4, 400, "1e3", f"line 4, field 400 is '1e3'; {NUMBER_255}"),
    (4, 400, "1e999", f"line 4, field 400 is '1e999'; {NUMBER_255}"),
    (4, 400, "inf", f"line 4, field 400 is 'inf'; {NUMBER_255}"),
    (4, 400, "1_0", f"line 4, field 400 is '1_0'; {NUMBER_255}"),
    (4, 400, "1 0", f"line 4, field 400 is '1 0'; {NUMBER_255}"),
    (5, 9, "", f"line 5, field 9 is missing .''.; {NUMBER_255}"),
    (5, 9, "  ", f"line 5, field 9 is missing .'  '.; {NUMBER_255}"),
    (5, 9, '""', f"line 5, field 9 is missing .''.; {NUMBER_255}"),
    (5, 9, "nan", f"line 5, field 9 is missing .'nan'.; {NUMBER_255}"),
    (5, 9, "NA", f"line 5, field 9 is missing .'NA'.; {NUMBER_255}"),
    (5, 9, "NULL", f"line 5, field 9 is missing .'NULL'.; {NUMBER_255}"),
    (5, 9, "?", f"line 5, field 9 is missing .'.'.; {NUMBER_255}"),
    (5, 785, "", f"line 5, field 785 is missing .''.; {NUMBER_255}"),
    (5, 9, "0x1", f"line 5, field 9 is '0x1'; {NUMBER_255}"),
    (5, 9, "9" * 5000, f"line 5, field 9 is '{'9' * 20}'; {NUMBER_255}"),
    (5, 9, "\u0661", r"line 5, field 9 is '\\\\u0661'; "),
    (5, 9, "\uff11", r"line 5, field 9 is '\\\\uff11'; "),
    (5, 9, "1\U0010a0e3", r"line 5, field 9 is '1\\\\U0010a0e3"),  # once a segmentation fault inside NumPy
    (5, 9, "1\0", r"line 5, field 9 is '1\\x00'"),
    (5, 9, "#", f"line 5, field 9 is '#'; {NUMBER_255}"),
    (3, 1, "", f"line 3: the label is missing .''.; {NUMBER_9}"),
    (3, 1, "10", f"line 3: the label is '10'; {NUMBER_9}"),
    (3, 1, "seven", f"line 3: the label is 'seven'; {NUMBER_9}"),
    (3, 1, "-1", f"line 3: the label is '-1'; {NUMBER_9}"),
    (3, 1, "2.5", f"line 3: the label is '2.5'; {NUMBER_9}"),
    (2, 1, "300", f"line 2: the label is '300'; {NUMBER_9}"),
    (4, 3, "1,2", "line 4 has 786 fields; expected 785"),
    (4, 1, "7\n5", "line 4 has 1 fields; expected 785"),
    (1, 7, "12,13", "line 2 has 785 fields; expected 786, as in the header"),
    (1, 1, "a,b,c,d,e,f", r"line 1 has 790 fields .it starts with 'a,b,c,d,e,f,pixel0,p'.; expected 784 pixels, or a label"),
]


@pytest.mark.parametrize(("line", "field", "value", "words"), WRONG)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_is_wrong_is_rejected_with_its_line(read, line, field, value, words, pack):
    with pytest.raises(ValueError, match=words) as error:
        read(pack(altered(line, field, value).encode()))
    assert "train.csv" in str(error.value) and len(str(error.value)) < 500


def test_the_first_fault_is_the_one_that_is_named(read):
    lines = rows(np.tile(PIXELS, (300, 1)), np.tile(DIGITS, 300))
    lines[700][3], lines[900][4], lines[1199][5] = "x", "y", "z"
    with pytest.raises(ValueError, match="line 702, field 4 is 'x'"):
        read(csv(lines))
    lines[700][3] = "0"
    with pytest.raises(ValueError, match="line 902, field 5 is 'y'"):
        read(csv(lines))


def test_lines_are_counted_with_blank_ones(read):
    text = altered(4, 400, "x").replace("\n", "\n\n")
    with pytest.raises(ValueError, match="line 7, field 400 is 'x'"):
        read(text)


@pytest.mark.parametrize("line", [1, 2, 4])
def test_a_fault_on_the_first_line_makes_no_header_of_it(read, line):
    lines = csv(header=None).split("\n")
    lines[line - 1] = ",".join(["3", "x", *["0"] * 783])
    with pytest.raises(ValueError, match=f"line {line}, field 2 is 'x'"):
        read("\n".join(lines))


@pytest.mark.parametrize("missing", ["nan", "NA", "N/A", "NULL", "None", "-", ".", "?", r"\N", "#N/A", "<NA>", "missing"])
def test_a_line_of_missing_values_is_data_and_no_header(read, missing):
    lines = rows()
    lines[0] = ["3", *[missing] * 784]
    with pytest.raises(ValueError, match=r"line 1, field 2 is missing .'"):
        read(csv(lines, header=None))


@pytest.mark.parametrize("header", [None, HEADER], ids=["none", "kaggle"])
@pytest.mark.parametrize("value", ["0.5", "0.003921568627451"])
def test_pixels_that_are_scaled_already_are_rejected_with_their_place(read, header, value):
    lines = rows()
    lines[1][5] = value
    with pytest.raises(ValueError, match=f"line {2 + bool(header)}, field 6 is '{value[:20]}'; {NUMBER_255}: multiply"):
        read(csv(lines, header=header))


def test_pixels_that_are_0_or_1_are_read_and_said(read):
    with pytest.warns(UserWarning, match="no pixel is above 1: if the file's pixels are already scaled"):
        X, _ = read(csv(rows(PIXELS // 128)))
    assert X.max() == np.float32(1 / 255)


def test_a_short_line_is_rejected(read):
    with pytest.raises(ValueError, match=r"line 5 has \d+ fields; expected 785"):
        read(csv()[:-100])


def test_an_unknown_column_is_rejected_with_the_names(read):
    lines = [[row[0], "left", *row[1:]] for row in rows()]
    with pytest.raises(ValueError, match="line 2 has 786 fields, 785 of them pixels: label, hand, pixel0, ... pixel783; expected 784"):
        read(csv(lines, header=["label", "hand", *NAMES]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"\n", "holds no images; expected one per line"),
        (b" \n\t\n,,\n", "holds no images; expected one per line"),
        (b"one,two\n", r"line 1 has 2 fields .it starts with 'one,two'.; expected 784 pixels, or a label and 784 pixels"),
        (b"7\n" * 800, "line 1 has 1 fields"),
        (b"<html>\n<body>", "a web page"),
        ("<!DOCTYPE html>".encode("utf-16"), "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer"),
        (gzip.compress(b"version https://git-lfs.github.com/spec/v1\noid", mtime=0), "a Git LFS pointer"),
        (b'{"message": "Not Found"}', "a JSON text"),
        (b"@RELATION mnist_784\n@ATTRIBUTE pixel1 INTEGER\n", "an ARFF file, as OpenML offers it"),
        (b"<script>location = '/login'</script>", "a web page, or a part of one"),
        (b"[InternetShortcut]\r\nURL=https://example.org\r\n", "a shortcut to an address"),
        (b"From: <Saved by Blink>\r\n", "a web page as browsers save it"),
        (b"\0\0\x08\3\0\0\xea\x60", "looks like an IDX file: read it with read_idx"),
        (gzip.compress(b"\0\0\x08\3\0\0\xea\x60", mtime=0), "looks like an IDX file: read it with read_idx"),
        (b"\x1f\x8b\x08\0\0", r"cut short .the end of its compressed data is missing."),
        (gzip.compress(csv().encode())[:-9], r"cut short .the end of its compressed data is missing."),
        (gzip.compress(csv().encode())[:-8] + bytes(8), "it is damaged .CRC check failed.*download it again"),
        (b"PK\3\4\xff\xfe", "it is damaged .File is not a zip file.: download it again"),
        (zipped(train=csv(), test=csv()), r"a zip archive of 2 files .train, test.; expected one"),
        (zipped(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "an Excel workbook"),
        (b"PAR1\x15\4", "a Parquet table"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Excel workbook"),
        (b"0" * 200_000, r"line 1 is longer than 65536 characters .it starts with '0000"),
    ],
)
def test_what_is_not_a_csv_file_of_images_is_rejected_as_what_it_is(read, content, words):
    with pytest.raises(ValueError, match=words) as error:
        read(content)
    assert "train.csv cannot be read as a CSV file of images" in str(error.value)


@pytest.mark.parametrize("ending", ["", "\n", "\n\n\n"])
def test_a_header_alone_is_rejected(read, ending):
    with warnings.catch_warnings(), pytest.raises(ValueError, match="has a header but holds no images"):
        warnings.simplefilter("ignore")  # as a reader may have it
        read(",".join(HEADER) + ending)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_mnist_csv(tmp_path / "nowhere")
    with pytest.raises(OSError, match="directory"):
        read_mnist_csv(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("write", ["{}", "{}.0"])
def test_csv_takes_little_more_than_the_memory_of_its_data(tmp_path, raw, write):
    many = np.tile(PIXELS, (400, 1))
    (tmp_path / "many.csv").write_text(csv([[write.format(field) for field in row] for row in rows(many, np.tile(DIGITS, 400))]))
    tracemalloc.start()
    X, y = read_mnist_csv(tmp_path / "many.csv", raw=raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.3 * (X.nbytes + y.nbytes) + 2_000_000  # a growing table, plus a block of lines
