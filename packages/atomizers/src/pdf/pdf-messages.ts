import type { AtomizerNoteCode } from '../notes.ts';

/** Something beside the text of a page: what is filled into a form, or written onto the page. */
export interface PdfMark {
  readonly kind: 'form-field' | 'annotation';
  readonly text: string;
  /** Of a field. */
  readonly name?: string;
}

/** What is to be noted about a PDF. */
export interface PdfNote {
  readonly code: AtomizerNoteCode;
  readonly count: number;
  readonly detail: string;
}

/** What the thread that reads a PDF answers, one answer for each request. */
export type PdfAnswer =
  | {
      readonly kind: 'info';
      readonly pages: number;
      readonly info: Readonly<Record<string, string>>;
      readonly notes: readonly PdfNote[];
    }
  | {
      readonly kind: 'page';
      readonly page: number;
      readonly paragraphs: readonly string[];
      readonly marks: readonly PdfMark[];
      readonly notes: readonly PdfNote[];
    }
  | { readonly kind: 'attachment'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'notes'; readonly notes: readonly PdfNote[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'broken'; readonly detail: string };

/** What the thread that extracts pictures from a PDF answers. */
export type PdfPictureAnswer =
  | { readonly kind: 'picture'; readonly page: number; readonly bytes: Uint8Array }
  /** `problem`: why not all pictures of the page could be extracted. */
  | { readonly kind: 'page-end'; readonly page: number; readonly problem?: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'broken'; readonly detail: string };

/** Its results. */
export type PdfPicturePart = Extract<PdfPictureAnswer, { kind: 'picture' | 'page-end' }>;

/** What comes out of a PDF. */
export type PdfPart = Extract<PdfAnswer, { kind: 'info' | 'page' | 'attachment' | 'notes' }>;
