import type { ExpansionBudget } from './expansion-budget.ts';
import type { NoteCollector } from './notes.ts';
import type { OcrReading } from './ocr/ocr-reading.ts';
import type { AtomizerLimits } from './options.ts';
import type { TextReading } from './text/text-reading.ts';
import type { ReaderThreads } from './threads/reader-threads.ts';

/** Where the bytes of a file come from. */
export interface AtomizerSource {
  /** File name. Only its extension is looked at; it is never used as a path. */
  readonly name: string;
  /** Bytes, if known. */
  readonly size: number | null;
  /** Label of the text's encoding (`windows-1252`) where the caller knows it; a byte order mark beats it. */
  readonly encoding?: string | undefined;
  /** How the text is to be read: set by a registry that has looked at the bytes, for `decodeText`. */
  readonly text?: TextReading | undefined;
  /** The bytes from the start, each time; opened up to three times, one after the other. Errors of it pass as they are. */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/**
 * An atom to be. Drafts come in file order, a parent before its children. A parent's content determines its children,
 * so equal parents have equal children whatever file they are in; no child has its parent's content.
 */
export interface AtomDraft {
  /** 0, 1, 2… in the order yielded. */
  readonly ordinal: number;
  /** Ordinal of the parent; null where the parent is the file itself. */
  readonly parent: number | null;
  /** What it is: `section`, `paragraph`, `sentence`, `json-value`, `csv-row`, `archive-member`, `chunk`… */
  readonly atomType: string;
  /** Media type of `content`. */
  readonly contentType: string;
  /** The bytes that the atom is; its hash is of these. Text is UTF-8, whatever the file was in. */
  readonly content: Uint8Array;
  /** The text for reading and searching: decoded, without white space around it; null for binary. */
  readonly canonicalText: string | null;
  /** What is known beside the content, as JSON values: `{ line, heading, pointer }`… */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /**
   * Its fields by column name; of what isn't a row of a table null. They belong to the file that it is read in, not to the content:
   * the same row may be in a file with another header or delimiter. {@link FileReading.tables} has the names.
   */
  readonly values: Readonly<Record<string, string>> | null;
  /** How it comes from its parent: `sentence-of`, `member-of`… */
  readonly derivationType: string;
  /**
   * Where it starts, in the atomizer's `offsetUnit`: in the file, or in the nearest draft above it that has {@link ownOffsets}.
   */
  readonly startOffset: number | null;
  /** Where it ends, exclusive. */
  readonly endOffset: number | null;
  /** Whether it has no children. */
  readonly isLeaf: boolean;
  /** Whether the offsets of what is below it count from its own beginning, as in a file inside an archive. */
  readonly ownOffsets: boolean;
}

/** The atomizer for a file, and the file as that atomizer has to read it. */
export interface ChosenAtomizer {
  readonly atomizer: Atomizer;
  /** Of a text with the encoding that was found. */
  readonly source: AtomizerSource;
}

/** Picks the atomizer for a file; an `AtomizerRegistry`, as far as atomizers use it. */
export interface AtomizerChoice {
  /**
   * @param notes receives what was guessed about the file
   * @throws EncodingInvalidError when the source states an encoding that isn't known
   */
  choose(source: AtomizerSource, signal?: AbortSignal, notes?: NoteCollector): Promise<ChosenAtomizer>;
}

/** What an atomizer is given besides the file. */
export interface AtomizerContext {
  readonly limits: AtomizerLimits;
  /** Aborts reading; the reason is thrown as it is. */
  readonly signal: AbortSignal;
  /** For what is inside of the file. */
  readonly registry: AtomizerChoice;
  /** Shared by a file and everything in it. */
  readonly expansion: ExpansionBudget;
  /** For what isn't read, or is guessed; shared by a file and everything in it. */
  readonly notes: NoteCollector;
  /** For formats that are read in a thread; shared by a file and everything in it, and ended with it. */
  readonly threads: ReaderThreads;
  /** For text in pictures, where the registry has an OCR provider; shared by a file and everything in it. */
  readonly ocr?: OcrReading;
}

/** Knows one format. An implementation is one file, has no state, and is put into an `AtomizerRegistry`. */
export interface Atomizer {
  /** Unique, lower case: `markdown`. */
  readonly name: string;
  /** Media type of the files that it takes apart: it knows better than a file's name. */
  readonly mediaType: string;
  /** `text`: only chosen for files that are text from start to end, in whatever encoding. */
  readonly input: 'text' | 'bytes';
  /** The promise that the contents of the leaves, one after the other, are the file's text (or bytes), exactly. */
  readonly reproduces: 'text' | 'bytes' | 'nothing';
  /** What offsets count: `character` is UTF-16 code units of the decoded text without BOM; `none` where they are null. */
  readonly offsetUnit: 'byte' | 'character' | 'none';
  /**
   * How well the format fits, from 0 (no) to 1 (certain). Magic bytes beat extensions, extensions beat guesses.
   *
   * @param head the first bytes of the file, at most {@link headBytes}; of a text for `text` atomizers, in UTF-8 whatever the file is in
   * @param name the file's name
   */
  detect(head: Uint8Array, name: string): number;
  /**
   * What else of the source decides how this atomizer reads it: `tabs` of a CSV named `.tsv`. Short; undefined: nothing.
   */
  variant?(source: Pick<AtomizerSource, 'name' | 'encoding'>): string | undefined;
  /**
   * The file's atoms, read as they are asked for. {@link FlattenedDrafts} gives them of a generator that yields some at a time, in a
   * fraction of the time that an asynchronous generator takes for millions.
   *
   * @throws AtomizerError when the file can't be used; what was yielded before is not to be kept then
   */
  atomize(source: AtomizerSource, context: AtomizerContext): AsyncIterable<AtomDraft>;
}

/** How many bytes `detect` gets to see. */
export const headBytes = 8192;
