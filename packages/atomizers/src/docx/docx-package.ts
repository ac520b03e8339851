import { posix } from 'node:path';
import type { MemberDrafts } from '../archives/member-drafts.ts';
import type { ZipArchive, ZipMember } from '../archives/zip-archive.ts';
import type { AtomizerContext } from '../atomizer.ts';
import { FileBrokenError, FileEncryptedError } from '../errors.ts';
import { readWholeXml } from './xml-reader.ts';

/** A relationship between two parts of an Open XML package. */
export interface Relationship {
  /** The last part of the type's address: `officeDocument`, `footnotes`. */
  readonly type: string;
  readonly id: string;
  /** Path of the part that it leads to; of one to outside the address. */
  readonly path: string;
  readonly isExternal: boolean;
}

/**
 * The parts of an Open XML package and how they hang together. Nothing outside of the package is ever looked at. A part is also found by
 * a name in other cases or with escapes, which are the same one (ECMA-376, part 2, 6.2.2.3).
 */
export class DocxPackage {
  readonly #parts: ReadonlyMap<string, ZipMember>;
  /** By their names in lower case. */
  readonly #anyCase: ReadonlyMap<string, ZipMember>;
  readonly #context: AtomizerContext;
  readonly #format: string;

  private constructor(parts: ReadonlyMap<string, ZipMember>, context: AtomizerContext, format: string) {
    this.#parts = parts;
    this.#anyCase = new Map(Array.from(parts, ([path, member]) => [path.toLowerCase(), member]));
    this.#context = context;
    this.#format = format;
  }

  /**
   * Reads the archive's directory.
   *
   * @param members checks their names
   * @param format what the file is called in errors
   * @throws FileBrokenError, FileEncryptedError, and what an archive's members can be refused for
   */
  static async open(
    archive: ZipArchive,
    members: MemberDrafts,
    context: AtomizerContext,
    format = 'DOCX',
  ): Promise<DocxPackage> {
    const parts = new Map<string, ZipMember>();
    for await (const member of archive.members()) {
      // Word takes one of two parts of a name; the last one is what most readers take.
      const path = members.admit(member, 'replaces');
      if (member.reason === 'encrypted') throw new FileEncryptedError(format);
      if (member.kind === 'file') parts.set(path, member);
      else if (member.kind === 'refused')
        context.notes.add('MEMBERS_REFUSED', `${path}: ${member.reason ?? 'unknown'}`);
    }
    return new DocxPackage(parts, context, format);
  }

  /** The paths of all parts. */
  get paths(): readonly string[] {
    return [...this.#parts.keys()];
  }

  /** Whether there is such a part. */
  has(path: string): boolean {
    return this.#member(path) !== undefined;
  }

  /** Bytes of a part; undefined if there is none. */
  part(path: string): AsyncIterable<Uint8Array> | undefined {
    return this.#member(path)?.open();
  }

  #member(path: string): ZipMember | undefined {
    return this.#parts.get(path) ?? this.#anyCase.get(decodedPath(path).toLowerCase());
  }

  /** Bytes of a part that has to be there. */
  requiredPart(path: string): AsyncIterable<Uint8Array> {
    const bytes = this.part(path);
    if (bytes === undefined) throw new FileBrokenError(this.#format, `the part ${path} is missing`);
    return bytes;
  }

  /** The relationships of a part to other parts, and to outside; of the package itself for the empty path. */
  async relationships(path: string): Promise<readonly Relationship[]> {
    const folder = posix.dirname(path === '' ? 'x' : path);
    const relationshipsPath = posix.join(folder, '_rels', `${posix.basename(path)}.rels`);
    const bytes = this.part(relationshipsPath);
    if (bytes === undefined) return [];
    const found: Relationship[] = [];
    const open = (name: string, attributes: Readonly<Record<string, string>>): void => {
      if (name !== 'Relationship') return;
      const isExternal = attributes.TargetMode === 'External';
      const target = attributes.Target ?? '';
      const resolved = target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join(folder, target));
      const type = posix.basename(attributes.Type ?? '');
      found.push({ type, id: attributes.Id ?? '', path: isExternal ? target : resolved, isExternal });
    };
    const handler = { open, close: () => undefined, text: () => undefined };
    await readWholeXml(bytes, relationshipsPath, handler, this.#context, this.#format);
    return found;
  }
}

/** A path without escapes; one that isn't valid stays as it is. */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
