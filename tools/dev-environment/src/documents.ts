import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from './child-service.ts';

/** A part of a document: a heading or a paragraph. */
export interface Chunk {
  readonly text: string;
  /** SHA-256 of the text. */
  readonly hash: Buffer;
  /** Position in the document, from 0. */
  readonly sequence: number;
}

export interface SourceDocument {
  /** Path in the repository. */
  readonly path: string;
  readonly text: string;
  readonly hash: Buffer;
  readonly chunks: readonly Chunk[];
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Splits Markdown at blank lines; fenced code stays whole. */
export function splitParagraphs(markdown: string): string[] {
  const paragraphs: string[] = [];
  let current: string[] = [];
  let fenced = false;
  const flush = (): void => {
    if (current.length > 0) paragraphs.push(current.join('\n'));
    current = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    if (line.trim() === '' && !fenced) flush();
    else current.push(line);
  }
  flush();
  return paragraphs;
}

/** The repository's own Markdown files, with their paragraphs. */
export async function readRepositoryDocuments(): Promise<SourceDocument[]> {
  const documents: SourceDocument[] = [];
  const ignored = (path: string): boolean => /(^|\/)(node_modules|dist|\.git|\.hartonomous)(\/|$)/.test(path);
  const paths: string[] = [];
  for await (const path of glob('**/*.md', { cwd: repositoryRoot, exclude: ignored })) paths.push(path);
  for (const path of paths.sort()) {
    const text = await readFile(join(repositoryRoot, path), 'utf8');
    const chunks = splitParagraphs(text).map((chunk, sequence) => ({ text: chunk, hash: sha256(chunk), sequence }));
    documents.push({ path, text, hash: sha256(text), chunks });
  }
  return documents;
}
