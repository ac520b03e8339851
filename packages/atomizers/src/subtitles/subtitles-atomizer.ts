import type { AtomDraft, Atomizer, AtomizerContext, AtomizerSource } from '../atomizer.ts';
import { DraftSequence } from '../draft-sequence.ts';
import { fileExtension } from '../file-extension.ts';
import { decodeText, textOfHead } from '../text/decode-text.ts';
import { LineSplitter } from '../text/line-splitter.ts';
import { type SubtitleCue, SubtitleCues } from './subtitle-cues.ts';

/** Subtitles (SubRip, WebVTT): what is shown at a time, with the time. */
export const subtitlesAtomizer: Atomizer = {
  name: 'subtitles',
  mediaType: 'text/vtt',
  input: 'text',
  reproduces: 'nothing',
  offsetUnit: 'none',
  detect(head, name) {
    const text = textOfHead(head);
    if (text === null) return 0;
    return ['srt', 'vtt'].includes(fileExtension(name)) && /--?>/.test(text) ? 0.8 : 0;
  },
  async *atomize(source: AtomizerSource, { limits, signal }: AtomizerContext): AsyncGenerator<AtomDraft> {
    const drafts = new DraftSequence();
    const lines = new LineSplitter(limits.maxBlockLength);
    const cues = new SubtitleCues(limits.maxBlockLength);
    const draft = function* (complete: readonly SubtitleCue[]): Generator<AtomDraft> {
      for (const { text, line, from, to } of complete) {
        yield drafts.add({
          atomType: 'subtitle',
          contentType: 'text/plain; charset=utf-8',
          content: Buffer.from(text),
          canonicalText: text,
          metadata: { line, from, to },
        });
      }
    };
    for await (const piece of decodeText(source, signal)) {
      for (const line of lines.push(piece)) for (const each of draft(cues.push(line))) yield each;
    }
    for (const line of lines.end()) yield* draft(cues.push(line));
    yield* draft(cues.end());
  },
};
