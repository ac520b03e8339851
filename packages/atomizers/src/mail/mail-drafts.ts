import { MemberDrafts } from '../archives/member-drafts.ts';
import { givenName } from '../archives/member-path.ts';
import type { AtomDraft, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import type { DraftSequence } from '../draft-sequence.ts';
import { FileTooLargeError } from '../errors.ts';
import { innerDrafts } from '../inner-drafts.ts';
import { bytesSource } from '../source-reading.ts';
import { isKnownEncoding } from '../text/stream-decoder.ts';
import { splitUuencoded, type UuencodedFile } from './uuencoded-files.ts';

/** Longest value of a header that is kept. */
const maxHeaderLength = 16 * 1024;
/** Bodies of a message are in memory, one at a time; attachments aren't. */
const maxBodyBytes = 32 * 1024 * 1024;

/** A body that waits for whether another form of it comes. */
export interface MailBody {
  readonly kind: 'html' | 'text' | 'rtf';
  readonly source: AtomizerSource;
  readonly bytes: Buffer;
  /** Files that were in the text. */
  readonly files: readonly UuencodedFile[];
}

const bodyNames = { html: 'body.html', text: 'body.txt', rtf: 'body.rtf' } as const;

/** Drafts of a message, whatever format it is in: its headers, its bodies, its attachments as members. */
export class MailDrafts {
  readonly #drafts: DraftSequence;
  readonly #members: MemberDrafts;
  readonly #context: AtomizerContext;
  readonly #names = new Set<string>();

  /** @param context its `expansion` is the one for what is inside */
  constructor(drafts: DraftSequence, context: AtomizerContext) {
    this.#drafts = drafts;
    this.#members = new MemberDrafts(drafts, context);
    this.#context = context;
  }

  /** The headers by name, empty ones left out. */
  *headers(given: Readonly<Record<string, string>>): Generator<AtomDraft> {
    const stated = Object.entries(given).filter(([, value]) => value.trim() !== '');
    if (stated.length === 0) return;
    for (const [name] of stated.filter(([, value]) => value.length > maxHeaderLength)) {
      this.#context.notes.add('PARTS_NOT_READ', `the header ${name} beyond ${maxHeaderLength} characters`);
    }
    const headers = Object.fromEntries(
      stated.map(([name, value]) => [name, value.slice(0, maxHeaderLength).toWellFormed()]),
    );
    yield this.#drafts.add({
      atomType: 'mail-header',
      contentType: 'application/json',
      content: Buffer.from(JSON.stringify(headers)),
      canonicalText: headers.Subject ?? Object.values(headers)[0] ?? null,
      metadata: headers,
    });
  }

  /** Takes a body in. @throws FileTooLargeError */
  async hold(
    kind: MailBody['kind'],
    charset: string | undefined,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<MailBody> {
    const most = Math.min(maxBodyBytes, this.#context.limits.maxWholeFileBytes);
    const all: Uint8Array[] = [];
    let size = 0;
    for await (const piece of pieces) {
      size += piece.length;
      if (size > most) throw new FileTooLargeError('mail', most, 'a body');
      all.push(piece);
    }
    // Who says ASCII says nothing: what isn't ASCII in it is in another encoding.
    const isStated = charset !== undefined && !/^(?:us-)?ascii$|^ansi_x3\.4-1968$/i.test(charset);
    const encoding = isStated && isKnownEncoding(charset) ? charset : undefined;
    const body = Buffer.concat(all);
    const { text, files } = kind === 'text' ? splitUuencoded(body) : { text: body, files: [] };
    return { kind, source: bytesSource(bodyNames[kind], text, encoding), bytes: text, files };
  }

  /** The drafts of a body, as a file of its kind has them. */
  async *body({ source, files }: MailBody): AsyncGenerator<AtomDraft> {
    if (source.size !== 0) yield* this.#text(source);
    for (const { name, bytes } of files) yield* this.attachment(name, '', bytesSource(name, bytes).open());
  }

  async *#text(source: AtomizerSource): AsyncGenerator<AtomDraft> {
    const { registry, signal, notes } = this.#context;
    yield* innerDrafts(this.#drafts, await registry.choose(source, signal, notes), this.#context);
  }

  /** The drafts of an attachment, with what is in it. @param given as the sender calls it */
  async *attachment(
    given: string | null,
    mediaType: string,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<AtomDraft> {
    const name = this.#uniqueName(given, mediaType);
    const member = { name, kind: 'file' } as const;
    yield* this.#members.file(this.#members.admit(member), member, bytes);
  }

  /** A name that no other attachment has, and that leads nowhere. */
  #uniqueName(given: string | null, mediaType: string): string {
    const plain = givenName((given ?? '').replaceAll(':', '_'));
    const name = plain ?? `attachment ${this.#names.size + 1}.${extensionOf(mediaType)}`;
    let unique = name;
    for (let number = this.#names.size + 1; this.#names.has(unique); number++) unique = `${number} ${name}`;
    this.#names.add(unique);
    return unique;
  }
}

function extensionOf(mediaType: string): string {
  if (mediaType === 'message/rfc822') return 'eml';
  if (mediaType === 'application/vnd.ms-outlook') return 'msg';
  const subtype = /\/([a-z0-9]+)$/.exec(mediaType)?.[1] ?? 'bin';
  return subtype === 'plain' ? 'txt' : subtype;
}
