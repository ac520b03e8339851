/** Documents that are ZIP archives and aren't read as documents, each by members that it has, in full or up to a slash. */
const packages: readonly (readonly [name: string, members: readonly string[]])[] = [
  ['a Word document', ['[Content_Types].xml', 'word/']],
  ['an Excel workbook', ['[Content_Types].xml', 'xl/']],
  ['a PowerPoint presentation', ['[Content_Types].xml', 'ppt/']],
  ['a Visio drawing', ['[Content_Types].xml', 'visio/']],
  ['an XPS document', ['[Content_Types].xml', 'FixedDocSeq.fdseq']],
  ['an XPS document', ['[Content_Types].xml', 'FixedDocumentSequence.fdseq']],
  ['an XPS document', ['[Content_Types].xml', 'Documents/', 'Resources/']],
  ['an OpenDocument file', ['mimetype', 'content.xml']],
];

/** Tells from the names of an archive's members which document it is. */
export class UnreadPackage {
  readonly #seen = new Set<string>();

  see(path: string): void {
    const slash = path.indexOf('/');
    this.#seen.add(slash === -1 ? path : path.slice(0, slash + 1));
  }

  /** What it is, once all members have been seen. */
  get name(): string | undefined {
    return packages.find(([, members]) => members.every((member) => this.#seen.has(member)))?.[0];
  }
}
