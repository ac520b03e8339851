import { serveFiles } from '../threads/serve-files.ts';
import { pdfPictures } from './pdf-pictures.ts';

/** Entry point of the thread that extracts pictures from PDFs. */
serveFiles(pdfPictures);
