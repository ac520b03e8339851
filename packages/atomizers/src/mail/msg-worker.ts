import { serveFiles } from '../threads/serve-files.ts';
import { msgAnswers } from './msg-answers.ts';

/** Entry point of the thread that reads Outlook messages. */
serveFiles(msgAnswers);
