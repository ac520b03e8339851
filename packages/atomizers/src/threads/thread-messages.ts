/** What any thread can answer besides the parts of its format. */
export type LastAnswer =
  | { readonly kind: 'end' }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'broken'; readonly detail: string };

/** Resources that a thread reports to have used so far. */
export interface ThreadUsage {
  /** CPU time in milliseconds, for all files. */
  readonly processorMs: number;
  /** Bytes of its heap that are in use, and of its buffers. */
  readonly usedBytes: number;
}

/** What a thread sends for each request: the answers that it had within a few milliseconds, one at least. */
export interface ThreadMessage<Answer> {
  readonly answers: readonly Answer[];
  readonly usage: ThreadUsage;
}

/** Whether this is the last answer for the file. */
export function isLast<Part extends { readonly kind: string }>(answer: Part | LastAnswer): answer is LastAnswer {
  return answer.kind === 'end' || answer.kind === 'encrypted' || answer.kind === 'broken';
}
