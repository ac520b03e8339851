import { crc32, deflateRawSync } from 'node:zlib';
import { Header } from 'tar';

/** A ZIP archive of files, by name, as a tool would make it. */
export function zipOf(files: Readonly<Record<string, Buffer | string>>): Buffer {
  return rawZipOf(Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content), method: 8 })));
}

/** One member of a TAR archive, under any name that the test likes. */
export interface TarEntry {
  readonly path: string;
  readonly content?: Buffer | string;
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice';
  readonly linkpath?: string;
}

/** A TAR archive; nothing is checked, so that it may be hostile. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath }) => {
    const body = Buffer.from(content);
    const header = new Header({
      path,
      mode: 0o644,
      size: body.length,
      mtime: new Date('2026-01-02T03:04:05Z'),
      type,
      ...(linkpath !== undefined && { linkpath }),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** One entry of a ZIP archive that no tool would write. */
export interface RawZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** Attributes as Unix has them, with the type: 0o120777 is a symbolic link. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Data that isn't made of the content, with the size and checksum that it says to have. */
  readonly deflated?: { readonly data: Buffer; readonly size: number; readonly crc?: number };
}

/** A ZIP archive; method 8 deflates, any other stores, encryption only adds its header; nothing is checked, so that it may be hostile. */
export function rawZipOf(entries: readonly RawZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100644, flags = 0x800, method = 0, deflated } of entries) {
    const nameBytes = Buffer.from(name);
    const packed = deflated?.data ?? (method === 8 ? deflateRawSync(content) : content);
    const data = (flags & 1) === 1 ? Buffer.concat([Buffer.alloc(12), packed]) : packed;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    // 2 January 2026, 03:04:06.
    common.writeUInt16LE(0x1883, 6);
    common.writeUInt16LE(0x5c22, 8);
    common.writeUInt32LE(deflated?.crc ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(deflated?.size ?? content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode * 0x10000) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
