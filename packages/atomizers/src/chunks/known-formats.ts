/** A format that isn't read. */
export interface KnownFormat {
  readonly name: string;
  /** Whether files of it usually have text in them. */
  readonly hasText: boolean;
}

/** How many bytes {@link formatOf} looks at. */
export const formatHeadBytes = 64;

type Signature = readonly [magic: string, offset: number, name: string, hasText: boolean];

/** Magic bytes as Latin-1. */
const signatures: readonly Signature[] = [
  ['\xfd7zXZ\0', 0, 'an xz archive', true],
  ['BZh', 0, 'a bzip2 archive', true],
  ['\x28\xb5\x2f\xfd', 0, 'a Zstandard archive', true],
  ['7z\xbc\xaf\x27\x1c', 0, 'a 7z archive', true],
  ['Rar!\x1a\x07', 0, 'a RAR archive', true],
  ['\x04\x22\x4d\x18', 0, 'an LZ4 archive', true],
  ['LZIP', 0, 'an lzip archive', true],
  ['\x1f\x9d', 0, 'a compress (.Z) archive', true],
  ['MSCF', 0, 'a cabinet archive', true],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 0, 'an OLE compound file (.doc, .xls, .ppt, .msg)', true],
  ['\x78\x9f\x3e\x22', 0, 'an Outlook attachment (winmail.dat)', true],
  ['!<arch>\n', 0, 'an ar archive', true],
  ['\x5d\0\0', 0, 'an lzma archive', true],
  ['SQLite format 3\0', 0, 'an SQLite database', true],
  ['PAR1', 0, 'a Parquet file', true],
  ['ARROW1', 0, 'an Arrow file', true],
  ['Obj\x01', 0, 'an Avro file', true],
  ['ITSF', 0, 'a compiled HTML help file', true],
  ['BOOKMOBI', 60, 'a Mobipocket book', true],
  ['AT&TFORM', 0, 'a DjVu document', true],
  ['{\\rtf', 0, 'a Rich Text document', true],
  ['\x89PNG\r\n', 0, 'a PNG picture', false],
  ['\xff\xd8\xff', 0, 'a JPEG picture', false],
  ['GIF8', 0, 'a GIF picture', false],
  ['BM', 0, 'a bitmap', false],
  ['II*\0', 0, 'a TIFF picture', false],
  ['MM\0*', 0, 'a TIFF picture', false],
  ['WEBP', 8, 'a WebP picture', false],
  ['ftyp', 4, 'an MP4 or HEIF file', false],
  ['OggS', 0, 'an Ogg file', false],
  ['ID3', 0, 'an MP3 file', false],
  ['RIFF', 0, 'a RIFF file', false],
  ['\x1a\x45\xdf\xa3', 0, 'a Matroska file', false],
  ['\x7fELF', 0, 'a program', false],
  ['MZ', 0, 'a program', false],
];

/** The format that the first bytes of a file say. */
export function formatOf(head: Uint8Array): KnownFormat | undefined {
  const text = Buffer.from(head.subarray(0, formatHeadBytes)).toString('latin1');
  const found = signatures.find(([magic, offset]) => text.startsWith(magic, offset));
  return found && { name: found[2], hasText: found[3] };
}
