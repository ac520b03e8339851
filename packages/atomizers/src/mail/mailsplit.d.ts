declare module 'mailsplit' {
  import type { Transform } from 'node:stream';

  /** A part of a message, or the message itself. */
  export interface MimeNode {
    readonly type: 'node';
    readonly root: boolean;
    readonly parentNode?: MimeNode;
    /** `alternative`, `mixed`…; false for what has a body. */
    readonly multipart: string | false;
    readonly contentType: string | false;
    readonly charset: string | false;
    readonly disposition: string | false;
    readonly filename: string | false;
    readonly headers: { getFirst(key: string): string };
    /** Takes the body's encoding away. */
    getDecoder(): Transform;
  }

  /** What a message is split into. */
  export type MessagePiece =
    | MimeNode
    | { readonly type: 'body'; readonly node: MimeNode; readonly value: Buffer }
    | { readonly type: 'data'; readonly value: Buffer };

  export class Splitter extends Transform {
    constructor(options: {
      /** Messages within are parts like others, and not looked into. */
      readonly ignoreEmbedded?: boolean;
      /** In bytes. */
      readonly maxHeadSize?: number;
      readonly maxChildNodes?: number;
    });
  }
}
