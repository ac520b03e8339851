/** What the thread that reads a PDF answers, one answer for each request. */
export type PdfAnswer =
  | { readonly kind: 'info'; readonly pages: number; readonly info: Readonly<Record<string, string>> }
  | { readonly kind: 'page'; readonly page: number; readonly paragraphs: readonly string[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'broken'; readonly detail: string };
