import type { PdfNote } from './pdf-messages.ts';

/** What pdf.js warns of when text may be missing: it has no codes for that. */
const losses: readonly (readonly [code: PdfNote['code'], pattern: RegExp])[] = [
  ['FONT_NOT_READ', /translateFont failed|font loading/],
  ['PAGES_NOT_READ', /ignoring (?:sub-stream|errors)|stream is cut off/],
  ['PARTS_NOT_READ', /getTextContent - ignoring XObject/],
];

/** Keeps what pdf.js warns of while it reads, as far as text may be missing for that. Of most things that it warns of none is. */
export class PdfWarnings {
  readonly #notes = new Map<PdfNote['code'], { count: number; readonly detail: string }>();

  /** Takes a warning in. */
  add(warning: string): void {
    const [code] = losses.find(([, pattern]) => pattern.test(warning)) ?? [];
    if (code === undefined) return;
    const known = this.#notes.get(code);
    if (known === undefined) this.#notes.set(code, { count: 1, detail: warning });
    else known.count += 1;
  }

  /** What has come since the last time. */
  take(): readonly PdfNote[] {
    const notes = Array.from(this.#notes, ([code, note]) => ({ code, ...note }));
    this.#notes.clear();
    return notes;
  }
}
