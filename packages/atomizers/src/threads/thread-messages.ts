/** What each thread can answer beside the parts of its format. */
export type LastAnswer =
  | { readonly kind: 'end' }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'broken'; readonly detail: string };

/** What a thread has taken so far, by its own word. */
export interface ThreadUsage {
  /** Time of a processor in milliseconds, for all files. */
  readonly processorMs: number;
  /** Bytes of its heap that are in use, and of its buffers. */
  readonly usedBytes: number;
}

/** What a thread sends for each request: the answers that it had within a few milliseconds, one at least. */
export interface ThreadMessage<Answer> {
  readonly answers: readonly Answer[];
  readonly usage: ThreadUsage;
}

/** Whether a file has nothing more to say. */
export function isLast<Part extends { readonly kind: string }>(answer: Part | LastAnswer): answer is LastAnswer {
  return answer.kind === 'end' || answer.kind === 'encrypted' || answer.kind === 'broken';
}
