import { serveFiles } from '../threads/serve-files.ts';
import { pdfPictures } from './pdf-pictures.ts';

/** The start of the thread that takes pictures out of PDFs. */
serveFiles(pdfPictures);
