"""Questions as archives in QTI 1.2, which Canvas imports, and in QTI 2.1, which many other platforms import.

A chapter is a quiz in QTI 1.2 (Canvas also makes a question bank of it) and a section in QTI 2.1.
"""

from coursework.questions.model import Choice
from coursework.questions.moodle import chapters, decimals
from coursework.questions.xml import document, element, xhtml

IMSCC = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
IMSCP = "http://www.imsglobal.org/xsd/imscp_v1p1"
QTI12 = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
QTI21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
SCHEMAS = {
    QTI12: f"{QTI12} http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd",
    QTI21: f"{QTI21} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
}
TITLE = "Neural networks from scratch"


def asked(question):
    """Return what is asked, as HTML."""
    return question.text if isinstance(question, Choice) else question.text + decimals(question)


def root(tag, space, *content, **attributes):
    """Return the first element of a file in QTI."""
    about = {"xmlns": space, "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "xsi:schemaLocation": SCHEMAS[space]}
    return element(tag, *content, **about, **attributes)


def ident(name):
    """Return a name that can be an identifier: letters first."""
    return "q-" + name


# --- QTI 1.2 -----------------------------------------------------------------------------------------------------------------------------


def qti12(questions):
    """Return {path: content} of an archive in QTI 1.2."""
    files, resources = {}, []
    for chapter, ours in chapters(questions):
        name, path, about = ident(chapter), f"{chapter}/{chapter}.xml", f"{chapter}/assessment_meta.xml"
        section = element("section", *map(item12, ours), ident="root_section")
        test = element("assessment", section, ident=name, title=f"{TITLE}: {chapter}")
        files[path] = document(root("questestinterop", QTI12, test))
        quiz = element("title", f"{TITLE}: {chapter}"), element("shuffle_answers", "true"), element("quiz_type", "practice_quiz")
        total = element("points_possible", sum(one.points for one in ours))
        files[about] = document(element("quiz", *quiz, total, xmlns=CANVAS, identifier=name))
        needs = element("file", href=path), element("dependency", identifierref=f"{name}-meta")
        resources.append(element("resource", *needs, identifier=name, type="imsqti_xmlv1p2"))
        kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
        resources.append(element("resource", element("file", href=about), identifier=f"{name}-meta", type=kind, href=about))
    about = element("metadata", element("schema", "IMS Content"), element("schemaversion", "1.1.3"))
    manifest = element("manifest", about, element("organizations"), element("resources", *resources), identifier="manifest", xmlns=IMSCC)
    return {"imsmanifest.xml": document(manifest)} | files


def item12(question):
    """Return a question in QTI 1.2."""
    choice = isinstance(question, Choice)
    kind = "multiple_choice_question" if choice else "numerical_question"
    about = element("itemmetadata", element("qtimetadata", field("question_type", kind), field("points_possible", question.points)))
    outcomes = element("outcomes", element("decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal"))
    response, conditions, feedback = choice12(question) if choice else number12(question)
    shown = element("presentation", material(asked(question)), response)
    said = [element("itemfeedback", element("flow_mat", material(text)), ident=name) for name, text in feedback.items() if text]
    return element(
        "item", about, shown, element("resprocessing", outcomes, *conditions), *said, ident=ident(question.name), title=question.name
    )


def field(label, entry):
    return element("qtimetadatafield", element("fieldlabel", label), element("fieldentry", entry))


def material(text):
    return element("material", element("mattext", text, texttype="text/html"))


def condition(test, *then, further="No"):
    """Return what follows if a test is true; with further="Yes", other conditions are looked at as well."""
    return element("respcondition", element("conditionvar", test), *then, continue_=further)


def comment(name):
    return element("displayfeedback", feedbacktype="Response", linkrefid=name)


def full_points():
    return element("setvar", "100", action="Set", varname="SCORE")


def equal(value):
    return element("varequal", value, respident="response1")


def choice12(question):
    """Return (response, conditions, feedback) of a question with answers to choose from."""
    labels, conditions, feedback = [], [], {}
    for number, option in enumerate(question.options):
        name = f"answer{number}"
        labels.append(element("response_label", material(option.text), ident=name))
        if option.feedback:
            feedback[f"{name}_fb"] = option.feedback
            conditions.append(condition(equal(name), comment(f"{name}_fb"), further="Yes"))
    [right] = [number for number, option in enumerate(question.options) if option.correct]
    conditions.append(condition(equal(f"answer{right}"), full_points()))
    return element("response_lid", element("render_choice", *labels), ident="response1", rcardinality="Single"), conditions, feedback


def number12(question):
    """Return (response, conditions, feedback) of a question whose answer is a number."""
    key, room, digits = float(question.key), question.tolerance, question.decimals + 1
    low, high = (
        element(name, f"{value:.{digits}f}", respident="response1") for name, value in (("vargte", key - room), ("varlte", key + room))
    )
    right = element("or", equal(question.key), element("and", low, high))
    conditions = [condition(element("other"), comment("general_fb"), further="Yes"), condition(right, full_points())]
    entry = element("render_fib", element("response_label", ident="answer1"), fibtype="Decimal")
    response = element("response_str", entry, ident="response1", rcardinality="Single")
    return response, conditions, {"general_fb": f"<p>{question.solution}: {question.key}</p>"}


# --- QTI 2.1 -----------------------------------------------------------------------------------------------------------------------------


def qti21(questions):
    """Return {path: content} of an archive in QTI 2.1: an item for each question, and a test with a section for each chapter."""
    files, resources, sections = {}, [], []
    for chapter, ours in chapters(questions):
        references = []
        for one in ours:
            path = f"items/{one.name}.xml"
            files[path] = document(item21(one))
            references.append(element("assessmentItemRef", identifier=ident(one.name), href=path))
            resources.append(
                element("resource", element("file", href=path), identifier=ident(one.name), type="imsqti_item_xmlv2p1", href=path)
            )
        sections.append(element("assessmentSection", *references, identifier=f"section-{chapter}", title=chapter, visible="true"))
    part = element("testPart", *sections, identifier="part", navigationMode="nonlinear", submissionMode="simultaneous")
    files["test.xml"] = document(root("assessmentTest", QTI21, part, identifier="test", title=TITLE))
    needs = [element("dependency", identifierref=resource.get("identifier")) for resource in resources]
    resources.append(
        element("resource", element("file", href="test.xml"), *needs, identifier="test", type="imsqti_test_xmlv2p1", href="test.xml")
    )
    about = element("metadata", element("schema", "QTIv2.1 Package"), element("schemaversion", "1.0.0"))
    manifest = element("manifest", about, element("organizations"), element("resources", *resources), identifier="manifest", xmlns=IMSCP)
    return {"imsmanifest.xml": document(manifest)} | files


def item21(question):
    """Return a question in QTI 2.1."""
    choice = isinstance(question, Choice)
    right = next(f"answer{number}" for number, one in enumerate(question.options) if one.correct) if choice else question.key
    kind = "identifier" if choice else "float"
    declared = element("correctResponse", element("value", right))
    response = element("responseDeclaration", declared, identifier="RESPONSE", cardinality="single", baseType=kind)
    score = element("outcomeDeclaration", default("0"), identifier="SCORE", cardinality="single", baseType="float")
    most = element("outcomeDeclaration", default(question.points), identifier="MAXSCORE", cardinality="single", baseType="float")
    said = element("outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier")
    interaction, feedback = choice21(question) if choice else number21(question)
    body = element("itemBody", xhtml(asked(question)), interaction)
    about = {"identifier": ident(question.name), "title": question.name, "adaptive": "false", "timeDependent": "false"}
    return root("assessmentItem", QTI21, response, score, most, said, body, processing(question), *feedback, **about)


def default(value):
    return element("defaultValue", element("value", value))


def choice21(question):
    """Return (interaction, feedback) of a question with answers to choose from."""
    options = [element("simpleChoice", *parts(option.text), identifier=f"answer{number}") for number, option in enumerate(question.options)]
    feedback = [
        element("modalFeedback", *parts(option.feedback), outcomeIdentifier="FEEDBACK", identifier=f"answer{number}", showHide="show")
        for number, option in enumerate(question.options)
        if option.feedback
    ]
    return element("choiceInteraction", *options, responseIdentifier="RESPONSE", shuffle="true", maxChoices="1"), feedback


def number21(question):
    """Return (interaction, feedback) of a question whose answer is a number."""
    entry = element("textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12")
    said = f"{question.solution}: {question.key}"
    feedback = element("modalFeedback", said, outcomeIdentifier="FEEDBACK", identifier="solution", showHide="show")
    return element("p", entry), [feedback]


def parts(text):
    """Return the text and the elements in simple HTML."""
    node = xhtml(text)
    found = [node.text]
    for child in list(node):
        tail, child.tail = child.tail, None
        found += [child, tail]
    return found


def processing(question):
    """Return how a response is scored."""
    variable, right = element("variable", identifier="RESPONSE"), element("correct", identifier="RESPONSE")
    if isinstance(question, Choice):
        test, said = element("match", variable, right), element("variable", identifier="RESPONSE")
    else:
        room = (
            {"toleranceMode": "absolute", "tolerance": f"{question.room} {question.room}"}
            if question.tolerance
            else {"toleranceMode": "exact"}
        )
        test, said = element("equal", variable, right, **room), element("baseValue", "solution", baseType="identifier")
    points = element("setOutcomeValue", element("variable", identifier="MAXSCORE"), identifier="SCORE")
    return element(
        "responseProcessing",
        element("setOutcomeValue", said, identifier="FEEDBACK"),
        element("responseCondition", element("responseIf", test, points)),
    )
