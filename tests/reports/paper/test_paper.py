"""The paper: every number traceable, refused where it must be, the same bytes each time."""

from __future__ import annotations

import hashlib
import re
import time
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from data.checks import Violation
from data.errors import IdentityError, InputError, ModelError
from data.inputs import read_document, write_document
from data.papers import (
    Figure,
    Heading,
    Paper,
    PaperState,
    Paragraph,
    Picture,
    Reference,
    Shown,
    SignOff,
    Table,
    Unit,
    Words,
    list_spans,
    write_plain,
)
from reports.paper import (
    build_explanation,
    build_figure_list,
    build_paper,
    build_pdf,
    build_word,
)
from reports.paper.figures import Book, check_figures
from reports.paper.identities import PaperRefusedError, find_overdue
from reports.paper.layout import number_blocks
from tests.reports.paper.attack import find_recovered
from tests.reports.paper.study import STUDY, WRITTEN, build_case, build_request, build_runs

Made = tuple[Paper, dict[str, bytes]]


@pytest.fixture(scope="module")
def made() -> Made:
    return build_paper(build_request())


def sign(paper: Paper, state: PaperState) -> SignOff:
    return SignOff(
        sign_off_id=f"{paper.paper_id}-{state}",
        paper_id=paper.paper_id,
        paper_hash="0" * 64,
        state=state,
        person_id="b.lane",
        person_name="Ben Lane",
        created_utc=WRITTEN,
        code_version="0.1.0",
    )


def find_value(paper: Paper, key: str) -> int:
    figure = paper.find_figure(key)
    assert figure is not None, key
    return figure.value


def test_figures_are_those_worked_out_by_hand(made: Made) -> None:
    paper, _ = made
    # 2 dates of 92.43 + 13.94 + 17.08 pounds, 10 pence dearer on the second: 247.00 pounds;
    # today's own work costs 7.00 more on each date, the option's 9.00 less.
    assert find_value(paper, "year.baseline") == 24_700
    assert find_value(paper, "year.today") == 26_100
    assert find_value(paper, "saved_from_today.baseline") == 1_400
    assert find_value(paper, "share_from_today.baseline") == 536  # 1400 of 26100 is 5.36 %
    assert find_value(paper, "gross.none") == 300
    assert find_value(paper, "noise") == 20
    # 2 people at 2,500 and 900 pounds
    assert find_value(paper, "once.few") == 500_000
    assert find_value(paper, "net.few") == 1_800 - 180_000
    assert find_value(paper, "real.1.few") == -500_000
    # 0.95 of the net saving, rounded half up; nothing in the first year but what falls due once
    assert find_value(paper, "real.3.few") == round(-178_200 * 0.95)
    assert find_value(paper, "cost.3.few") == 24_700 + round(178_200 * 0.95)
    assert find_value(paper, "present.2.few") == round(-178_200 / 1.035)
    # draws of 100, 300, 400 and 600 pence: the 50 % quantile lies between 300 and 400
    assert find_value(paper, "p50.none") == 350
    assert find_value(paper, "chance.none") == 10_000


def test_an_appraisal_or_draws_of_another_saving_stop_the_paper() -> None:
    request = build_request()
    draws, appraisal = request.draws, request.appraisal
    assert draws is not None
    assert appraisal is not None
    option = appraisal.options[0]
    line = replace(option.lines[0], amount_pence=option.lines[0].amount_pence + 1)
    wrong = replace(option, lines=(line, *option.lines[1:]))
    with pytest.raises(IdentityError, match="appraise again"):
        build_paper(replace(request, appraisal=replace(appraisal, options=(wrong,))))
    moved = tuple(replace(c, central_pence=c.central_pence + 1) for c in draws.cases)
    with pytest.raises(IdentityError, match="draw again"):
        build_paper(replace(request, draws=replace(draws, cases=moved)))


def test_a_paper_without_draws_and_appraisal_says_so() -> None:
    request = build_request()
    assert request.draws is not None
    # those kept stand on other runs than the study's
    other = tuple(replace(c, run_id="elsewhere") for c in request.draws.cases)
    draws = replace(request.draws, cases=other)
    paper, _ = build_paper(replace(request, draws=draws, appraisal=None))
    text = "\n".join(write_plain(s) for block in paper.blocks for s in list_spans(block))
    assert "has not been drawn for the plans of this paper" in text
    assert "no cost by year can be given" in text
    assert "no table by deprivation can be given" in text
    assert paper.find_figure("p50.none") is None
    assert sum(isinstance(block, Picture) for block in paper.blocks) == 4


def test_people_are_counted_by_the_deprivation_of_their_home() -> None:
    request = build_request()
    base = request.inputs["baseline"]
    homes = {h.passenger_id: h.place_id for h in base.homes}
    first = homes["p1"]
    paper, _ = build_paper(replace(request, deciles={first: 2}))
    n_first = sum(homes.get(p.passenger_id) == first for p in base.passengers)
    assert find_value(paper, "who.all.deprivation.first") == n_first
    n_unknown = len(base.passengers) - n_first
    assert find_value(paper, "who.all.deprivation.unknown") == n_unknown
    assert find_recovered(paper.figures, threshold=5, base=5)[0] == []


def test_every_number_of_the_paper_is_a_figure_with_an_id(made: Made) -> None:
    paper, _ = made
    known = {f.figure_id: f for f in paper.figures}
    assert list(known) == [f"F-{n:03d}" for n in range(1, len(known) + 1)]
    n_shown = 0
    for block in paper.blocks:
        for spans in list_spans(block):
            for span in spans:
                match span:
                    case Words():
                        assert not re.search(r"[0-9£%]", span.text)
                    case Shown():
                        n_shown += 1
                        assert span.figure_id in known
                        assert span.shown
                    case Reference():
                        # Laws, dates, ids, sources and stated units: never an amount.
                        assert not re.search(r"£[0-9]", span.reference)
    assert n_shown > 150
    keys = {f.key for f in paper.figures}
    assert all(part.key in keys for f in paper.figures for part in f.parts)
    assert all(f.source or f.parts for f in paper.figures)
    with pytest.raises(ValueError, match="use a figure"):
        Words(text="It saves 300 pounds.")


def test_the_word_file_says_nothing_the_model_does_not(made: Made) -> None:
    paper, files = made
    document = docx.Document(BytesIO(build_word(paper, (), files)))
    expected = {""}
    for label, block in number_blocks(paper.blocks):
        for spans in list_spans(block):
            expected.add(write_plain(spans))
        if isinstance(block, Heading):
            expected.add(f"{label}  {write_plain(block.spans)}")
        if isinstance(block, Paragraph):
            expected.add(f"{label}\t{write_plain(block.paragraph)}")
    expected |= {paper.title, paper.subtitle, paper.council}
    texts = [p.text for p in document.paragraphs]
    texts += [c.text for t in document.tables[1:] for row in t.rows for c in row.cells]
    assert [text for text in texts if text not in expected] == []


def test_the_word_file_can_be_read_by_everybody(made: Made) -> None:
    paper, files = made
    document = docx.Document(BytesIO(build_word(paper, (), files)))
    about = document.core_properties
    assert (about.title, about.language) == ("A hand-made study", "en-GB")
    languages = {found.get(qn("w:val")) for found in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    styles = [p.style.name for p in document.paragraphs]
    n_sections = sum(isinstance(b, Heading) and b.level == 1 for b in paper.blocks)
    assert styles.count("Heading 1") == n_sections >= 10
    assert styles.count("Title") == 1
    tables = sum(isinstance(b, Table) for b in paper.blocks)
    assert len(document.tables) == tables + 1
    for table in document.tables:
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    pictures = list(document.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == sum(isinstance(b, Picture) for b in paper.blocks) == 6
    assert all(len(p.get("descr") or "") > 40 for p in pictures)
    # Word wants these in this order within a row's and a table's properties.
    for properties in document.element.body.iter(qn("w:tblPr")):
        tags = [child.tag.split("}")[1] for child in properties]
        assert tags == sorted(tags, key=_TABLE_ORDER.index)


_TABLE_ORDER = [
    "tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize",
    "tblStyleColBandSize", "tblW", "jc", "tblCellSpacing", "tblInd", "tblBorders", "shd",
    "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription",
]  # fmt: skip


def test_the_pdf_is_tagged_titled_and_english(made: Made) -> None:
    paper, files = made
    content = build_pdf(paper, (), files)
    assert content.startswith(b"%PDF-1.7")
    for mark in (b"pdfuaid", b"/StructTreeRoot", b"(en-GB)", b"/MarkInfo"):
        assert mark in content, mark


def test_equal_papers_are_equal_bytes_whenever_they_are_made(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, files = made
    word, pdf = build_word(paper, (), files), build_pdf(paper, (), files)
    later = time.time() + 400 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    again, more = build_paper(build_request())
    assert (again, more) == made
    # From its record alone, as the store gives it back.
    record = read_document(Paper, write_document(paper))
    assert build_word(record, (), files) == word
    assert build_pdf(record, (), files) == pdf
    with zipfile.ZipFile(BytesIO(word)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert build_figure_list(again) == build_figure_list(paper)


def test_signatures_are_shown_and_change_nothing_else(made: Made) -> None:
    paper, files = made
    draft = docx.Document(BytesIO(build_word(paper, (), files)))
    signed = docx.Document(
        BytesIO(build_word(paper, (sign(paper, PaperState.ASSURED),), files))
    )
    front = {row.cells[0].text: row.cells[1].text for row in draft.tables[0].rows}
    after = {row.cells[0].text: row.cells[1].text for row in signed.tables[0].rows}
    assert front["State"].startswith("DRAFT")
    assert after["State"].startswith("ASSURED")
    assert after["Assured by"] == "Ben Lane, 1 October 2026"
    assert [p.text for p in draft.paragraphs] == [p.text for p in signed.paragraphs]


def test_small_groups_are_withheld_everywhere(made: Made) -> None:
    paper, _ = made
    # Two people take the offer, of one primary need each: their number and money are hidden.
    for key in ("touched.few.trained", "who.few", "gross.few", "net.few", "real.2.few"):
        figure = paper.find_figure(key)
        assert figure is not None
        assert figure.is_withheld, key
    assert find_recovered(paper.figures, threshold=5, base=5)[0] == []
    listed = build_figure_list(paper)
    assert "178,200" not in listed
    assert "-178200" not in listed
    # The chart leaves the bar out: with it or without, its picture would differ.
    explained = build_explanation(paper, _figure(paper, "net.few"), {}, ())
    assert explained[-1].startswith("  withheld")


def _figure(paper: Paper, key: str) -> Figure:
    found = paper.find_figure(key)
    assert found is not None
    return found


def test_a_figure_is_explained_down_to_its_runs(made: Made) -> None:
    paper, _ = made
    runs, repeats, _ = build_runs()
    by_id = {run.run_id: run for run in (*runs.values(), *repeats)}
    figure = _figure(paper, "gross.none")
    text = "\n".join(build_explanation(paper, figure, by_id, ()))
    assert figure.figure_id in text
    assert "value      300 pence" in text
    for wanted in (
        runs["baseline"].run_id, runs["none"].run_id, runs["none"].plan.plan_id,
        runs["none"].inputs_hash, "seed 1, 1,000 steps", "0 rules broken", "Anna Hart",
        "2026-10-01 09:00:00 UTC", "code 0.1.0", "24,700 pence",
    ):  # fmt: skip
        assert wanted in text, wanted


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("stale", "the study is stale"),
        ("unchecked", "has not been checked in full"),
        ("broken", "breaks 1 hard rules"),
        ("interrupted", "was interrupted"),
        ("other code", "was solved by other code"),
        ("other search", "searched for different times"),
        ("repaired", "is repaired, not optimised"),
        ("overdue", "assumption pay was due for review on 2026-01-01"),
    ],
)
def test_a_paper_is_refused_with_its_reason(fault: str, reason: str) -> None:
    request = build_request()
    run = request.runs["none"]
    violation = Violation(
        code="PLANTED", rule="2.6", plan_id=run.plan.plan_id, sentence="Planted."
    )
    changed: dict[str, Any] = {
        "unchecked": {"checks": run.checks[:1]},
        "broken": {"checks": (replace(run.checks[0], violations=(violation,)), run.checks[1])},
        "interrupted": {"limit": "interrupted"},
        "other code": {"code_version": "0.2.0"},
        "other search": {"settings": (*run.settings, ("seconds", "90"))},
        "repaired": {"plan": replace(run.plan, state="repaired")},
    }
    if fault == "stale":
        request = replace(request, current_inputs_hash="f" * 64)
    elif fault == "overdue":
        overdue = find_overdue(
            {"pay": date(2026, 1, 1), "ok": date(2027, 1, 1)}, WRITTEN.date()
        )
        request = replace(request, assumption_faults=overdue)
    else:
        run = replace(run, **changed[fault])
        request = replace(request, runs={**request.runs, "none": run})
    with pytest.raises(PaperRefusedError, match=reason) as caught:
        build_paper(request)
    assert caught.value.exit_code == 35
    assert len(caught.value.reasons) == 1


def test_a_penny_that_does_not_add_up_blocks_the_paper() -> None:
    request = build_request()
    run = request.runs["none"]
    share = run.shares[0]
    wrong = replace(
        run, shares=(replace(share, amount_pence=share.amount_pence + 1), *run.shares[1:])
    )
    with pytest.raises(IdentityError, match="shares add up to their route: 5570 against 5569"):
        build_paper(replace(request, runs={**request.runs, "none": wrong}))
    assert run.measures is not None
    measures = replace(run.measures, year_pence=run.measures.year_pence - 1)
    wrong = replace(run, measures=measures)
    with pytest.raises(IdentityError, match="providers add up to the year"):
        build_paper(replace(request, runs={**request.runs, "none": wrong}))


def test_a_figure_that_does_not_follow_from_its_parts_is_found() -> None:
    book = Book(people_base=5)
    book.read("a", "a", 100, Unit.PENCE)
    book.add("b", "b", [(2, "a")])
    assert check_figures(book.all.values()) == 1
    wrong = [replace(f, value=201) if f.key == "b" else f for f in book.all.values()]
    with pytest.raises(IdentityError, match="parts: b"):
        check_figures(wrong)


def test_a_text_that_names_an_unknown_figure_is_refused() -> None:
    study = STUDY.model_copy(update={"purpose": ("It saves {net.nothing}.",)})
    request = build_request()
    record = replace(request.study, definition=study.model_dump_json())
    with pytest.raises(ModelError, match=r"'net\.nothing'"):
        build_paper(replace(request, study=record))


def build_template(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def fill(made: Made, content: bytes) -> bytes:
    paper, files = made
    sha = hashlib.sha256(content).hexdigest()
    return build_word(replace(paper, template_sha256=sha), (), files | {sha: content})


def test_a_councils_own_template_is_filled(made: Made) -> None:
    content = build_template("COUNCIL HOUSE STYLE", "{{title}} ({{state}})",
                             "{{paper_body}}", "Contact: {{author}}")  # fmt: skip
    word = fill(made, content)
    texts = [p.text for p in docx.Document(BytesIO(word)).paragraphs]
    assert texts[:2] == ["COUNCIL HOUSE STYLE", "A hand-made study (DRAFT)"]
    assert texts[-1] == "Contact: Anna Hart"
    assert any(text.endswith("Purpose") for text in texts)
    assert not any("{{" in text for text in texts)
    assert fill(made, content) == word


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no Word document", "I001"),
        (build_template("{{title}}"), "I002"),
        (build_template("{{paper_body}}", "{{paper_body}}"), "I002"),
        (build_template("{{paper_body}}", "{{titel}}"), "I003"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(
    made: Made, content: bytes, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        fill(made, content)
    assert [p.code for p in caught.value.problems] == [code]


def test_runs_of_another_day_are_not_compared() -> None:
    request = build_request()
    run = build_case("none", request.inputs["none"])
    other = replace(run, plan=replace(run.plan, day_type=replace(run.plan.day_type, weekday=3)))
    with pytest.raises(PaperRefusedError, match="shows another day"):
        build_paper(replace(request, runs={**request.runs, "none": other}))
