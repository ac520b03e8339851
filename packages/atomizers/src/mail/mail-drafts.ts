import type { MemberDrafts } from '../archives/member-drafts.ts';
import type { AtomDraft, AtomizerContext } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import { htmlAtomizer } from '../html/html-atomizer.ts';
import { bytesSource } from '../source-reading.ts';
import { plainTextAtomizer } from '../text/plain-text-atomizer.ts';

/** Longest value of a header that is kept. */
const maxHeaderLength = 16 * 1024;
const maxNameLength = 200;

/** Something that came with a message. */
export interface Attachment {
  /** As the sender says, or null. */
  readonly name: string | null;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** A message, whatever format it was in. */
export interface MailMessage {
  /** `Subject`, `From`, `Date` and so on. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string | null;
  readonly text: string | null;
  readonly attachments: readonly Attachment[];
}

/** Drafts of a message: its headers, its body as HTML or text is read, its attachments as members. */
export async function* mailDrafts(
  message: MailMessage,
  drafts: DraftSequence,
  members: MemberDrafts,
  context: AtomizerContext,
): AsyncGenerator<AtomDraft> {
  const headers = Object.fromEntries(
    Object.entries(message.headers)
      .filter(([, value]) => value.trim() !== '')
      .map(([name, value]) => [name, value.slice(0, maxHeaderLength).toWellFormed()]),
  );
  if (Object.keys(headers).length > 0) {
    yield drafts.add({
      atomType: 'mail-header',
      contentType: 'application/json',
      content: Buffer.from(JSON.stringify(headers)),
      canonicalText: headers.Subject ?? Object.values(headers)[0] ?? null,
      metadata: headers,
    });
  }
  yield* body(message, drafts, context);
  const names = new Set<string>();
  for (const { name, mediaType, content } of message.attachments) {
    const path = uniqueName(name, mediaType, names);
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      yield content;
    };
    yield* members.file(members.admit({ name: path, kind: 'file' }), { name: path, kind: 'file' }, bytes());
  }
}

async function* body(
  { html, text }: MailMessage,
  drafts: DraftSequence,
  context: AtomizerContext,
): AsyncGenerator<AtomDraft> {
  const atomizer = html === null ? plainTextAtomizer : htmlAtomizer;
  const source = bytesSource(
    html === null ? 'body.txt' : 'body.html',
    Buffer.from((html ?? text ?? '').toWellFormed()),
  );
  const base = drafts.next;
  for await (const draft of atomizer.atomize(source, context)) {
    // Places in the body aren't places in the file, where it's encoded.
    const apart = { ...draft, startOffset: null, endOffset: null };
    yield drafts.adopt(apart, base, null);
  }
}

/** A name that no other attachment has, and that leads nowhere. */
function uniqueName(given: string | null, mediaType: string, taken: Set<string>): string {
  const plain = (given ?? '')
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
    .replaceAll(/[\u0000-\u001f\u007f/\\:]/g, '_')
    .slice(-maxNameLength)
    .trim();
  const name = /^\.{0,2}$/.test(plain) ? `attachment.${extensionOf(mediaType)}` : plain;
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = name.replace(/(\.[^.]*)?$/, ` (${number})$1`);
  taken.add(unique);
  return unique;
}

function extensionOf(mediaType: string): string {
  if (mediaType === 'message/rfc822') return 'eml';
  const subtype = /\/([a-z0-9]+)$/.exec(mediaType)?.[1] ?? 'bin';
  return subtype === 'plain' ? 'txt' : subtype === 'octet' ? 'bin' : subtype;
}
