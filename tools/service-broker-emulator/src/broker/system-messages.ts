import type { ConversationError } from './errors.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Characters that XML 1.0 cannot hold even as references. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must go.
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(forbidden, '\uFFFD')
    .replace(/[&<>]/g, (character) => escapes[character] ?? character);
}

/** Body of an Error message: XML as UTF-16LE with a byte order mark, in the namespace that real servers use. */
export function errorBody(error: ConversationError): Uint8Array {
  const xml = `<?xml version="1.0"?><Error xmlns="http://schemas.microsoft.com/SQL/ServiceBroker/Error"><Code>${error.code}</Code><Description>${escapeText(error.description)}</Description></Error>`;
  return new Uint8Array(Buffer.from(`\uFEFF${xml}`, 'utf16le'));
}
