import { HtmlBlocks } from '../html/html-blocks.ts';
import type { AtomizerLimits } from '../options.ts';
import type { MailBody } from './mail-drafts.ts';

/** A body that is larger has something to say. */
const maxBytesWithoutText = 256 * 1024;
/** The title isn't shown in a message, and the words of a picture are there where it isn't. */
const besideText = new Set(['title', 'caption']);

/** Whether HTML of a message shows any text, and not pictures alone. */
export function showsText({ bytes }: Pick<MailBody, 'bytes'>, limits: AtomizerLimits): boolean {
  if (bytes.length > maxBytesWithoutText || bytes.includes(0)) return bytes.length > 0;
  // Which letters they are doesn't matter here.
  const blocks = new HtmlBlocks(false, limits);
  const found = [...blocks.push(bytes.toString('latin1')), ...blocks.end()];
  return found.some(({ atomType, text }) => !besideText.has(atomType) && /[^\s\u00a0]/.test(text));
}
