"""Messages of Outlook, written with the compound file writer of extract-msg (MS-OXMSG)."""

import struct

from extract_msg.ole_writer import OleWriter

UNICODE, ANSI, BINARY, NUMBER, TIME = 0x1F, 0x1E, 0x102, 0x3, 0x40


class Properties:
    """The properties of a message, a recipient or an attachment, of which texts and bytes are streams of their own."""

    def __init__(self, writer, path, header):
        self.writer, self.path, self.rows = writer, path, [header]

    def put(self, number, kind, value):
        if isinstance(value, str):
            value = value.encode("utf-16-le")
        tag = number << 16 | kind
        if isinstance(value, int):
            self.rows.append(struct.pack("<IIq", tag, 6, value))
            return
        self.writer.addEntry([*self.path, f"__substg1.0_{tag:08X}"], data=value)
        self.rows.append(struct.pack("<IIII", tag, 6, len(value) + (2 if kind == UNICODE else 0), 0))

    def end(self):
        self.writer.addEntry([*self.path, "__properties_version1.0"], data=b"".join(self.rows))


def folder(writer, path, name):
    writer.addEntry([*path, name], storage=True)
    return [*path, name]


def add_message(writer, path, content):
    recipients, files = content.get("to", []), content.get("files", [])
    counts = struct.pack("<8x4I", len(recipients), len(files), len(recipients), len(files))
    message = Properties(writer, path, counts + (b"" if path else bytes(8)))
    message.put(0x001A, UNICODE, "IPM.Note")
    for number, kind, key in (
        (0x0037, UNICODE, "subject"),
        (0x0C1A, UNICODE, "sender"),
        (0x5D01, UNICODE, "address"),
        (0x1000, UNICODE, "text"),
        (0x1000, ANSI, "old text"),
        (0x1013, BINARY, "html"),
        (0x1009, BINARY, "rtf"),
        (0x3FDE, NUMBER, "code page of html"),
        (0x3FFD, NUMBER, "code page"),
    ):
        if key in content:
            message.put(number, kind, content[key])
    for index, (name, address, role) in enumerate(recipients):
        recipient = Properties(writer, folder(writer, path, f"__recip_version1.0_#{index:08X}"), bytes(8))
        recipient.put(0x0C15, NUMBER, role)
        recipient.put(0x3001, UNICODE, name)
        recipient.put(0x39FE, UNICODE, address)
        recipient.end()
    for index, file in enumerate(files):
        attachment = Properties(writer, folder(writer, path, f"__attach_version1.0_#{index:08X}"), bytes(8))
        if "message" in file:
            attachment.put(0x3705, NUMBER, 5)
            attachment.put(0x3001, UNICODE, file["name"])
            add_message(writer, folder(writer, attachment.path, "__substg1.0_3701000D"), file["message"])
        else:
            attachment.put(0x3705, NUMBER, 1)
            attachment.put(0x3707, UNICODE, file["name"])
            attachment.put(0x370E, UNICODE, file["type"])
            attachment.put(0x3701, BINARY, file["bytes"])
            if "id" in file:
                attachment.put(0x3712, UNICODE, file["id"])
        attachment.end()
    message.end()


def write_message(path, content):
    writer = OleWriter()
    names = folder(writer, [], "__nameid_version1.0")
    for stream in ("00020102", "00030102", "00040102"):
        writer.addEntry([*names, f"__substg1.0_{stream}"], data=b"")
    add_message(writer, [], content)
    writer.write(path)
