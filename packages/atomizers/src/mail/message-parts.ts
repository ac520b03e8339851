/// <reference path="./mailsplit.d.ts" />
import { pipeline, Readable } from 'node:stream';
import type { MessagePiece, MimeNode } from 'mailsplit';
import { FileBrokenError } from '../errors.ts';

const maxHeaderBytes = 1024 * 1024;
/** Each part is kept until the end of the message, with its header. */
const maxParts = 1_000;

/** A part of a message that has a body. */
export interface MessagePart {
  readonly node: MimeNode;
  /** Without its transfer encoding; to be read to its end before the next part is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The message itself and its parts with a body, one after the other. Messages within aren't looked into.
 *
 * @param blocks the bytes of the message
 * @param mostParts parts beyond these are refused, and beyond 1,000 in any case
 * @throws FileBrokenError
 */
export async function* messageParts(blocks: AsyncIterable<Uint8Array>, mostParts: number): AsyncGenerator<MessagePart> {
  const { Splitter } = await import('mailsplit');
  const splitter = new Splitter({
    ignoreEmbedded: true,
    maxHeadSize: maxHeaderBytes,
    maxChildNodes: Math.min(mostParts, maxParts),
  });
  let sourceFailure: unknown;
  const source = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* blocks;
    } catch (error) {
      sourceFailure = error;
      throw error;
    }
  };
  pipeline(Readable.from(source(), { objectMode: false }), splitter, () => undefined);
  const pieces = new Pieces(splitter[Symbol.asyncIterator](), (error) => {
    // A failure of the parser is thrown into the source too, so it's looked for first.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('EMAXLEN')) return sourceFailure ?? error;
    return new FileBrokenError('a message', 'it has a header that is too long, or too many parts', error);
  });
  try {
    for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
      if (piece.type !== 'node') continue;
      const body = pieces.bodyOf(piece);
      yield { node: piece, body: piece.multipart === false ? decoded(piece, body) : empty() };
      // What wasn't read of it.
      for await (const _ of body);
    }
  } finally {
    splitter.destroy();
  }
}

/** The pieces of a message, one of which may be looked at before it is taken. */
class Pieces {
  readonly #iterator: AsyncIterator<MessagePiece>;
  #ahead: MessagePiece | undefined;

  readonly #translate: (error: unknown) => unknown;

  /** @param translate what to throw for an error */
  constructor(iterator: AsyncIterator<MessagePiece>, translate: (error: unknown) => unknown) {
    this.#translate = translate;
    this.#iterator = iterator;
  }

  async next(): Promise<MessagePiece | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead;
    try {
      const next = await this.#iterator.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async *bodyOf(node: MimeNode): AsyncGenerator<Uint8Array> {
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) {
      if (piece.type === 'node') {
        this.#ahead = piece;
        return;
      }
      if (piece.type === 'body' && piece.node === node) yield piece.value;
    }
  }
}

async function* decoded(node: MimeNode, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = node.getDecoder();
  let failure: Error | undefined;
  pipeline(Readable.from(body, { objectMode: false }), decoder, (error) => {
    failure = error ?? undefined;
  });
  for await (const piece of decoder) yield piece;
  if (failure !== undefined) throw failure;
}

async function* empty(): AsyncGenerator<Uint8Array> {
  // Parts in parts have no body of their own.
}
