"""Texts of documents as PDFium, html5lib and, of chapters of books, expat find them: `read_texts.py KIND:PATH...`, a JSON string on a line for each."""

import html.entities
import json
import posixpath
import sys
import urllib.parse
import zipfile
from xml.etree import ElementTree

import html5lib
import pypdfium2

# What no browser shows of a page.
HIDDEN = {"script", "style", "template", "noscript", "iframe", "noembed", "noframes", "object", "video", "audio"}


def of_pdf(path):
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def of_element(element):
    if not isinstance(element.tag, str):
        return
    if element.tag.rpartition("}")[2] not in HIDDEN:
        yield element.text or ""
        for child in element:
            yield from of_element(child)
            yield child.tail or ""


def of_html(path):
    with open(path, "rb") as file:
        return " ".join(of_element(html5lib.parse(file.read())))


def of_chapter(markup):
    parser = ElementTree.XMLParser()
    parser.entity.update({name.rstrip(";"): text for name, text in html.entities.html5.items()})
    try:
        return " ".join(of_element(ElementTree.fromstring(markup, parser)))
    except ElementTree.ParseError:
        # Not every book is well-formed.
        return " ".join(of_element(html5lib.parse(markup)))


def of_epub(path):
    with zipfile.ZipFile(path) as book:
        # Not every book says where its package document is either.
        root = next(name for name in book.namelist() if name.endswith(".opf"))
        package = ElementTree.fromstring(book.read(root))
        hrefs = {each.get("id"): each.get("href") for each in package.iter() if each.tag.endswith("}item")}
        order = [each.get("idref") for each in package.iter() if each.tag.endswith("}itemref")]
        paths = [urllib.parse.unquote(hrefs[each].partition("#")[0]) for each in order]
        folder = posixpath.dirname(root)
        # A chapter that is named by several of its parts is read once.
        names = dict.fromkeys(posixpath.normpath(posixpath.join(folder, path)) for path in paths)
        return "\n".join(of_chapter(book.read(name)) for name in names)


READERS = {"pdf": of_pdf, "html": of_html, "epub": of_epub}

for argument in sys.argv[1:]:
    kind, _, path = argument.partition(":")
    print(json.dumps(READERS[kind](path)), flush=True)
