import { serveFiles } from '../threads/serve-files.ts';
import { msgAnswers } from './msg-answers.ts';

/** The start of the thread that reads messages of Outlook's. */
serveFiles(msgAnswers);
