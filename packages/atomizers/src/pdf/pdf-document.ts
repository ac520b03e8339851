import type { getDocumentProxy } from 'unpdf';

/** A document that pdf.js has opened. */
export type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
/** A page of it. */
export type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>;
/** What drawing a page would do. pdf.js keeps it until the page is done with, so it may be asked for again. */
export type PdfOperators = Pick<Awaited<ReturnType<PdfPage['getOperatorList']>>, 'fnArray' | 'argsArray'>;
