/** What the thread that reads a message of Outlook's answers, one answer for each request. */
export type MsgAnswer =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly kind: 'body';
      readonly format: 'html' | 'text' | 'rtf';
      readonly bytes: Uint8Array;
      /** As the message states it. */
      readonly encoding?: string;
    }
  | {
      readonly kind: 'attachment';
      /** As the sender calls it. */
      readonly name: string;
      readonly mediaType: string;
      readonly bytes: Uint8Array;
    }
  /** Attachments that have no bytes of their own: links, and objects of other programs. */
  | { readonly kind: 'unread'; readonly count: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'broken'; readonly detail: string };

/** What comes out of a message of Outlook's. */
export type MsgPart = Exclude<MsgAnswer, { kind: 'end' | 'broken' }>;
