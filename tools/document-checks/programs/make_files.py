"""Documents of other people's libraries, and what those read of them: `make_files.py FOLDER`.

Into the folder come the files and `texts.json`: for each file the texts that its library finds in it again.
"""

import datetime
import email
import email.message
import email.policy
import json
import mailbox
import pathlib
import sys

import compressed_rtf
import docx
import extract_msg
import html5lib
import nbformat
import openpyxl
import pptx
from ebooklib import epub, ITEM_DOCUMENT
from odf import opendocument, table, teletype, text
from odf.office import Annotation
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from outlook import write_message

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
found = {}
DAY = datetime.datetime(2026, 1, 2, 3, 4, 5)


def workbook():
    book = openpyxl.Workbook()
    people = book.active
    people.title = "Menschen & Städte"
    people.append(["Name", "Geboren", "Größe", "Anteil", "aktiv"])
    people.append(["Zoë Müller", datetime.date(1990, 5, 17), 1.75, 0.125, True])
    people.append(["小林 愛", datetime.datetime(2001, 12, 31, 23, 59), 1.6, 1, False])
    people["D2"].number_format = "0.0%"
    people["A2"].comment = Comment("Please check the spelling.", "Ann")
    people["A2"].hyperlink = "https://example.com/zoe"
    figures = book.create_sheet("Figures")
    figures["A1"] = "Sales by quarter"
    figures.merge_cells("A1:C1")
    for row in (["Quarter", "North", "South"], ["Q1", 10, 20], ["Q2", 30, "=B3*2"]):
        figures.append(row)
    chart = BarChart()
    chart.title = "Sales of two regions"
    chart.add_data(Reference(figures, min_col=2, max_col=3, min_row=2, max_row=4), titles_from_data=True)
    figures.add_chart(chart, "E2")
    hidden = book.create_sheet("Hidden")
    hidden.sheet_state = "hidden"
    hidden.append(["nobody sees this"])
    book.properties.title = "A workbook"
    book.save(folder / "workbook.xlsx")
    read = openpyxl.load_workbook(folder / "workbook.xlsx")
    texts = [cell.value for sheet in read for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    comments = [cell.comment.text for sheet in read for row in sheet.iter_rows() for cell in row if cell.comment]
    # Of a formula that no spreadsheet has computed there is no value.
    found["workbook.xlsx"] = [each for each in texts if not each.startswith("=")] + comments + [chart_title()]


def chart_title():
    return "Sales of two regions"


def slides():
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Über Atome"
    first.placeholders[1].text = "A talk in two parts\nby Zoë"
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Numbers"
    grid = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for index, words in enumerate(["Region", "Sales", "North", "ten"]):
        grid.cell(index // 2, index % 2).text = words
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Visitors", (1, 2))
    area = (Inches(1), Inches(4), Inches(4), Inches(2))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *area, data)
    group = second.shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(6), Inches(1), Inches(2), Inches(1))
    box.text_frame.text = "In a group"
    box.text_frame.add_paragraph().text = "second paragraph"
    second.notes_slide.notes_text_frame.text = "Speak slowly here."
    deck.save(folder / "slides.pptx")
    texts = []
    for slide in pptx.Presentation(folder / "slides.pptx").slides:
        for shape in shapes_of(slide.shapes):
            if shape.has_text_frame:
                texts += [paragraph.text for paragraph in shape.text_frame.paragraphs]
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                texts += [*map(str, shape.chart.plots[0].categories), shape.chart.plots[0].series[0].name]
        if slide.has_notes_slide:
            texts.append(slide.notes_slide.notes_text_frame.text)
    found["slides.pptx"] = texts


def shapes_of(shapes):
    for shape in shapes:
        if shape.shape_type == 6:
            yield from shapes_of(shape.shapes)
        else:
            yield shape


def word():
    document = docx.Document()
    document.add_heading("Bericht über Städte", 1)
    paragraph = document.add_paragraph("One ")
    paragraph.add_run("bold").bold = True
    paragraph.add_run(" word,\ta tab and 日本.")
    for item in ("first item", "second item"):
        document.add_paragraph(item, style="List Bullet")
    grid = document.add_table(2, 2)
    for index, words in enumerate(["Name", "Ort", "Zoë", "Łódź"]):
        grid.cell(index // 2, index % 2).text = words
    document.sections[0].header.paragraphs[0].text = "Kopfzeile"
    document.core_properties.title = "A report"
    document.save(folder / "letter.docx")
    read = docx.Document(folder / "letter.docx")
    texts = [each.text for each in read.paragraphs] + [cell.text for row in read.tables[0].rows for cell in row.cells]
    found["letter.docx"] = texts + [read.sections[0].header.paragraphs[0].text]


def open_text():
    document = opendocument.OpenDocumentText()
    document.text.addElement(text.H(outlinelevel=1, text="Kapitel Eins"))
    paragraph = text.P(text="A paragraph with ")
    paragraph.addElement(text.Span(text="a span"))
    paragraph.addElement(text.S(c=3))
    paragraph.addText("and ")
    paragraph.addElement(text.A(type="simple", href="https://example.com", text="a link"))
    paragraph.addText(".")
    document.text.addElement(paragraph)
    numbered = text.List()
    for words in ("erstens", "zweitens"):
        item = text.ListItem()
        item.addElement(text.P(text=words))
        numbered.addElement(item)
    document.text.addElement(numbered)
    document.text.addElement(text.P(text="Łódź, Ελλάδα, 東京, ไทย"))
    document.save(folder / "text.odt")
    read = opendocument.load(folder / "text.odt")
    elements = [each for kind in (text.H, text.P) for each in read.getElementsByType(kind)]
    found["text.odt"] = [teletype.extractText(each) for each in elements]


def open_sheet():
    document = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="Kasse")
    for words in (["Datum", "Betrag", "Wofür"], ["2026-01-02", "12.5", "Kaffee"], ["2026-01-03", "7", "Tee; grün"]):
        row = table.TableRow()
        for index, value in enumerate(words):
            kind = {0: {"valuetype": "date", "datevalue": value}, 1: {"valuetype": "float", "value": value}}
            typed = kind.get(index, {}) if words[0] != "Datum" else {}
            cell = table.TableCell(**typed)
            cell.addElement(text.P(text=value))
            if value == "Kaffee":
                note = Annotation()
                note.addElement(text.P(text="with milk"))
                cell.addElement(note)
            row.addElement(cell)
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    document.save(folder / "sheet.ods")
    read = opendocument.load(folder / "sheet.ods")
    found["sheet.ods"] = [teletype.extractText(each) for each in read.getElementsByType(text.P)]


def book():
    novel = epub.EpubBook()
    novel.set_identifier("a-book")
    novel.set_title("Ein Buch")
    novel.add_author("Zoë Müller")
    chapters = []
    for number, words in enumerate(["It was a dark night.", "Es war ein heller Tag.", "それは夢でした。"], 1):
        chapter = epub.EpubHtml(title=f"Chapter {number}", file_name=f"text/{number}.xhtml", lang="en")
        chapter.content = f"<h1>Chapter {number}</h1><p>{words}<br/>And&#160;on.</p>"
        novel.add_item(chapter)
        chapters.append(chapter)
    novel.toc = chapters
    novel.spine = ["nav", *chapters]
    novel.add_item(epub.EpubNcx())
    novel.add_item(epub.EpubNav())
    epub.write_epub(folder / "book.epub", novel)
    read = epub.read_epub(folder / "book.epub")
    texts = []
    for item in read.get_items_of_type(ITEM_DOCUMENT):
        tree = html5lib.parse(item.get_content(), transport_encoding="utf-8", namespaceHTMLElements=False)
        texts += [each.strip() for each in tree.find("body").itertext() if each.strip() != ""]
    found["book.epub"] = texts


def message():
    mail = email.message.EmailMessage()
    mail["Subject"] = "Grüße aus Łódź"
    mail["From"] = "Zoë Müller <zoe@example.com>"
    mail["To"] = "bob@example.com, 愛 <ai@example.com>"
    mail["Date"] = email.utils.format_datetime(DAY.replace(tzinfo=datetime.timezone.utc))
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("Lieber Bob,\n\nnur als Text: 5 €.\n")
    mail.add_alternative("<p>Lieber Bob,</p><p>mit <b>Format</b>: 5 €.</p>", subtype="html")
    mail.add_attachment("Name;Ort\nZoë;Łódź\n".encode(), maintype="text", subtype="csv", filename="Städte und Ländernamen.csv")
    inner = email.message.EmailMessage()
    inner["Subject"] = "Within"
    inner["From"] = "ann@example.com"
    inner.set_content("The message within.\n")
    mail.add_attachment(inner)
    return mail


def messages():
    mail = message()
    (folder / "message.eml").write_bytes(mail.as_bytes(policy=email.policy.SMTP))
    read = email.message_from_bytes((folder / "message.eml").read_bytes(), policy=email.policy.default)
    texts = [str(read["Subject"]), "mit Format: 5 €.", "Zoë;Łódź", "The message within."]
    texts += [part.get_filename() for part in read.walk() if part.get_filename()]
    found["message.eml"] = texts
    path = folder / "box.mbox"
    path.unlink(missing_ok=True)
    box = mailbox.mbox(path)
    for number in (1, 2):
        one = email.message.EmailMessage()
        one["Subject"] = f"Nachricht {number}"
        one["From"] = "ann@example.com"
        one.set_content(f"From the start, this is number {number} für Zoë.\n")
        stored = mailbox.mboxMessage(one)
        stored.set_from("ann@example.com", DAY.timetuple())
        box.add(stored)
    box.flush()
    bodies = [each.get_payload(decode=True).decode().strip() for each in mailbox.mbox(path)]
    found["box.mbox"] = [each.removeprefix(">") for each in bodies] + [each["Subject"] for each in mailbox.mbox(path)]


def outlook_messages():
    table = {"name": "Städte.csv", "type": "text/csv", "bytes": "Name;Ort\nZoë;Łódź\n".encode()}
    logo = {"name": "logo.png", "type": "image/png", "bytes": b"\x89PNG\r\n" + bytes(5000), "id": "logo"}
    inner = {"subject": "Within", "sender": "Ann", "address": "ann@example.com", "text": "The message within.\r\n"}
    html = "<p>Lieber Bob,</p><p>mit <b>Format</b>: 5 €.</p><img src='cid:logo'>"
    contents = {
        "outlook.msg": {
            "subject": "Grüße aus Łódź",
            "sender": "Zoë Müller",
            "address": "zoe@example.com",
            "html": html.encode("cp1252"),
            "code page of html": 1252,
            "to": [("Bob", "bob@example.com", 1), ("愛", "ai@example.com", 2)],
            "files": [table, logo, {"name": "Within", "message": inner}],
        },
        "outlook-old.msg": {"subject": "Old", "old text": "Привет, мир.".encode("cp1251"), "code page": 1251},
        "outlook-rich.msg": {
            "subject": "Rich",
            "rtf": compressed_rtf.compress(rb"{\rtf1\ansi\ansicpg1252 Dear Zo\'eb,\par rich \b words\b0 .\par}"),
        },
    }
    for name, content in contents.items():
        write_message(folder / name, content)
        found[name] = [extract_msg.openMsg(folder / name).subject]
    read = extract_msg.openMsg(folder / "outlook.msg")
    found["outlook.msg"] += [read.attachments[0].longFilename, read.attachments[0].data.decode().split("\n")[1]]
    found["outlook.msg"] += [read.attachments[2].data.subject, read.attachments[2].data.body.strip(), "mit Format: 5 €."]
    found["outlook-old.msg"].append("Привет, мир.")
    found["outlook-rich.msg"] += ["Dear Zoë,", "rich words."]


def notebook():
    cells = nbformat.v4
    page = cells.new_notebook(
        cells=[
            cells.new_markdown_cell("# Über Daten\n\nSome *text*.", id="a"),
            cells.new_code_cell(
                "print('Zoë')",
                id="b",
                outputs=[
                    cells.new_output("stream", name="stdout", text="Zoë\n"),
                    cells.new_output("execute_result", {"text/plain": "42", "text/html": "<b>42</b>"}),
                    cells.new_output("error", ename="ValueError", evalue="not a number", traceback=["\u001b[31mTrace"]),
                ],
            ),
            cells.new_raw_cell("raw words", id="c"),
        ]
    )
    nbformat.write(page, folder / "notebook.ipynb")
    read = nbformat.read(folder / "notebook.ipynb", 4)
    texts = [line for cell in read.cells for line in cell.source.split("\n") if line != ""]
    found["notebook.ipynb"] = texts + ["Zoë", "42", "not a number"]


for make in (workbook, slides, word, open_text, open_sheet, book, messages, outlook_messages, notebook):
    make()
texts = {name: [each for each in dict.fromkeys(texts) if each.strip() != ""] for name, texts in sorted(found.items())}
(folder / "texts.json").write_text(json.dumps(texts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
