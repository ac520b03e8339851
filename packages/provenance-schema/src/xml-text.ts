const utf8Decoder = new TextDecoder('utf-8', { fatal: true });
const utf16LeDecoder = new TextDecoder('utf-16le', { fatal: true });

/**
 * Text of an XML body, without byte order mark. Service Broker bodies are UTF-16LE, with a mark when they were an XML
 * value and without one when they were NVARCHAR; other senders use UTF-8. An encoding named in the XML declaration is
 * not looked at: T-SQL's `encoding="utf-16"` stays in the text when it is converted.
 *
 * @throws TypeError when the bytes are neither.
 */
export function decodeXmlText(body: Uint8Array): string {
  // A document starts with `<` or white space, both below U+0100, so UTF-16LE shows in a zero second byte.
  const utf16 = body.length >= 2 && ((body[0] === 0xff && body[1] === 0xfe) || (body[0] !== 0 && body[1] === 0));
  return (utf16 ? utf16LeDecoder : utf8Decoder).decode(body);
}

/** UTF-16LE with byte order mark: the bytes of `CAST(@xml AS VARBINARY(MAX))`. */
export function encodeXmlText(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, 'utf16le');
}
